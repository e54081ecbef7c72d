// What the project was asked to do: its three tests, and the sentence that has to work from end to end.
import { catalogue } from "../../../shared/domain/catalogue.ts";
import { answered, calledNothing, eventsInOrder, named, nothingChanged, planned, read } from "../checks.ts";
import { describeChange } from "../expected_changes.ts";
import { type Faults, HOME, say, type Scene, seeded, type Task, turn, type TurnRows } from "../task.ts";
import type { Change } from "../workspace.ts";

const ALL_TOOLS = catalogue.map(({ name }) => name);
const READ_TOOLS = catalogue.filter(({ access }) => access === "read").map(({ name }) => name);

export const MISSION: readonly Task[] = [
  {
    kind: "chat",
    name: "what-is-buildos",
    about: "the mission's first test: an answer without tools",
    time_zone: HOME,
    turns: [say("What is BuildOS?", { context_type: "general" })],
    judge(evidence) {
      const only = turn(evidence, 1);
      return [...answered(only), ...calledNothing(only), ...nothingChanged(only)];
    },
  },
  {
    kind: "chat",
    name: "show-my-tasks",
    about: "the mission's second test: a look-up, and its events in their order",
    time_zone: HOME,
    turns: [say("Show me my tasks", { context_type: "global" })],
    judge(evidence) {
      const only = turn(evidence, 1);
      return [
        ...answered(only),
        ...eventsInOrder(only, "analysis", "tool_call", "tool_result", "text", "done"),
        ...read(only, "list_tasks"),
        ...nothingChanged(only),
      ];
    },
  },
  {
    kind: "step",
    name: "executor-reads",
    about: "the mission's third test: an executor that is given every tool uses those that read",
    time_zone: HOME,
    step: () => ({
      title: "Find the task",
      task: 'Find the task "Build the pricing page" of the project Website: its id, status and priority.',
      tools: ALL_TOOLS,
    }),
    judge(evidence) {
      const only = turn(evidence, 1);
      return [
        ...handedOn(only, seeded(evidence.scene, "tasks", "Build the pricing page")),
        ...onlyReads(only),
        ...read(only),
        ...nothingChanged(only),
      ];
    },
  },
  {
    kind: "chat",
    name: "update-schedule",
    about: "the mission's sentence, in a chat about a project: plan, executors, changes",
    time_zone: HOME,
    turns: [(scene) => ({
      message: "Update project and schedule tasks",
      context_type: "project",
      entity_id: seeded(scene, "projects", "Website").id,
    })],
    judge(evidence) {
      const only = turn(evidence, 1);
      const project = seeded(evidence.scene, "projects", "Website");
      const ids = new Set(openTasks(evidence.scene).map(({ id }) => id));
      const isProject = ({ table, change, id }: Change) =>
        table === "projects" && change === "updated" && id === project.id;
      const schedules = (change: Change) => isSchedule(change, ids);
      const others = only.changes.filter((change) => !isProject(change) && !schedules(change));
      return [
        ...answered(only),
        ...planned(only, 1),
        ...(only.changes.some(isProject)
          ? []
          : ["expected the project Website to be updated, and it was not"]),
        ...(only.changes.some(schedules)
          ? []
          : ["expected an open task of the Website to get a date or an event, and none did"]),
        ...only.changes.filter(schedules).flatMap((change) => stillToCome(change, only)),
        ...others.map((change) =>
          `expected nothing else than the Website and times for its open tasks to change, and ${
            describeChange(change)
          }`
        ),
      ];
    },
  },
];

/** The step completed, and what it hands on to later steps names the row that it was to find. */
function handedOn({ run }: TurnRows, { id, title }: { id: string; title: string }): Faults {
  const last = run.executions.at(-1);
  if (last?.status !== "completed") {
    const why = last?.error ? `: ${last.error}` : "";
    return [`expected the step to complete, and it is ${last?.status ?? "not begun"}${why}`];
  }
  return JSON.stringify(last.result).includes(id)
    ? []
    : [`expected the step's result to have the id of ${JSON.stringify(title)}, and it has not`];
}

/** The executor has the rights to read, and asked for nothing else. */
function onlyReads({ run }: TurnRows): Faults {
  const executor = run.agents.find(({ type }) => type === "executor");
  const offered = executor?.available_tools.toSorted().join(", ") ?? "none";
  const others = run.tool_calls.filter(({ access, tool_name }) =>
    access !== null && !READ_TOOLS.includes(tool_name)
  );
  return [
    ...(offered === READ_TOOLS.toSorted().join(", ")
      ? []
      : [`expected the executor to have the tools that read, and it has ${offered}`]),
    ...(others.length === 0 ? [] : [`expected calls of tools that read, and there is ${named(others)}`]),
  ];
}

/** Of the project Website. */
function openTasks(scene: Scene) {
  const { id } = seeded(scene, "projects", "Website");
  return scene.workspace.tasks.filter(({ project_id, status }) => project_id === id && status !== "done");
}

const OF_TIME = ["start_date", "duration_minutes"];

/** An event for one of the tasks, new or moved, or a date of the task itself. */
function isSchedule({ table, change, id, row, fields }: Change, tasks: ReadonlySet<string>): boolean {
  if (table === "calendar_events") {
    return change !== "removed" && row.status === "confirmed" && tasks.has(String(row.task_id));
  }
  return table === "tasks" && change === "updated" && tasks.has(id) &&
    Object.keys(fields).every((field) => OF_TIME.includes(field));
}

function stillToCome({ table, title, row }: Change, { run }: TurnRows): Faults {
  const time = table === "tasks" ? row.start_date : row.starts_at;
  // A day's beginning is a date, not a time that has passed.
  const earliest = Date.parse(run.created_at) - 24 * 60 * 60_000;
  return typeof time === "string" && Date.parse(time) < earliest
    ? [`expected a time to come for ${JSON.stringify(title)}, and it is ${time}`]
    : [];
}
