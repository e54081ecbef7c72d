// Every list has a way on: a cursor that shows each row once, whatever comes and goes between two parts.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import type { Json } from "../../../shared/contracts/text.ts";
import { catalogue } from "../../../shared/domain/catalogue.ts";
import { database } from "../../support/stack/stack.ts";
import { at, each, newToolUser, text, type ToolUser } from "./support.ts";

type Table = "projects" | "tasks" | "notes" | "brain_dumps" | "calendar_events";

interface List {
  tool: string;
  key: string;
  table: Table;
  args: { [name: string]: Json };
}

const MONTH = { time_min: "2026-11-01", time_max: "2026-12-31" };

/** The lists that there are; `task_id` is a task's that has events. */
const listsOf = (task_id: string): List[] => [
  { tool: "list_tasks", key: "tasks", table: "tasks", args: { query: "same" } },
  { tool: "list_tasks", key: "tasks", table: "tasks", args: { sort_by: "created_at" } },
  { tool: "search_projects", key: "projects", table: "projects", args: {} },
  { tool: "search_notes", key: "notes", table: "notes", args: { query: "same" } },
  { tool: "search_notes", key: "notes", table: "notes", args: { query: "same nowhere" } },
  { tool: "search_brain_dumps", key: "brain_dumps", table: "brain_dumps", args: {} },
  { tool: "get_calendar_events", key: "events", table: "calendar_events", args: MONTH },
  { tool: "get_task_calendar_events", key: "events", table: "calendar_events", args: { task_id } },
];

let rows = 0;

/** A row of a table, at some place in every order. */
async function add(
  { user: { client, id: user_id } }: ToolUser,
  table: Table,
  task_id: string,
): Promise<string> {
  const n = ++rows;
  const [id, title] = [crypto.randomUUID(), `${n % 3 === 0 ? "Same" : "The same"} ${n}`];
  const hour = String(n % 17).padStart(2, "0");
  const event = {
    starts_at: `2026-11-${10 + n % 9}T${hour}:00Z`,
    ends_at: `2026-11-${10 + n % 9}T${hour}:30Z`,
  };
  const answer = table === "projects"
    ? await client.from(table).insert({ id, user_id, name: title, slug: `p-${n}` })
    : table === "tasks"
    ? await client.from(table).insert({ id, title, status: n % 4 === 0 ? "done" : "backlog" })
    : table === "calendar_events"
    ? await client.from(table).insert({ id, task_id, title, ...event })
    : await client.from(table).insert({ id, title, content: "-" });
  assert.equal(answer.error, null);
  return id;
}

async function remove(table: Table, id: string) {
  const sql = database();
  try {
    await sql`delete from ${sql(table)} where id = ${id}`;
  } finally {
    await sql.end();
  }
}

/** Every row of a list, part by part; `between` happens after each part. */
async function walk(me: ToolUser, { tool, key, args }: List, limit: number, between = async () => {}) {
  const seen: string[] = [];
  for (let cursor: Json | undefined, parts = 0; parts < 100; parts++) {
    const part = await me.ok(tool, { ...args, limit, ...(cursor !== undefined && { cursor }) });
    seen.push(...each(part, key, "id").map(String));
    cursor = at(part, "next_cursor");
    assert.equal(at(part, "has_more"), cursor !== undefined, tool);
    if (cursor === undefined) return seen;
    await between();
  }
  throw new Error(`Cannot reach the end of ${tool}: there is always more`);
}

async function filled(count: number) {
  const me = await newToolUser();
  const task_id = text(await me.ok("create_task", { title: "The same" }), "task.id");
  const lists = listsOf(task_id);
  const tables = new Map<Table, Set<string>>();
  for (const table of new Set(lists.map((list) => list.table))) {
    const ids = await Promise.all(Array.from({ length: count }, () => add(me, table, task_id)));
    tables.set(table, new Set(table === "tasks" ? [...ids, task_id] : ids));
  }
  return { me, task_id, lists, ids: (table: Table) => tables.get(table) ?? new Set<string>() };
}

Deno.test("every list tool but the one of free slots has a cursor, and all rows of each are reached, once", async () => {
  const { me, lists, ids } = await filled(23);
  const tools = catalogue.filter(({ category }) => category === "list").map(({ name }) => name);
  assert.deepEqual(
    new Set(lists.map(({ tool }) => tool)),
    new Set(tools.filter((name) => name !== "find_available_slots")),
  );
  for (const list of lists) {
    const seen = await walk(me, list, 10);
    assert.deepEqual(seen.toSorted(), [...ids(list.table)].toSorted(), list.tool);
  }
});

Deno.test("no row is skipped or shown twice when others come and go between two parts", async () => {
  const { me, task_id, lists, ids } = await filled(12);
  const change = fc.record({ add: fc.boolean(), which: fc.nat(100) });
  const property = fc.asyncProperty(
    fc.constantFrom(...lists),
    fc.array(change, { maxLength: 6 }),
    async (list, changes) => {
      const { table } = list;
      const there = ids(table);
      const stay = new Set(there);
      const queue = [...changes];
      const seen = await walk(me, list, 5, async () => {
        for (const { add: adds, which } of queue.splice(0, 2)) {
          const old = [...there].filter((id) => id !== task_id)[which % (there.size - 1)];
          if (adds || old === undefined || there.size < 8) there.add(await add(me, table, task_id));
          else {
            await remove(table, old);
            there.delete(old);
            stay.delete(old);
          }
        }
      });
      assert.equal(new Set(seen).size, seen.length, `twice: ${list.tool}`);
      assert.deepEqual([...stay].filter((id) => !seen.includes(id)), [], `skipped: ${list.tool}`);
    },
  );
  await fc.assert(property, { numRuns: 24 });
});

Deno.test("a list that was begun with rows that have some of the words goes on with those", async () => {
  const me = await newToolUser();
  for (let i = 0; i < 4; i++) await me.ok("create_note", { title: `Launch ${i}`, content: "-" });
  const args = { query: "launch party", limit: 2 };
  const first = await me.ok("search_notes", args);
  await me.ok("create_note", { title: "Launch party", content: "-" });
  const rest = await me.ok("search_notes", { ...args, cursor: at(first, "next_cursor") ?? null });
  assert.equal(each(rest, "notes", "title").length, 2);
});

Deno.test("a cursor of another list, and one that is none, are refused with what would be right", async () => {
  const me = await newToolUser();
  for (let i = 0; i < 3; i++) await me.ok("create_note", { title: `Note ${i}`, content: "-" });
  const cursor = text(await me.ok("search_notes", { query: "note", limit: 1 }), "next_cursor");
  assert.equal(at(await me.ok("search_notes", { query: "note", limit: 2, cursor }), "total"), 3);
  const other = await me.fails("search_notes", { query: "other", cursor });
  assert.match(other.message, /of a list with other filters: repeat those/);
  assert.match((await me.fails("list_tasks", { query: "note", cursor })).message, /other filters/);
  for (const none of ["2", 2, "x", `${cursor}; drop`]) {
    assert.match(
      (await me.fails("search_notes", { query: "note", cursor: none })).message,
      /next_cursor of the answer/,
    );
  }
  for (const absent of ["", null]) await me.ok("search_notes", { query: "note", cursor: absent });
});

Deno.test("free slots beyond the first ten are reached by the time_min that the answer names", async () => {
  const me = await newToolUser();
  const window = { time_min: "2026-11-24", time_max: "2026-11-24" };
  const first = await me.call("find_available_slots", window);
  assert.ok(first.ok);
  assert.match(
    first.message,
    /^The first 10 free slots of 60 minutes\. For later ones, time_min 2026-11-24T10:00Z\.$/,
  );
  const rest = await me.call("find_available_slots", { ...window, time_min: "2026-11-24T10:00Z" });
  assert.ok(rest.ok);
  assert.deepEqual([each(first.data, "slots", "start").length, at(first.data, "has_more")], [10, true]);
  const later = await me.ok("find_available_slots", { ...window, time_min: "2026-11-24T20:00Z" });
  assert.deepEqual([each(later, "slots", "start").length, at(later, "has_more")], [4, undefined]);
});

Deno.test("no tool embeds one table in another's select, which stacks answer in several forms", () => {
  const folder = new URL("../../../shared/domain/tools/", import.meta.url);
  for (const file of readdirSync(folder)) {
    const source = readFileSync(new URL(file, folder), "utf8");
    for (const [, columns] of source.matchAll(/(?:select\(|WHOLE_\w+ =\s*)["`]([^"`]*)["`]/g)) {
      assert.doesNotMatch(columns ?? "", /\(/, `${file}: ${columns}`);
    }
  }
});
