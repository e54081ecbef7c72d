// The ledger of what tools have changed: what is kept of a change, whose it is, and who may write it.
import assert from "node:assert/strict";
import type { TransactionSql } from "postgres";
import { createWriteDb } from "../../shared/db/clients.ts";
import { library } from "../support/domain/library_client.ts";
import { database, newUser, testStack, type TestUser } from "../support/stack/stack.ts";
import { proposeFreely } from "../support/tools/proposed_call.ts";
import { actingAs, testAsUser } from "./agents_calls.ts";
import { asCaller } from "./as_role.ts";
import { startRun } from "./agents_runs.ts";
import { addWorld } from "./agents_world.ts";
import { withTables, type Write } from "./tool_writes.ts";

Deno.test("every table that leaves receipts keeps effects, of whatever is done to its rows, after the receipt", async () => {
  const sql = database();
  try {
    const triggers = await sql<{ table: string; names: string[] }[]>`
      select tgrelid::regclass::text as table, array_agg(p.proname::text order by tgname) as names
      from pg_trigger join pg_proc p on p.oid = tgfoid
      where p.proname in ('keep_tool_receipt', 'keep_tool_effect') and tgenabled = 'O'
        and tgtype & (1 | 2 | 4 | 8 | 16 | 64) = (1 | 4 | 8 | 16) and tgqual is null and tgattr = ''
      group by tgrelid`;
    assert.ok(triggers.length >= 2);
    for (const { table, names } of triggers) {
      assert.deepEqual(names, ["keep_tool_receipt", "keep_tool_effect"], table);
    }
  } finally {
    await sql.end();
  }
});

Deno.test("the key that a trigger of effects names is a unique one, and the columns exist", async () => {
  const sql = database();
  try {
    const wrong = await sql`
      with named as (
        select tgrelid, arg, n > coalesce(array_position(args, '--clock'), cardinality(args) + 1) as clock
        from pg_trigger, lateral (select string_to_array(
            trim(trailing '|' from replace(encode(tgargs, 'escape'), '\\000', '|')), '|') as args) split,
          unnest(args) with ordinality a (arg, n)
        where tgfoid = 'private.keep_tool_effect'::regproc and arg <> '--clock'
      )
      select tgrelid::regclass::text from named
        left join pg_attribute on attrelid = tgrelid and attname = arg and not attisdropped
      group by tgrelid
      having bool_or(attnum is null) or not exists (
        select from pg_index i where i.indrelid = tgrelid and i.indisunique and i.indpred is null
          and i.indkey::int2[] <@ array_agg(attnum) filter (where not clock))`;
    assert.deepEqual([...wrong], []);
  } finally {
    await sql.end();
  }
});

Deno.test("a call's changes are kept in order: the row it made, what it changed of one, the row it deleted", () =>
  withTables(async (write) => {
    const made = await effectsOf(write, "insert into public.orders (title) values ('A'), ('B')");
    assert.deepEqual(made.map(({ op, row_key, before, after }) => [op, row_key, before, after]), [
      ["insert", { id: "1" }, null, { id: 1, title: "A", amount: null, note: null }],
      ["insert", { id: "2" }, null, { id: 2, title: "B", amount: null, note: null }],
    ]);
    const changed = await effectsOf(write, "update public.orders set title = 'C' where id = 1");
    assert.deepEqual(changed.map(({ op, before, after }) => [op, before?.title, after]), [
      ["update", "A", { id: 1, title: "C", amount: null, note: null }],
    ]);
    assert.deepEqual(
      Object.keys(changed[0]?.before ?? {}).sort(),
      ["title"],
      "what did not change is not kept",
    );
    const gone = await effectsOf(write, "delete from public.orders where id = 2");
    assert.deepEqual(gone.map(({ op, before, after }) => [op, before?.title, after]), [[
      "delete",
      "B",
      null,
    ]]);
    assert.ok(gone[0]?.before?.made_at, "a deleted row is kept with its clock's columns");
  }));

Deno.test("an update that changes nothing but the clock's columns, and a write that names no call, keep nothing", () =>
  withTables(async (write, sql) => {
    await sql`insert into public.orders (title) values ('A')`;
    assert.deepEqual(await effectsOf(write, "update public.orders set title = 'A', made_at = now()"), []);
    const [{ count } = {}] = await sql`select count(*)::int from public.tool_effects`;
    assert.equal(count, 0);
  }));

Deno.test("an image does not depend on the settings of the session that wrote it", () =>
  withTables(async (write) => {
    const set = `set local timezone = 'Asia/Kathmandu'; set local extra_float_digits = -3;
      set local intervalstyle = 'sql_standard'; set local bytea_output = 'escape';`;
    const values = "(0.1::float8 + 0.2, '2026-01-01T00:00:00Z', '1 year 2 days', '\\x00ff')";
    const insert = `insert into public.kinds (f, t, i, b) values ${values}`;
    const [plain] = await effectsOf(write, insert);
    const [other] = await effectsOf(write, `${set} ${insert}`);
    assert.equal(plain?.after?.t, "2026-01-01T00:00:00+00:00");
    assert.deepEqual({ ...other?.after, id: 0 }, { ...plain?.after, id: 0 });
  }));

Deno.test("what is generated is not kept, and an image that is too large is left out", () =>
  withTables(async (write) => {
    const [small] = await effectsOf(write, "insert into public.orders (title) values ('A')");
    assert.ok(!Object.hasOwn(small?.after ?? {}, "folded"));
    const [large] = await effectsOf(
      write,
      "insert into public.orders (title, note) values ('B', repeat('x', 1000001))",
    );
    assert.deepEqual([large?.op, large?.before, large?.after], ["insert", null, null]);
  }));

Deno.test("the answer to a write says that it can be undone, and not where nothing was changed or kept", async () => {
  const me = await newUser();
  const asked = async (write: (db: ReturnType<typeof attempt>["db"]) => PromiseLike<{ error: unknown }>) => {
    const { db, told } = attempt(me, await proposeFreely(me));
    assert.equal((await write(db)).error, null);
    return told();
  };
  assert.equal(await asked((db) => db.from("books").insert({ title: "T" })), "yes");
  assert.equal(await asked((db) => db.from("books").insert([{ title: "U" }, { title: "V" }])), "yes");
  assert.equal(await asked((db) => db.from("books").update({ title: "T" }).eq("title", "T")), null);
  const huge = { title: "T", notes: "x".repeat(1_000_001) };
  assert.equal(await asked((db) => db.from("books").insert([{ title: "T" }, huge])), "yes, no");
});

testAsUser(
  "every caller gets from every command on effects what is theirs: to read their own",
  async (user, sql) => {
    const call_id = crypto.randomUUID();
    await sql`insert into tool_effects (user_id, call_id, relation, op, row_key)
    values (${user.id}, ${call_id}, 'public.books', 'insert', '{}')`;
    const commands: [string, (sql: TransactionSql) => PromiseLike<{ count: number }>][] = [
      ["select", (sql) => sql`select from public.tool_effects where call_id = ${call_id}`],
      ["insert", (sql) =>
        sql`insert into public.tool_effects (user_id, call_id, relation, op, row_key)
      values (${user.id}, ${call_id}, 'public.books', 'insert', '{}')`],
      ["update", (sql) => sql`update public.tool_effects set undone_at = null`],
      ["delete", (sql) => sql`delete from public.tool_effects`],
    ];
    const callers = {
      owner: { role: "authenticated", user_id: user.id },
      other: { role: "authenticated", user_id: crypto.randomUUID() },
      anon: { role: "anon" },
      service: { role: "service_role" },
    } as const;
    const reads = { owner: 1, other: 0, anon: "42501", service: 1 };
    for (const [who, caller] of Object.entries(callers)) {
      for (const [command, run] of commands) {
        const done = await asCaller(sql, caller, async (own) => (await run(own)).count);
        const expected = command === "select"
          ? Object.entries(reads).find(([name]) => name === who)?.[1]
          : "42501";
        assert.equal(done.ok ? done.value : done.code, expected, `${who}: ${command}`);
      }
    }
  },
);

Deno.test("effects go with their user's account", async () => {
  const me = await newUser();
  const { db } = attempt(me, await proposeFreely(me));
  assert.equal((await db.from("books").insert({ title: "T" })).error, null);
  assert.equal((await me.client.from("tool_effects").select()).data?.length, 1);
  const sql = database();
  try {
    await sql`delete from auth.users where id = ${me.id}`;
    const [{ count } = {}] = await sql`select count(*)::int from tool_effects where user_id = ${me.id}`;
    assert.equal(count, 0);
  } finally {
    await sql.end();
  }
});

testAsUser(
  "a run that has ended gets no effect any more; what is marked as undone is let through",
  async (user, sql) => {
    const world = await addWorld(sql, user.id);
    const effect = () =>
      sql`insert into tool_effects (user_id, call_id, relation, op, row_key, after)
      values (${user.id}, ${world.agent_tool_calls}, 'public.books', 'insert', '{}', '{}')`;
    await effect();
    await actingAs(sql, user.id).call("fail_run", [world.agent_runs, 1, {
      ...{ kind: "internal", message: "No.", retryable: true },
    }]);
    await assert.rejects(async () => await effect(), { code: "PT409", message: "run_not_running" });
    await assert.rejects(
      async () => await sql`update tool_effects set after = null where user_id = ${user.id}`,
      {
        code: "PT409",
      },
    );
    const { count } = await sql`update tool_effects set undone_at = now() where user_id = ${user.id}`;
    assert.equal(count, 1);
  },
);

testAsUser("a new owner is told which of the calls can be undone", async (user, sql) => {
  const { run_id, agent_id, thread_id } = await startRun(user);
  const images = { kept: ["{}", "{}"], "one is not kept": ["{}", null], "nothing changed": [] };
  for (const [tool_name, after] of Object.entries(images)) {
    const id = crypto.randomUUID();
    await sql`insert into agent_tool_calls (user_id, id, run_id, agent_id, agent_session_id, tool_call_id, tool_name,
        access, status)
      values (${user.id}, ${id}, ${run_id}, ${agent_id}, ${thread_id}, 'c', ${tool_name}, 'write', 'succeeded')`;
    for (const image of after) {
      await sql`insert into tool_effects (user_id, call_id, relation, op, row_key, after)
        values (${user.id}, ${id}, 'public.books', 'insert', '{}', ${image}::text::jsonb)`;
    }
  }
  const calls = await sql`select c ->> 'tool_name' as name, c -> 'undoable' as undoable
    from jsonb_array_elements(private.thread_calls(${thread_id})) c`;
  assert.deepEqual(calls.map(({ name, undoable }) => [name, undoable]).sort(), [
    ["kept", true],
    ["nothing changed", null],
    ["one is not kept", null],
  ]);
});

/** A tool's client for one attempt at a call, and what the answer to its last request said of undoing. */
function attempt(user: TestUser, call_id: string) {
  const heard: (string | null)[] = [];
  const listening: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    heard.push(response.headers.get("x-tool-undoable"));
    return response;
  };
  const db = library(
    createWriteDb(testStack(), user.token, listening, { call_id, attempt: crypto.randomUUID() }),
  );
  return { db, told: () => heard.at(-1) };
}

async function effectsOf(write: Write, statement: string) {
  const { effects } = await write(statement);
  return effects;
}
