import { sha256 } from "../init/lock.ts";
import type { MigrationHashes } from "./migrations_lock.ts";

const MIGRATIONS = new URL("../../supabase/migrations/", import.meta.url);

/** The hashes of this repository's migrations, by file. */
export async function migrationHashes(): Promise<MigrationHashes> {
  const hashes = new Map<string, string>();
  for await (const { name } of Deno.readDir(MIGRATIONS)) {
    if (name.endsWith(".sql")) {
      hashes.set(name, await sha256(await Deno.readTextFile(new URL(name, MIGRATIONS))));
    }
  }
  return hashes;
}
