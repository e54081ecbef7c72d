import assert from "node:assert/strict";
import { openKeptData } from "../../dev/database/kept_data.ts";
import { startStack } from "../../dev/stack.ts";
import { newRoot } from "../support/stack/new_root.ts";

Deno.test("two stacks never work on the same data", async () => {
  await using root = await newRoot();
  const first = await openKeptData(root.path, "before");
  await assert.rejects(openKeptData(root.path, "nothing"), /Another stack works on the data in/);
  first.release();
  const second = await openKeptData(root.path, "before");
  assert.equal(second.state, "new", "what was never finished is not taken for data");
  assert.notEqual(second.jwt_secret, first.jwt_secret);
  await second.filled();
  second.release();
  const third = await openKeptData(root.path, "before");
  third.release();
  assert.equal(third.state, "filled");
  assert.equal(third.jwt_secret, second.jwt_secret);
});

Deno.test("on a server that is not the stack's own nothing is kept, which is said", async () => {
  await using root = await newRoot();
  const env = { DATABASE_URL: "postgres://127.0.0.1:1/postgres" };
  const pace = { first_token_ms: 0, tokens_per_second: 0 };
  await assert.rejects(
    startStack({ port: 0, env, pace, keep: { root: root.path, from: "before" }, log: () => {} }),
    /Unset DATABASE_URL, or start without --keep\./,
  );
  assert.deepEqual([...Deno.readDirSync(root.path)], []);
});
