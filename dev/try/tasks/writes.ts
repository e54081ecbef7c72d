// Requests for one change, and one that is too vague for any.
import { instant, localDay, localTime } from "../../../shared/tools/time.ts";
import { answered, nothingChanged, read } from "../checks.ts";
import { at, changeFaults, text } from "../expected_changes.ts";
import { HOME, say, type Scene, seeded, type Task, turn } from "../task.ts";

const HOUR = 60 * 60_000;
const DAY = 24 * HOUR;

export const WRITES: readonly Task[] = [
  {
    kind: "chat",
    name: "create-fields",
    about: "a new task with several fields",
    time_zone: HOME,
    turns: [
      say('Add a task to the Website project: "Compress the hero picture", high priority, 45 minutes.'),
    ],
    judge(evidence) {
      const only = turn(evidence, 1);
      const fields = {
        ...{ title: text("Compress the hero picture"), priority: "high", duration_minutes: 45 },
        ...{
          project_id: seeded(evidence.scene, "projects", "Website").id,
          status: "backlog",
          start_date: null,
        },
      };
      return [
        ...answered(only),
        ...changeFaults(only.changes, [{ change: "created", table: "tasks", fields }]),
      ];
    },
  },
  {
    kind: "chat",
    name: "tomorrow",
    about: "a date that follows from today, for a user whose today is another day than UTC's",
    time_zone: elsewhere,
    turns: [say('Create a task "Call the bank" for tomorrow at 9 in the morning.')],
    judge(evidence) {
      const only = turn(evidence, 1);
      const { time_zone } = evidence.scene;
      const start_date = at(instant(`${dayAfter(only.run.created_at, time_zone)}T09:00`, time_zone));
      const made = only.changes.find(({ table, change }) => table === "tasks" && change === "created");
      return [
        ...answered(only),
        ...changeFaults(
          only.changes,
          [{ change: "created", table: "tasks", fields: { title: text("Call the bank"), start_date } }],
          // Some put a task with a time into the calendar as well, which is no mistake.
          ({ table, change, row }) =>
            table === "calendar_events" && change === "created" && row.task_id === made?.id &&
            start_date.is(row.starts_at),
        ),
      ];
    },
  },
  {
    kind: "chat",
    name: "move-occurrence",
    about: "one occurrence of a recurring event, moved alone",
    time_zone: HOME,
    turns: [(scene) => ({
      message: `Move the Website weekly on ${
        dayInWords(nextButOne(scene), scene.time_zone)
      } to 16:00, only that once.`,
    })],
    judge(evidence) {
      const only = turn(evidence, 1);
      const { scene } = evidence;
      const original = nextButOne(scene);
      const starts_at = instant(`${localDay(original, scene.time_zone)}T16:00`, scene.time_zone);
      const fields = {
        series_id: seeded(scene, "calendar_events", WEEKLY).id,
        original_starts_at: at(original.toISOString()),
        starts_at: at(starts_at),
        ends_at: at(new Date(Date.parse(starts_at) + HOUR).toISOString()),
        status: "confirmed",
      };
      return [
        ...answered(only),
        ...changeFaults(only.changes, [{ change: "created", table: "calendar_events", fields }]),
      ];
    },
  },
  {
    kind: "chat",
    name: "ambiguous",
    about: "a request that two rows fit: nothing is changed before the user has said which",
    time_zone: HOME,
    arrange: (scene) =>
      ["Website", "Product Launch"].map((name) => ({
        title: "Call Anna",
        project_id: seeded(scene, "projects", name).id,
      })),
    turns: [say('Mark my task "Call Anna" as done.')],
    judge(evidence) {
      const only = turn(evidence, 1);
      return [...answered(only), ...read(only), ...nothingChanged(only)];
    },
  },
  {
    kind: "chat",
    name: "in-german",
    about: "a request in another language than the prompts'",
    time_zone: HOME,
    turns: [
      say(
        "Leg bitte im Projekt Home Renovation eine Notiz an: Titel „Farben“, Inhalt „Wand in Sand, Decke weiß“.",
      ),
    ],
    judge(evidence) {
      const only = turn(evidence, 1);
      const fields = {
        ...{ title: text("Farben"), content: text("Wand in Sand, Decke weiß") },
        project_id: seeded(evidence.scene, "projects", "Home Renovation").id,
      };
      return [
        ...answered(only),
        ...changeFaults(only.changes, [{ change: "created", table: "notes", fields }]),
      ];
    },
  },
];

const WEEKLY = "Website weekly";

/** A zone in which it is another day than in UTC. */
function elsewhere(now: Date): string {
  return now.getUTCHours() < 10 ? "Pacific/Honolulu" : "Pacific/Kiritimati";
}

function dayAfter(time: string, time_zone: string): string {
  const noon = Date.parse(`${localDay(time, time_zone)}T12:00Z`);
  return new Date(noon + DAY).toISOString().slice(0, 10);
}

/** The start of the second occurrence to come, so that the week in which it is said is not meant. */
function nextButOne(scene: Scene): Date {
  const first = Date.parse(seeded(scene, "calendar_events", WEEKLY).starts_at);
  const weeks = Math.ceil((scene.now.getTime() - first) / (7 * DAY));
  return new Date(first + (weeks + 1) * 7 * DAY);
}

/** Such as `Tuesday, 8 December 2026 (now at 11:00)`. */
function dayInWords(time: Date, time_zone: string): string {
  const day = new Intl.DateTimeFormat("en-GB", {
    ...{ weekday: "long", day: "numeric", month: "long", year: "numeric" },
    timeZone: time_zone,
  }).format(time);
  return `${day} (now at ${localTime(time, time_zone).slice(11, 16)})`;
}
