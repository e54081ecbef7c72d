// The framework's promise, on tables of both kinds of key: a write tool has its effect once.
import assert from "node:assert/strict";
import { testCallsAgain } from "../support/tools/call_again.ts";
import { ownRows } from "../support/tools/own_rows.ts";
import { text } from "../support/tools/tool_user.ts";
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
  const book_id = text(await me.ok("create_book", { title: "T" }), "book.id");
  const call_id = crypto.randomUUID();
  const nobodys = { book_id: crypto.randomUUID(), updates: { title: "U" } };
  assert.equal((await me.call("update_book", nobodys, call_id)).ok, false);
  await me.ok("update_book", { book_id, updates: { title: "U" } }, call_id);
});
