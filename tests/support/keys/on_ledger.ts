// The ledger's tables and tools on a database of their own, with a REST server in front of it.
import type { Sql } from "postgres";
import {
  type Acting,
  type ActingOptions,
  type ActingTools,
  actingTools,
} from "../../../dev/check_tools/acting.ts";
import { type OpenPlace, withPlace } from "../../../dev/check_tools/place.ts";
import { ENGINE_SCHEMA } from "../../../shared/db/schema.ts";
import { defineDomain } from "../../../shared/tools/define_domain.ts";
import { freshDatabase, lookAt } from "../stack/stack.ts";
import { OWN_ENGINE } from "../tools/own_place.ts";
import { LEDGER_TABLES } from "./ledger_tables.ts";
import { LEDGER_TOOLS } from "./ledger_tools.ts";

export const ledger_domain = defineDomain({
  about: "a ledger",
  contexts: ["account", "tag", "entry", "currency"],
  catalogue: LEDGER_TOOLS,
});

export interface OnLedger {
  place: OpenPlace;
  sql: Sql;
  /** A user whom no other test knows. */
  me: Acting;
  /** The tools of `me`, by another way to the database if one is given. */
  tools(options?: ActingOptions): ActingTools;
}

/** One place for several tests, each with a user of its own. */
export async function onLedger(
  tests: Record<string, (on: OnLedger) => Promise<void>>,
  t: Deno.TestContext,
): Promise<void> {
  await withLedger(async (place, sql) => {
    for (const [name, test] of Object.entries(tests)) {
      const me = await place.newUser();
      const tools = (options?: ActingOptions) => actingTools(place, ledger_domain, me, options);
      await t.step(name, () => test({ place, sql, me, tools }));
    }
  });
}

async function withLedger(work: (place: OpenPlace, sql: Sql) => Promise<void>): Promise<void> {
  await using cleanup = new AsyncDisposableStack();
  const { url: database_url, drop } = await freshDatabase();
  cleanup.defer(drop);
  const sql = lookAt(database_url);
  cleanup.defer(() => sql.end());
  await sql.unsafe(LEDGER_TABLES);
  await withPlace({ database_url, engine: OWN_ENGINE, schema: ENGINE_SCHEMA }, (place) => work(place, sql));
}
