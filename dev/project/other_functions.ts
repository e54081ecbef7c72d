// The functions of a project that are not the engine's: the local stack does not serve them.
import { join } from "node:path";
import { FUNCTION_NAMES } from "../functions.ts";
import type { Project } from "./project.ts";

/** Their names. A folder whose name begins with `_` or `.` is none. */
export async function otherFunctions({ supabase }: Pick<Project, "supabase">): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(join(supabase, "functions")));
  const known: readonly string[] = FUNCTION_NAMES;
  return entries
    .filter(({ name, isDirectory }) => isDirectory && /^[^_.]/.test(name) && !known.includes(name))
    .map(({ name }) => name)
    .sort();
}
