// What a step's worker writes: the calls that its write tools need next, from what earlier steps found.
import { type Call, callsOf, type Conversation } from "./conversation.ts";
import { projectSummary } from "./project_summary.ts";
import { namedProjects } from "./research.ts";
import { nextScheduling } from "./scheduling.ts";
import { date } from "./when.ts";

/** The write calls, and the reads that they need, which come next; none when the work is done. */
export function nextWrites(conversation: Conversation): Call[] {
  return [...projectUpdates(conversation), ...nextScheduling(conversation), ...summaryNote(conversation)];
}

/** True for a tool that changes the workspace. */
export function isWrite(name: string): boolean {
  return /^(?:create|update|delete|schedule)_/.test(name) && name !== "create_plan";
}

function projectUpdates(conversation: Conversation): Call[] {
  const { tools, facts, request } = conversation;
  if (!tools.has("update_project")) return [];
  const { found } = namedProjects(conversation);
  const projects = found.length > 0 ? found : facts.projects;
  // What stands in a project is read before it is written over.
  const read = new Set(callsOf(conversation, "get_project_details").map((call) => call.arguments.project_id));
  const unread = tools.has("get_project_details") ? projects.filter((project) => !read.has(project.id)) : [];
  if (unread.length > 0) {
    return unread.map(({ id }) => ({ name: "get_project_details", arguments: { project_id: id } }));
  }
  const updated = new Set(callsOf(conversation, "update_project").map((call) => call.arguments.project_id));
  const status = /\bset the status to "(\w+)"/i.exec(request)?.[1];
  return projects.filter((project) => !updated.has(project.id)).map((project) => {
    const summary = { executive_summary: projectSummary(project, conversation) };
    const updates = status === undefined ? summary : { ...summary, status };
    return { name: "update_project", arguments: { project_id: project.id, updates } };
  });
}

function summaryNote(conversation: Conversation): Call[] {
  const { tools, facts, request, time_zone, now } = conversation;
  if (!tools.has("create_note") || callsOf(conversation, "create_note").length > 0) return [];
  const title = /\btitled ["“]([^"”]+)["”]/i.exec(request)?.[1] ?? `Summary of ${date(now, time_zone)}`;
  const overdue = facts.tasks.filter((task) => task.is_overdue === true && task.status !== "done");
  const content = [
    ...facts.projects.map((project) => `- ${project.name}: ${projectSummary(project, conversation)}`),
    ...(overdue.length === 0 ? [] : ["Overdue:", ...overdue.map((task) => `- ${task.title}`)]),
  ];
  const note = { title, content: content.join("\n") || "The earlier steps found nothing." };
  const [only, second] = namedProjects(conversation).found;
  const ofOne = only !== undefined && second === undefined;
  return [{ name: "create_note", arguments: ofOne ? { ...note, project_id: only.id } : note }];
}
