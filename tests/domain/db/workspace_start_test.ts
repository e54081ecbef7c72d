// What a run begins with: the overview and the entity that the chat is about, as the user may see them.
import assert from "node:assert/strict";
import { estimateTokenCount } from "tokenx";
import { type Json } from "../../../shared/contracts/text.ts";
import { domain } from "../../../shared/domain/domain.ts";
import { database } from "../../support/stack/stack.ts";
import { newWorkspaceUser, type WorkspaceUser } from "../support/workspace_user.ts";

type Add = (user: WorkspaceUser, table: string, row: Record<string, string>) => Promise<string>;

/** A test that puts rows into the workspace without going through the API. */
function test(name: string, body: (add: Add) => Promise<void>): void {
  Deno.test(name, async () => {
    const sql = database();
    try {
      await body(async (user, table, row) => {
        const id = crypto.randomUUID();
        await sql`insert into ${sql(table)} ${sql({ ...row, id, user_id: user.id })}`;
        return id;
      });
    } finally {
      await sql.end();
    }
  });
}

async function overview({ client }: WorkspaceUser, zone?: string): Promise<Json> {
  const { data, error } = await client.rpc(
    "agent_overview",
    zone === undefined ? {} : { p_time_zone: zone },
  );
  assert.equal(error, null);
  return JSON.parse(JSON.stringify(data));
}

async function entity({ client }: WorkspaceUser, type: string, id: string): Promise<Json> {
  const { data, error } = await client.rpc("agent_entity", { p_type: type, p_id: id });
  assert.equal(error, null);
  return JSON.parse(JSON.stringify(data));
}

test("the overview counts what is there and not done, and lists the active projects with their open tasks", async (add) => {
  const me = await newWorkspaceUser();
  const website = await add(me, "projects", { name: "Website", slug: "website" });
  const idle = await add(me, "projects", { name: "Idle", slug: "idle" });
  await add(me, "projects", { name: "Old", slug: "old", status: "archived" });
  await add(me, "tasks", { title: "A", project_id: website, start_date: "2001-01-01" });
  await add(me, "tasks", { title: "B", project_id: website, status: "blocked" });
  await add(me, "tasks", { title: "C", project_id: website, status: "done", start_date: "2001-01-01" });
  await add(me, "tasks", { title: "D", project_id: website, deleted_at: "2026-01-01" });
  await add(me, "notes", { title: "N", content: "N" });
  await add(me, "brain_dumps", { title: "B", content: "B" });
  assert.deepEqual(await overview(me), {
    projects: { active: 2, archived: 1 },
    tasks: { backlog: 1, blocked: 1 },
    overdue: 1,
    notes: 1,
    brain_dumps_pending: 1,
    active_projects: [[website, "Website", 2], [idle, "Idle", 0]],
  });
});

test("the overview of an empty workspace, and in a zone that Postgres does not know, is no error", async () => {
  const me = await newWorkspaceUser();
  const empty = { overdue: 0, notes: 0, brain_dumps_pending: 0 };
  assert.deepEqual(await overview(me), empty);
  assert.deepEqual(await overview(me, "Mars/Base"), empty);
  const { error } = await me.client.rpc("agent_overview", { p_time_zone: "CET" });
  assert.equal(error?.code, "22023");
});

test("the overview of a full workspace fits in a prompt", async (add) => {
  const me = await newWorkspaceUser();
  for (let n = 0; n < 12; n++) {
    await add(me, "projects", { name: `A project with a rather usual name ${n}`, slug: `project-${n}` });
  }
  const data = await overview(me);
  const tokens = estimateTokenCount(JSON.stringify(data));
  console.log(`overview with 8 active projects: ${tokens} tokens`);
  assert.ok(tokens <= 400);
  assert.match(JSON.stringify(data), /"projects":\{"active":12\}/);
  assert.equal(JSON.stringify(data).match(/A project with/g)?.length, 8);
});

test("each kind of entity is told briefly, its long texts cut, and only to its owner", async (add) => {
  const [me, stranger] = await Promise.all([newWorkspaceUser(), newWorkspaceUser()]);
  const long = "x".repeat(5_000);
  const project = await add(me, "projects", { name: "Website", slug: "w", context: long, description: long });
  const task = await add(me, "tasks", {
    title: "Task",
    start_date: "2026-11-23T23:30Z",
    project_id: project,
    details: long,
    description: long,
  });
  const entities = {
    project,
    task,
    note: await add(me, "notes", { title: "Note", content: long }),
    brain_dump: await add(me, "brain_dumps", { title: "Dump", content: long, ai_summary: "Short" }),
    calendar_event: await add(me, "calendar_events", {
      title: "Event",
      description: long,
      starts_at: "2026-11-23T19:30:00Z",
      ends_at: "2026-11-23T20:30:00Z",
      time_zone: "Asia/Kolkata",
    }),
  };
  assert.deepEqual(Object.keys(entities), domain.contexts);
  for (const [type, id] of Object.entries(entities)) {
    const told = JSON.stringify(await entity(me, type, id));
    assert.match(told, new RegExp(`"type":"${type}"`));
    assert.match(told, new RegExp(id));
    assert.match(told, /x{1499}…/);
    assert.doesNotMatch(told, /x{1500}|null/);
    assert.equal(await entity(stranger, type, id), null);
    assert.equal(await entity(me, type, crypto.randomUUID()), null);
    assert.equal(await entity(me, "general", id), null);
    assert.equal(await entity(me, type, "an id that is none"), null);
  }
  assert.match(JSON.stringify(await entity(me, "project", project)), /"open_tasks":1/);
  assert.match(JSON.stringify(await entity(me, "task", task)), /"start_date":"Mon 2026-11-23T23:30Z"/);
  const event = JSON.stringify(await entity(me, "calendar_event", entities.calendar_event));
  assert.match(event, /"ends_at":"Tue 2026-11-24T02:00\+05:30","starts_at":"Tue 2026-11-24T01:00\+05:30"/);
  await me.client.from("tasks").update({ deleted_at: "2026-11-22" }).eq("id", task);
  assert.equal(await entity(me, "task", task), null);
});
