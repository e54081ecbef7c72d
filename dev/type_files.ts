// The files of types that are generated from migrations.
import { generateTypes } from "./cli/supabase.ts";
import type { Extent } from "./database/migrations.ts";

export interface TypeFile {
  /** From the repository's root. */
  path: string;
  /** The migrations that it shows. */
  extent: Extent;
}

export const TYPE_FILES: readonly TypeFile[] = [
  { path: "shared/db/engine.types.ts", extent: "engine" },
  { path: "shared/domain/database.types.ts", extent: "engine and domain" },
];

const GENERATED_JSON = "{ [key: string]: Json | undefined }";

/** What the CLI writes for the database at `url`, with a `Json` that holds no undefined, as in JSON and in contracts. */
export async function typesOf(url: string, options: { workdir: string; home: string }): Promise<string> {
  const source = await generateTypes(url, options);
  if (!source.includes(GENERATED_JSON)) throw new Error("Cannot mend the generated types: Json has changed");
  return source.replace(GENERATED_JSON, "{ [key: string]: Json }");
}
