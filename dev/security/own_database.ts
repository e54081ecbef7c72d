// A database for the self-test where none is named: what the migrations make, with the demo workspace, so that there
// are rows to get at.
import postgres from "postgres";
import { seed } from "../database/migrations.ts";
import { prepareDatabase } from "../database/prepare.ts";
import { DEMO_USER } from "../demo_user.ts";
import { PARTS } from "../parts.ts";
import { startGuard } from "../process/guard.ts";
import { STARTED_ONCE } from "../process/upkeep.ts";

/** Makes it, lends its URL to `work`, and removes it. */
export async function withOwnDatabase<Result>(
  server_url: string | undefined,
  work: (url: string) => Promise<Result>,
): Promise<Result> {
  await using cleanup = new AsyncDisposableStack();
  const guard = startGuard();
  cleanup.defer(guard.close);
  const { migrations, seed: rows } = PARTS.product;
  const options = { cleanup, upkeep: STARTED_ONCE, guard, migrations, log: () => {} };
  const { database_url } = await prepareDatabase(server_url, options);
  await addDemoUser(database_url);
  await seed(database_url, rows);
  return await work(database_url);
}

async function addDemoUser(url: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await sql`insert into auth.users (id, email) values (${crypto.randomUUID()}, ${DEMO_USER.email})`;
  } finally {
    await sql.end();
  }
}
