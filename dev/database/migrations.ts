// Applies SQL files the way `supabase db push` does: in order, each in a transaction of its own, recorded, so
// that a later push finds nothing to do.
import postgres from "postgres";

const MIGRATIONS = new URL("../../supabase/migrations/", import.meta.url);
const SEED = new URL("../../supabase/seed.sql", import.meta.url);

/** Migrations from this version on are the domain's; those before it are the engine's, and need none of them. */
const DOMAIN_FROM = "20261122000900";

/** Of the engine alone, or with the domain that stands here. */
export type Extent = "engine" | "engine and domain";

/** The files of the CLI's naming (`<digits>_<name>.sql`), oldest first. */
export async function migrationFiles(extent: Extent): Promise<{ version: string; name: string; url: URL }[]> {
  const files = [];
  for await (const entry of Deno.readDir(MIGRATIONS)) {
    const match = /^(\d+)_(.*)\.sql$/.exec(entry.name);
    if (match) {
      files.push({ version: match[1] ?? "", name: match[2] ?? "", url: new URL(entry.name, MIGRATIONS) });
    }
  }
  return files.filter(({ version }) => extent !== "engine" || version < DOMAIN_FROM)
    .sort((a, b) => a.version.localeCompare(b.version));
}

/** Applies every migration that is not yet recorded in the database at `url`. */
export async function migrate(url: string, extent: Extent = "engine and domain"): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    const done = await sql`select version from supabase_migrations.schema_migrations`;
    const applied = new Set(done.map(({ version }) => version));
    for (const { version, name, url } of await migrationFiles(extent)) {
      if (applied.has(version)) continue;
      const text = await Deno.readTextFile(url);
      await sql.begin(async (transaction) => {
        await transaction.unsafe(text);
        await transaction`
          insert into supabase_migrations.schema_migrations (version, name, statements)
          values (${version}, ${name}, ${[text]})`;
      }).catch((cause) => {
        throw new Error(`Migration ${version}_${name}.sql failed: ${place(cause, text)}`, { cause });
      });
    }
  } finally {
    await sql.end();
  }
}

/** Runs `supabase/seed.sql`, if there is one. The users that it names must exist. */
export async function seed(url: string): Promise<void> {
  const text = await Deno.readTextFile(SEED).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  });
  if (text === undefined) return;
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await sql.unsafe(text).catch((cause) => {
      throw new Error(`supabase/seed.sql failed: ${place(cause, text)}`, { cause });
    });
  } finally {
    await sql.end();
  }
}

/** Postgres counts characters; a person wants the line. */
function place(error: unknown, text: string): string {
  if (!(error instanceof postgres.PostgresError)) return String(error);
  const line = text.slice(0, Number(error.position ?? 0)).split("\n").length;
  return error.position ? `${error.message} (line ${line})` : error.message;
}
