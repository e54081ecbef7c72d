// The stack's database, ready to be served: on our own server, or beside others on the one of DATABASE_URL.
import type { Log } from "../process/child.ts";
import type { Guard } from "../process/guard.ts";
import type { Upkeep } from "../process/upkeep.ts";
import { startServer } from "./server.ts";
import type { MigrationFolder } from "./migrations.ts";
import { createDatabase, createTemplate, dropDatabase } from "./template.ts";

export interface PreparedDatabase {
  database_url: string;
  admin_url: string;
  template_name: string;
}

interface PrepareOptions {
  /** Takes what has to be undone, in the order in which it was done. */
  cleanup: AsyncDisposableStack;
  upkeep: Upkeep;
  guard: Guard;
  log: Log;
  /** The folders of SQL to apply. */
  migrations: readonly MigrationFolder[];
}

/** Starts the server where there is none, makes the template and the stack's copy of it. */
export async function prepareDatabase(
  external_url: string | undefined,
  { cleanup, upkeep, guard, log, migrations }: PrepareOptions,
): Promise<PreparedDatabase> {
  const { admin_url, stop } = await startServer(external_url, { upkeep, guard, log });
  cleanup.defer(stop);
  const name = `agents_${crypto.randomUUID().slice(0, 8)}`;
  const template_name = `${name}_template`;
  if (external_url !== undefined) {
    cleanup.defer(() => dropDatabase(admin_url, template_name));
    cleanup.defer(() => dropDatabase(admin_url, name));
  }
  await createTemplate(admin_url, template_name, migrations);
  const database_url = await createDatabase(admin_url, name, template_name);
  return { database_url, admin_url, template_name };
}
