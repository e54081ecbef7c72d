// The proof that reading is all that a read tool does: each is run with every parameter on a database whose every
// row is fingerprinted before and after, and its client is shown to be unable to send anything but GET and HEAD.
import assert from "node:assert/strict";
import type { Json } from "../../shared/contracts/text.ts";
import { createWriteDb } from "../../shared/db/clients.ts";
import { readOnlyFetch } from "../../shared/db/read_only_fetch.ts";
import { catalogue } from "../../shared/domain/catalogue.ts";
import { getToolsForAgent } from "../../shared/tools/permissions.ts";
import { database, newUser, testStack } from "../support/stack/stack.ts";
import { addProject, at, newToolUser, text } from "./support.ts";

const ATTEMPT = { call_id: crypto.randomUUID(), attempt: crypto.randomUUID() };

Deno.test("no read tool changes a row, whatever it is asked, and each sends only GET", async (t) => {
  const sent: string[] = [];
  const watching: typeof fetch = (input, init) => {
    sent.push(init?.method ?? (input instanceof Request ? input.method : "GET"));
    return fetch(input, init);
  };
  const me = await newToolUser({ fetcher: watching });
  const project_id = await addProject(me.user, { name: "Website" });
  const task = await me.ok("create_task", { title: "Task", project_id, start_date: "2026-11-20" });
  const task_id = text(task, "task.id");
  await me.ok("create_task", { title: "Subtask", parent_task_id: task_id });
  await me.ok("schedule_task", { task_id, start_time: "2026-11-23T09:00", recurrence_pattern: "daily" });
  const note = await me.ok("create_note", { content: "Note", project_id, category: "idea" });
  const dump = await me.ok("create_brain_dump", { content: "Dump", project_id });

  const window = { time_min: "2026-11-23", time_max: "2026-11-25" };
  const calls: Record<string, Json> = {
    list_tasks: {
      project_id,
      status: ["backlog"],
      priority: ["medium"],
      has_date: true,
      limit: 5,
      sort_by: "start_date",
    },
    search_projects: { query: "website", status: "active", has_active_tasks: true, limit: 5 },
    search_notes: { query: "note", project_id, category: "idea", limit: 5 },
    search_brain_dumps: { query: "dump", project_id, status: "pending", limit: 5 },
    get_task_details: { task_id, include_subtasks: true, include_project_context: true },
    get_project_details: { project_id, include_tasks: true, include_notes: true, include_brain_dumps: true },
    get_note_details: { note_id: text(note, "note.id") },
    get_brain_dump_details: { brain_dump_id: text(dump, "brain_dump.id") },
    get_calendar_events: { ...window, limit: 5 },
    find_available_slots: { ...window, duration_minutes: 30, preferred_hours: [9, 10] },
    get_task_calendar_events: { task_id, include_cancelled: true },
    check_task_has_calendar_event: { task_id },
  };
  const reads = getToolsForAgent(catalogue, "read_only").map((tool) => tool.name);
  assert.deepEqual(Object.keys(calls), reads);

  const sql = database();
  try {
    const tables = await sql<{ name: string }[]>`
      select format('%I.%I', n.nspname, c.relname) as name
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = 'public' and c.relkind = 'r' and exists (
        select from pg_attribute a where a.attrelid = c.oid and a.attname = 'user_id'
      ) order by 1`;
    assert.ok(tables.length >= 5);
    // xmin changes with every update, even with one that writes the same values.
    const fingerprint = async () => {
      const prints = await Promise.all(tables.map(({ name }) =>
        sql.unsafe(
          `select count(*), md5(string_agg(md5(t::text || t.xmin::text), '' order by t::text)) as rows
           from ${name} as t where user_id = '${me.user.id}'`,
        )
      ));
      return JSON.stringify(prints);
    };
    const before = await fingerprint();
    for (const [name, args] of Object.entries(calls)) {
      await t.step(name, async () => {
        sent.length = 0;
        await me.ok(name, args);
        await me.ok(name, minimal(name, args));
        assert.deepEqual(new Set(sent), new Set(["GET"]));
        assert.equal(await fingerprint(), before);
      });
    }
    await t.step("the fingerprint would have shown a change", async () => {
      await me.ok("update_task", { task_id, updates: { priority: "medium" } });
      assert.notEqual(await fingerprint(), before);
    });
  } finally {
    await sql.end();
  }
});

Deno.test("the read client can't insert, update, upsert, delete or call by POST", async () => {
  const me = await newUser();
  const { data: task } = await me.client.from("tasks").insert({ title: "T" }).select("id").single();
  const id = task?.id ?? "";
  const sent: string[] = [];
  const watching: typeof fetch = (input, init) => {
    sent.push(String(init?.method));
    return fetch(input, init);
  };
  const reader = createWriteDb(testStack(), me.token, readOnlyFetch(watching), ATTEMPT);
  const attempts = {
    insert: () => reader.from("tasks").insert({ title: "X" }),
    update: () => reader.from("tasks").update({ title: "X" }).eq("id", id),
    upsert: () => reader.from("tasks").upsert({ id, title: "X" }),
    delete: () => reader.from("tasks").delete().eq("id", id),
    rpc: () => reader.rpc("agent_overview"),
  };
  for (const [name, attempt] of Object.entries(attempts)) {
    const { error } = await attempt();
    assert.match(error?.message ?? "", /this client may only read/, name);
  }
  assert.deepEqual(sent, []);
  const { data } = await me.client.from("tasks").select("title");
  assert.deepEqual(data, [{ title: "T" }]);
});

Deno.test("a function that writes is refused by Postgres itself when it is called by GET", async () => {
  const me = await newToolUser();
  const task_id = text(await me.ok("create_task", { title: "T" }), "task.id");
  const reader = createWriteDb(testStack(), me.user.token, readOnlyFetch(fetch), ATTEMPT);
  const { error } = await reader.rpc("schedule_task_event", {
    p_event_id: crypto.randomUUID(),
    p_task_id: task_id,
    p_starts_at: "2026-11-24T09:00:00Z",
    p_existing: "keep",
    p_user_time_zone: "UTC",
  }, { get: true });
  assert.equal(error?.code, "25006");
  assert.equal(at(await me.ok("check_task_has_calendar_event", { task_id }), "has_event"), false);
});

/** The same call with nothing but what the tool can't do without. */
function minimal(name: string, args: Json): Json {
  const required = catalogue.find((tool) => tool.name === name)?.schema.parameters.required;
  const keys = Array.isArray(required) ? required : [];
  return Object.fromEntries(keys.map((key) => [String(key), at(args, String(key)) ?? null]));
}
