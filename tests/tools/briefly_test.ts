// What a list shows of a row.
import assert from "node:assert/strict";
import { briefly } from "../../shared/tools/answers.ts";

Deno.test("long values of a row in a list are cut, whatever they are; short ones and numbers stay what they are", () => {
  const row = {
    id: "1",
    n: 5,
    flag: false,
    empty: null,
    tags: ["a", "b"],
    long: "x".repeat(81),
    json: { text: "y".repeat(100) },
  };
  assert.deepEqual(briefly(row), {
    ...{ id: "1", n: 5, tags: ["a", "b"], long: `${"x".repeat(79)}…`, json: `{"text":"${"y".repeat(70)}…` },
  });
  assert.equal(briefly({ whole: "x".repeat(80) }).whole, "x".repeat(80));
});
