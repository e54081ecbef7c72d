// How one wish is carried out with tools: the next calls that it needs, or the words that close it. Every
// function looks at what was called so far, so that it goes on from wherever the conversation stands.
import { assertNever } from "../../../shared/contracts/errors.ts";
import { type Call, callsOf, type Conversation, type PastCall } from "./conversation.ts";
import type { CalendarEvent, Facts, Project, Task } from "./facts.ts";
import { bullets, eventLine, projectLine, slotLine, some, taskLine, textLine } from "./phrases.ts";
import { bestMatch } from "./match.ts";
import { compact, totalIn } from "./values.ts";
import { moment, span } from "./when.ts";
import { OPEN, type Undertaking, type Wish } from "./wish.ts";

/** What comes next for a wish. */
export type Pursuit = { calls: Call[] } | { says: string };

type Arguments = Call["arguments"];

const WAKING_HOURS = [8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19];

/** The next move for one wish that needs no plan. */
export function pursue(wish: Exclude<Wish, Undertaking>, conversation: Conversation): Pursuit {
  const { time_zone } = conversation;
  switch (wish.kind) {
    case "tasks":
      return withProject(wish.project, conversation, (project) => {
        const filters = compact({
          project_id: project?.id,
          status: wish.status,
          priority: wish.priority,
          has_date: wish.overdue ? true : undefined,
          limit: wish.overdue ? 50 : undefined,
        });
        return after(
          conversation,
          "list_tasks",
          filters,
          (facts, total) => tasksFound(wish, project, facts, total, time_zone),
        );
      });
    case "calendar":
      return after(
        conversation,
        "get_calendar_events",
        { time_min: wish.window.from, time_max: wish.window.to },
        (facts, total) =>
          facts.events.length === 0
            ? `Your calendar is empty ${wish.window.words}.`
            : `You have ${some(total ?? facts.events.length, "event")} ${wish.window.words}:\n${
              bullets(facts.events.map((event) => eventLine(event, time_zone)), total)
            }`,
      );
    case "free_time":
      return after(
        conversation,
        "find_available_slots",
        {
          time_min: wish.window.from,
          time_max: wish.window.to,
          duration_minutes: wish.minutes,
          preferred_hours: WAKING_HOURS,
        },
        (facts) =>
          facts.slots.length === 0
            ? `I found no free ${wish.minutes} minutes ${wish.window.words}.`
            : `You are free for ${wish.minutes} minutes ${wish.window.words}, for example:\n${
              bullets(facts.slots.map((slot) => slotLine(slot, time_zone)))
            }`,
      );
    case "notes":
    case "brain_dumps": {
      const [tool, thing] = wish.kind === "notes"
        ? ["search_notes", "note"]
        : ["search_brain_dumps", "brain dump"];
      return after(conversation, tool, compact({ query: wish.query }), (facts, total) => {
        const about = wish.query === undefined ? "" : ` about "${wish.query}"`;
        const found = facts[wish.kind];
        if (found.length === 0) return `I found no ${thing}s${about}.`;
        return `I found ${some(total ?? found.length, thing)}${about}:\n${
          bullets(found.map(textLine), total)
        }`;
      });
    }
    case "projects":
      return after(
        conversation,
        "search_projects",
        compact({ query: wish.query, status: wish.status }),
        (facts, total) =>
          facts.projects.length === 0
            ? "I found no such project."
            : `You have ${some(total ?? facts.projects.length, `${wish.status ?? ""} project`.trim())}:\n${
              bullets(facts.projects.map(projectLine), total)
            }`,
      );
    case "create_task":
      return withProject(wish.project, conversation, (project) =>
        after(
          conversation,
          "create_task",
          compact({
            title: wish.title,
            project_id: project?.id,
            priority: wish.priority,
            start_date: wish.start,
          }),
          (facts) => {
            const task = facts.tasks[0];
            const where = project === undefined ? "" : ` in **${project.name}**`;
            const when = wish.start === undefined ? "" : `, starting ${moment(wish.start, time_zone)}`;
            return `Done. I created the task **${task?.title ?? wish.title}**${where} (${
              task?.priority ?? wish.priority ?? "medium"
            } priority)${when}.`;
          },
        ));
    case "create_note":
      return withProject(
        wish.project,
        conversation,
        (project) =>
          after(
            conversation,
            "create_note",
            compact({ content: wish.content, title: wish.title, project_id: project?.id }),
            (facts) =>
              `Done. I saved the note **${
                facts.notes[0]?.title ?? wish.title ?? wish.content.slice(0, 60)
              }**${project === undefined ? "" : ` in **${project.name}**`}.`,
          ),
      );
    case "create_brain_dump":
      return after(
        conversation,
        "create_brain_dump",
        { content: wish.content },
        () => "Done. I kept that as a brain dump.",
      );
    case "set_project":
      return withProject(
        wish.project,
        conversation,
        (project) =>
          project === undefined
            ? { says: `I found no project "${wish.project}", so nothing was changed.` }
            : after(conversation, "update_project", {
              project_id: project.id,
              updates: { status: wish.status },
            }, () => `Done. The project **${project.name}** is now ${wish.status}.`),
      );
    case "set_task":
      return withTask(
        wish.title,
        conversation,
        (task) =>
          after(
            conversation,
            "update_task",
            { task_id: task.id, updates: { status: wish.status } },
            () => `Done. The task **${task.title}** is now ${wish.status.replace("_", " ")}.`,
          ),
      );
    case "schedule_task":
      return withTask(
        wish.title,
        conversation,
        (task) =>
          after(
            conversation,
            "update_or_schedule_task",
            { task_id: task.id, start_time: wish.start },
            (facts) => {
              const event = facts.events[0];
              return `Done. **${task.title}** is on your calendar: ${
                span(event?.start ?? wish.start, event?.end, time_zone)
              }.`;
            },
          ),
      );
    case "cancel_event":
      return withEvent(
        wish,
        conversation,
        (event) =>
          after(
            conversation,
            "delete_calendar_event",
            { event_id: event.id },
            () => `Done. I cancelled **${event.title}** (${moment(event.start, time_zone)}).`,
          ),
      );
    default:
      return assertNever(wish);
  }
}

/** Calls the tool unless it was called with these arguments; then says what its facts make of them. */
function after(
  conversation: Conversation,
  name: string,
  args: Arguments,
  say: (facts: Facts, total: number | undefined) => string,
): Pursuit {
  const past = callsOf(conversation, name).find((call) => sameArguments(call, args));
  if (past === undefined) {
    if (!conversation.tools.has(name)) {
      return { says: `I have no tool for that here (it would take \`${name}\`).` };
    }
    return { calls: [{ name, arguments: args }] };
  }
  if (past.outcome?.declined) return { says: "Then I leave it as it is." };
  if (past.outcome === undefined || !past.outcome.ok) {
    return { says: `That did not work: ${past.outcome?.message ?? "the tool gave no answer"}` };
  }
  // What was wished is not what was done.
  if (past.outcome.edited) return { says: `Done, as you have changed it. ${past.outcome.message}` };
  return { says: say(past.outcome.facts, totalIn(past.outcome.values)) };
}

function withProject(
  name: string | undefined,
  conversation: Conversation,
  then: (project: Project | undefined) => Pursuit,
): Pursuit {
  if (name === undefined) return then(undefined);
  const known = bestMatch(name, conversation.facts.projects, (one) => one.name);
  if (known !== undefined) return then(known);
  const past = callsOf(conversation, "search_projects").find((call) => call.arguments.query === name);
  if (past === undefined) return { calls: [{ name: "search_projects", arguments: { query: name } }] };
  return { says: `I found no project "${name}".` };
}

function withTask(title: string, conversation: Conversation, then: (task: Task) => Pursuit): Pursuit {
  const past = callsOf(conversation, "list_tasks")[0];
  if (past === undefined) return { calls: [{ name: "list_tasks", arguments: { status: OPEN, limit: 50 } }] };
  const task = bestMatch(title, past.outcome?.facts.tasks ?? [], (one) => one.title);
  return task === undefined
    ? { says: `I found no open task "${title}", so nothing was changed.` }
    : then(task);
}

function withEvent(
  { title, window }: Extract<Wish, { kind: "cancel_event" }>,
  conversation: Conversation,
  then: (event: CalendarEvent) => Pursuit,
): Pursuit {
  const past = callsOf(conversation, "get_calendar_events")[0];
  if (past === undefined) {
    const args = { time_min: window.from, time_max: window.to };
    return { calls: [{ name: "get_calendar_events", arguments: args }] };
  }
  const event = bestMatch(title, past.outcome?.facts.events ?? [], (one) => one.title);
  return event === undefined
    ? { says: `I found no event "${title}" ${window.words}, so nothing was changed.` }
    : then(event);
}

function tasksFound(
  wish: Extract<Wish, { kind: "tasks" }>,
  project: Project | undefined,
  facts: Facts,
  total: number | undefined,
  time_zone: string,
): string {
  const where = project === undefined ? "" : ` in **${project.name}**`;
  const tasks = wish.overdue ? facts.tasks.filter((task) => task.is_overdue === true) : facts.tasks;
  const filter = [
    wish.overdue ? "overdue" : wish.status === OPEN ? "open" : wish.status?.join(" or ").replace("_", " "),
    wish.priority?.map((one) => `${one}-priority`).join(" or "),
  ]
    .filter((word) => word !== undefined).join(" ");
  const count = wish.overdue ? tasks.length : total ?? tasks.length;
  if (count === 0) return `You have no ${filter === "" ? "" : `${filter} `}tasks${where}.`;
  return `You have ${some(count, `${filter} task`.trim())}${where}:\n${
    bullets(tasks.map((task) => taskLine(task, time_zone)), count)
  }`;
}

function sameArguments(call: PastCall, args: Arguments): boolean {
  return Object.entries(args).every(([key, value]) =>
    key === "time_min" || key === "time_max" || key === "start_time" || key === "start_date" ||
    JSON.stringify(call.arguments[key]) === JSON.stringify(value)
  );
}
