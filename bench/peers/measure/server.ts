// The Postgres server that all systems share: one of our own that keeps its promises as a hosted one does, or the one
// that is named.
import postgres, { type Sql } from "postgres";
import { z } from "zod";
import { startServer } from "../../../dev/database/server.ts";
import { createDatabase, dropDatabase } from "../../../dev/database/template.ts";
import type { Log } from "../../../dev/process/child.ts";
import type { Guard } from "../../../dev/process/guard.ts";
import { STARTED_ONCE } from "../../../dev/process/upkeep.ts";
import { parentOf, treeOf } from "./processes.ts";
import { countsStatements } from "./statements.ts";

export interface SharedServer extends AsyncDisposable {
  sql: Sql;
  version: string;
  counts_statements: boolean;
  /** Its processes; empty where they can't be seen from here. */
  processes(): number[];
  /** A new database, dropped at the end. */
  database(name: string): Promise<{ name: string; url: string }>;
}

/** A commit waits for the disk, as it does where data matter. */
const SETTINGS = [
  ...["fsync=on", "full_page_writes=on", "synchronous_commit=on"],
  ...["max_connections=300", "shared_buffers=256MB", "track_io_timing=off"],
];

export async function shareServer(
  external_url: string | undefined,
  { guard, log }: { guard: Guard; log: Log },
): Promise<SharedServer> {
  const server = await startServer(external_url, { upkeep: STARTED_ONCE, guard, log, settings: SETTINGS });
  const sql = postgres(server.admin_url, { max: 1, onnotice: () => {} });
  const [about] = await sql`select pg_backend_pid() as pid, current_setting('server_version') as version`;
  const { pid, version } = z.object({ pid: z.int(), version: z.string() }).parse(about);
  const first = parentOf(pid);
  const run = crypto.randomUUID().slice(0, 8);
  const made: string[] = [];
  return {
    sql,
    version: version.split(" ")[0] ?? version,
    counts_statements: await countsStatements(sql),
    // One on another machine has a number that is nobody's here, or another's.
    processes: () => first > 0 ? treeOf(first) : [],
    async database(system) {
      const name = `peers_${run}_${system.replaceAll(/\W/g, "_")}`;
      made.push(name);
      return { name, url: await createDatabase(server.admin_url, name) };
    },
    async [Symbol.asyncDispose]() {
      await sql.end();
      if (external_url !== undefined) {
        for (const name of made) await dropDatabase(server.admin_url, name);
      }
      await server.stop();
    },
  };
}
