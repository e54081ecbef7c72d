import { seeded } from "../../../dev/try/task.ts";
import { type JudgeCases, unanswered } from "./judge_cases.ts";
import { created, note, task, updated } from "./scene.ts";
import { execution, executor, plan, read, turnOf, write } from "./turn_rows.ts";

const simple: JudgeCases = {
  task: "simple-question",
  passes: () => [[turnOf({})]],
  fails: () => ({
    ...unanswered({}),
    "a tool was called": [turnOf({ run: { tool_calls: [read("list_tasks")] } })],
    "a row was written": [turnOf({ changes: created("notes", note(50, "Minutes")) })],
  }),
};

const findWords: JudgeCases = {
  task: "find-words",
  passes: (scene) => {
    const { id } = seeded(scene, "notes", "Call with the certification lab");
    return [[turnOf({ run: { tool_calls: [read("search_notes", { data: { notes: [{ id }] } })] } })]];
  },
  fails: (scene) => {
    const { id } = seeded(scene, "notes", "Call with the certification lab");
    const other = seeded(scene, "notes", "Press list");
    const right = { tool_calls: [read("search_notes", { data: { notes: [{ id }] } })] };
    return {
      ...unanswered({ run: right }),
      "nothing was looked up": [turnOf({})],
      "another note was found": [
        turnOf({ run: { tool_calls: [read("search_notes", { notes: [other.id] })] } }),
      ],
      "the look-up failed": [
        turnOf({ run: { tool_calls: [read("search_notes", { notes: [id] }, { status: "failed" })] } }),
      ],
      "the note was changed": [
        turnOf({ run: right, changes: updated(scene, "notes", other.title, { content: "Dimmer" }) }),
      ],
    };
  },
};

const READS = [read("list_tasks"), read("search_notes"), read("get_calendar_events")];
const RESEARCHED = {
  plans: [plan()],
  agents: [executor(), executor({ name: "Executor-2" })],
  executions: [execution(1), execution(2, { status: "partial" })],
  tool_calls: READS,
};

const severalLists: JudgeCases = {
  task: "several-lists",
  passes: () => [
    [turnOf({ run: RESEARCHED })],
    // A plan that was replaced is one that failed, and what matters is the last.
    [turnOf({ run: { ...RESEARCHED, plans: [plan({ status: "failed" }), plan({ revision: 2 })] } })],
    [turnOf({
      run: { ...RESEARCHED, tool_calls: [read("get_project_details"), read("get_calendar_events")] },
    })],
  ],
  fails: (scene) => ({
    ...unanswered({ run: RESEARCHED }),
    "there was no plan": [turnOf({ run: { tool_calls: READS } })],
    "the plan failed": [turnOf({ run: { ...RESEARCHED, plans: [plan({ status: "failed" })] } })],
    "one step was attempted twice": [
      turnOf({ run: { ...RESEARCHED, executions: [execution(1), execution(1, { attempt: 2 })] } }),
    ],
    "a step failed": [
      turnOf({ run: { ...RESEARCHED, executions: [execution(1), execution(2, { status: "failed" })] } }),
    ],
    "the planner did the steps itself": [
      turnOf({
        run: { ...RESEARCHED, executions: [1, 2].map((n) => execution(n, { executor_agent_id: null })) },
      }),
    ],
    "an executor could write": [
      turnOf({ run: { ...RESEARCHED, agents: [executor(), executor({ permissions: "read_write" })] } }),
    ],
    "no tasks were read": [turnOf({ run: { ...RESEARCHED, tool_calls: READS.slice(1) } })],
    "no notes were read": [turnOf({ run: { ...RESEARCHED, tool_calls: READS.filter((_, i) => i !== 1) } })],
    "the calendar was not read": [turnOf({ run: { ...RESEARCHED, tool_calls: READS.slice(0, 2) } })],
    "a write was refused": [
      turnOf({
        run: { ...RESEARCHED, tool_calls: [...READS, write("create_note", { status: "rejected" })] },
      }),
    ],
    "a row was written": [
      turnOf({ run: RESEARCHED, changes: updated(scene, "projects", "Website", { status: "paused" }) }),
    ],
  }),
};

const LOOKED = { tool_calls: [read("list_tasks")] };

const notThere: JudgeCases = {
  task: "not-there",
  passes: () => [
    [turnOf({ run: LOOKED })],
    // A write of an invented id is refused by the tool, and nothing has changed.
    [turnOf({ run: { tool_calls: [...LOOKED.tool_calls, write("update_task", { status: "failed" })] } })],
  ],
  fails: (scene) => ({
    ...unanswered({ run: LOOKED }),
    "nothing was looked up": [turnOf({})],
    "another task was marked": [
      turnOf({ run: LOOKED, changes: updated(scene, "tasks", "Renew the passport", { status: "done" }) }),
    ],
    "the task was made up": [
      turnOf({ run: LOOKED, changes: created("tasks", task(50, "Feed the parrot", { status: "done" })) }),
    ],
  }),
};

const FREE = { tool_calls: [read("find_available_slots")] };

const noWrite: JudgeCases = {
  task: "no-write",
  passes: () => [
    [turnOf({ run: FREE })],
    [turnOf({ run: { tool_calls: [read("get_calendar_events")] } })],
  ],
  fails: (scene) => ({
    ...unanswered({ run: FREE }),
    "the calendar was not read": [turnOf({ run: LOOKED })],
    "it was entered": [
      turnOf({
        run: { tool_calls: [...FREE.tool_calls, write("schedule_task")] },
        changes: updated(scene, "tasks", "Build the pricing page", {
          start_date: "2026-11-27T09:00:00+00:00",
        }),
      }),
    ],
    "a row was written": [turnOf({ run: FREE, changes: created("tasks", task(50, "Work on the page")) })],
    "it was tried to be entered": [
      turnOf({ run: { tool_calls: [...FREE.tool_calls, write("schedule_task", { status: "failed" })] } }),
    ],
  }),
};

export const LOOK_UP_CASES = [simple, findWords, severalLists, notThere, noWrite];
