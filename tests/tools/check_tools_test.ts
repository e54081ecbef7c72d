// A check of a catalogue finds every kind of fault, by its name, and nothing else.
import assert from "node:assert/strict";
import postgres from "postgres";
import { checkCatalogue } from "../../dev/check_tools/check_catalogue.ts";
import { CHECKS } from "../../dev/check_tools/findings.ts";
import { withPlace } from "../../dev/check_tools/place.ts";
import { ENGINE_SCHEMA } from "../../shared/db/schema.ts";
import { defineDomain } from "../../shared/tools/define_domain.ts";
import { freshDatabase } from "../support/stack/stack.ts";
import { OWN_ENGINE } from "../support/tools/own_place.ts";
import { PLANTED_TABLES, plantedTools } from "../support/tools/planted_tools.ts";

Deno.test("a planted fault of each kind is found of its tool, and no other", async (t) => {
  await using cleanup = new AsyncDisposableStack();
  const { url: database_url, drop } = await freshDatabase();
  cleanup.defer(drop);
  const sql = postgres(database_url, { max: 1, onnotice: () => {} });
  cleanup.defer(() => sql.end());
  await sql.unsafe(PLANTED_TABLES);
  const planted = plantedTools(sql);
  const domain = defineDomain({ about: "faults", contexts: [], catalogue: planted.map(({ tool }) => tool) });
  const { tools } = await withPlace(
    { database_url, engine: OWN_ENGINE, schema: ENGINE_SCHEMA },
    (place) => checkCatalogue(place, domain),
  );
  for (const [at, { tool, found }] of planted.entries()) {
    await t.step(tool.name, () => {
      const failures = tools[at]?.failures ?? [];
      assert.deepEqual(
        [...new Set(failures.map(({ check }) => check))].sort(),
        Object.keys(found).sort(),
        JSON.stringify(failures),
      );
      for (const [check, sentence] of Object.entries(found)) {
        assert.ok(
          failures.some((one) => one.check === check && sentence.test(one.sentence)),
          JSON.stringify(failures),
        );
      }
    });
  }
  const covered = new Set(planted.flatMap(({ found }) => Object.keys(found)));
  assert.deepEqual(Object.keys(CHECKS).filter((check) => !covered.has(check)), []);
});
