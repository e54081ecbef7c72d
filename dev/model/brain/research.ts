// What a step's worker looks up: for every read tool that it was given, the calls whose arguments are known
// by now and that were not made yet. Calls that need another's result come a turn later.
import type { Json } from "../../../shared/contracts/text.ts";
import { type Call, callsOf, type Conversation } from "./conversation.ts";
import type { Project } from "./facts.ts";
import { bestMatch } from "./match.ts";
import { projectNames } from "./project_names.ts";
import { windowIn } from "./when.ts";
import { OPEN } from "./wish.ts";

const WORKING_HOURS = [9, 10, 11, 13, 14, 15, 16];
/** How many entities of a list are looked at one by one. */
const MOST_DETAILS = 3;

type Arguments = Call["arguments"];

/** The read calls that come next; none when everything was looked up that can be. */
export function nextReads(conversation: Conversation): Call[] {
  return Object.entries(READS).flatMap(([name, argumentsFor]) => {
    if (!conversation.tools.has(name)) return [];
    const made = callsOf(conversation, name).map((call) => JSON.stringify(call.arguments));
    return argumentsFor(conversation)
      .filter((args) => !made.includes(JSON.stringify(args)))
      .map((args) => ({ name, arguments: args }));
  });
}

/** The projects that the task names, as far as they are found. */
export function namedProjects(conversation: Conversation): { found: Project[]; missing: string[] } {
  const names = projectNames(conversation.request);
  const matches = names.map((name) => ({
    name,
    project: bestMatch(name, conversation.facts.projects, (one) => one.name),
  }));
  return {
    found: matches.flatMap(({ project }) => project === undefined ? [] : [project]),
    missing: matches.flatMap(({ name, project }) => project === undefined ? [name] : []),
  };
}

/** The window of free time that the task gives, as arguments of the calendar tools. */
export function slotArguments(
  conversation: Conversation,
  time_min?: string,
  duration_minutes = 60,
): Arguments {
  const { from, to } = windowIn(conversation.request, conversation.now, conversation.time_zone);
  return { time_min: time_min ?? from, time_max: to, duration_minutes, preferred_hours: WORKING_HOURS };
}

const READS: Record<string, (conversation: Conversation) => Arguments[]> = {
  search_projects: (conversation) => {
    const names = projectNames(conversation.request);
    return names.length === 0
      ? [{ status: "active", limit: 10 }]
      : names.map((query) => ({ query, limit: 3 }));
  },
  list_tasks: (conversation) => {
    const filters: Arguments = /\b(?:open|unfinished|overdue|left)\b/i.test(conversation.request)
      ? { status: OPEN }
      : {};
    return projectNames(conversation.request).length === 0
      ? [{ ...filters, limit: 20 }]
      : idsOf(namedProjects(conversation).found).map((project_id) => ({ project_id, ...filters, limit: 20 }));
  },
  get_project_details: (conversation) =>
    idsOf(namedProjects(conversation).found).map((project_id) => ({ project_id })),
  search_notes: (conversation) => searches(conversation),
  search_brain_dumps: (conversation) => searches(conversation),
  get_calendar_events: (conversation) => {
    const { from, to } = windowIn(conversation.request, conversation.now, conversation.time_zone);
    return [{ time_min: from, time_max: to }];
  },
  find_available_slots: (conversation) => [slotArguments(conversation)],
  get_task_details: ({ facts }) => idsOf(facts.tasks).map((task_id) => ({ task_id })),
  get_task_calendar_events: ({ facts }) => idsOf(facts.tasks).map((task_id) => ({ task_id })),
  check_task_has_calendar_event: ({ facts }) => idsOf(facts.tasks).map((task_id) => ({ task_id })),
  get_note_details: ({ facts }) => idsOf(facts.notes).map((note_id) => ({ note_id })),
  get_brain_dump_details: ({ facts }) => idsOf(facts.brain_dumps).map((brain_dump_id) => ({ brain_dump_id })),
};

function searches({ request }: Conversation): Arguments[] {
  const names = projectNames(request);
  const about = /\babout ["“]([^"”]+)["”]/i.exec(request)?.[1];
  const queries = about === undefined ? names : [about];
  return queries.length === 0 ? [{ limit: 5 }] : queries.map((query): Arguments => ({ query, limit: 5 }));
}

function idsOf(entities: readonly { id: string }[]): Json[] & string[] {
  return entities.slice(0, MOST_DETAILS).map((entity) => entity.id);
}
