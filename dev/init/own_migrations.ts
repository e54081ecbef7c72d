// A scratch database with a project's own migrations, without those that an interrupted init has put among them.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { withScratchDatabase } from "../project/scratch_database.ts";
import type { MigrationFile } from "./site.ts";

/** Makes it, lends its URL to `work`, and removes it. Errors: a migration can't run there, in a sentence. */
export async function withOwnMigrations<Result>(
  files: readonly MigrationFile[],
  without: readonly string[],
  work: (url: string) => Promise<Result>,
  options: { server_url?: string } = {},
): Promise<Result> {
  const folder = await Deno.makeTempDir({ prefix: "agent-init-" });
  try {
    for (const { file, text } of files) {
      if (!without.includes(file)) await Deno.writeTextFile(join(folder, file), text);
    }
    return await withScratchDatabase([{ folder: pathToFileURL(`${folder}/`) }], work, options);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
