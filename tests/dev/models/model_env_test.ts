// What the task tells to paste is read from .env as it was meant.
import assert from "node:assert/strict";
import { parseEnv } from "node:util";
import fc from "fast-check";
import { envLine, tableWith } from "../../../dev/models/model_env.ts";

Deno.test("a change of extra_body is laid into what is there", () => {
  const table = '[{"id":"m","extra_body":{"provider":{"sort":"price"},"top_k":3}}]';
  const change = { extra_body: { provider: { require_parameters: false } } };
  assert.deepEqual(JSON.parse(tableWith(table, "m", change)), [
    { id: "m", extra_body: { provider: { sort: "price", require_parameters: false }, top_k: 3 } },
  ]);
});

Deno.test("of two rows of one model the later one, which counts, is changed", () => {
  const table = '[{"id":"m","temperature":1},{"id":"n"},{"id":"m","temperature":0.5}]';
  assert.deepEqual(JSON.parse(tableWith(table, "m", { temperature: null })), [
    { id: "m", temperature: 1 },
    { id: "n" },
    { id: "m", temperature: null },
  ]);
});

Deno.test("a line for .env gives the same table back, whatever stands in it", () => {
  const text = fc.string({ unit: fc.constantFrom(..."ab #:/.-\\\"'`$ü\n{}") });
  fc.assert(fc.property(text, (id) => {
    const table = tableWith(undefined, id, { temperature: null });
    const line = envLine("LLM_MODEL_TABLE", table);
    assert.ok(!line.includes("\n"));
    assert.deepEqual(JSON.parse(parseEnv(line).LLM_MODEL_TABLE ?? ""), [{ id, temperature: null }]);
  }));
});
