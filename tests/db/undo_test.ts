// A person takes back what a tool's call has changed: all of it or nothing, once, and no agent may.
import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { addUser, asUser, callFunction, refused, testAsUser, type User } from "./agents_calls.ts";
import { addWorld, insertRow, TABLES } from "./agents_world.ts";
import { withTables, type Write } from "./tool_writes.ts";

/** The rows of the tables, as text. */
async function snapshot(sql: Sql): Promise<string[]> {
  const rows = await sql`select 'orders' as name, to_jsonb(t)::text as row from public.orders t
    union all select 'items', to_jsonb(t)::text from public.items t
    union all select 'places', to_jsonb(t)::text from public.places t
    union all select 'parts', to_jsonb(t)::text from public.parts t
    union all select 'labels', to_jsonb(t)::text from public.labels t
    union all select 'kinds', to_jsonb(t)::text from public.kinds t order by 1, 2`;
  return rows.map(({ name, row }) => `${name} ${row}`);
}

const SEED = `insert into public.orders (title, amount, note) values ('A', 1.50, 'n'), ('B', null, null);
  insert into public.items values (1, 1, 'x'), (2, 1, 'y');
  insert into public.places values (1, null), (2, 1);
  insert into public.parts values (7, 7);
  insert into public.kinds (f, t, i, b, n, j) values
    ('NaN', '2026-01-01T01:02:03.456789+05:45', '1 year -2 days 03:04:05', '\\x00ff', '{1.10,null}', 'null'),
    (1e-300, 'infinity', null, '', '{}', '{"a": [1, "2"]}'), (null, null, null, null, null, null)`;

/** What a call may do to rows, in one request. */
const WRITES: Record<string, string> = {
  "adds a row": "insert into public.orders (title) values ('C')",
  "adds rows that refer to one another":
    `insert into public.orders (id, title) overriding system value values (77, 'C');
    insert into public.items values (1, 77, 'x'), (2, 77, 'y')`,
  "changes a row": "update public.orders set title = 'Z', amount = null, note = 'new' where id = 1",
  "changes a row twice": `update public.orders set title = 'Z' where id = 1;
    update public.orders set title = 'Y', note = null where id = 1`,
  "changes a row and changes it back": `update public.orders set title = 'Z' where id = 1;
    update public.orders set title = 'A' where id = 1`,
  "adds, changes and deletes a row": `insert into public.items values (3, 1, 'z');
    update public.items set name = 'zz' where place = 3; delete from public.items where place = 3`,
  "exchanges two unique values": `update public.orders set title = 'tmp' where id = 1;
    update public.orders set title = 'A' where id = 2; update public.orders set title = 'B' where id = 1`,
  "changes a key": "update public.items set place = place + 10",
  "deletes a row": "delete from public.items where place = 1",
  "deletes a row with those that go with it": "delete from public.orders where id = 1",
  "changes values of every kind":
    `update public.kinds set f = 0.1, t = '2020-01-01', i = '1 day', b = '\\x01',
    n = '{2}', j = '{"b": null}'`,
  "deletes values of every kind": "delete from public.kinds",
  "deletes a row to which another refers, which is unlinked": "delete from public.places where id = 1",
  "adds rows of which the first refers to the second": `set constraints all deferred;
    insert into public.parts values (1, 2), (2, null)`,
};

for (const [what, statement] of Object.entries(WRITES)) {
  Deno.test(`a call that ${what} is undone: every row is as it was`, () =>
    withTables(async (write, sql, user) => {
      await sql.unsafe(SEED);
      const before = await snapshot(sql);
      const { call_id, effects } = await write(statement);
      assert.deepEqual(await undo(user, call_id), effects.length);
      assert.deepEqual(await snapshot(sql), before);
    }));
}

Deno.test("a call is undone once; the second time there is nothing left", () =>
  withTables(async (write, sql, user) => {
    await sql.unsafe(SEED);
    const { call_id } = await write("update public.orders set note = 'new'");
    assert.equal(await undo(user, call_id), 2);
    await sql`update public.orders set note = 'mine'`;
    const before = await snapshot(sql);
    assert.equal(await undo(user, call_id), 0);
    assert.deepEqual(await snapshot(sql), before);
    const effects = await sql`select undone_at is not null as undone from public.tool_effects`;
    assert.deepEqual(effects.map(({ undone }) => undone), [true, true]);
  }));

/** What happens between a call that changes both orders and its undoing. */
const SINCE: Record<string, [statement: string, refusal: string | null]> = {
  "a column that the call changed was changed": [
    "update public.orders set note = 'mine' where id = 1",
    "changed_since",
  ],
  "another column was changed": ["update public.orders set amount = 7 where id = 2", "changed_since"],
  "a row is gone": ["delete from public.orders where id = 2", "changed_since"],
  "the clock's columns were changed": ["update public.orders set made_at = now()", null],
  "a column was added": ["alter table public.orders add column added text default 'x'", null],
  "another row was changed": ["insert into public.orders (title) values ('C')", null],
};

for (const [what, [statement, refusal]] of Object.entries(SINCE)) {
  Deno.test(`when ${what} since, the call ${refusal ? "stays, all of it" : "is undone all the same"}`, () =>
    withTables(async (write, sql, user) => {
      await sql.unsafe(SEED);
      const { call_id } = await write("update public.orders set note = 'new'");
      await sql.unsafe(statement);
      const before = await snapshot(sql);
      if (refusal === null) return assert.equal(await undo(user, call_id), 2);
      assert.equal(await refused(user, "undo_tool_call", [call_id]), `PT409 ${refusal}`);
      assert.deepEqual(await snapshot(sql), before);
    }));
}

Deno.test("a table that is gone, and a value that another row has by now, are changes since", () =>
  withTables(async (write, sql, user) => {
    await sql.unsafe(SEED);
    const renamed = await write("update public.orders set title = 'Z' where id = 1");
    await sql`insert into public.orders (title) values ('A')`;
    assert.equal(await refused(user, "undo_tool_call", [renamed.call_id]), "PT409 changed_since");
    const changed = await write("update public.kinds set f = 1");
    await sql`alter table public.kinds rename to sorts`;
    assert.equal(await refused(user, "undo_tool_call", [changed.call_id]), "PT409 changed_since");
  }));

Deno.test("a row that something else refers to by now stays, whatever its key does on delete", () =>
  withTables(async (write, sql, user) => {
    for (const reference of ["items (order_id, place)", "labels (order_id, text)"]) {
      const { call_id, effects } = await write(`insert into public.orders (title) values ('${reference}')`);
      const id = effects[0]?.row_key.id ?? "";
      await sql.unsafe(`insert into public.${reference} values (${id}, 1)`);
      const before = await snapshot(sql);
      assert.equal(await refused(user, "undo_tool_call", [call_id]), "PT409 in_use");
      assert.deepEqual(await snapshot(sql), before);
    }
  }));

Deno.test("a row that refers to itself alone is in nobody's use", () =>
  withTables(async (write, sql, user) => {
    await sql`alter table public.orders add column like_id bigint references public.orders`;
    const { call_id } = await write(
      "insert into public.orders (id, title, like_id) overriding system value values (9, 'S', 9)",
    );
    assert.equal(await undo(user, call_id), 1);
  }));

Deno.test("a deleted row whose place another has taken, and one whose parent is gone, stay deleted", () =>
  withTables(async (write, sql, user) => {
    await sql.unsafe(SEED);
    const first = await write("delete from public.items where place = 1");
    await sql`insert into public.items values (1, 1, 'mine')`;
    assert.equal(await refused(user, "undo_tool_call", [first.call_id]), "PT409 changed_since");
    const second = await write("delete from public.items where place = 2");
    await sql`delete from public.orders where id = 1`;
    assert.equal(await refused(user, "undo_tool_call", [second.call_id]), "PT409 changed_since");
  }));

Deno.test("a change that was too large to keep can't be undone, nor what the same call changed besides", () =>
  withTables(async (write, sql, user) => {
    const { call_id } = await write(`insert into public.orders (title) values ('A');
      insert into public.orders (title, note) values ('B', repeat('x', 1000001))`);
    assert.equal(await refused(user, "undo_tool_call", [call_id]), "PT409 images_gone");
    assert.equal((await snapshot(sql)).length, 2);
  }));

Deno.test("values that must not meet, and constraints that are deferred, are looked at when all is set back", () =>
  withTables(async (write, sql, user) => {
    await sql.unsafe(`alter table public.orders drop constraint orders_title_key;
      alter table public.orders add unique (title) deferrable`);
    await sql.unsafe(SEED);
    const before = await snapshot(sql);
    const { call_id } = await write(`set constraints all deferred;
      update public.orders set title = case title when 'A' then 'B' else 'A' end`);
    assert.equal(await undo(user, call_id), 2);
    assert.deepEqual(await snapshot(sql), before);
  }));

Deno.test("a key that is not unique refuses rather than touching a row of somebody else's", () =>
  withTables(async (write, sql, user) => {
    await sql.unsafe(`create table public.pairs (owner text, id integer, v text, primary key (owner, id));
      create trigger record_tool_effect after insert or update or delete on public.pairs
        for each row execute function private.keep_tool_effect('id');
      grant select, insert on public.pairs to authenticated;
      insert into public.pairs values ('other', 1, 'x')`);
    const { call_id } = await write("insert into public.pairs values ('me', 1, 'x')");
    const { message } = await user.refusal("undo_tool_call", [call_id]);
    assert.equal(
      message,
      "Cannot undo a change of public.pairs: the key that its trigger names is not unique",
    );
    assert.equal((await sql`select from public.pairs`).count, 2);
  }));

Deno.test("nobody undoes what is another's, and a call that is not there is told the same", () =>
  withTables(async (write, sql) => {
    const other = await addUser(sql);
    const { call_id } = await write("insert into public.orders (title) values ('A')");
    for (const id of [call_id, crypto.randomUUID()]) {
      assert.equal(await refused(other, "undo_tool_call", [id]), "PT404 call");
    }
    assert.equal(await refused(other, "undo_run", [crypto.randomUUID()]), "PT404 run");
    assert.equal((await snapshot(sql)).length, 1);
  }));

Deno.test("no agent undoes: neither a client that names itself, nor one that names a call, nor the insides", () =>
  withTables(async (write, sql, user) => {
    const { call_id } = await write("insert into public.orders (title) values ('A')");
    for (const headers of [{ "x-agent": "planner" }, { "x-tool-call-id": call_id }, { "x-agent": "" }]) {
      for (const name of ["undo_tool_call", "undo_run"]) {
        const undoing = asUser(sql, user.id, async (own) => {
          await own`select set_config('request.headers', ${JSON.stringify(headers)}, true)`;
          return await callFunction(own, name, [call_id]);
        });
        await assert.rejects(undoing, { code: "PT403", message: "not_for_agents" });
      }
    }
    const inside = asUser(sql, user.id, async (own) => {
      return await own`select private.undo_effects(${user.id}, ${call_id})`;
    });
    await assert.rejects(inside, { code: "42501" });
    const nobody = sql.begin(async (own) => {
      await own`select set_config('role', 'authenticated', true), set_config('request.jwt.claims', '{}', true)`;
      await own`select public.undo_tool_call(${call_id})`;
    });
    await assert.rejects(nobody, { code: "PT401" });
    assert.equal((await snapshot(sql)).length, 1);
  }));

Deno.test("what is undone leaves no receipt and no effect of its own", () =>
  withTables(async (write, sql, user) => {
    const { call_id } = await write("insert into public.orders (title) values ('A')");
    await sql.unsafe(`create trigger keep_tool_receipt after insert or update or delete on public.orders
      for each row execute function private.keep_tool_receipt('id')`);
    const counts = async () =>
      (await sql`select (select count(*)::int from public.tool_receipts) as receipts,
      (select count(*)::int from public.tool_effects) as effects`)[0];
    const before = await counts();
    await undo(user, call_id);
    assert.deepEqual(await counts(), before);
  }));

Deno.test("a whole run is undone call by call, the newest first, up to the first call that has to stay", () =>
  withTables(async (write, sql, user) => {
    await sql.unsafe(SEED);
    const world = await addWorld(sql, user.id);
    const before = await snapshot(sql);
    const statements = ["title = 'Y'", "title = 'Z'", "note = 'new'", "amount = 9"]
      .map((change) => `update public.orders set ${change} where id = 1`);
    const calls = await ofRun(sql, write, world, statements);
    await sql`update public.orders set amount = 10`;
    const stopped = { call_id: calls.at(-1), reason: "changed_since" };
    const first = await user.call("undo_run", [world.agent_runs]);
    assert.deepEqual(first, { run_id: world.agent_runs, undone: [], stopped });
    await sql`update public.orders set amount = case id when 1 then 9 end`;

    const all = await user.call("undo_run", [world.agent_runs]);
    assert.deepEqual(all, { run_id: world.agent_runs, undone: calls.toReversed(), stopped: null });
    assert.deepEqual(await snapshot(sql), before);
    const again = await user.call("undo_run", [world.agent_runs]);
    assert.deepEqual(again, { run_id: world.agent_runs, undone: [], stopped: null });
  }));

Deno.test("a call is undone as one of its run, not of another; one that changed nothing has nothing to undo", () =>
  withTables(async (write, sql, user) => {
    const [world, other] = [await addWorld(sql, user.id), await addWorld(sql, user.id)];
    const [call_id = ""] = await ofRun(sql, write, world, ["insert into public.orders (title) values ('A')"]);
    assert.equal(await refused(user, "undo_tool_call", [call_id, other.agent_runs]), "PT404 call");
    assert.deepEqual(await user.call("undo_tool_call", [call_id, world.agent_runs]), { call_id, undone: 1 });
    const idle = world.agent_tool_calls;
    assert.deepEqual(await user.call("undo_tool_call", [idle, world.agent_runs]), {
      call_id: idle,
      undone: 0,
    });
    const unknown = await write("insert into public.orders (title) values ('A')");
    assert.equal(await refused(user, "undo_tool_call", [unknown.call_id, world.agent_runs]), "PT404 call");
  }));

Deno.test("what was undone before the call that has to stay is undone for good", () =>
  withTables(async (write, sql, user) => {
    await sql.unsafe(SEED);
    const world = await addWorld(sql, user.id);
    const [older, newer] = await ofRun(
      sql,
      write,
      world,
      [1, 2].map((id) => `update public.orders set note = 'new' where id = ${id}`),
    );
    await sql`update public.orders set amount = 7 where id = 1`;
    const stopped = { call_id: older, reason: "changed_since" };
    assert.deepEqual(await user.call("undo_run", [world.agent_runs]), {
      ...{ run_id: world.agent_runs, undone: [newer], stopped },
    });
    const notes = await sql`select note from public.orders order by id`;
    assert.deepEqual(notes.map(({ note }) => note), ["new", null]);
  }));

testAsUser(
  "the images of a purged run are gone, and its calls can't be undone any more",
  async (user, sql) => {
    const world = await addWorld(sql, user.id);
    await sql`insert into tool_effects (user_id, call_id, relation, op, row_key, after)
    values (${user.id}, ${world.agent_tool_calls}, 'public.books', 'insert', '{"id": "1"}', '{"id": "1"}')`;
    await sql`select private.purge_run(r) from agent_runs r where id = ${world.agent_runs}`;
    const [effect] = await sql`select before, after, row_key from tool_effects where user_id = ${user.id}`;
    assert.deepEqual({ ...effect }, { before: null, after: null, row_key: { id: "1" } });
    assert.equal(await refused(user, "undo_tool_call", [world.agent_tool_calls]), "PT409 images_gone");
  },
);

/** Statements as calls of the run, in order; their ids. */
async function ofRun(
  sql: Sql,
  write: Write,
  world: Awaited<ReturnType<typeof addWorld>>,
  statements: string[],
): Promise<string[]> {
  const row = TABLES.find(({ name }) => name === "agent_tool_calls")?.row(world);
  const ids: string[] = [];
  for (const statement of statements) {
    const { call_id } = await write(statement);
    await insertRow(sql, "agent_tool_calls", { ...row, id: call_id });
    ids.push(call_id);
  }
  return ids;
}

/** The number of changes that were taken back. */
async function undo(user: User, call_id: string): Promise<unknown> {
  const answer = await user.call("undo_tool_call", [call_id]);
  assert.ok(typeof answer === "object" && answer !== null && "undone" in answer);
  return answer.undone;
}
