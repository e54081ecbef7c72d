// How the brain puts what it found into words.
import type { CalendarEvent, Project, Slot, Task, Text } from "./facts.ts";
import { day, span } from "./when.ts";

const LIST = 10;

/** "1 task", "3 tasks". */
export function some(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? "" : "s"}`;
}

/** "a, b and c". */
export function listed(words: readonly string[]): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** One line each, and a last one that says how many more there are. */
export function bullets(lines: readonly string[], total = lines.length): string {
  const shown = lines.slice(0, LIST);
  const more = Math.max(total, lines.length) - shown.length;
  return [...shown.map((line) => `- ${line}`), ...(more > 0 ? [`- and ${more} more`] : [])].join("\n");
}

export function taskLine(task: Task, time_zone: string): string {
  const details = [
    task.project_name,
    task.priority === undefined ? undefined : `${task.priority} priority`,
    task.status?.replace("_", " "),
    task.start_date === undefined ? undefined : `from ${day(task.start_date, time_zone)}`,
    task.is_overdue === true ? "overdue" : undefined,
  ];
  return withDetails(`**${task.title}**`, details);
}

export function projectLine(project: Project): string {
  const percentage = project.completion_percentage;
  return withDetails(`**${project.name}**`, [
    project.status,
    percentage === undefined ? undefined : `${Math.round(percentage)}% done`,
  ]);
}

export function eventLine(event: CalendarEvent, time_zone: string): string {
  return `${span(event.start, event.end, time_zone)}: **${event.title}**`;
}

export function slotLine(slot: Slot, time_zone: string): string {
  return span(slot.start, slot.end, time_zone);
}

export function textLine(text: Text): string {
  const preview = text.preview?.replace(/\s+/g, " ").trim();
  if (preview === undefined || preview.startsWith(text.title)) return `**${preview ?? text.title}**`;
  return `**${text.title}**: ${preview.length > 120 ? `${preview.slice(0, 119).toWellFormed()}…` : preview}`;
}

function withDetails(head: string, details: readonly (string | undefined)[]): string {
  const told = details.filter((detail) => detail !== undefined);
  return told.length === 0 ? head : `${head} (${told.join(", ")})`;
}
