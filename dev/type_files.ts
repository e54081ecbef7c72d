// The files of types that are generated from migrations.
import { generateTypes } from "./cli/supabase.ts";
import type { MigrationFolder } from "./database/migrations.ts";
import { ENGINE_MIGRATIONS, PARTS } from "./parts.ts";

export interface TypeFile {
  /** From the repository's root. */
  path: string;
  /** What it shows. */
  migrations: readonly MigrationFolder[];
}

export const TYPE_FILES: readonly TypeFile[] = [
  { path: "shared/db/engine.types.ts", migrations: [ENGINE_MIGRATIONS] },
  { path: "shared/domain/database.types.ts", migrations: PARTS.product.migrations },
  { path: "tests/support/domain/library.types.ts", migrations: PARTS.test_domain.migrations },
];

const GENERATED_JSON = "{ [key: string]: Json | undefined }";

/** What the CLI writes for these schemas of the database at `url`, with a `Json` that holds no undefined, as in JSON. */
export async function typesOf(url: string, schemas: readonly string[]): Promise<string> {
  const home = await Deno.makeTempDir({ prefix: "supabase-cli-" });
  try {
    const source = await generateTypes(url, schemas, { workdir: home, home });
    if (!source.includes(GENERATED_JSON)) {
      throw new Error("Cannot mend the generated types: Json has changed");
    }
    return source.replace(GENERATED_JSON, "{ [key: string]: Json }");
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}
