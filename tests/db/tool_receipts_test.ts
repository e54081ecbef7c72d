// The receipt that keeps a tool call from having its effect twice: when it is left, whom it refuses, whom it doesn't.
import assert from "node:assert/strict";
import postgres from "postgres";
import { createWriteDb } from "../../shared/db/clients.ts";
import { database, newUser, testStack, type TestUser } from "../support/stack/stack.ts";

/** The tables of the conversation, of the agents and of receipts, which no tool writes. */
const NOT_FOR_TOOLS =
  /^(agents|agent_\w+|chat_messages|chat_sessions|usage_reservations|usage_settlements|tool_receipts)$/;

Deno.test("every table that a tool may write leaves receipts of whatever is done to its rows", async () => {
  const sql = database();
  try {
    const tables = await sql<{ name: string; keeps: boolean }[]>`
      select c.relname as name, exists (
        select from pg_trigger t join pg_proc p on p.oid = t.tgfoid
        where t.tgrelid = c.oid and p.oid = 'private.keep_tool_receipt'::regproc and t.tgenabled = 'O'
          -- After insert, delete and update of each row, without a condition.
          and t.tgtype & (1 | 2 | 4 | 8 | 16 | 64) = (1 | 4 | 8 | 16) and t.tgqual is null and t.tgattr = ''
      ) as keeps
      from pg_class c
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
        and (has_any_column_privilege('authenticated', c.oid, 'insert, update')
          or has_table_privilege('authenticated', c.oid, 'delete'))`;
    const workspace = tables.filter(({ name }) => !NOT_FOR_TOOLS.test(name));
    assert.ok(workspace.length >= 5);
    assert.deepEqual(workspace.filter(({ keeps }) => !keeps), []);
  } finally {
    await sql.end();
  }
});

Deno.test("one attempt may write as often as it likes; another one at the same call may not write at all", async () => {
  const me = await newUser();
  const call_id = crypto.randomUUID();
  const first = attempt(me, call_id);
  for (const title of ["A", "B"]) assert.equal((await first.from("tasks").insert({ title })).error, null);
  assert.equal((await first.from("tasks").update({ status: "done" }).eq("title", "A")).error, null);

  const second = attempt(me, call_id);
  for (
    const { status, error } of [
      await second.from("tasks").insert({ title: "C" }),
      await second.from("notes").insert({ title: "N", content: "N" }),
      await second.from("tasks").update({ title: "C" }).eq("title", "A"),
    ]
  ) {
    assert.deepEqual([status, error?.code], [409, "23505"]);
    assert.match(error?.message ?? "", /"tool_receipts_pkey"/);
  }
  const { data } = await me.client.from("tasks").select("title, status").order("title");
  assert.deepEqual(data, [{ title: "A", status: "done" }, { title: "B", status: "backlog" }]);
  assert.equal((await receipts(me)).length, 1);
});

Deno.test("what changes nothing leaves no receipt: a failure, an update of no row, a look", async () => {
  const me = await newUser();
  const db = attempt(me, crypto.randomUUID());
  assert.equal((await db.from("tasks").insert({ title: "" })).error?.code, "23514");
  assert.equal((await db.from("tasks").update({ title: "T" }).eq("id", crypto.randomUUID())).error, null);
  assert.equal((await db.from("tasks").select()).error, null);
  assert.deepEqual(await receipts(me), []);
});

Deno.test("writes that name no call leave none, before and after those that do", async () => {
  const me = await newUser();
  for (const db of [me.client, attempt(me, crypto.randomUUID()), me.client]) {
    assert.equal((await db.from("tasks").insert({ title: "T" })).error, null);
  }
  assert.equal((await receipts(me)).length, 1);
});

Deno.test("a connection that carried a request writes on without one", async () => {
  const me = await newUser();
  const sql = postgres(testStack().database_url, { max: 1 });
  try {
    const headers = JSON.stringify({ "x-tool-call-id": crypto.randomUUID() });
    await sql.begin((request) => request`select set_config('request.headers', ${headers}, true)`);
    const [left] = await sql`select current_setting('request.headers', true) as headers`;
    assert.equal(left?.headers, "");
    await sql`insert into tasks (user_id, title) values (${me.id}, 'T')`;
    assert.deepEqual(await receipts(me), []);
  } finally {
    await sql.end();
  }
});

Deno.test("a forged call stands in the way of the forger alone", async () => {
  const [me, forger] = await Promise.all([newUser(), newUser()]);
  const call_id = crypto.randomUUID();
  assert.equal((await attempt(forger, call_id).from("tasks").insert({ title: "F" })).error, null);
  assert.equal((await attempt(me, call_id).from("tasks").insert({ title: "T" })).error, null);
  assert.deepEqual((await receipts(me)).map(({ user_id }) => user_id), [me.id]);

  const receipt = { user_id: me.id, call_id: crypto.randomUUID(), attempt: crypto.randomUUID() };
  assert.equal((await forger.client.from("tool_receipts").insert(receipt)).error?.code, "42501");
  for (
    const { error } of [
      await me.client.from("tool_receipts").update({ attempt: receipt.attempt }).eq("call_id", call_id),
      await me.client.from("tool_receipts").delete().eq("call_id", call_id),
    ]
  ) assert.equal(error?.code, "42501");
});

Deno.test("a call that names no attempt, or none that is a uuid, writes nothing", async () => {
  const me = await newUser();
  for (const headers of [{ "x-tool-call-id": "one" }, { "x-tool-call-id": crypto.randomUUID() }]) {
    const request = me.client.from("tasks").insert({ title: "T" });
    for (const [name, value] of Object.entries(headers)) request.setHeader(name, value);
    assert.match((await request).error?.code ?? "", /^(22P02|23502)$/);
  }
  assert.deepEqual((await me.client.from("tasks").select()).data, []);
});

const attempt = (user: TestUser, call_id: string) =>
  createWriteDb(testStack(), user.token, fetch, { call_id, attempt: crypto.randomUUID() });

async function receipts({ client }: TestUser) {
  const { data, error } = await client.from("tool_receipts").select();
  assert.equal(error, null);
  return data ?? [];
}
