// An account that has been used for years costs what a young one does: by the pages that Postgres reads for what a turn
// begins with, and for what tools read. Most of its tasks are done, the newest are open.
import assert from "node:assert/strict";
import postgres, { type Sql, type TransactionSql } from "postgres";
import { asCaller } from "../../db/as_role.ts";
import { agentArgument } from "../../support/stack/runs.ts";
import { freshDatabase } from "../../support/stack/stack.ts";
import { test } from "../../support/test.ts";

const TASKS = 20_000;
const OPEN = 200;
const PROJECTS = 20;
const NOTES = 5_000;
/** More than are counted. */
const FEW_NOTES = 50;

/**
 * Lends a database of its own: what others' transactions could still see, a vacuum leaves unseen, and pages are read
 * that a list does not show.
 */
async function withDatabase(work: (sql: Sql) => Promise<void>): Promise<void> {
  const { url, drop } = await freshDatabase();
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await work(sql);
  } finally {
    await sql.end();
    await drop();
  }
}

/** An account with so many notes, and tasks in all projects in turn, the last of which are open. */
async function account(sql: Sql, tasks: number, notes: number): Promise<string> {
  const id = crypto.randomUUID();
  await sql.begin(async (fill) => {
    await fill`insert into auth.users (id, email) values (${id}, ${`${id}@example.com`})`;
    await fill`insert into projects (user_id, name, slug)
      select ${id}, 'Project ' || n, 'project-' || n from generate_series(1, ${PROJECTS}) as n`;
    await fill`insert into tasks (user_id, project_id, title, details, status)
      select p.user_id, p.id, 'Task ' || n, 'number ' || n,
        case when n > ${tasks - OPEN}::int then 'backlog' else 'done' end::task_status
      from generate_series(1, ${tasks}) as n
      join projects as p on p.user_id = ${id} and p.slug = 'project-' || 1 + n % ${PROJECTS}::int`;
    await fill`insert into notes (user_id, title, content)
      select ${id}, 'Note ' || n, 'number ' || n from generate_series(1, ${notes}) as n`;
  });
  for (const table of ["projects", "tasks", "notes"]) {
    // What was not yet written to disk would not count as seen by all.
    await sql`checkpoint`;
    await sql`vacuum (analyze) ${sql(table)}`;
  }
  return id;
}

/** How many pages a statement reads, as the user, once its plans are made. */
async function pages(
  sql: Sql,
  user_id: string,
  statement: string,
  args: () => Promise<string[]> = () => Promise.resolve([]),
): Promise<number> {
  const done = await asCaller(sql, { role: "authenticated", user_id }, async (transaction) => {
    const read = async () => pagesIn(await explained(transaction, statement, await args()));
    for (let i = 0; i < 7; i++) await read();
    return await read();
  });
  assert.ok(done.ok, done.ok ? "" : done.code);
  return done.value;
}

async function explained(sql: TransactionSql, statement: string, args: string[]): Promise<unknown> {
  const [row] = await sql.unsafe(`explain (analyze, buffers, format json) ${statement}`, args);
  return row?.["QUERY PLAN"];
}

function pagesIn(plan: unknown): number {
  const text = JSON.stringify(plan);
  const of = (name: string) => Number(new RegExp(`"${name}":(\\d+)`).exec(text)?.[1]);
  return of("Shared Hit Blocks") + of("Shared Read Blocks");
}

async function startArguments(): Promise<string[]> {
  const { agent } = await agentArgument();
  const request = { message: "Hi", time_zone: "UTC", request_key: crypto.randomUUID() };
  return [JSON.stringify(request), JSON.stringify(agent)];
}

const START = "select public.start_run($1::text::jsonb, $2::text::jsonb, 60)";
/** Of what is asked for without a text, and how many pages it may read: those of the open tasks and of what is shown. */
const FLAT: Record<string, number> = {
  "select * from public.list_tasks(now())": 500,
  "select * from public.list_tasks(now(), p_sort_by => 'created_at')": 500,
  "select * from public.list_tasks(now(), p_status => '{done}')": 500,
  "select d.* from public.projects as p cross join lateral public.project_details(p.id, now(), 50, 10, 10) as d limit 1":
    700,
  "select * from public.search_projects()": 200,
  "select * from public.search_notes()": 80,
};
const SEARCHES = [
  `select * from public.list_tasks(now(), '{"query": "number 7700"}')`,
  `select * from public.search_notes('{"query": "number 700"}')`,
];

/** Pages of new rows that Postgres visits once more until a vacuum, which comes when it comes. */
const UNSEEN = 40;

test("a turn begins with as many pages read, up to a fifth, in an old account as in a young one", () =>
  withDatabase(async (sql) => {
    const young = await pages(sql, await account(sql, OPEN, FEW_NOTES), START, startArguments);
    const old = await pages(sql, await account(sql, TASKS, NOTES), START, startArguments);
    assert.ok(old <= 1.2 * young + UNSEEN, `${old} pages, ${young} of a young account`);
  }));

test("a list of an old account reads what it shows and no more, however often a connection has asked", () =>
  withDatabase(async (sql) => {
    const old = await account(sql, TASKS, NOTES);
    for (const [list, most] of Object.entries(FLAT)) {
      const read = await pages(sql, old, list);
      assert.ok(read <= most, `${list}: ${read} pages`);
    }
  }));

test("a search of an old account stays one pass over its rows", () =>
  withDatabase(async (sql) => {
    const old = await account(sql, TASKS, NOTES);
    for (const search of SEARCHES) {
      const read = await pages(sql, old, search);
      assert.ok(read < 1_500, `${search}: ${read} pages`);
    }
  }));
