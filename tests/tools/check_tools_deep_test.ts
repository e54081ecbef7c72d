// The tests' own domains, one with uuids and bigints and one with keys of every other kind, keep to what is expected of
// every catalogue.
import assert from "node:assert/strict";
import postgres from "postgres";
import { checkCatalogue } from "../../dev/check_tools/check_catalogue.ts";
import { withPlace } from "../../dev/check_tools/place.ts";
import { ENGINE_SCHEMA } from "../../shared/db/schema.ts";
import { defineDomain } from "../../shared/tools/define_domain.ts";
import { test_domain } from "../support/domain/test_domain.ts";
import { LEDGER_TABLES } from "../support/keys/ledger_tables.ts";
import { LEDGER_TOOLS } from "../support/keys/ledger_tools.ts";
import { freshDatabase } from "../support/stack/stack.ts";
import { OWN_ENGINE } from "../support/tools/own_place.ts";

Deno.test("tools on keys of every kind pass the check of a catalogue", async () => {
  await using cleanup = new AsyncDisposableStack();
  const { url: database_url, drop } = await freshDatabase();
  cleanup.defer(drop);
  const sql = postgres(database_url, { max: 1, onnotice: () => {} });
  cleanup.defer(() => sql.end());
  await sql.unsafe(LEDGER_TABLES);
  const domain = defineDomain({ ...test_domain, catalogue: [...test_domain.catalogue, ...LEDGER_TOOLS] });
  const { tools, without_rows } = await withPlace(
    { database_url, engine: OWN_ENGINE, schema: ENGINE_SCHEMA },
    (place) => checkCatalogue(place, domain),
  );
  assert.deepEqual(tools.filter(({ failures }) => failures.length > 0), []);
  assert.deepEqual(tools.flatMap(({ tool, notes }) => notes.map((note) => `${tool}: ${note}`)), []);
  assert.deepEqual(without_rows, []);
  assert.equal(tools.length, 21);
});
