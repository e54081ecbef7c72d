// One list of refusals: what the SQL raises, what the head of the migration says of it, and what a user is told.
import assert from "node:assert/strict";
import { REFUSALS } from "../../shared/db/run_refusals.ts";
import { ENGINE_SQL } from "../support/stack/engine_migrations.ts";

const pairs = (text: string, pattern: RegExp) =>
  [...new Set([...text.matchAll(pattern)].map(([, code, message]) => `${code} ${message}`))].sort();

Deno.test("what the functions raise is what the head of run_rows lists, and every refusal has a sentence", () => {
  const sql = ENGINE_SQL.map(({ text }) => text).join("\n");
  const raised = pairs(sql, /raise sqlstate '(PT\d+)' using message = '(\w+)'/g);
  const listed = pairs(sql, /^-- {3}(PT\d+) (\w+)/gm);
  const told = Object.entries(REFUSALS).map(([message, [code]]) => `${code} ${message}`).sort();
  assert.ok(raised.length > 10);
  assert.deepEqual(listed, raised);
  assert.deepEqual(told, raised);
});

Deno.test("every PT code in the SQL is raised with a message that stands in the list", () => {
  for (const { name, text } of ENGINE_SQL) {
    const all = [...text.matchAll(/sqlstate 'PT/g)].length;
    const named = [...text.matchAll(/raise sqlstate 'PT\d+' using message = '\w+'/g)].length;
    assert.equal(named, all, name);
  }
});
