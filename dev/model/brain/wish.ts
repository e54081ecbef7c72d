// What a person wants, read from the wording of a message. Rules, tried in order; several can hold at once.
import { projectNames } from "./project_names.ts";
import { momentIn, type Window, windowIn, workWindow } from "./when.ts";

export const OPEN = ["backlog", "in_progress", "blocked"];

export type Wish =
  | { kind: "tasks"; project?: string; status?: string[]; priority?: string[]; overdue: boolean }
  | { kind: "calendar"; window: Window }
  | { kind: "free_time"; window: Window; minutes: number }
  | { kind: "notes"; query?: string }
  | { kind: "brain_dumps"; query?: string }
  | { kind: "projects"; query?: string; status?: string }
  | { kind: "create_task"; title: string; project?: string; priority?: string; start?: string }
  | { kind: "create_note"; title?: string; content: string; project?: string }
  | { kind: "create_brain_dump"; content: string }
  | { kind: "set_task"; title: string; status: string }
  | { kind: "schedule_task"; title: string; start: string }
  | { kind: "cancel_event"; title: string; window: Window }
  | { kind: "set_project"; project: string; status: string }
  | Undertaking;

/** Work on several things that has to be looked into first: what a plan is for. */
export interface Undertaking {
  kind: "undertaking";
  /** Empty: all of them. */
  projects: string[];
  update: boolean;
  schedule: boolean;
  note: boolean;
  /** A status that the projects are to have. */
  status?: string;
  window: Window;
}

interface Reading {
  text: string;
  now: Date;
  time_zone: string;
  /** Names of projects that are known from elsewhere. */
  known: readonly string[];
}

const ORDER_TO_CREATE =
  /^\W*(?:(?:please|hey|hi|can you|could you|would you|i want you to|i'd like you to)\W+)*(?:create|add|make|note|new|jot|capture|brain ?dump|remind|write down|take)\b/i;

/** Everything that the message asks for; nothing when it is only talk. */
export function wishesIn(reading: Reading): Wish[] {
  const made = creation(reading);
  if (made !== undefined && ORDER_TO_CREATE.test(reading.text)) return [made];
  const one = undertakingIn(reading) ?? made ?? changeIn(reading);
  return one === undefined ? lookups(reading) : [one];
}

function undertakingIn({ text, now, time_zone, known }: Reading): Undertaking | undefined {
  const projects = projectNames(text, known);
  const update = /\b(?:updat|refresh|revis|bring)\w*\b[^.]*\b(?:projects?|up to date)\b/i.test(text) ||
    (projects.length > 0 && /\b(?:updat|refresh|revis)/i.test(text));
  const planning = /\bplan (?:out )?(?:my|the|our|this|next) (?:\w+ )?(?:week|day|days|month)\b/i.test(text);
  const schedule = planning ||
    (/\b(?:schedul|reschedul|time-?block|block (?:out )?time|book)/i.test(text) ||
        /\b(?:put|get|place|fit|add)\b[^.]*\b(?:calendar|diary|schedule|week)\b/i.test(text)) &&
      /\b(?:tasks|to-?dos|everything|work|items)\b/i.test(text);
  const review = /\b(?:review|summari[sz]e|go through|look (?:over|through)|take stock)/i.test(text) &&
    (projects.length > 0 ||
      /\b(?:all|every|each|my|the) (?:\w+ )?(?:projects?|tasks|notes|week|work)\b/i.test(text));
  const note =
    /\bnote\b|\bsummary\b.*\b(?:write|save|record)|\b(?:write|save|record)\b.*\bsummary\b/i.test(text) &&
    (review || update || schedule);
  if (!update && !schedule && !(review && note)) return undefined;
  return {
    kind: "undertaking",
    projects,
    update,
    schedule,
    note,
    status: projectStatus(text),
    window: workWindow(text, now, time_zone),
  };
}

function creation({ text, now, time_zone, known }: Reading): Wish | undefined {
  const task =
    /\b(?:create|add|make|new)\b(?: me)?(?: an?| the| another)?(?: [\w-]+){0,2}? (?:task|to-?do|reminder)\b(?: (?:called|named|titled))?(?: to| for me to| that says| about)?:? *(.+)/is
      .exec(text)?.[1];
  if (task !== undefined && !/^(?:from|on|in|for) (?:my|the) calendar/i.test(task)) {
    return {
      kind: "create_task",
      title: taskTitle(task),
      project: projectNames(text, known)[0],
      priority:
        /\b(high|medium|low)(?: |-)priority\b|\bpriority:? (high|medium|low)\b/i.exec(text)?.slice(1).find(
          Boolean,
        )
          ?.toLowerCase() ?? (/\burgent|\bimportant/i.test(text) ? "high" : undefined),
      start: momentIn(text, now, time_zone),
    };
  }
  const reminder = /\bremind me (?:to|about|that) (.+)/is.exec(text)?.[1];
  if (reminder !== undefined) {
    return { kind: "create_task", title: taskTitle(reminder), start: momentIn(text, now, time_zone) };
  }
  const dump = /\b(?:brain ?dump|jot(?: this)? down|capture)\b[^:]*: *(.+)/is.exec(text)?.[1];
  if (dump !== undefined) return { kind: "create_brain_dump", content: dump.trim() };
  const note =
    /\b(?:create|add|write|save|make|take|new)\b(?: me)?(?: an?| the| another)?(?: \w+)? note\b([^:]*?)(?: that(?: says)?|:| saying| about) *(.+)/is
      .exec(text);
  const content = note?.[2] ?? /^\W*note(?: to self)?(?: that)?:? +(.+)/is.exec(text)?.[1];
  if (content === undefined || /\b(?:review|summari[sz]e)\b/i.test(text.slice(0, note?.index ?? 0))) {
    return undefined;
  }
  return {
    kind: "create_note",
    title: /(?:called|titled|named) ["“]([^"”]+)["”]/i.exec(note?.[1] ?? "")?.[1],
    content: unquoted(content.trim()),
    project: projectNames(text, known)[0],
  };
}

function changeIn({ text, now, time_zone, known }: Reading): Wish | undefined {
  const marked =
    /\b(?:mark|set|move|change)\b (?:the |my )?(?:task )?["“]?(.+?)["”]? (?:task )?(?:as |to )(done|complete[d]?|finished|in[ _]progress|started|blocked|backlog)\b/i
      .exec(text);
  const finished =
    /\bi(?:'ve| have)? (?:finished|completed|done) (?:the |my )?(?:task )?["“]?([^"”.!]+)["”]?/i.exec(text);
  const title = marked?.[1] ?? finished?.[1];
  if (title !== undefined && !/\bproject\b/i.test(title)) {
    return { kind: "set_task", title: title.trim(), status: taskStatus(marked?.[2] ?? "done") };
  }
  const event = eventToCancel(text);
  if (event !== undefined) {
    return { kind: "cancel_event", title: event, window: windowIn(text, now, time_zone) };
  }
  const [project] = projectNames(text, known);
  const status = projectStatus(text);
  if (
    project !== undefined && status !== undefined &&
    /\b(?:set|mark|put|make|pause|archive|complete|activate|resume)\b/i.test(text)
  ) {
    return { kind: "set_project", project, status };
  }
  const planned =
    /\bschedule\b (?:the |my )?(?:task )?["“]?(.+?)["”]? (?=(?:for |on |at |today|tomorrow|next ))/i.exec(
      text,
    )?.[1];
  const start = momentIn(text, now, time_zone);
  return planned === undefined || start === undefined
    ? undefined
    : { kind: "schedule_task", title: planned, start };
}

/** "Cancel my lunch with Jonas tomorrow": the event's name, without what tells when it is. */
function eventToCancel(text: string): string | undefined {
  const name = /\b(?:cancel|call off|delete|remove)\b (?:the |my )?(?:event |meeting |appointment )?(.+)/is
    .exec(text)
    ?.[1];
  if (name === undefined || /\b(?:tasks?|projects?|notes?)\b/i.test(name)) return undefined;
  return unquoted(
    name.replace(/ (?:from|on|in) (?:my|the) calendar\b/i, "")
      .replace(/,? (?:today|tomorrow|this \w+|next \w+|on \w+day)\b.*$/i, "")
      .replace(/[.!?]+\s*$/, "").trim(),
  );
}

function lookups({ text, now, time_zone, known }: Reading): Wish[] {
  const window = windowIn(text, now, time_zone);
  const asks =
    /\b(?:show|list|what|which|find|search|look|get|give|see|display|check|any|do i|am i|how many|tell|summari[sz]e|overview|recap|where|when|overdue|open)\b/i
      .test(text);
  if (!asks) return [];
  const wishes: Wish[] = [];
  if (
    /\b(?:free|available)\b.*\b(?:slots?|time|hours?)\b|\bwhen (?:am|could|can) i\b|\bam i free\b/i.test(text)
  ) {
    wishes.push({ kind: "free_time", window, minutes: minutesIn(text) ?? 60 });
  } else if (/\bcalendar\b|\bevents?\b|\bmeetings?\b|\bappointments?\b|\bschedule\b|\bagenda\b/i.test(text)) {
    wishes.push({ kind: "calendar", window });
  }
  if (/\bbrain ?dumps?\b|\bideas?\b/i.test(text)) {
    wishes.push({ kind: "brain_dumps", query: topic(text, "brain ?dumps?|ideas?") });
  }
  if (/\bnotes?\b/i.test(text)) wishes.push({ kind: "notes", query: topic(text, "notes?") });
  if (/\btasks?\b|\bto-?dos?\b|\boverdue\b|\bwork on\b|\bto do\b/i.test(text)) {
    wishes.push({
      kind: "tasks",
      project: projectNames(text, known)[0],
      status: statusesIn(text),
      priority: /\b(high|medium|low)(?: |-)priority\b|\bpriority (high|medium|low)\b/i.exec(text)?.slice(1)
        .filter(Boolean)
        .map((one) => one.toLowerCase()),
      overdue: /\boverdue|\blate\b|\bbehind\b/i.test(text),
    });
  } else if (/\bprojects?\b/i.test(text) && wishes.length === 0) {
    wishes.push({ kind: "projects", query: projectNames(text, known)[0], status: projectStatus(text) });
  }
  if (wishes.length === 0 && /\b(?:week|today|day|tomorrow)\b/i.test(text)) {
    return [{ kind: "calendar", window }, { kind: "tasks", status: OPEN, overdue: false }];
  }
  return wishes;
}

function statusesIn(text: string): string[] | undefined {
  const named = ["backlog", "in progress", "blocked", "done"].filter((status) =>
    new RegExp(`\\b${status.replace(" ", "[ _-]")}\\b`, "i").test(text)
  );
  if (named.length > 0) return named.map((status) => status.replace(" ", "_"));
  return /\ball\b|\bevery\b|\bfinished\b|\bcompleted\b/i.test(text) ? undefined : OPEN;
}

/** What a search is about: "notes about pricing", "find pricing in my notes". */
function topic(text: string, thing: string): string | undefined {
  const after = new RegExp(
    String
      .raw`\b(?:${thing})\b (?:that mention|mentioning|about|on|for|regarding|with|containing|of) ["“]?(.+?)["”]?[?.!]*$`,
    "i",
  );
  const before = new RegExp(
    String.raw`\b(?:find|search(?: for)?|look for) ["“]?(.+?)["”]? (?:in|among) (?:my |the )?(?:${thing})\b`,
    "i",
  );
  const found = after.exec(text)?.[1] ?? before.exec(text)?.[1];
  return found?.replace(/^(?:the|my|our) /i, "").replace(/ project$/i, "");
}

function taskTitle(raw: string): string {
  const quoted = /^["“]([^"”]+)["”]/.exec(raw.trim())?.[1];
  if (quoted !== undefined) return quoted;
  const plain = raw.replace(/[,;]? (?:in|for|to|on) (?:the|my) [^,.;]+? project\b/iu, "")
    .replace(/[,;]? (?:with )?(?:a )?(?:high|medium|low)(?: |-)priority\b/i, "")
    .replace(
      /[,;]? (?:today|tomorrow|(?:on|next|this) \w+day|next week)\b(?: at \d{1,2}(?::\d\d)?\s*(?:am|pm)?)?/i,
      "",
    )
    .split(/[.!?](?:\s|$)|\n/)[0] ?? raw;
  const trimmed = plain.trim().replace(/[,;:]+$/, "");
  return trimmed.charAt(0).toUpperCase() + trimmed.slice(1);
}

function projectStatus(text: string): string | undefined {
  const named =
    /\b(?:to|as|is|status:?|set|mark|are|my|all|list|show|which|of) (?:projects? )?(?:are )?["“]?(active|paused|completed|archived)\b/i
      .exec(text)?.[1];
  if (named !== undefined) return named.toLowerCase();
  if (/\bpause (?:the|my|our|project)/i.test(text)) return "paused";
  if (/\barchive (?:the|my|our|project)/i.test(text)) return "archived";
  if (/\b(?:resume|activate|reopen) (?:the|my|our|project)/i.test(text)) return "active";
  return undefined;
}

function taskStatus(word: string): string {
  if (/progress|started/i.test(word)) return "in_progress";
  if (/blocked|backlog/i.test(word)) return word.toLowerCase();
  return "done";
}

function minutesIn(text: string): number | undefined {
  const [, count, unit] = /\b(\d+)[ -]?(minutes?|mins?|hours?|h)\b/i.exec(text) ?? [];
  if (count === undefined || unit === undefined) return undefined;
  return Number(count) * (/^h/i.test(unit) ? 60 : 1);
}

function unquoted(text: string): string {
  return text.replace(/^["“](.*)["”]$/s, "$1");
}
