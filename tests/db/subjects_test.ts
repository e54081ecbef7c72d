// The default overview and entity, over tables that a project has had before: their kinds of keys, their rights, their
// row-level security, and what goes wrong with one of them.
import assert from "node:assert/strict";
import postgres, { type Sql } from "postgres";
import { ENGINE_MIGRATIONS } from "../../dev/parts.ts";
import { migratedDatabase } from "../support/stack/stack.ts";

const TABLES = `
  create type public.stage as enum ('lead', 'won');
  create table public.deals (
    id bigint generated always as identity primary key,
    owner uuid not null default auth.uid(),
    name text not null,
    stage public.stage,
    type text,
    notes text,
    deleted_at timestamptz,
    created_at timestamptz not null default clock_timestamp()
  );
  alter table public.deals enable row level security;
  create policy own on public.deals to authenticated using (owner = (select auth.uid()));
  grant select, insert, update on public.deals to authenticated;
  create table public."Teams" (code varchar(3) primary key, motto text);
  grant select on public."Teams" to authenticated;
  create table public.salaries (id uuid primary key, amount numeric);
  create table public.seats (
    team varchar(3) references public."Teams",
    number bigint,
    who text,
    pay numeric,
    primary key (team, number)
  );
  grant select on public.seats to authenticated;
  create view public.stages with (security_invoker = true) as select stage, count(*) as n from public.deals group by 1;
  grant select on public.stages to authenticated;`;

const SUBJECTS = `
  insert into public.agent_subjects
      (name, relation, id_column, title_column, columns, condition, group_column, newest_column, count_up_to)
    values
      ('deal', 'public.deals', 'id', 'name', '{stage,type,notes}', 'deleted_at is null', 'stage', 'id', 5),
      ('team', 'public."Teams"', 'code', 'motto', '{}', null, null, null, 2),
      ('salary', 'public.salaries', 'id', null, '{amount}', null, null, null, 1000),
      ('stage', 'public.stages', 'stage', null, '{n}', null, null, null, 0);
  insert into public.agent_subjects (name, relation, id_column, id_rest, title_column, columns, newest_column)
    values ('seat', 'public.seats', 'team', '{number}', 'who', '{pay}', 'number')`;

Deno.test("the overview counts by group, shows the newest, and sees only what its user may see", () =>
  onTables(async ({ as, me, stranger }) => {
    assert.deepEqual(await as(me, overview), { deal: 0, seat: 0, team: 0 });
    await as(
      me,
      (sql) => sql`insert into public.deals (name, stage) values ('A', 'lead'), ('B', 'lead'), ('C', null)`,
    );
    await as(me, (sql) => sql`insert into public.deals (name, deleted_at) values ('Gone', now())`);
    assert.deepEqual(await as(me, overview), {
      deal: { count: { lead: 2, none: 1 }, newest: [[3, "C"], [2, "B"], [1, "A"]] },
      seat: 0,
      team: 0,
    });
    assert.deepEqual(await as(stranger, overview), { deal: 0, seat: 0, team: 0 });
  }));

Deno.test("counting stops at a subject's bound, its newest rows at five, its titles at 60 characters", () =>
  onTables(async ({ as, me, sql }) => {
    await as(
      me,
      (sql) => sql`insert into public.deals (name) select repeat('x', 100) from generate_series(1, 9)`,
    );
    await sql`insert into public."Teams" select n::text, 'm' from generate_series(1, 3) n`;
    const told = await as(me, overview);
    assert.deepEqual([at(told, "deal", "count"), at(told, "team")], ["5+", "2+"]);
    assert.deepEqual(at(told, "deal", "newest"), [9, 8, 7, 6, 5].map((id) => [id, `${"x".repeat(59)}…`]));
  }));

Deno.test("an entity is found by whatever key its column has, with its long values cut", () =>
  onTables(async ({ as, me, stranger, sql }) => {
    await as(me, (sql) =>
      sql`insert into public.deals (name, stage, type, notes)
      values ('A', 'won', 'big', repeat('x', 5000))`);
    await sql`insert into public."Teams" values ('r&d', 'Onwards')`;
    const deal = { id: 1, name: "A", stage: "won", type: "big", notes: `${"x".repeat(1_499)}…` };
    assert.deepEqual(await as(me, entity("deal", "1")), { deal });
    assert.deepEqual(await as(me, entity("team", "r&d")), { team: { code: "r&d", motto: "Onwards" } });
    assert.equal(await as(stranger, entity("deal", "1")), null);
    await as(me, (sql) => sql`update public.deals set deleted_at = now()`);
    assert.equal(await as(me, entity("deal", "1")), null);
  }));

Deno.test("an id that its column can't hold, a kind that is none and a table without rights are nobody's", () =>
  onTables(async ({ as, me, sql }) => {
    const ids = [
      "",
      "x",
      "1.5",
      "1 or true",
      "99999999999999999999",
      crypto.randomUUID(),
      "'; drop table deals",
    ];
    for (const id of ids) assert.equal(await as(me, entity("deal", id)), null, id);
    assert.equal(await as(me, entity("team", "four")), null);
    await sql`insert into public."Teams" values ('fou', 'Cut')`;
    assert.equal(await as(me, entity("team", "four")), null, "an id is not cut to the length of its column");
    assert.equal(await as(me, entity("stage", "lost")), null);
    assert.equal(await as(me, entity("salary", crypto.randomUUID())), null);
    assert.equal(await as(me, entity("general", "1")), null);
  }));

Deno.test("a key of several columns is one text, and one beyond 2^53 keeps its digits", () =>
  onTables(async ({ as, me, sql }) => {
    await sql`insert into public."Teams" values ('a,b', 'm'), ('c\\', 'm')`;
    await sql`insert into public.seats values ('a,b', 9007199254740993, 'Ann', 0.12345678901234567),
      ('c\\', 1, 'Bob', 5)`;
    const ids = ["a\\,b,9007199254740993", "c\\\\,1"];
    const told = await as(me, overview);
    assert.deepEqual(at(told, "seat", "newest"), [[ids[0], "Ann"], [ids[1], "Bob"]]);
    const ann = { team: "a,b", number: "9007199254740993", who: "Ann", pay: "0.12345678901234567" };
    assert.deepEqual(await as(me, entity("seat", ids[0] ?? "")), { seat: ann });
    const bob = { team: "c\\", number: 1, who: "Bob", pay: 5 };
    assert.deepEqual(await as(me, entity("seat", ids[1] ?? "")), { seat: bob });
    for (const id of ["a,b,9007199254740993", "a\\,b", "a\\,b,x", "a\\,b,1", "c\\", "", ",", "c\\\\,1,"]) {
      assert.equal(await as(me, entity("seat", id)), null, id);
    }
    const [row] = await as(
      me,
      (sql) =>
        sql`select private.opening_rows(${sql.json({ seat: at(told, "seat") as never })},
      ${sql.json({ seat: bob })}) as rows`,
    );
    assert.deepEqual(row?.rows, [ids[0], ids[1], ids[1]].map((key) => ({ relation: "public.seats", key })));
  }));

const FAULTS: Record<string, string> = {
  "a dropped table": "drop table public.deals cascade",
  "a dropped column": "alter table public.deals drop column stage cascade",
  "a condition that fails": "update public.agent_subjects set condition = '1 / 0 = 1' where name = 'deal'",
  "a condition that is no SQL":
    "update public.agent_subjects set condition = 'nonsense(' where name = 'deal'",
};

for (const [what, statement] of Object.entries(FAULTS)) {
  Deno.test(`${what} leaves the other subjects as they are`, () =>
    onTables(async ({ as, me, sql }) => {
      await as(me, (sql) => sql`insert into public.deals (name) values ('A')`);
      await sql.unsafe(statement);
      assert.deepEqual(await as(me, overview), { seat: 0, team: 0 });
      assert.equal(await as(me, entity("deal", "1")), null);
    }));
}

Deno.test("subjects are written by migrations and by no user", () =>
  onTables(async ({ as, me }) => {
    for (
      const statement of [
        "insert into public.agent_subjects (name, relation) values ('x', 'auth.users')",
        "update public.agent_subjects set condition = 'true'",
        "delete from public.agent_subjects",
      ]
    ) await assert.rejects(() => as(me, (sql) => sql.unsafe(statement)), { code: "42501" });
  }));

type Work<Result> = (sql: postgres.TransactionSql) => PromiseLike<Result>;

interface Tables {
  /** Not through the API, and with all rights. */
  sql: Sql;
  me: string;
  stranger: string;
  as<Result>(user: string, work: Work<Result>): Promise<Result>;
}

async function overview(sql: postgres.TransactionSql): Promise<unknown> {
  const [row] = await sql`select public.agent_overview('Europe/Berlin') as told`;
  return row?.told;
}

function entity(type: string, id: string): Work<unknown> {
  return async (sql) => {
    const [row] = await sql`select public.agent_entity(${type}, ${id}) as told`;
    return row?.told;
  };
}

function at(value: unknown, ...path: string[]): unknown {
  return path.reduce((inner, key) => Object.entries(inner ?? {}).find(([name]) => name === key)?.[1], value);
}

/** A database with tables of its own, and two users. */
async function onTables(work: (tables: Tables) => Promise<void>): Promise<void> {
  const { url, drop } = await migratedDatabase([ENGINE_MIGRATIONS]);
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    const [me = "", stranger = ""] = (await sql`insert into auth.users (id)
      values (gen_random_uuid()), (gen_random_uuid()) returning id`).map(({ id }) => String(id));
    await sql.unsafe(TABLES);
    await sql.unsafe(SUBJECTS);
    await work({ sql, me, stranger, as: (user, inner) => asUser(sql, user, inner) });
  } finally {
    await sql.end();
    await drop();
  }
}

/** What the API does: one transaction under the caller's role and claims. */
async function asUser<Result>(sql: Sql, user: string, work: Work<Result>): Promise<Result> {
  const outcome: { result: Result }[] = [];
  await sql.begin(async (request) => {
    await request`select set_config('role', 'authenticated', true),
      set_config('request.jwt.claims', ${JSON.stringify({ sub: user })}, true)`;
    outcome.push({ result: await work(request) });
  });
  const [done = assert.fail("the transaction gave no result")] = outcome;
  return done.result;
}
