// What a call changes in all: one entry for each row that is other than it was, short, and different wherever what it
// is of is different.
import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { withTables, type Write } from "./tool_writes.ts";

type Row = Record<string, unknown>;

interface Change {
  table: string;
  op: string;
  key: Row;
  made?: string[];
  row?: Row;
  changes?: Row;
}

/** Makes statements as one call; what it has changed, and what of that binds. */
type Diff = (statement: string) => Promise<{ changes: Change[]; bindings: Change[] }>;

function onTables(name: string, body: (diff: Diff, sql: Sql) => Promise<void>): void {
  Deno.test(name, () => withTables((write, sql) => body(differ(write, sql), sql)));
}

function differ(write: Write, sql: Sql): Diff {
  return async (statement) => {
    const { diff } = await write(statement);
    const [row] = await sql`select d.diff as changes, private.bindings(d.diff) as bindings
      from (select ${JSON.stringify(diff)}::text::jsonb as diff) d`;
    return { changes: row?.changes, bindings: row?.bindings };
  };
}

const SEED = `insert into public.orders (title, amount) values ('A', 1.50), ('B', null);
  insert into public.items values (1, 1, 'x'), (2, 1, 'y')`;

/** What a call does, and what that comes to: table, operation, and the row or the changes. */
const COMES_TO: Record<string, [statement: string, ...unknown[][]]> = {
  "nothing where a row is as it was": [
    `update public.orders set note = 'n' where id = 1; update public.orders set note = null where id = 1;
    update public.orders set made_at = now() where id = 2`,
  ],
  "nothing where a new row is gone": [
    "insert into public.items values (9, 2, 'z'); delete from public.items where place = 9",
  ],
  "one row where a new row is changed": [
    "insert into public.items values (9, 2, 'z'); update public.items set name = 'zz' where place = 9",
    ["public.items", "insert", { place: 9, order_id: 2, name: "zz" }],
  ],
  "one update where a row is changed twice": [
    `update public.orders set title = 'C', note = 'n' where id = 1;
    update public.orders set title = 'D', amount = 2 where id = 1`,
    ["public.orders", "update", { title: ["A", "D"], note: [null, "n"], amount: [1.5, 2] }],
  ],
  "the row that there was where it is changed and deleted": [
    "update public.items set name = 'z' where place = 1; delete from public.items where place = 1",
    ["public.items", "delete", { place: 1, order_id: 1, name: "x" }],
  ],
  "an update where a row is deleted and made anew": [
    "delete from public.items where place = 1; insert into public.items values (1, 1, 'z')",
    ["public.items", "update", { name: ["x", "z"] }],
  ],
  "all columns but those of the clock, and those that are generated": [
    "delete from public.orders where id = 2",
    ["public.orders", "delete", { id: 2, title: "B", amount: null, note: null }],
  ],
  "a row for each, ordered by table and key": [
    `update public.orders set note = 'n' where id = 2; update public.orders set note = 'n' where id = 1;
    delete from public.items where place = 2; insert into public.items values (3, 1, 'z')`,
    ["public.items", "delete", { place: 2, order_id: 1, name: "y" }],
    ["public.items", "insert", { place: 3, order_id: 1, name: "z" }],
    ["public.orders", "update", { note: [null, "n"] }],
    ["public.orders", "update", { note: [null, "n"] }],
  ],
};

onTables(
  "what a call changes comes to one entry for each row that is other than it was",
  async (diff, sql) => {
    for (const [what, [statement, ...expected]] of Object.entries(COMES_TO)) {
      await sql`truncate public.orders, public.items, public.labels restart identity`;
      await sql.unsafe(SEED);
      const { changes } = await diff(statement);
      assert.deepEqual(
        changes.map(({ table, op, row, changes }) => [table, op, row ?? changes]),
        expected,
        what,
      );
    }
  },
);

onTables("what the database makes is shown, and is said not to bind", async (diff, sql) => {
  await sql.unsafe(`
    create function public.number() returns integer language sql volatile as 'select 7';
    create table public.makes (id uuid default gen_random_uuid() primary key, s serial, u integer default number(),
      r float8 default random(), at timestamptz default now(), day date default current_date,
      fixed text default 'random()', sum integer default 1 + abs(-1), who uuid default auth.uid(), given text);
    create trigger record_tool_effect after insert or update or delete on public.makes
      for each row execute function private.keep_tool_effect('id');
    grant select, insert, update on public.makes to authenticated;
    grant usage on sequence public.makes_s_seq to authenticated`);
  const { changes: [made], bindings: [binding] } = await diff(
    "insert into public.makes (given) values ('g')",
  );
  assert.deepEqual(made?.made, ["at", "day", "id", "r", "s", "u"]);
  assert.deepEqual([made?.row?.u, made?.row?.s, made?.key.id], [7, 1, made?.row?.id]);
  assert.deepEqual([Object.keys(binding?.row ?? {}).sort(), binding?.key], [
    ["fixed", "given", "sum", "who"],
    {},
  ]);

  const { changes: [changed] } = await diff("update public.makes set u = 8, given = 'h'");
  assert.deepEqual([changed?.made, changed?.changes], [undefined, { u: [7, 8], given: ["g", "h"] }]);
  assert.deepEqual((await diff("update public.makes set u = 9")).bindings[0]?.key, { id: made?.key.id });
});

onTables("a time that the clock gave does not bind; one that the call gave does", async (diff, sql) => {
  await sql.unsafe(`
    create table public.due (id integer generated always as identity primary key,
      at timestamptz default now(), soon timestamptz default now() + interval '7 days',
      day date default current_date, said timestamptz default statement_timestamp());
    create trigger record_tool_effect after insert or update or delete on public.due
      for each row execute function private.keep_tool_effect('id');
    grant select, insert, update on public.due to authenticated`);
  const made = async (columns: string, values: string) =>
    (await diff(`insert into public.due ${columns} ${values}`)).changes[0]?.made;
  assert.deepEqual(await made("", "default values"), ["at", "day", "id", "said", "soon"]);
  assert.deepEqual(await made("(at)", "values ('2027-01-01')"), ["day", "id", "said", "soon"]);
  assert.deepEqual(await made("(at, soon, day)", "values ('2027-01-01', now(), null)"), ["id", "said"]);
  const bound = async (at: string) =>
    (await diff(`insert into public.due (at) values ('${at}')`)).bindings[0]?.row?.at;
  assert.notEqual(await bound("2027-01-01"), await bound("2029-01-01"));
});

onTables(
  "a reference to a row of the same call binds as little as that row's key; one to another row does",
  async (
    diff,
    sql,
  ) => {
    await sql.unsafe(SEED);
    const insert = (order: string) =>
      `with made as (insert into public.orders (title) values ('${crypto.randomUUID()}') returning id)
     insert into public.labels (order_id, text) select ${order}, 'l' from made`;
    await sql.unsafe(`create trigger record_tool_effect after insert or update or delete on public.labels
    for each row execute function private.keep_tool_effect('text')`);
    const own = await diff(insert("id"));
    assert.deepEqual(own.changes.find(({ table }) => table === "public.labels")?.made, ["order_id"]);
    const other = await diff(insert("1"));
    assert.deepEqual(other.changes.find(({ table }) => table === "public.labels")?.made, undefined);

    const linked = await diff(`insert into public.orders (title) values ('new');
    update public.labels set order_id = (select max(id) from public.orders) where order_id <> 1`);
    const [label] = linked.changes.filter(({ table }) => table === "public.labels");
    assert.deepEqual([label?.op, label?.made], ["update", ["order_id"]]);
  },
);

onTables("the same call binds to the same, whichever numbers its rows get", async (diff, sql) => {
  const insert = "insert into public.orders (title) values ('B'), ('A'), ('C')";
  await sql`select setval('public.orders_id_seq', 8)`;
  const first = await diff(insert);
  await sql`delete from public.orders`;
  const second = await diff(insert);
  assert.notDeepEqual(first.changes, second.changes);
  assert.deepEqual(first.bindings, second.bindings);
});

onTables("a long value is cut, and any difference in it shows", async (diff, sql) => {
  const insert = async (text: string) => {
    await sql`delete from public.orders`;
    return await diff(`insert into public.orders (title, note) values ('A', ${text})`);
  };
  const one = await insert("repeat('x', 600)");
  const { cut, length, sha256 } = Object(one.changes[0]?.row?.note);
  assert.deepEqual([cut, length, sha256.length], ["x".repeat(500), 600, 64]);
  assert.deepEqual((await insert("repeat('x', 600)")).bindings, one.bindings);
  assert.notDeepEqual((await insert("repeat('x', 599) || 'y'")).bindings, one.bindings);
  assert.equal((await insert("repeat('x', 500)")).changes[0]?.row?.note, "x".repeat(500));
});

onTables(
  "a number that JavaScript would read as another is told in digits, any other as a number",
  async (diff, sql) => {
    const shown = async (column: string, value: string) => {
      await sql`delete from public.kinds`;
      return (await diff(`insert into public.kinds (${column}) values (${value})`)).changes[0]?.row?.[column];
    };
    for (const number of ["1.50", "9007199254740992", "-0.30000000000000004", "0", "1e300", "2.5e-300"]) {
      assert.equal(await shown("j", `'${number}'`), Number(number));
    }
    for (const number of ["9007199254740993", "-12345678901234567.89", `1${"0".repeat(400)}`]) {
      for (
        const [column, value] of [["j", number], ["j", `{"a": [1, ${number}]}`], [
          "n",
          `{${number}}`,
        ]] as const
      ) {
        const told = Object(await shown(column, `'${value}'`));
        assert.match(told.cut, new RegExp(number), column);
      }
    }
    assert.equal(await shown("f", "'0.1'::float8 + 0.2"), 0.1 + 0.2);
  },
);

onTables("a value that looks like a cut one is cut itself", async (diff, sql) => {
  const of = async (value: string) => {
    await sql`delete from public.kinds`;
    return (await diff(`insert into public.kinds (j) values (${value})`)).changes[0]?.row?.j;
  };
  const cut = await of(`to_jsonb(repeat('x', 600))`);
  const lookalike = await of(`'${JSON.stringify(cut)}'`);
  assert.notDeepEqual(lookalike, cut);
  assert.match(Object(lookalike).cut, /^{"cut": "x/);
});

onTables("a row that is too large to be kept is told of, and any difference in it shows", async (diff) => {
  const insert = (text: string, title: string) =>
    diff(`insert into public.orders (title, note) values ('${title}', repeat('${text}', 1000001))`);
  const one = await insert("x", "A");
  const [change] = one.changes;
  assert.deepEqual([change?.op, change?.made, change?.row?.number, change?.row?.op], [
    "unshown",
    ["id"],
    1,
    "insert",
  ]);
  const update = (note: string) => `update public.orders set note = ${note} where title = 'A'`;
  const changed = await diff(update("repeat('y', 1000001)"));
  await diff(update("repeat('x', 1000001)"));
  assert.deepEqual((await diff(update("repeat('y', 1000001)"))).bindings, changed.bindings);
  await diff(update("repeat('x', 1000001)"));
  assert.notDeepEqual((await diff(update("repeat('z', 1000001)"))).bindings, changed.bindings);
});

onTables(
  "of many changes the first fifty are shown, and any difference in the others shows",
  async (diff, sql) => {
    const insert = async (last: string, many = 120) => {
      await sql`delete from public.orders`;
      return await diff(`insert into public.orders (title)
      select case n when ${many} then '${last}' else 't' || lpad(n::text, 3, '0') end from generate_series(1, ${many}) n`);
    };
    const one = await insert("z");
    assert.equal(one.changes.length, 51);
    assert.deepEqual(one.changes.at(-1)?.op, "unshown");
    assert.deepEqual([one.changes.at(-1)?.row?.number, one.changes.at(-1)?.key], [70, {}]);
    assert.deepEqual((await insert("z")).bindings, one.bindings);
    assert.notDeepEqual((await insert("zz")).bindings, one.bindings);
    assert.equal((await insert("z", 50)).changes.at(-1)?.op, "insert");
  },
);

onTables("however many columns there are, what is shown stays short", async (diff, sql) => {
  const columns = Array.from({ length: 200 }, (_, i) => `c${i}`);
  await sql.unsafe(`create table public.wide (id integer primary key, ${columns.map((c) => `${c} text`)});
    create trigger record_tool_effect after insert or update or delete on public.wide
      for each row execute function private.keep_tool_effect('id');
    grant select, insert, delete on public.wide to authenticated`);
  const insert = (last: string) =>
    diff(
      `delete from public.wide; insert into public.wide select n, ${
        columns.map(() => `repeat('x', 400) || case n when 9 then '${last}' else '' end`)
      } from generate_series(1, 9) n`,
    );
  const one = await insert("a");
  assert.deepEqual([one.changes.length, one.changes.at(-1)?.row?.number], [3, 7]);
  await sql`delete from public.wide`;
  assert.deepEqual((await insert("a")).bindings, one.bindings);
  await sql`delete from public.wide`;
  assert.notDeepEqual((await insert("b")).bindings, one.bindings);
});
