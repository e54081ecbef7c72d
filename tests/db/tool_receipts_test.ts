// The receipt that keeps a tool call from having its effect twice: when it is left, whom it refuses, whom it doesn't.
import assert from "node:assert/strict";
import postgres from "postgres";
import { createReceiptOf } from "../../shared/db/receipts.ts";
import { createWriteDb } from "../../shared/db/clients.ts";
import { addUser } from "./agents_calls.ts";
import { lease, startRun } from "./agents_runs.ts";
import { library } from "../support/domain/library_client.ts";
import { propose, proposeFreely } from "../support/tools/proposed_call.ts";
import { database, freshDatabase, newUser, testStack, type TestUser } from "../support/stack/stack.ts";

/** The tables of the conversation and of the agents, and those that are a person's alone: no tool writes them. */
const NOT_FOR_TOOLS = new RegExp(`^(${
  [
    ...["agents", "agent_\\w+", "chat_messages", "chat_session_summaries", "chat_sessions", "request_keys"],
    ...["usage_reservations", "usage_settlements", "approval_decisions", "external_rows", "tool_rules"],
  ].join("|")
})$`);

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
    const of_tools = tables.filter(({ name }) => !NOT_FOR_TOOLS.test(name));
    assert.ok(of_tools.length >= 2);
    assert.deepEqual(of_tools.filter(({ keeps }) => !keeps), []);
  } finally {
    await sql.end();
  }
});

Deno.test("one attempt may write as often as it may; another one at the same call may not write at all", async () => {
  const me = await newUser();
  const call_id = await proposeFreely(me);
  const first = attempt(me, call_id);
  for (const title of ["A", "B"]) assert.equal((await first.from("books").insert({ title })).error, null);
  assert.equal((await first.from("books").update({ status: "read" }).eq("title", "A")).error, null);

  const second = attempt(me, call_id);
  for (
    const { status, error } of [
      await second.from("books").insert({ title: "C" }),
      await second.from("loans").insert({ borrower: "B" }),
      await second.from("books").update({ title: "C" }).eq("title", "A"),
    ]
  ) {
    assert.deepEqual([status, error?.code], [409, "23505"]);
    assert.match(error?.message ?? "", /"tool_receipts_pkey"/);
  }
  const { data } = await me.client.from("books").select("title, status").order("title");
  assert.deepEqual(data, [{ title: "A", status: "read" }, { title: "B", status: "wanted" }]);
  assert.equal((await receipts(me)).length, 1);
});

Deno.test("a receipt names the row that was changed first, whatever was done to it", async () => {
  const me = await newUser();
  const created = await proposeFreely(me);
  const { data } = await attempt(me, created).from("books").insert({ title: "A" }).select("id").single();
  const changed = await proposeFreely(me);
  await attempt(me, changed).from("books").update({ title: "B" }).eq("title", "A");
  const kept = new Map((await receipts(me)).map((receipt) => [receipt.call_id, receipt]));
  for (const call_id of [created, changed]) {
    const { relation, row_key } = kept.get(call_id) ?? {};
    assert.deepEqual([relation, row_key], ["public.books", { id: data?.id }]);
  }
});

Deno.test("a key that the database makes, or one of several columns, is in the receipt", () =>
  onTables(async (write) => {
    const made = await write("insert into public.orders (title) values ('A'), ('B')");
    assert.deepEqual(made, { relation: "public.orders", row_key: { id: "1" } });
    const member = await write("insert into public.\"Members\" (team, person) values (1, 'Ada')");
    assert.deepEqual(member, { relation: 'public."Members"', row_key: { team: "1", person: "Ada" } });
    const gone = await write("delete from public.orders where id = 2");
    assert.deepEqual(gone, { relation: "public.orders", row_key: { id: "2" } });
    const large = await write(
      "insert into public.orders (id, title) overriding system value values (9007199254740993, 'C')",
    );
    assert.deepEqual(large?.row_key, { id: "9007199254740993" }, "beyond the integers of a JSON number");
  }));

Deno.test("a tool is told the whole of a key that is beyond the integers of a JSON number", async () => {
  const me = await newUser();
  const call_id = await proposeFreely(me);
  const sql = database();
  try {
    const headers = JSON.stringify({ "x-tool-call-id": call_id, "x-tool-attempt": crypto.randomUUID() });
    await sql.begin(async (request) => {
      await request`select set_config('request.jwt.claims', ${JSON.stringify({ sub: me.id })}, true),
        set_config('request.headers', ${headers}, true)`;
      await request`insert into loans (id, user_id, borrower) overriding system value
        values (9007199254740993, ${me.id}, 'Bob')`;
    });
  } finally {
    await sql.end();
  }
  const { data } = await createReceiptOf(me.client)(call_id);
  assert.deepEqual(data?.row_key, { id: "9007199254740993" });
});

Deno.test("a trigger that names no key, or a column that is not there, refuses every write of a tool", () =>
  onTables(async (write) => {
    for (const table of ["keyless", "misspelt"]) {
      await assert.rejects(() => write(`insert into public.${table} (title) values ('A')`), {
        message: `Cannot keep a receipt of public.${table}: its trigger does not name its key columns`,
      });
    }
  }));

Deno.test("what changes nothing leaves no receipt: a failure, an update of no row, a look", async () => {
  const me = await newUser();
  const db = attempt(me, await proposeFreely(me));
  assert.equal((await db.from("books").insert({ title: "" })).error?.code, "23514");
  assert.equal((await db.from("books").update({ title: "T" }).eq("id", crypto.randomUUID())).error, null);
  assert.equal((await db.from("books").select()).error, null);
  assert.deepEqual(await receipts(me), []);
});

Deno.test("writes that name no call leave none, before and after those that do", async () => {
  const me = await newUser();
  for (const db of [me.client, attempt(me, await proposeFreely(me)), me.client]) {
    assert.equal((await db.from("books").insert({ title: "T" })).error, null);
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
    await sql`insert into books (user_id, title) values (${me.id}, 'T')`;
    assert.deepEqual(await receipts(me), []);
  } finally {
    await sql.end();
  }
});

Deno.test("a forged call stands in the way of the forger alone", async () => {
  const [me, forger] = await Promise.all([newUser(), newUser()]);
  const call_id = await proposeFreely(me);
  await propose(forger, { id: call_id, name: "tend", arguments: {} });
  assert.equal((await attempt(forger, call_id).from("books").insert({ title: "F" })).error, null);
  assert.equal((await attempt(me, call_id).from("books").insert({ title: "T" })).error, null);
  assert.deepEqual((await receipts(me)).map(({ user_id }) => user_id), [me.id]);

  const receipt = {
    ...{ user_id: me.id, call_id: crypto.randomUUID(), attempt: crypto.randomUUID() },
    ...{ relation: "public.books", row_key: { id: 1 } },
  };
  assert.equal((await forger.client.from("tool_receipts").insert(receipt)).error?.code, "42501");
  for (
    const { error } of [
      await me.client.from("tool_receipts").insert({ ...receipt, call_id }),
      await me.client.from("tool_receipts").update({ attempt: receipt.attempt }).eq("call_id", call_id),
      await me.client.from("tool_receipts").delete().eq("call_id", call_id),
    ]
  ) assert.equal(error?.code, "42501");
});

Deno.test("a call that names no attempt, or none that is a uuid, writes nothing", async () => {
  const me = await newUser();
  for (const headers of [{ "x-tool-call-id": "one" }, { "x-tool-call-id": await proposeFreely(me) }]) {
    const request = me.client.from("books").insert({ title: "T" });
    for (const [name, value] of Object.entries(headers)) request.setHeader(name, value);
    assert.match((await request).error?.code ?? "", /^PT400$/);
  }
  assert.deepEqual((await me.client.from("books").select()).data, []);
});

const attempt = (user: TestUser, call_id: string) =>
  library(createWriteDb(testStack(), user.token, fetch, { call_id, attempt: crypto.randomUUID() }));

async function receipts({ client }: TestUser) {
  const { data, error } = await client.from("tool_receipts").select();
  assert.equal(error, null);
  return data ?? [];
}

const TABLES = `
  create table public.orders (id bigint generated always as identity primary key, title text);
  create table public."Members" (team integer, person text, primary key (team, person));
  create table public.keyless (id bigint generated always as identity primary key, title text);
  create table public.misspelt (id bigint generated always as identity primary key, title text);
  create trigger keep_tool_receipt after insert or update or delete on public.orders
    for each row execute function private.keep_tool_receipt('id');
  create trigger keep_tool_receipt after insert or update or delete on public."Members"
    for each row execute function private.keep_tool_receipt('team', 'person');
  create trigger keep_tool_receipt after insert or update or delete on public.keyless
    for each row execute function private.keep_tool_receipt();
  create trigger keep_tool_receipt after insert or update or delete on public.misspelt
    for each row execute function private.keep_tool_receipt('idd');
  insert into public.tool_footprints (tool_name, table_name, op, max_rows)
    select 'tend', name::regclass, op, 9
    from unnest(array['public.orders', 'public."Members"', 'public.keyless', 'public.misspelt']) name,
      unnest('{INSERT,DELETE}'::text[]) op;
  grant select, insert, delete on public.orders, public."Members", public.keyless, public.misspelt to authenticated`;

/** Runs statements as a tool's calls on a database with tables of its own; each gives its receipt. */
async function onTables(
  work: (write: (statement: string) => Promise<Record<string, unknown> | undefined>) => Promise<void>,
): Promise<void> {
  const { url, drop } = await freshDatabase();
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await sql.unsafe(TABLES);
    await sql`insert into tool_defaults (tool_name, policy) values ('tend', 'allow')`;
    const user = await addUser(sql);
    const owned = await startRun(user);
    await work(async (statement) => {
      const call_id = crypto.randomUUID();
      await user.call("record_progress", [...lease(owned), {
        tool_calls: [{
          ...{ id: call_id, agent_id: owned.agent_id, agent_session_id: owned.thread_id, tool_call_id: "a" },
          ...{ tool_name: "tend", access: "write", arguments: {}, status: "proposed", result: null },
        }],
      }]);
      const headers = { "x-tool-call-id": call_id, "x-tool-attempt": crypto.randomUUID() };
      return await sql.begin(async (request) => {
        await request`select set_config('role', 'authenticated', true),
          set_config('request.jwt.claims', ${JSON.stringify({ sub: user.id })}, true),
          set_config('request.headers', ${JSON.stringify(headers)}, true)`;
        await request.unsafe(statement);
        const [receipt] = await request`select relation, row_key from public.tool_receipts
          where call_id = ${call_id}`;
        return receipt;
      });
    });
  } finally {
    await sql.end();
    await drop();
  }
}
