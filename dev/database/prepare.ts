// The stack's database, ready to be served: on our own server, or beside others on the one of DATABASE_URL.
import type { Log } from "../process/child.ts";
import type { Guard } from "../process/guard.ts";
import type { Upkeep } from "../process/upkeep.ts";
import type { KeptData } from "./kept_data.ts";
import { changedMigrations, migrate, type MigrationFolder } from "./migrations.ts";
import { MigrationFault } from "./sql_file.ts";
import { startServer } from "./server.ts";
import { createDatabase, createTemplate, databaseUrl, dropDatabase } from "./template.ts";

export interface PreparedDatabase {
  database_url: string;
  admin_url: string;
  /** Null where the data are kept: they are no template for others. */
  template_name: string | null;
}

interface PrepareOptions {
  /** Takes what has to be undone, in the order in which it was done. */
  cleanup: AsyncDisposableStack;
  upkeep: Upkeep;
  guard: Guard;
  log: Log;
  /** The folders of SQL to apply. */
  migrations: readonly MigrationFolder[];
  /** What outlives the stack, instead of a database that it drops. */
  kept?: KeptData;
}

/** Starts the server where there is none, makes the template and the stack's copy of it; or goes on with what was kept. */
export async function prepareDatabase(
  external_url: string | undefined,
  { cleanup, upkeep, guard, log, migrations, kept }: PrepareOptions,
): Promise<PreparedDatabase> {
  const { admin_url, stop } = await startServer(external_url, { kept, upkeep, guard, log });
  cleanup.defer(stop);
  if (kept) {
    const database_url = await keptDatabase(admin_url, kept, migrations).catch(withWayOut);
    return { database_url, admin_url, template_name: null };
  }
  const name = `agents_${crypto.randomUUID().slice(0, 8)}`;
  const template_name = `${name}_template`;
  if (external_url !== undefined) {
    cleanup.defer(() => dropDatabase(admin_url, template_name));
    cleanup.defer(() => dropDatabase(admin_url, name));
  }
  await createTemplate(admin_url, template_name, migrations).catch(withWayOut);
  const database_url = await createDatabase(admin_url, name, template_name);
  return { database_url, admin_url, template_name };
}

/** What can be done about a migration that can't run here. */
function withWayOut(error: unknown): never {
  if (!(error instanceof MigrationFault)) throw error;
  throw new Error(
    `${error.message}
This stack's Postgres has less than a hosted project has: no pgvector, no pg_cron. For an extension, name
a server that has it in DATABASE_URL; for the rest, run the project with Docker: npx supabase start.`,
    { cause: error },
  );
}

const KEPT_NAME = "agents_kept";

/** The database that is kept, brought up to the newest migration. Errors: it was made by other migrations. */
async function keptDatabase(
  admin_url: string,
  { state }: KeptData,
  migrations: readonly MigrationFolder[],
): Promise<string> {
  if (state === "new") {
    await dropDatabase(admin_url, KEPT_NAME);
    return await createTemplate(admin_url, KEPT_NAME, migrations);
  }
  const url = databaseUrl(admin_url, KEPT_NAME);
  const changed = await changedMigrations(url, migrations);
  if (changed.length > 0) {
    throw new Error(
      `The kept data were made by another version of ${
        changed.join(", ")
      }. Start with --fresh to begin anew.`,
    );
  }
  await migrate(url, migrations);
  return url;
}
