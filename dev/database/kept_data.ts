// What a stack keeps from one start to the next: its database, and the secrets without which nobody could sign in to
// it again. One stack at a time has it.
import { createHash, randomUUID } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import { isOpenToAll } from "./run_folder.ts";

const Secrets = z.object({ postgres_password: z.string().min(1), jwt_secret: z.string().min(32) });
type Secrets = z.infer<typeof Secrets>;

export interface KeptData extends Secrets {
  folder: string;
  /** `new` until it is filled: what was begun and never finished is thrown away at the next start. */
  state: "new" | "filled";
  /** Everything is in it that a start puts there. */
  filled(): Promise<void>;
  /** Another stack may have it. */
  release(): void;
}

/** Whether a stack goes on with what was kept, or throws it away first. */
export type KeepFrom = "before" | "nothing";

/**
 * The data that belong to the project at `root`, in its folder `.dev`, which git ignores. Postgres does not run as
 * root: where root's repository lies out of its reach, they are in `/var/tmp`. Errors: another stack has them.
 */
export async function openKeptData(root: string, from: KeepFrom): Promise<KeptData> {
  const folder = await keptFolder(root);
  await Deno.mkdir(folder, { recursive: true, mode: 0o755 });
  // It is nothing to commit, in whosever repository it lies.
  await Deno.writeTextFile(join(folder, ".gitignore"), "*\n");
  const lock = await Deno.open(join(folder, "running.lock"), { write: true, create: true });
  if (!await lock.tryLock(true)) {
    lock.close();
    throw new Error(`Another stack works on the data in ${folder}. End it first, or start without --keep.`);
  }
  const mark = join(folder, "filled");
  const secrets = from === "before" && await exists(mark) ? await readSecrets(folder) : null;
  if (secrets === null) {
    await Deno.remove(mark).catch(ignoreMissing);
    await Deno.remove(join(folder, "data"), { recursive: true }).catch(ignoreMissing);
  }
  return {
    folder,
    ...(secrets ?? await writeSecrets(folder)),
    state: secrets === null ? "new" : "filled",
    filled: () => Deno.writeTextFile(mark, ""),
    release: () => lock.close(),
  };
}

async function keptFolder(root: string): Promise<string> {
  if (Deno.uid() !== 0 || await isOpenToAll(root)) return join(root, ".dev", "stack");
  return join("/var/tmp", `kept-agents-stack-${createHash("sha256").update(root).digest("hex").slice(0, 8)}`);
}

async function readSecrets(folder: string): Promise<Secrets> {
  return Secrets.parse(JSON.parse(await Deno.readTextFile(join(folder, "secrets.json"))));
}

async function writeSecrets(folder: string): Promise<Secrets> {
  const secrets = { postgres_password: randomUUID(), jwt_secret: `${randomUUID()}${randomUUID()}` };
  await Deno.writeTextFile(join(folder, "secrets.json"), JSON.stringify(secrets), { mode: 0o600 });
  return secrets;
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, (error) => {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  });
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
