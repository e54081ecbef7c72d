// The order of keys that the code predicts is the one that Postgres gives back.
import assert from "node:assert/strict";
import fc from "fast-check";
import { cleanJson, inStoredOrder, type Json, JsonSchema } from "../../shared/contracts/text.ts";
import { database } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

const json = fc.jsonValue({ maxDepth: 4, stringUnit: "binary" })
  .map((value) => inStoredOrder(cleanJson(JsonSchema.parse(value))));

const TELLING: Json[] = [
  { b: 1, a: { "\u{1f600}": 1, "\ue000\ue000": 2, zz: 3, "ä": 4 } },
  { "10": 1, "9": 2, x: [{ b: 1, a: 2 }] },
];

test("JSON in stored order comes back from jsonb as the same text", async () => {
  const values = [
    ...TELLING,
    ...fc.sample(json, 500),
  ].map((value) => JSON.stringify(inStoredOrder(value)));
  await using stack = new AsyncDisposableStack();
  const sql = stack.adopt(database(), (sql) => sql.end());
  const rows =
    await sql`select x::jsonb::text as text from unnest(${values}::text[]) with ordinality as t (x, i) order by i`;
  assert.deepEqual(rows.map((row) => JSON.stringify(JSON.parse(row.text))), values);
});
