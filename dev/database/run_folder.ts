// A folder for one run of Postgres, which may run as another user than we do.
import { dirname } from "node:path";

/** Makes the folder in the first place for temporary files that every user can enter. */
export async function makeRunFolder(): Promise<string> {
  const options = { prefix: "supabase-agents-" };
  const folder = await Deno.makeTempDir(options);
  if (Deno.uid() !== 0 || await isOpen(dirname(folder))) return folder;
  await Deno.remove(folder);
  for (const dir of ["/tmp", "/var/tmp"]) {
    if (await isOpen(dir)) return await Deno.makeTempDir({ ...options, dir });
  }
  throw new Error("Postgres runs as an unprivileged user here, and that user can enter no temporary folder.");
}

/** Whether everyone may pass through this folder and all above it. */
async function isOpen(folder: string): Promise<boolean> {
  const info = await Deno.stat(folder).catch(() => undefined);
  if (!info?.isDirectory || ((info.mode ?? 0) & 0o001) === 0) return false;
  return folder === "/" || await isOpen(dirname(folder));
}
