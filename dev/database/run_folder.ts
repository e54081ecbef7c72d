// A folder for one run of Postgres, which may run as another user than we do. As long as the run lives it
// holds a lock in its folder; one whose lock is free was left by a run that could not clean up.
import { dirname, join } from "node:path";

const PREFIX = "supabase-agents-";
const LOCK = "running.lock";
// A folder as young as this may be about to get its lock.
const SETTLED_MS = 60_000;

export interface RunFolder {
  path: string;
  /** Gives the lock back. The end of the process does it, too. */
  release(): void;
}

/** Makes the folder in the first place for temporary files that every user can enter, and clears old ones. */
export async function makeRunFolder(): Promise<RunFolder> {
  const path = await Deno.makeTempDir({ prefix: PREFIX });
  const parent = dirname(path);
  if (Deno.uid() !== 0 || await isOpenToAll(parent)) return await lock(path);
  await Deno.remove(path);
  for (const dir of ["/tmp", "/var/tmp"]) {
    if (await isOpenToAll(dir)) return await lock(await Deno.makeTempDir({ dir, prefix: PREFIX }));
  }
  throw new Error("Postgres runs as an unprivileged user here, and that user can enter no temporary folder.");
}

/** Removes the folders of runs that have ended. A Postgres that lost its folder ends by itself. */
export async function removeStaleFolders(parent: string): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(parent)) {
    if (!isDirectory || !name.startsWith(PREFIX)) continue;
    const path = join(parent, name);
    try {
      const { mtime } = await Deno.stat(path);
      if (mtime !== null && Date.now() - mtime.getTime() < SETTLED_MS) continue;
      using file = await Deno.open(join(path, LOCK), { write: true, create: true });
      if (await file.tryLock(true)) await Deno.remove(path, { recursive: true });
    } catch {
      // Another user's, or gone in the meantime.
    }
  }
}

async function lock(path: string): Promise<RunFolder> {
  await removeStaleFolders(dirname(path));
  const file = await Deno.open(join(path, LOCK), { write: true, create: true });
  await file.lock(true);
  return { path, release: () => file.close() };
}

/** Whether everyone may pass through this folder and all above it. */
export async function isOpenToAll(folder: string): Promise<boolean> {
  const info = await Deno.stat(folder).catch(() => undefined);
  if (!info?.isDirectory || ((info.mode ?? 0) & 0o001) === 0) return false;
  return folder === "/" || await isOpenToAll(dirname(folder));
}
