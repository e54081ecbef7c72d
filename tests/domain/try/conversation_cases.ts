import { type Scene, seeded, type TurnRows } from "../../../dev/try/task.ts";
import type { Row } from "../../../dev/try/workspace.ts";
import { changesBetween } from "../../../dev/try/workspace.ts";
import type { JudgeCases } from "./judge_cases.ts";
import { created, event, task, updated } from "./scene.ts";
import { turnOf, UNANSWERED } from "./turn_rows.ts";

/** Each turn without an answer, the others as they should be. */
function oneUnanswered(right: TurnRows[]): Record<string, TurnRows[]> {
  return Object.fromEntries(
    right.flatMap((_, n) =>
      Object.entries(UNANSWERED).map(([name, run]): [string, TurnRows[]] => [
        `turn ${n + 1}: ${name}`,
        right.map((turn, i) => i === n ? { ...turn, run: { ...turn.run, ...run } } : turn),
      ])
    ),
  );
}

const DONE = { status: "done" as const, completed_at: "2026-11-25T11:21:00+00:00" };

const updateEarlier: JudgeCases = {
  task: "update-earlier",
  passes: (scene) => [[turnOf({}), turnOf({ changes: passport(scene, DONE) })]],
  fails: (scene) => {
    const right = turnOf({ changes: passport(scene, DONE) });
    return {
      ...oneUnanswered([turnOf({}), right]),
      "the question wrote something": [turnOf({ changes: passport(scene, { priority: "high" }) }), right],
      "it was said and not done": [turnOf({}), turnOf({})],
      "it was done a turn too early": [right, turnOf({})],
      "another state was set": [turnOf({}), turnOf({ changes: passport(scene, { status: "in_progress" }) })],
      "it was deleted": [turnOf({}), turnOf({ changes: passport(scene, { ...DONE, deleted_at: NOW_ISO }) })],
      "another task was ticked off": [
        turnOf({}),
        turnOf({ changes: updated(scene, "tasks", "Build the pricing page", DONE) }),
      ],
      "another task was ticked off with it": [
        turnOf({}),
        turnOf({ changes: [...right.changes, ...updated(scene, "tasks", "Build the pricing page", DONE)] }),
      ],
    };
  },
};

const NOW_ISO = "2026-11-25T11:21:00+00:00";

function passport(scene: Scene, fields: Partial<Row<"tasks">>) {
  return updated(scene, "tasks", "Renew the passport", fields);
}

function launchTask(scene: Scene, n: number, title: string, fields: Partial<Row<"tasks">> = {}) {
  return task(n, title, { project_id: seeded(scene, "projects", "Product Launch").id, ...fields });
}

const HIGH = { priority: "high" as const, duration_minutes: 30 };

const overTurns: JudgeCases = {
  task: "over-turns",
  passes: (scene) => [turns(scene, {})],
  fails: (scene) => ({
    ...oneUnanswered(turns(scene, {})),
    "the first was not made": turns(scene, { first: [] }),
    "the first is in no project": turns(scene, { first: created("tasks", task(50, "Order the flowers")) }),
    "the second was not made": turns(scene, { second: [] }),
    "the second is in no project": turns(scene, { second: created("tasks", task(51, "Book the band")) }),
    "the second came with an event": turns(scene, {
      second: [
        ...created("tasks", launchTask(scene, 51, "Book the band")),
        ...created("calendar_events", event(52, "Book the band")),
      ],
    }),
    "nothing was updated": turns(scene, { third: [] }),
    "the second was updated": turns(scene, { third: raised(launchTask(scene, 51, "Book the band"), HIGH) }),
    "both were updated": turns(scene, {
      third: [
        ...raised(launchTask(scene, 50, "Order the flowers"), HIGH),
        ...raised(launchTask(scene, 51, "Book the band"), HIGH),
      ],
    }),
    "only the priority was set": turns(scene, {
      third: raised(launchTask(scene, 50, "Order the flowers"), { priority: "high" }),
    }),
    "only the length was set": turns(scene, {
      third: raised(launchTask(scene, 50, "Order the flowers"), { duration_minutes: 30 }),
    }),
    "a third task was made": turns(scene, {
      third: created("tasks", launchTask(scene, 53, "Order the flowers", HIGH)),
    }),
  }),
};

/** The three turns as they should be, but for the changes that are given. */
function turns(
  scene: Scene,
  { first, second, third }: Partial<Record<"first" | "second" | "third", TurnRows["changes"]>>,
): TurnRows[] {
  return [
    first ?? created("tasks", launchTask(scene, 50, "Order the flowers")),
    second ?? created("tasks", launchTask(scene, 51, "Book the band")),
    third ?? raised(launchTask(scene, 50, "Order the flowers"), HIGH),
  ].map((changes) => turnOf({ changes }));
}

function raised(row: Row<"tasks">, fields: Partial<Row<"tasks">>): TurnRows["changes"] {
  const rest = { projects: [], notes: [], brain_dumps: [], calendar_events: [] };
  return changesBetween({ ...rest, tasks: [row] }, { ...rest, tasks: [{ ...row, ...fields }] });
}

export const CONVERSATION_CASES = [updateEarlier, overTurns];
