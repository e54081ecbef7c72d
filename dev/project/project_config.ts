// What a stack needs of a project's `supabase/config.toml`; the rest is for the Supabase CLI. What is not in the file
// is as the CLI takes it.
import { parse } from "smol-toml";
import { z } from "zod";

const Config = z.looseObject({
  api: z.looseObject({
    schemas: z.array(z.string()).default(["public", "graphql_public"]),
    auto_expose_new_tables: z.boolean().default(true),
  }).prefault({}),
  db: z.looseObject({
    seed: z.looseObject({
      enabled: z.boolean().default(true),
      sql_paths: z.array(z.string()).default(["./seed.sql"]),
    }).prefault({}),
  }).prefault({}),
});

export interface ProjectConfig {
  /** The schemas that the API serves. */
  schemas: string[];
  /** Whether the API's roles get every right on what migrations make in schema public. */
  new_tables: "exposed" | "closed";
  /** Files of rows, which may be patterns, from the folder `supabase`; none where the seed is switched off. */
  seed_paths: string[];
}

/** Reads the file. Errors: a sentence about what is wrong in it. */
export async function readProjectConfig(path: string): Promise<ProjectConfig> {
  const text = await Deno.readTextFile(path);
  try {
    const { api, db: { seed } } = Config.parse(parse(text));
    return {
      schemas: api.schemas,
      new_tables: api.auto_expose_new_tables ? "exposed" : "closed",
      seed_paths: seed.enabled ? seed.sql_paths : [],
    };
  } catch (error) {
    throw new Error(`${path} can't be read: ${wrongIn(error)}`, { cause: error });
  }
}

function wrongIn(error: unknown): string {
  if (error instanceof z.ZodError) {
    return error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ");
  }
  const [first = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
  return first;
}
