import { type Scene, seeded } from "../../../dev/try/task.ts";
import type { Row } from "../../../dev/try/workspace.ts";
import { type JudgeCases, unanswered } from "./judge_cases.ts";
import { created, event, note, task, updated } from "./scene.ts";
import { read, turnOf, write } from "./turn_rows.ts";

function hero(scene: Scene, fields: Partial<Row<"tasks">> = {}) {
  const { id: project_id } = seeded(scene, "projects", "Website");
  return task(50, "Compress the hero picture", {
    project_id,
    priority: "high",
    duration_minutes: 45,
    ...fields,
  });
}

const createFields: JudgeCases = {
  task: "create-fields",
  passes: (scene) => [
    [turnOf({ changes: created("tasks", hero(scene)) })],
    [turnOf({ changes: created("tasks", hero(scene, { title: "compress the hero picture." })) })],
  ],
  fails: (scene) => {
    const wrong = (
      fields: Partial<Row<"tasks">>,
    ) => [turnOf({ changes: created("tasks", hero(scene, fields)) })];
    return {
      ...unanswered({ changes: created("tasks", hero(scene)) }),
      "it was said and not done": [
        turnOf({ run: { tool_calls: [write("create_task", { status: "failed" })] } }),
      ],
      "the title is another": wrong({ title: "Compress the picture" }),
      "the priority is another": wrong({ priority: "medium" }),
      "the project is another": wrong({ project_id: seeded(scene, "projects", "Product Launch").id }),
      "it has no project": wrong({ project_id: null }),
      "the length is another": wrong({ duration_minutes: 60 }),
      "a date was made up": wrong({ start_date: "2026-11-27T09:00:00+00:00" }),
      "it is done already": wrong({ status: "done" }),
      "it was made twice": [
        turnOf({
          changes: [...created("tasks", hero(scene)), ...created("tasks", { ...hero(scene), id: "other" })],
        }),
      ],
      "it became a note": [turnOf({ changes: created("notes", note(50, "Compress the hero picture")) })],
      "another task was changed with it": [
        turnOf({
          changes: [
            ...created("tasks", hero(scene)),
            ...updated(scene, "tasks", "Build the pricing page", { priority: "high" }),
          ],
        }),
      ],
    };
  },
};

/** On Kiritimati it is the 26th already, and tomorrow the 27th; 9 o'clock there is 19:00 UTC of the day before. */
const NINE = "2026-11-26T19:00:00+00:00";

const bank = (fields: Partial<Row<"tasks">> = {}) =>
  task(50, "Call the bank", { start_date: NINE, ...fields });

const tomorrow: JudgeCases = {
  task: "tomorrow",
  passes: () => [
    [turnOf({ changes: created("tasks", bank()) })],
    [turnOf({ changes: [...created("tasks", bank()), ...entered(NINE, bank().id)] })],
  ],
  fails: () => ({
    ...unanswered({ changes: created("tasks", bank()) }),
    "it was said and not done": [turnOf({})],
    "it has no date": [turnOf({ changes: created("tasks", bank({ start_date: null })) })],
    "it is nine in UTC": [
      turnOf({ changes: created("tasks", bank({ start_date: "2026-11-27T09:00:00+00:00" })) }),
    ],
    "it is the day after UTC's": [
      turnOf({ changes: created("tasks", bank({ start_date: "2026-11-25T19:00:00+00:00" })) }),
    ],
    "it is nine in the evening": [
      turnOf({ changes: created("tasks", bank({ start_date: "2026-11-27T07:00:00+00:00" })) }),
    ],
    "it is in the calendar at another time": [
      turnOf({ changes: [...created("tasks", bank()), ...entered("2026-11-26T20:00:00+00:00", bank().id)] }),
    ],
    "an event of no task was made": [
      turnOf({ changes: [...created("tasks", bank()), ...entered(NINE, null)] }),
    ],
    "only an event was made": [turnOf({ changes: entered(NINE, null) })],
  }),
};

function entered(starts_at: string, task_id: string | null) {
  return created("calendar_events", event(51, "Call the bank", { starts_at, task_id }));
}

/** The second that is to come after the 25th: the 26th is the first. 16:00 in Berlin is 15:00 UTC. */
function moved(scene: Scene, fields: Partial<Row<"calendar_events">> = {}) {
  return event(50, "Website weekly", {
    series_id: seeded(scene, "calendar_events", "Website weekly").id,
    original_starts_at: "2026-12-03T10:00:00+00:00",
    starts_at: "2026-12-03T15:00:00+00:00",
    ends_at: "2026-12-03T16:00:00+00:00",
    ...fields,
  });
}

const moveOccurrence: JudgeCases = {
  task: "move-occurrence",
  passes: (scene) => [[turnOf({ changes: created("calendar_events", moved(scene)) })]],
  fails: (scene) => {
    const wrong = (fields: Partial<Row<"calendar_events">>) => [
      turnOf({ changes: created("calendar_events", moved(scene, fields)) }),
    ];
    return {
      ...unanswered({ changes: created("calendar_events", moved(scene)) }),
      "it was said and not done": [turnOf({})],
      "another occurrence was moved": wrong({ original_starts_at: "2026-11-26T10:00:00+00:00" }),
      "the hour is UTC's": wrong({
        starts_at: "2026-12-03T16:00:00+00:00",
        ends_at: "2026-12-03T17:00:00+00:00",
      }),
      "its length is another": wrong({ ends_at: "2026-12-03T15:30:00+00:00" }),
      "it was cancelled": wrong({ status: "cancelled" }),
      "an event of its own was made": wrong({ series_id: null, original_starts_at: null }),
      "the whole series was moved": [
        turnOf({
          changes: updated(scene, "calendar_events", "Website weekly", {
            starts_at: "2026-11-05T15:00:00+00:00",
          }),
        }),
      ],
      "the series ended with it": [
        turnOf({
          changes: [
            ...created("calendar_events", moved(scene)),
            ...updated(scene, "calendar_events", "Website weekly", { recurrence_ends: "2026-12-02" }),
          ],
        }),
      ],
    };
  },
};

const LOOKED = { tool_calls: [read("list_tasks")] };

const ambiguous: JudgeCases = {
  task: "ambiguous",
  passes: () => [[turnOf({ run: LOOKED })]],
  fails: (scene) => {
    const [one, other] = scene.workspace.tasks.filter(({ title }) => title === "Call Anna").map(({ id }) =>
      updated(scene, "tasks", id, { status: "done" })
    );
    return {
      ...unanswered({ run: LOOKED }),
      "nothing was looked up": [turnOf({})],
      "the first was marked": [turnOf({ run: LOOKED, changes: one })],
      "the second was marked": [turnOf({ run: LOOKED, changes: other })],
      "both were marked": [turnOf({ run: LOOKED, changes: [...one ?? [], ...other ?? []] })],
    };
  },
};

function colours(scene: Scene, fields: Partial<Row<"notes">> = {}) {
  const { id: project_id } = seeded(scene, "projects", "Home Renovation");
  return note(50, "Farben", { content: "Wand in Sand, Decke weiß", project_id, ...fields });
}

const inGerman: JudgeCases = {
  task: "in-german",
  passes: (scene) => [
    [turnOf({ changes: created("notes", colours(scene)) })],
    [turnOf({ changes: created("notes", colours(scene, { content: "Wand in Sand, Decke weiß." })) })],
  ],
  fails: (scene) => {
    const wrong = (
      fields: Partial<Row<"notes">>,
    ) => [turnOf({ changes: created("notes", colours(scene, fields)) })];
    return {
      ...unanswered({ changes: created("notes", colours(scene)) }),
      "it was said and not done": [turnOf({})],
      "the title was translated": wrong({ title: "Colours" }),
      "the text was translated": wrong({ content: "Wall in sand, ceiling white" }),
      "letters were lost": wrong({ content: "Wand in Sand, Decke weiss" }),
      "it has no project": wrong({ project_id: null }),
      "the project was changed with it": [
        turnOf({
          changes: [
            ...created("notes", colours(scene)),
            ...updated(scene, "projects", "Home Renovation", { context: "Farben" }),
          ],
        }),
      ],
    };
  },
};

export const WRITE_TASK_CASES = [createFields, tomorrow, moveOccurrence, ambiguous, inGerman];
