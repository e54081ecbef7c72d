// Who may do what with the workspace's tables, asked of Postgres itself.
import { DEFINERS } from "../../db/schema_expected.ts";
import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { database } from "../../support/stack/stack.ts";
import { newWorkspaceUser } from "../support/workspace_user.ts";
import { asCaller, type Caller } from "../../db/as_role.ts";

const DENIED = "42501";
const NO_SUCH_PARENT = "23503";

/** Each table with the columns a row needs besides its owner, one to change, and its references to parents. */
const TABLES = [
  { name: "projects", row: { name: "P", slug: "p" }, change: { name: "Q" }, parents: {} },
  {
    name: "tasks",
    row: { title: "T" },
    change: { title: "U" },
    parents: { project_id: "projects", parent_task_id: "tasks" },
  },
  {
    name: "notes",
    row: { title: "N", content: "N" },
    change: { title: "M" },
    parents: { project_id: "projects" },
  },
  {
    name: "brain_dumps",
    row: { title: "B", content: "B" },
    change: { title: "C" },
    parents: { project_id: "projects" },
  },
  {
    name: "calendar_events",
    row: { title: "E", starts_at: "2026-11-23T09:00Z", ends_at: "2026-11-23T10:00Z" },
    change: { title: "F" },
    parents: { task_id: "tasks" },
  },
];

interface World {
  sql: Sql;
  me: Caller;
  other: Caller & { user_id: string };
  /** A row of each table, of mine and of the other's. */
  mine: Record<string, string>;
  theirs: Record<string, string>;
}

async function world(): Promise<World> {
  const [a, b] = await Promise.all([newWorkspaceUser(), newWorkspaceUser()]);
  const sql = database();
  const rowsOf = async (user_id: string) => {
    const rows: Record<string, string> = {};
    for (const { name, row } of TABLES) {
      const [made] = await sql`insert into ${sql(name)} ${sql({ ...row, user_id })} returning id`;
      rows[name] = String(made?.id);
    }
    return rows;
  };
  return {
    sql,
    me: { role: "authenticated", user_id: a.id },
    other: { role: "authenticated", user_id: b.id },
    mine: await rowsOf(a.id),
    theirs: await rowsOf(b.id),
  };
}

for (const { name, row, change, parents } of TABLES) {
  Deno.test(`${name}: a user reads, adds and changes its own rows, and sees nobody else's`, async () => {
    const { sql, me, mine, theirs } = await world();
    try {
      const ids = await asCaller(sql, me, (tx) => tx`select id from ${tx(name)}`);
      assert.deepEqual(ids.ok && ids.value.map(({ id }) => id), [mine[name]]);
      const added = await asCaller(
        sql,
        me,
        (tx) =>
          tx`insert into ${tx(name)} ${
            tx({ ...row, ...("slug" in row && { slug: "another" }) })
          } returning user_id`,
      );
      assert.equal(added.ok && added.value[0]?.user_id, me.role === "authenticated" && me.user_id);
      const changed = await asCaller(
        sql,
        me,
        (tx) => tx`update ${tx(name)} set ${tx(change)} where id = ${mine[name] ?? ""}`,
      );
      assert.equal(changed.ok && changed.value.count, 1);
      const foreign = await asCaller(
        sql,
        me,
        (tx) => tx`update ${tx(name)} set ${tx(change)} where id = ${theirs[name] ?? ""}`,
      );
      assert.equal(foreign.ok && foreign.value.count, 0);
    } finally {
      await sql.end();
    }
  });

  Deno.test(`${name}: nobody gives a row to somebody else, or deletes one`, async () => {
    const { sql, me, other, mine } = await world();
    try {
      const forged = await asCaller(
        sql,
        me,
        (tx) => tx`insert into ${tx(name)} ${tx({ ...row, user_id: other.user_id })}`,
      );
      assert.deepEqual(forged, { ok: false, code: DENIED });
      for (const column of ["user_id", "id", "created_at"]) {
        const value = column === "created_at" ? "2020-01-01" : other.user_id;
        const moved = await asCaller(
          sql,
          me,
          (tx) => tx`update ${tx(name)} set ${tx({ [column]: value })} where id = ${mine[name] ?? ""}`,
        );
        assert.deepEqual(moved, { ok: false, code: DENIED }, column);
      }
      const deleted = await asCaller(
        sql,
        me,
        (tx) => tx`delete from ${tx(name)} where id = ${mine[name] ?? ""}`,
      );
      assert.deepEqual(deleted, { ok: false, code: DENIED });
    } finally {
      await sql.end();
    }
  });

  Deno.test(`${name}: a row can't hang on another user's row`, async () => {
    const { sql, me, mine, theirs } = await world();
    try {
      for (const [column, parent] of Object.entries(parents)) {
        const swapped = await asCaller(
          sql,
          me,
          (tx) =>
            tx`update ${tx(name)} set ${tx({ [column]: theirs[parent] ?? "" })} where id = ${
              mine[name] ?? ""
            }`,
        );
        assert.deepEqual(swapped, { ok: false, code: NO_SUCH_PARENT }, column);
        const added = await asCaller(
          sql,
          me,
          (tx) => tx`insert into ${tx(name)} ${tx({ ...row, [column]: theirs[parent] ?? "" })}`,
        );
        assert.deepEqual(added, { ok: false, code: NO_SUCH_PARENT }, column);
      }
    } finally {
      await sql.end();
    }
  });

  Deno.test(`${name}: visitors get nothing, and the service role only reads`, async () => {
    const { sql, mine, theirs } = await world();
    try {
      const attempts = (caller: Caller) =>
        Promise.all([
          asCaller(sql, caller, (tx) =>
            tx`select id from ${tx(name)} where id in ${tx([mine[name] ?? "", theirs[name] ?? ""])}`),
          asCaller(sql, caller, (tx) =>
            tx`insert into ${tx(name)} ${tx(row)}`),
          asCaller(sql, caller, (tx) =>
            tx`update ${tx(name)} set ${tx(change)}`),
          asCaller(sql, caller, (tx) => tx`delete from ${tx(name)}`),
          asCaller(sql, caller, (tx) => tx`truncate ${tx(name)}`),
        ]);
      const denied = { ok: false, code: DENIED };
      assert.deepEqual(await attempts({ role: "anon" }), [denied, denied, denied, denied, denied]);
      const [read, ...writes] = await attempts({ role: "service_role" });
      assert.equal(read?.ok && read.value.length, 2);
      assert.deepEqual(writes, [denied, denied, denied, denied]);
    } finally {
      await sql.end();
    }
  });
}

Deno.test("no function of the workspace runs with its owner's rights, or for visitors", async () => {
  const sql = database();
  try {
    const functions = await sql`
      select p.proname as name, p.prosecdef as definer, has_function_privilege('anon', p.oid, 'execute') as anon,
        coalesce('search_path=""' = any (p.proconfig), false) as pinned
      from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where n.nspname = 'private' or p.proname in ('search_projects', 'search_notes', 'search_brain_dumps', 'list_tasks',
        'project_details', 'task_details', 'note_details', 'brain_dump_details', 'calendar_occurrences', 'free_slots', 'schedule_task_event', 'change_calendar_event', 'agent_overview',
        'agent_entity')`;
    assert.ok(functions.length >= 17);
    const own = functions.filter(({ name }) => !DEFINERS.includes(`private.${name}`));
    for (const { name, definer, anon, pinned } of own) {
      assert.deepEqual(
        { definer, anon, pinned },
        { definer: false, anon: false, pinned: true },
        String(name),
      );
    }
  } finally {
    await sql.end();
  }
});

Deno.test("when a project or a task goes, what hung on it stays; when the user goes, all goes", async () => {
  const { sql, me, mine } = await world();
  try {
    await sql`update tasks set project_id = ${mine.projects ?? ""} where id = ${mine.tasks ?? ""}`;
    await sql`update calendar_events set task_id = ${mine.tasks ?? ""} where id = ${
      mine.calendar_events ?? ""
    }`;
    await sql`delete from projects where id = ${mine.projects ?? ""}`;
    const [task] = await sql`select project_id, user_id from tasks where id = ${mine.tasks ?? ""}`;
    assert.equal(task?.project_id, null);
    await sql`delete from tasks where id = ${mine.tasks ?? ""}`;
    const [event] = await sql`select task_id, user_id from calendar_events where id = ${
      mine.calendar_events ?? ""
    }`;
    assert.equal(event?.task_id, null);
    const owner = me.role === "authenticated" ? me.user_id : "";
    await sql`delete from auth.users where id = ${owner}`;
    for (const { name } of TABLES) {
      assert.equal((await sql`select id from ${sql(name)} where user_id = ${owner}`).length, 0, name);
    }
  } finally {
    await sql.end();
  }
});
