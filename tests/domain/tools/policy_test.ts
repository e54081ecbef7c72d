import assert from "node:assert/strict";
import type { Json } from "../../../shared/contracts/text.ts";
import { domain } from "../../../shared/domain/domain.ts";
import { database } from "../../support/stack/stack.ts";
import { testPolicy } from "../../support/tools/policy.ts";
import { propose } from "../../support/tools/proposed_call.ts";
import { toolUser } from "../../support/tools/tool_user.ts";
import { newWorkspaceUser } from "../support/workspace_user.ts";

testPolicy(domain, ["delete_calendar_event"]);

const ID = "a0000000-0000-4000-8000-000000000001";

/** What a person is asked about, and what not, however the model spells it. */
const CALLS: [name: string, args: Json, asked: boolean][] = [
  ["update_project", { project_id: ID, updates: { status: "paused" } }, false],
  ["update_project", { project_id: ID, updates: { status: "archived" } }, true],
  ["update_project", { project_id: ID, updates: { status: "archived", name: "Old" } }, true],
  ["update_or_schedule_task", { task_id: ID, starts_at: "2026-11-23T09:00" }, false],
  ["update_or_schedule_task", { task_id: ID, starts_at: "2026-11-23T09:00", force_recreate: false }, false],
  ["update_or_schedule_task", { task_id: ID, starts_at: "2026-11-23T09:00", force_recreate: true }, true],
  ["update_or_schedule_task", { task_id: ID, starts_at: "2026-11-23T09:00", force_recreate: "True " }, true],
  ["delete_calendar_event", { event_id: ID }, true],
  ["update_task", { task_id: ID, updates: { status: "done" } }, false],
];

Deno.test("a person is asked before an event is cancelled or a project is archived, and not otherwise", async () => {
  const me = toolUser(domain, await newWorkspaceUser());
  const sql = database();
  try {
    for (const [name, args, asked] of CALLS) {
      const id = crypto.randomUUID();
      await propose(me.user, { id, name, arguments: me.toolbox.argumentsOf({ name, arguments: args }) });
      const [row] = await sql`select asked_at is not null as asked from agent_tool_calls where id = ${id}`;
      assert.equal(row?.asked, asked, `${name} ${JSON.stringify(args)}`);
    }
  } finally {
    await sql.end();
  }
});
