// A database that is made of migrations for one look at it, and thrown away.
import type { MigrationFolder } from "../database/migrations.ts";
import { MigrationFault } from "../database/sql_file.ts";
import { startServer } from "../database/server.ts";
import { createTemplate, dropDatabase } from "../database/template.ts";
import { startGuard } from "../process/guard.ts";
import { STARTED_ONCE } from "../process/upkeep.ts";
import type { Project } from "./project.ts";

interface ScratchOptions {
  /** The superuser's URL of the server to make it on; one of our own where there is none. */
  server_url?: string;
}

/**
 * Makes it, with what the platform brings and the migrations, lends its URL (the superuser's) to `work`, and removes it.
 * Errors: a migration can't run here, with its file, its line and the way out.
 */
export async function withScratchDatabase<Result>(
  of: Pick<Project, "migrations"> | readonly MigrationFolder[],
  work: (url: string) => Promise<Result>,
  { server_url }: ScratchOptions = {},
): Promise<Result> {
  await using cleanup = new AsyncDisposableStack();
  const guard = startGuard();
  cleanup.defer(guard.close);
  const { admin_url, stop } = await startServer(server_url, { upkeep: STARTED_ONCE, guard, log: () => {} });
  cleanup.defer(stop);
  const name = `scratch_${crypto.randomUUID().slice(0, 8)}`;
  cleanup.defer(() => dropDatabase(admin_url, name));
  const url = await createTemplate(admin_url, name, "migrations" in of ? of.migrations : of)
    .catch((error) => {
      throw error instanceof MigrationFault
        ? new Error(`${error.message}\n${WAY_OUT}`, { cause: error })
        : error;
    });
  return await work(url);
}

const WAY_OUT =
  `A database was made of the migrations, on a Postgres with less than a hosted project has: no pgvector, no
pg_cron. Name a database that has them already: --db-url postgresql://user:password@host:port/name`;
