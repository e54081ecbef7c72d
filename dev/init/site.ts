// A project as init finds it: where it is, its configuration, its migrations.
import { join, resolve } from "node:path";
import { CONFIG_FILE } from "./config_toml.ts";
import { ROOT } from "./engine.ts";
import { type Lock, readLock, textAt } from "./lock.ts";

export const MIGRATIONS_FOLDER = "supabase/migrations";

export interface MigrationFile {
  /** Its name in the folder. */
  file: string;
  version: string;
  name: string;
  text: string;
}

export interface Site {
  root: string;
  /** As it was named. */
  named: string;
  config: string;
  lock: Lock | null;
  /** In the order in which they run. */
  migrations: MigrationFile[];
}

/** Reads the project in the folder that was named, or says why it can't be one. */
export async function readSite(named: string, cwd: string): Promise<Site | { problem: string }> {
  const path = resolve(cwd, named);
  const there = await Deno.stat(path).catch(() => null);
  if (there === null) return { problem: `There is no folder ${path}.` };
  if (!there.isDirectory) return { problem: `${path} is a file: name the folder of a Supabase project.` };
  const root = await Deno.realPath(path);
  if (root === await Deno.realPath(ROOT)) {
    return { problem: `${path} is this repository, which is what gets written: name a project of yours.` };
  }
  const config = await textAt(join(root, CONFIG_FILE));
  if (config === null) {
    const inside = await textAt(join(root, "config.toml")) !== null && root.endsWith("/supabase");
    return {
      problem: inside
        ? `${path} is the folder supabase of a project: name the one around it.`
        : `There is no ${CONFIG_FILE} in ${path}: name the folder of a Supabase project, or begin one with \`supabase init\`.`,
    };
  }
  try {
    return { root, named, config, lock: await readLock(root), migrations: await migrationsOf(root) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

/** The files that the Supabase CLI takes for migrations. */
async function migrationsOf(root: string): Promise<MigrationFile[]> {
  const folder = join(root, MIGRATIONS_FOLDER);
  const found: MigrationFile[] = [];
  const entries = await Array.fromAsync(Deno.readDir(folder)).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  });
  for (const { name: file } of entries) {
    const [, version, name] = /^(\d+)_(.*)\.sql$/.exec(file) ?? [];
    if (version === undefined || name === undefined) continue;
    found.push({ file, version, name, text: await Deno.readTextFile(join(folder, file)) });
  }
  return found.sort((a, b) => a.file < b.file ? -1 : 1);
}
