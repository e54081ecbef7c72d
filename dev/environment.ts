// The developer's settings: the environment, and files for what the environment does not say.
import { join } from "node:path";
import { parseEnv } from "node:util";
import { functionSettings } from "./function_settings.ts";
import { type Project, REPOSITORY } from "./project/project.ts";

/** All variables for this repository; those of the environment win over those of its file `.env`. */
export function settings(): Record<string, string> {
  return settingsOf(REPOSITORY, Deno.env.toObject());
}

/**
 * All variables for a project: those of the environment, then its `.env`, then `supabase/functions/.env`, which the CLI
 * reads. Of another project's files only what the functions read counts: what else its own programs know by such a name,
 * such as DATABASE_URL, is not meant for a stack.
 */
export function settingsOf(
  { root, supabase }: Pick<Project, "root" | "supabase">,
  env: Record<string, string>,
): Record<string, string> {
  if (root === REPOSITORY.root) return { ...readFile(join(root, ".env")), ...env };
  const files = { ...readFile(join(supabase, "functions/.env")), ...readFile(join(root, ".env")) };
  return { ...functionSettings(files), ...env };
}

function readFile(path: string): Record<string, string> {
  try {
    const entries = Object.entries(parseEnv(Deno.readTextFileSync(path)));
    return Object.fromEntries(entries.flatMap(([name, value]) => value === undefined ? [] : [[name, value]]));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return {};
    throw error;
  }
}
