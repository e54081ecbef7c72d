// What is kept of what was made.
import assert from "node:assert/strict";
import { keptNewest } from "../../shared/contracts/newest.ts";

Deno.test("what was made for one of the newest keys is not made again, and older keys are let go", () => {
  const made: string[] = [];
  const kept = keptNewest((key) => {
    made.push(key);
    return { key };
  }, 2);
  assert.equal(kept("a"), kept("a"));
  for (const key of ["b", "b", "c", "c", "b", "a"]) assert.deepEqual(kept(key), { key });
  assert.deepEqual(made, ["a", "b", "c", "a"]);
});

Deno.test("that something is not so is kept, too", () => {
  let asked = 0;
  const kept = keptNewest(() => {
    asked += 1;
    return false;
  }, 2);
  assert.deepEqual([kept("a"), kept("a"), asked], [false, false, 1]);
});
