// Work that is done side by side.
import assert from "node:assert/strict";
import { together } from "../../shared/async/together.ts";

Deno.test("what is done together comes in its order, and where one part fails the others are waited for", async () => {
  assert.deepEqual(await together([Promise.resolve(1), Promise.resolve(2)]), [1, 2]);
  const slow = Promise.withResolvers<number>();
  let over = false;
  const failed = together([
    slow.promise,
    Promise.reject(new Error("one")),
    Promise.reject(new Error("other")),
  ])
    .finally(() => over = true);
  failed.catch(() => {});
  for (let n = 0; n < 10; n += 1) await Promise.resolve();
  assert.ok(!over);
  slow.resolve(1);
  await assert.rejects(failed, { message: "one" });
});
