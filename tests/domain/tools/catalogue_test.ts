// The catalogue is a contract: these tools, these parameters, in this order.
import assert from "node:assert/strict";
import { estimateTokenCount } from "tokenx";
import type { ToolSchema } from "../../../shared/contracts/model.ts";
import { catalogue } from "../../../shared/domain/catalogue.ts";
import { getToolsForAgent } from "../../../shared/tools/permissions.ts";
import { at } from "./support.ts";

/** Name, parameters (`*`: required), and the fields of `updates` where there are any. */
const READ = {
  list_tasks: "query project_id parent_task_id status priority has_date limit cursor sort_by",
  search_projects: "query status has_active_tasks limit cursor",
  search_notes: "query project_id category limit cursor",
  search_brain_dumps: "query project_id status limit cursor",
  get_task_details: "task_id* include_subtasks include_project_context",
  get_project_details: "project_id* include_tasks include_notes include_brain_dumps",
  get_note_details: "note_id*",
  get_brain_dump_details: "brain_dump_id*",
  get_calendar_events: "time_min time_max limit cursor",
  find_available_slots: "time_min* time_max* duration_minutes preferred_hours",
  get_task_calendar_events: "task_id* include_cancelled limit cursor",
  check_task_has_calendar_event: "task_id*",
};
const WRITE = {
  create_task: "title* description project_id priority task_type duration_minutes start_date parent_task_id",
  update_task:
    "task_id* updates* title description details status priority start_date duration_minutes project_id parent_task_id recurrence_pattern recurrence_ends",
  update_project:
    "project_id* updates* name description executive_summary context status start_date end_date tags",
  create_note: "content* title project_id category tags",
  create_brain_dump: "content* title project_id",
  schedule_task: "task_id* start_time* duration_minutes recurrence_pattern time_zone",
  update_calendar_event:
    "event_id* scope occurrence updates* title start_time end_time description recurrence_pattern recurrence_ends",
  delete_calendar_event: "event_id* scope occurrence",
  update_or_schedule_task:
    "task_id* start_time* duration_minutes force_recreate recurrence_pattern recurrence_ends time_zone",
};

Deno.test("the catalogue has the tools and parameters that this contract lists, reads first, in this order", () => {
  const found = (access: "read" | "write") =>
    Object.fromEntries(
      catalogue.filter((tool) => tool.access === access).map((
        { name, schema },
      ) => [name, parametersOf(schema)]),
    );
  assert.deepEqual(found("read"), READ, "a tool of yours, or a parameter, stands in READ as well");
  assert.deepEqual(found("write"), WRITE, "a tool of yours, or a parameter, stands in WRITE as well");
  assert.deepEqual(catalogue.map(({ name }) => name), [...Object.keys(READ), ...Object.keys(WRITE)]);
});

Deno.test("read_only gets the read tools and no others; read_write gets all", () => {
  assert.deepEqual(getToolsForAgent(catalogue, "read_only").map(({ name }) => name), Object.keys(READ));
  assert.ok(getToolsForAgent(catalogue, "read_only").every(({ access }) => access === "read"));
  assert.deepEqual(getToolsForAgent(catalogue, "read_write"), catalogue);
});

Deno.test("every tool has a category, a description, and a schema without what only a validator needs", () => {
  for (const { name, category, schema } of catalogue) {
    assert.equal(schema.name, name);
    assert.ok(["list", "detail", "action"].includes(category), name);
    assert.ok(schema.description.length >= 7, name);
    assert.equal(schema.parameters.type, "object", name);
    assert.doesNotMatch(
      JSON.stringify(schema),
      /\$schema|additionalProperties|"pattern"|maxLength|maximum|anyOf/,
      name,
    );
  }
});

/** Tokens that every prompt of an executor, or of the planner, pays for the schemas of its tools. */
const BUDGET = { read_only: 900, read_write: 2_600 };

Deno.test("the schemas fit their budgets", () => {
  const cost = (permission: "read_only" | "read_write") =>
    estimateTokenCount(
      JSON.stringify(
        getToolsForAgent(catalogue, permission).map(({ schema }) => ({ type: "function", function: schema })),
      ),
    );
  for (const permission of ["read_only", "read_write"] as const) {
    const tokens = cost(permission);
    assert.ok(tokens <= BUDGET[permission], `${permission}: ${tokens} tokens, of ${BUDGET[permission]}`);
  }
});

function parametersOf({ parameters }: ToolSchema): string {
  const required = at(parameters, "required") ?? [];
  const words: string[] = [];
  for (const [name, schema] of Object.entries(at(parameters, "properties") ?? {})) {
    words.push(Array.isArray(required) && required.includes(name) ? `${name}*` : name);
    words.push(...Object.keys(at(schema, "properties") ?? {}));
  }
  return words.join(" ");
}
