// What a read tool can't do: the tests' own tools, and the client that read tools get, which sends nothing but GET
// and HEAD; and which rows their results list.
import assert from "node:assert/strict";
import { createClient } from "@supabase/supabase-js";
import { readOnlyFetch } from "../../shared/db/read_only_fetch.ts";
import { test_domain } from "../support/domain/test_domain.ts";
import type { Database } from "../support/domain/library.types.ts";
import { profiledFetch } from "../support/stack/profiled_fetch.ts";
import { startedRun } from "../support/stack/runs.ts";
import { newUser, testStack, type TestUser } from "../support/stack/stack.ts";
import { type ReadsOnly, testReadsOnly } from "../support/tools/reads_only.ts";
import { testShowsRows } from "../support/tools/shows_rows.ts";
import { at, text } from "../support/tools/tool_user.ts";
import { WRITES } from "./write_cases.ts";

const READS: ReadsOnly<TestUser> = {
  domain: test_domain,
  newUser,
  async calls(me) {
    const book_id = text(await me.ok("create_book", { title: "Emma" }), "book.id");
    const loan = await me.ok("create_loan", { book_id, borrower: "Ann" });
    return {
      list_books: { query: "emma", status: "wanted", limit: 5 },
      list_loans: { query: "ann", book_id, limit: 5 },
      get_book: { book_id },
      get_loan: { loan_id: at(loan, "loan.id") ?? null },
      get_borrower: { borrower: "Ann" },
      get_review: { book_id },
    };
  },
  async change(me) {
    const { data } = await me.user.client.from("books").select("id").single();
    await me.ok("update_book", { book_id: data?.id ?? "", updates: { status: "wanted" } });
  },
};

testReadsOnly(READS);
testShowsRows(READS, WRITES);

/** A client that can only read, as far as its transport goes: its type can write. */
function readerOf({ token }: TestUser, fetcher: typeof fetch) {
  const { url, publishable_key } = testStack();
  return createClient<Database>(url, publishable_key, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
    global: { headers: { Authorization: `Bearer ${token}` }, fetch: readOnlyFetch(fetcher) },
  });
}

Deno.test("the read client can't insert, update, upsert, delete or call by POST", async () => {
  const me = await newUser();
  const { data: book } = await me.client.from("books").insert({ title: "T" }).select("id").single();
  const id = book?.id ?? "";
  const sent: string[] = [];
  const watching: typeof fetch = (input, init) => {
    sent.push(String(init?.method));
    return fetch(input, init);
  };
  const reader = readerOf(me, watching);
  const attempts = {
    insert: () => reader.from("books").insert({ title: "X" }),
    update: () => reader.from("books").update({ title: "X" }).eq("id", id),
    upsert: () => reader.from("books").upsert({ id, title: "X" }),
    delete: () => reader.from("books").delete().eq("id", id),
    rpc: () => reader.rpc("cancel_run", { p_run_id: id }),
  };
  for (const [name, attempt] of Object.entries(attempts)) {
    const { error } = await attempt();
    assert.match(error?.message ?? "", /this client may only read/, name);
  }
  assert.deepEqual(sent, []);
  const { data } = await me.client.from("books").select("title");
  assert.deepEqual(data, [{ title: "T" }]);
});

Deno.test("a function that writes is refused by Postgres itself when it is called by GET", async () => {
  const me = await newUser();
  const { run_id } = await startedRun(me);
  const { error } = await readerOf(me, profiledFetch).rpc("cancel_run", { p_run_id: run_id }, { get: true });
  assert.equal(error?.code, "25006");
  const { data } = await me.client.from("agent_runs").select("cancel_requested_at").single();
  assert.deepEqual(data, { cancel_requested_at: null });
});
