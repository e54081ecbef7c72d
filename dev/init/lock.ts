// What `deno task init` wrote into a project, by hash: an upgrade tells from it what is as it was written, and what the
// project has changed.
import { join } from "node:path";
import { z } from "zod";

/** From the project's root. */
export const LOCK_FILE = "supabase/functions/_agent/agent.lock.json";

const Hash = z.string().regex(/^[0-9a-f]{64}$/);

/** What is deleted is looked up here, so that no path may lead elsewhere. */
const EngineFile = z.string().regex(
  /^supabase\/functions\/(_agent|agent-planner|agent-executor)(\/[\w-][\w.-]*)+$/,
);

/** A later version may say more of it. */
const Lock = z.object({
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  /** Where its tables are. */
  schema: z.string().regex(/^[a-z][a-z0-9_]{0,40}$/),
  /** By path from the project's root, the hash of the text that this version has. */
  files: z.record(EngineFile, Hash),
  /** By the engine's name of a migration: its file in the project, and the hash of that. */
  migrations: z.record(
    z.string(),
    z.object({ file: z.string().regex(/^\d+_\w+\.sql$/), sha256: Hash }),
  ),
});
export type Lock = z.infer<typeof Lock>;

/** The lock of the project at `root`; null where there is none. Throws a sentence where it can't be read. */
export async function readLock(root: string): Promise<Lock | null> {
  const text = await textAt(join(root, LOCK_FILE));
  if (text === null) return null;
  const read = Lock.safeParse(parsed(text));
  if (read.success) return read.data;
  throw new Error(
    `${LOCK_FILE} can't be read: ${
      z.prettifyError(read.error).split("\n")[0]
    }. Take it from your version control.`,
  );
}

/** The text of a lock. */
export function lockText(lock: Lock): string {
  return `${JSON.stringify(lock, null, 2)}\n`;
}

/** The text of a file; null where there is none. */
export async function textAt(path: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return null;
    throw error;
  }
}

/** Of a text as it is written here, in hexadecimal digits: a checkout may have turned its line ends. */
export async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(plainLines(text)));
  return new Uint8Array(digest).toHex();
}

/** Whether two texts are the same but for their line ends. */
export function isSameText(a: string | null | undefined, b: string | null | undefined): boolean {
  return typeof a === "string" && typeof b === "string" && plainLines(a) === plainLines(b);
}

function plainLines(text: string): string {
  return text.replaceAll("\r\n", "\n");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
