// What a writing step hands in: what its writes did, read from their results and from nothing else.
import type { Json } from "../../../shared/contracts/text.ts";
import { callsOf, type Conversation, type PastCall } from "./conversation.ts";
import { listed, some } from "./phrases.ts";
import { compact } from "./values.ts";
import { scheduleState } from "./scheduling.ts";
import type { Report } from "./report.ts";

export function writeReport(conversation: Conversation): Report {
  const parts = [projects(conversation), notes(conversation), schedule(conversation)];
  return {
    sentences: parts.flatMap((part) => part.sentences),
    data: Object.assign({}, ...parts.map((part) => part.data)),
  };
}

function projects(conversation: Conversation): Report {
  const updated = succeeded(conversation, "update_project").map((call) => {
    const { project_id, updates } = call.used;
    const name = conversation.facts.projects.find((project) => project.id === project_id)?.name;
    return compact({ id: project_id, name, changed: fieldsOf(updates) });
  });
  const names = updated.map((one) => typeof one.name === "string" ? one.name : "a project");
  return report({ updated_projects: updated }, names.length === 0 ? [] : [`Updated ${listed(names)}.`]);
}

function notes(conversation: Conversation): Report {
  const written = succeeded(conversation, "create_note").map((call) =>
    compact({ id: call.outcome?.facts.notes[0]?.id, title: call.used.title })
  );
  const titles = written.map((note) => `"${note.title}"`);
  return report({ created_notes: written }, titles.length === 0 ? [] : [`Wrote the note ${listed(titles)}.`]);
}

function schedule(conversation: Conversation): Report {
  const state = scheduleState(conversation);
  if (state.scheduler === undefined) return report({}, []);
  const titleOf = (id: Json | undefined) =>
    conversation.facts.tasks.find((task) => task.id === id)?.title ?? "a task";
  const scheduled = state.calls.filter((call) => call.outcome?.ok === true).map((call) => {
    const event = call.outcome?.facts.events[0];
    const { task_id, start_time } = call.used;
    const start = event?.start ?? start_time;
    return compact({ task_id, title: titleOf(task_id), start, end: event?.end });
  });
  const failed = state.calls.filter((call) => call.outcome?.ok === false).map((call) =>
    titleOf(call.used.task_id)
  );
  const lists = {
    scheduled,
    already: state.already.map((task) => task.title),
    blocked: state.blocked.map((task) => task.title),
    unplaced: state.waiting.map((task) => task.title),
    later: state.later.map((task) => task.title),
    failed,
  };
  const sentences = [`${some(scheduled.length, "task")} put on the calendar.`];
  if (lists.already.length > 0) sentences.push(`Already on it: ${listed(lists.already)}.`);
  if (lists.blocked.length > 0) sentences.push(`Blocked, so left out: ${listed(lists.blocked)}.`);
  if (lists.unplaced.length > 0) sentences.push(`No free slot for: ${listed(lists.unplaced)}.`);
  if (lists.later.length > 0) sentences.push(`Left for another time: ${listed(lists.later)}.`);
  return report(lists, sentences);
}

function succeeded(conversation: Conversation, name: string): PastCall[] {
  return callsOf(conversation, name).filter((call) => call.outcome?.ok === true);
}

function report(lists: { [key: string]: Json[] }, sentences: string[]): Report {
  return { sentences, data: Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0)) };
}

function fieldsOf(value: Json | undefined): string[] {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? Object.keys(value) : [];
}
