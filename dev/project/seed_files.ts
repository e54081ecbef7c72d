// The files of rows that a project's `[db.seed]` names.
import { glob } from "node:fs/promises";
import { resolve } from "node:path";

/**
 * The files behind these paths and patterns, in the order of the list, those of one pattern by name. As the CLI does it,
 * what names no file is left out, and what is named twice is there once.
 */
export async function seedFiles(supabase: string, paths: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const path of paths) {
    const found = await Array.fromAsync(glob(path, { cwd: supabase }), (name) => resolve(supabase, name));
    files.push(...found.sort());
  }
  return [...new Set(files)];
}
