import { catalogue } from "../../../shared/domain/catalogue.ts";
import { type Scene, seeded } from "../../../dev/try/task.ts";
import { type JudgeCases, unanswered } from "./judge_cases.ts";
import { created, event, task, updated } from "./scene.ts";
import { execution, executor, plan, read, type TurnFields, turnOf, write } from "./turn_rows.ts";

const READS = catalogue.filter(({ access }) => access === "read").map(({ name }) => name);
const EVENTS = ["session", "analysis", "tool_call", "tool_result", "text", "text", "done"];
const LISTED = { run: { tool_calls: [read("list_tasks")] }, events: EVENTS };

const whatIs: JudgeCases = {
  task: "what-is-buildos",
  passes: () => [[turnOf({})]],
  fails: () => ({
    ...unanswered({}),
    "a tool was called": [turnOf({ run: { tool_calls: [read("search_notes")] } })],
    "a plan was tried": [turnOf({ run: { tool_calls: [read("create_plan", {}, { access: null })] } })],
    "a row was written": [turnOf({ changes: created("tasks", task(50, "Look it up")) })],
  }),
};

const showTasks: JudgeCases = {
  task: "show-my-tasks",
  passes: () => [
    [turnOf(LISTED)],
    // Some say first what they are about to do.
    [turnOf({
      ...LISTED,
      events: ["session", "analysis", "text", "tool_call", "tool_result", "text", "done"],
    })],
  ],
  fails: () => ({
    ...unanswered(LISTED),
    "it was answered without a look": [turnOf({})],
    "the look-up failed": [
      turnOf({ run: { tool_calls: [read("list_tasks", {}, { status: "failed" })] }, events: EVENTS }),
    ],
    "something else was looked up": [turnOf({ run: { tool_calls: [read("search_notes")] }, events: EVENTS })],
    "no text came after the look-up": [
      turnOf({ ...LISTED, events: ["session", "analysis", "text", "tool_call", "tool_result", "done"] }),
    ],
    "no analysis came": [turnOf({ ...LISTED, events: EVENTS.filter((type) => type !== "analysis") })],
    "the end is missing": [turnOf({ ...LISTED, events: EVENTS.slice(0, -1) })],
    "a row was written": [turnOf({ ...LISTED, changes: created("tasks", task(50, "Look them up")) })],
  }),
};

/** What an executor hands on that has found the task. */
function result(data: string[]) {
  return { status: "completed" as const, summary: "Found.", data };
}

function found(scene: Scene): string[] {
  return [seeded(scene, "tasks", "Build the pricing page").id];
}

const executorReads: JudgeCases = {
  task: "executor-reads",
  passes: (scene) => [[turnOf({ run: step(scene) })]],
  fails: (scene) => ({
    "the step is not done": [
      turnOf({
        run: { ...step(scene), executions: [execution(1, { status: "failed", error: "It failed." })] },
      }),
    ],
    "the step was done in part": [
      turnOf({
        run: {
          ...step(scene),
          executions: [execution(1, { status: "partial", result: result(found(scene)) })],
        },
      }),
    ],
    "no attempt was made": [turnOf({ run: { ...step(scene), executions: [] } })],
    "the id is not handed on": [
      turnOf({
        run: { ...step(scene), executions: [execution(1, { result: result([]) })] },
      }),
    ],
    "another id is handed on": [
      turnOf({
        run: {
          ...step(scene),
          executions: [execution(1, { result: result([seeded(scene, "tasks", "Renew the passport").id]) })],
        },
      }),
    ],
    "it had a tool that writes": [
      turnOf({ run: { ...step(scene), agents: [executor({ available_tools: [...READS, "update_task"] })] } }),
    ],
    "it had no tools": [turnOf({ run: { ...step(scene), agents: [executor()] } })],
    "it asked for a write and was refused": [
      turnOf({
        run: {
          ...step(scene),
          tool_calls: [read("list_tasks"), write("update_task", { status: "rejected" })],
        },
      }),
    ],
    "it looked nothing up": [turnOf({ run: { ...step(scene), tool_calls: [] } })],
    "a row was written": [turnOf({ run: step(scene), changes: created("tasks", task(50, "Look at it")) })],
  }),
};

function step(scene: Scene): TurnFields["run"] {
  return {
    ...{ status: "running", finished_reason: null, messages: [] },
    agents: [executor({ available_tools: READS })],
    tool_calls: [read("list_tasks")],
    executions: [execution(1, { result: result(found(scene)) })],
  };
}

const PLANNED = { plans: [plan()], agents: [executor()], executions: [execution(1)] };

const updateSchedule: JudgeCases = {
  task: "update-schedule",
  passes: (scene) => [
    [turnOf({ run: PLANNED, changes: [...summary(scene), ...scheduled(scene)] })],
    [turnOf({ run: PLANNED, changes: [...summary(scene), ...dated(scene, "2026-11-27T09:00:00+00:00")] })],
  ],
  fails: (scene) => {
    const right = [...summary(scene), ...scheduled(scene)];
    const also = (changes: typeof right) => [turnOf({ run: PLANNED, changes: [...right, ...changes] })];
    return {
      ...unanswered({ run: PLANNED, changes: right }),
      "it was said and not done": [turnOf({ run: PLANNED })],
      "the project stayed as it was": [turnOf({ run: PLANNED, changes: scheduled(scene) })],
      "nothing was scheduled": [turnOf({ run: PLANNED, changes: summary(scene) })],
      "there was no plan": [turnOf({ changes: right })],
      "the plan failed": [
        turnOf({ run: { ...PLANNED, plans: [plan({ status: "failed" })] }, changes: right }),
      ],
      "no executor worked": [
        turnOf({
          run: { ...PLANNED, executions: [execution(1, { executor_agent_id: null })] },
          changes: right,
        }),
      ],
      "another project was changed": also(updated(scene, "projects", "Product Launch", { status: "paused" })),
      "a task was renamed": also(updated(scene, "tasks", "Test checkout on phones", { title: "Test" })),
      "a done task was scheduled": also(
        updated(scene, "tasks", "Choose the hosting provider", { start_date: "2026-11-27T09:00:00+00:00" }),
      ),
      "an event of no task was made": also(created("calendar_events", event(60, "Focus"))),
      "a new task was made": also(created("tasks", task(61, "Schedule the tasks"))),
      "a time was taken that has passed": [
        turnOf({ run: PLANNED, changes: [...summary(scene), ...dated(scene, "2026-11-20T09:00:00+00:00")] }),
      ],
    };
  },
};

function summary(scene: Scene) {
  return updated(scene, "projects", "Website", { executive_summary: "As of today." });
}

function scheduled(scene: Scene) {
  const { id: task_id } = seeded(scene, "tasks", "Build the pricing page");
  return created("calendar_events", event(60, "Build the pricing page", { task_id }));
}

function dated(scene: Scene, start_date: string) {
  return updated(scene, "tasks", "Build the pricing page", { start_date });
}

export const MISSION_CASES = [whatIs, showTasks, executorReads, updateSchedule];
