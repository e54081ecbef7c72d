// The framework's promise, on tables of both kinds of key: a write tool has its effect once.
import assert from "node:assert/strict";
import { testCallsAgain } from "../support/tools/call_again.ts";
import { ownRows } from "../support/tools/own_rows.ts";
import { newToolUser } from "./library.ts";
import { TABLES, WRITES } from "./write_cases.ts";

testCallsAgain(WRITES);

Deno.test("another call is not a repetition", async () => {
  const me = await newToolUser();
  for (const _ of [1, 2]) await me.ok("create_book", { title: "T" });
  assert.equal((await ownRows(TABLES, me)).length, 2);
});

Deno.test("a call that nothing came of may be made again", async () => {
  const me = await newToolUser();
  const [book_id, call_id] = [crypto.randomUUID(), crypto.randomUUID()];
  const args = { book_id, updates: { title: "U" } };
  assert.equal((await me.call("update_book", args, call_id)).ok, false);
  assert.equal((await me.user.client.from("books").insert({ id: book_id, title: "T" })).error, null);
  await me.ok("update_book", args, call_id);
});
