// Where a project stands, in a few sentences made from what earlier steps found.
import type { Conversation } from "./conversation.ts";
import type { Project } from "./facts.ts";
import { listed, some } from "./phrases.ts";
import { byImportance } from "./task_order.ts";
import { date } from "./when.ts";

const MOST_NAMED = 3;
const BEFORE = "Before";

/** What stands there already, when people wrote it, is kept behind it. */
export function projectSummary(project: Project, { facts, now, time_zone }: Conversation): string {
  const open = facts.tasks.filter((task) =>
    task.status !== "done" && (task.project_name === undefined || task.project_name === project.name)
  );
  const next = open.filter((task) => task.status !== "blocked").toSorted(byImportance).slice(0, MOST_NAMED);
  const blocked = open.filter((task) => task.status === "blocked");
  // Notes that were found for several projects belong to nobody knows which.
  const notes = facts.projects.length === 1 ? facts.notes.slice(0, MOST_NAMED) : [];
  const sentences = [
    `As of ${date(now, time_zone)}: ${progress(project, open.length)}.`,
    named("Next", next.map((task) => task.title)),
    named("Blocked", blocked.map((task) => task.title)),
    named("Notes", notes.map((note) => note.title)),
    earlierSummary(project),
  ];
  return sentences.filter((sentence) => sentence !== "").join(" ");
}

/** "3 of 9 tasks done, 6 open". The project's own counts are whole; lists of tasks may have been cut. */
function progress({ task_counts, completion_percentage }: Project, in_list: number): string {
  const { done, ...open } = task_counts ?? {};
  const counted = Object.values(open).reduce((sum, count) => sum + count, 0);
  if (done !== undefined) return `${done} of ${some(done + counted, "task")} done, ${counted} open`;
  const percentage = completion_percentage === undefined
    ? ""
    : `${Math.round(completion_percentage)}% done, `;
  return `${percentage}${in_list} open`;
}

function named(what: string, titles: readonly string[]): string {
  return titles.length === 0 ? "" : `${what}: ${listed(titles)}.`;
}

function earlierSummary({ executive_summary = "" }: Project): string {
  const [own, before] = executive_summary.split(`${BEFORE}: `);
  const theirs = before ?? (own?.startsWith("As of ") ? "" : own);
  return theirs === undefined || theirs === "" ? "" : `${BEFORE}: ${theirs}`;
}
