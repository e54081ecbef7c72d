// A model that does the right thing in every task, with the tools and arguments that are there for it.
import { instant, localDay } from "../../../shared/tools/time.ts";
import { TASKS } from "../../../dev/try/tasks.ts";
import { readWorkspace, type Workspace } from "../../../dev/try/workspace.ts";
import { onStep, planTurn, submitTurn } from "../../support/agents/plans.ts";
import type { ScriptedTurnInput } from "../../support/models/script.ts";
import { call, type Meanwhile, say, type TaskScript, website } from "./scripted_tasks.ts";

type Tables = keyof Workspace;
const PAGE = "Build the pricing page";
const DAY = 24 * 60 * 60_000;

const idOf = (rows: Workspace, table: Tables, title: string) =>
  rows[table].find((row) => Object.values(row).includes(title))?.id ?? "";

const onOwnStep = (n: number, turn: ReturnType<typeof call>): ScriptedTurnInput => ({
  when: onStep(n),
  ...turn,
});
const answer: ScriptedTurnInput = { when: { not_tool: "submit_result" }, text: "Done." };

export const RIGHT: Record<string, TaskScript> = {
  "what-is-buildos": () => [say("A workspace.")],
  "show-my-tasks": () => [call("list_tasks", { limit: 20 }), say("Here they are.")],
  "executor-reads": (rows) => [
    call("list_tasks", { query: PAGE }),
    {
      ...call("submit_result", { status: "completed", summary: "Found.", data: idOf(rows, "tasks", PAGE) }),
      hold: "it was told",
    },
  ],
  "update-schedule": updateAndSchedule,
  "simple-question": () => [say("2,160.")],
  "find-words": () => [call("search_notes", { query: "dimmer test" }), say("The call with the lab.")],
  "several-lists": () => [
    planTurn([
      { step_number: 1, tools: ["list_tasks"] },
      { step_number: 2, tools: ["search_notes"] },
      { step_number: 3, tools: ["get_calendar_events"] },
    ]),
    ...["list_tasks", "search_notes", "get_calendar_events"].flatMap((name, i) => [
      onOwnStep(i + 1, call(name, {})),
      submitTurn(i + 1),
    ]),
    answer,
  ],
  "not-there": () => [call("list_tasks", { query: "Feed the parrot" }), say("There is none.")],
  "no-write": () => [
    call("find_available_slots", {
      ...daysFromNow(3),
      duration_minutes: 120,
      preferred_hours: [9, 10, 11, 14, 15],
    }),
    say("Tomorrow."),
  ],
  "create-fields": (rows) => [
    call("create_task", {
      ...{ title: "Compress the hero picture", priority: "high", duration_minutes: 45 },
      project_id: website(rows),
    }),
    say("Done."),
  ],
  "tomorrow": () => {
    const zone = TASKS.find(({ name }) => name === "tomorrow")?.time_zone(new Date()) ?? "";
    const day = localDay(new Date(Date.now() + DAY), zone);
    return [call("create_task", { title: "Call the bank", start_date: `${day}T09:00` }), say("Done.")];
  },
  "move-occurrence": moveOccurrence,
  "ambiguous": () => [call("list_tasks", { query: "Call Anna" }), say("Which of the two?")],
  "in-german": (rows) => [
    call("create_note", {
      ...{ title: "Farben", content: "Wand in Sand, Decke weiß" },
      project_id: idOf(rows, "projects", "Home Renovation"),
    }),
    say("Erledigt."),
  ],
  "update-earlier": (rows) => [
    call("list_tasks", { query: "passport" }),
    say("Yes."),
    call("update_task", { task_id: idOf(rows, "tasks", "Renew the passport"), updates: { status: "done" } }),
    say("Done."),
  ],
  "over-turns": (rows) => {
    const project_id = idOf(rows, "projects", "Product Launch");
    return [
      call("create_task", { title: "Order the flowers", project_id }),
      say("Done."),
      call("create_task", { title: "Book the band", project_id }),
      { text: "Done.", hold: "both are made" },
    ];
  },
};

/** What a model can only do with what it was told since. */
export const MEANWHILE: Record<string, Meanwhile> = {
  async "executor-reads"(script, { client }) {
    await script.reached("it was told");
    const id = idOf(await readWorkspace(client), "tasks", PAGE);
    const [last] = (await script.requests()).slice(-1);
    // With every tool that reads there is little room in its prompt for what they find.
    if (!JSON.stringify(last?.messages).includes(id)) throw new Error("The executor was not told the id");
    await script.release("it was told");
  },
  async "over-turns"(script, { client }) {
    await script.reached("both are made");
    const task_id = idOf(await readWorkspace(client), "tasks", "Order the flowers");
    await script.add([
      call("update_task", { task_id, updates: { priority: "high", duration_minutes: 30 } }),
      say("Done."),
    ]);
    await script.release("both are made");
  },
};

function updateAndSchedule(rows: Workspace): ScriptedTurnInput[] {
  const project_id = website(rows);
  const task_id = idOf(rows, "tasks", PAGE);
  const start_time = instant(`${localDay(new Date(Date.now() + 2 * DAY), "UTC")}T09:00`, "UTC");
  return [
    planTurn([
      { step_number: 1, tools: ["list_tasks"] },
      { step_number: 2, tools: ["update_project"], executor_required: false, depends_on: [1] },
      { step_number: 3, tools: ["update_or_schedule_task"], executor_required: false, depends_on: [1] },
    ]),
    onOwnStep(1, call("list_tasks", { project_id })),
    submitTurn(1),
    onOwnStep(2, call("update_project", { project_id, updates: { executive_summary: "As of today." } })),
    submitTurn(2),
    onOwnStep(3, call("update_or_schedule_task", { task_id, start_time })),
    submitTurn(3),
    answer,
  ];
}

function moveOccurrence(rows: Workspace): ScriptedTurnInput[] {
  const series = rows.calendar_events.find(({ title }) => title === "Website weekly");
  const first = Date.parse(series?.starts_at ?? "");
  const weeks = Math.ceil((Date.now() - first) / (7 * DAY)) + 1;
  const occurrence = new Date(first + weeks * 7 * DAY).toISOString();
  const start_time = `${localDay(occurrence, "Europe/Berlin")}T16:00`;
  return [
    call("get_calendar_events", daysFromNow(21)),
    call("update_calendar_event", {
      ...{ event_id: series?.id ?? "", scope: "this", occurrence },
      updates: { start_time },
    }),
    say("Done."),
  ];
}

function daysFromNow(days: number) {
  const time_min = new Date().toISOString();
  return { time_min, time_max: new Date(Date.now() + days * DAY).toISOString() };
}
