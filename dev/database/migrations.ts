// Applies SQL files the way `supabase db push` does: in order, each in a transaction of its own, recorded, so
// that a later push finds nothing to do.
import postgres from "postgres";
import { MigrationFault, sqlFault } from "./sql_file.ts";

/** A folder of migrations, or those of it that have other names. */
export interface MigrationFolder {
  folder: URL;
  without?: RegExp;
}

/** The files of the CLI's naming (`<digits>_<name>.sql`) in these folders, oldest first. */
export async function migrationFiles(
  folders: readonly MigrationFolder[],
): Promise<{ version: string; name: string; url: URL }[]> {
  const files = [];
  for (const { folder, without } of folders) {
    for await (const entry of Deno.readDir(folder)) {
      const [, version, name] = /^(\d+)_(.*)\.sql$/.exec(entry.name) ?? [];
      if (!version || !name || without?.test(name)) continue;
      files.push({ version, name, url: new URL(entry.name, folder) });
    }
  }
  return files.sort((a, b) => a.version.localeCompare(b.version));
}

/** As the platform's owner of migrations has it: what an extension brings is found without its schema. */
const SEARCH_PATH = '"$user", public, extensions';

/** Applies every migration of the folders that is not yet recorded in the database at `url`. Errors: MigrationFault. */
export async function migrate(url: string, folders: readonly MigrationFolder[]): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {}, connection: { search_path: SEARCH_PATH } });
  try {
    const done = await sql`select version from supabase_migrations.schema_migrations`;
    const applied = new Set(done.map(({ version }) => version));
    for (const { version, name, url } of await migrationFiles(folders)) {
      if (applied.has(version)) continue;
      const text = await Deno.readTextFile(url);
      await sql.begin(async (transaction) => {
        await transaction.unsafe(text);
        await transaction`
          insert into supabase_migrations.schema_migrations (version, name, statements)
          values (${version}, ${name}, ${[text]})`;
      }).catch((cause) => {
        throw new MigrationFault(`Migration ${sqlFault(url, text, cause)}`, { cause });
      });
    }
  } finally {
    await sql.end();
  }
}

/** The migrations that the database at `url` has in another form than the folders, which may lack them. */
export async function changedMigrations(url: string, folders: readonly MigrationFolder[]): Promise<string[]> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    const applied = await sql<{ version: string; name: string; statements: string[] }[]>`
      select version, name, statements from supabase_migrations.schema_migrations order by version`;
    const files = new Map((await migrationFiles(folders)).map((file) => [file.version, file]));
    const changed = await Promise.all(applied.map(async ({ version, statements }) => {
      const file = files.get(version);
      return file === undefined || await Deno.readTextFile(file.url) !== statements.join("");
    }));
    return applied.filter((_, i) => changed[i]).map(({ version, name }) => `${version}_${name}.sql`);
  } finally {
    await sql.end();
  }
}

const SEED_WAY_OUT = " Mend it, or leave it out: [db.seed] enabled = false in supabase/config.toml.";

/** Runs these files of rows, in order. The users that they name must exist. Errors: the file and the line that failed. */
export async function seed(url: string, files: readonly URL[]): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {}, connection: { search_path: SEARCH_PATH } });
  try {
    for (const file of files) {
      const text = await Deno.readTextFile(file);
      await sql.unsafe(text).catch((cause) => {
        throw new Error(`The seed ${sqlFault(file, text, cause)}${SEED_WAY_OUT}`, { cause });
      });
    }
  } finally {
    await sql.end();
  }
}
