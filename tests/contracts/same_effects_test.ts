import assert from "node:assert/strict";
import type { Effect } from "../../shared/contracts/approval.ts";
import { sameEffects } from "../../shared/contracts/same_effects.ts";

const insert = (row: Extract<Effect, { op: "insert" }>["row"], made?: string[]): Effect => ({
  ...{ table: "public.tasks", key: { id: row.id ?? null }, op: "insert", row },
  ...(made && { made }),
});

Deno.test("what the database makes anew does not bind, in the row and in its key; all else does", () => {
  const shown = [insert({ id: 7, title: "Paint" }, ["id"])];
  assert.ok(sameEffects(shown, [insert({ id: 8, title: "Paint" }, ["id"])]));
  assert.ok(!sameEffects(shown, [insert({ id: 8, title: "Mow" }, ["id"])]));
  assert.ok(!sameEffects([insert({ id: 7 })], [insert({ id: 8 })]));
});

Deno.test("the order of columns says nothing, that of rows does", () => {
  const [a, b] = [insert({ title: "a", done: false }), insert({ done: false, title: "b" })];
  assert.ok(sameEffects([insert({ done: false, title: "a" })], [a]));
  assert.ok(!sameEffects([a, b], [b, a]));
});

Deno.test("a column's own value may have a key of a made column's name, and binds", () => {
  const row = (id: number) => insert({ id: 1, data: { id } }, ["id"]);
  assert.ok(!sameEffects([row(1)], [row(2)]));
});

Deno.test("what is no list of effects was shown by nobody, and none is not the same as an empty one", () => {
  assert.ok(!sameEffects(["nothing"], []));
  assert.ok(!sameEffects(null, []));
  assert.ok(sameEffects(null, null));
});
