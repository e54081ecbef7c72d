// How a step of a plan is worked on: look up, write, and hand in what came of it. The tools that the step was
// given decide what is done; its task and the earlier results say with what.
import type { StepResult } from "../../../shared/contracts/plan.ts";
import type { Json } from "../../../shared/contracts/text.ts";
import { callsOf, type Conversation, type Thought } from "./conversation.ts";
import { lookupReport } from "./lookup_report.ts";
import { listed } from "./phrases.ts";
import { namedProjects, nextReads } from "./research.ts";
import { isWrite, nextWrites } from "./writing.ts";
import { writeReport } from "./write_report.ts";

const MOST_SUMMARY = 1_500;

type Result = { [key: string]: Json } & Pick<StepResult, "status" | "summary">;

/** The next move in a step: tool calls, or `submit_result`. */
export function workOn(conversation: Conversation): Thought {
  const writes = [...conversation.tools].some(isWrite);
  const next = writes ? nextWrites(conversation) : nextReads(conversation);
  if (next.length > 0) return { text: "", calls: next };
  return { text: "", calls: [{ name: "submit_result", arguments: handIn(conversation, writes) }] };
}

function handIn(conversation: Conversation, writes: boolean): Result {
  // Where nothing else is offered any more, a limit was met before the work was done.
  if (conversation.tools.size === 1) return { ...result(conversation, writes), status: "partial" };
  return question(conversation, writes) ?? result(conversation, writes);
}

/** Asks once which project is meant, when the search found some but none by that name. */
function question(conversation: Conversation, writes: boolean): Result | undefined {
  const [missing] = namedProjects(conversation).missing;
  const candidates = conversation.facts.projects.map((project) => `"${project.name}"`);
  if (writes || missing === undefined || candidates.length === 0 || conversation.answer !== undefined) {
    return undefined;
  }
  const open_questions = [`Which project is meant by "${missing}": ${listed(candidates)}?`];
  return { status: "needs_input", summary: `No project is called "${missing}".`, open_questions };
}

function result(conversation: Conversation, writes: boolean): Result {
  const { missing, found } = namedProjects(conversation);
  const searched = callsOf(conversation, "search_projects").length > 0;
  const unknown = missing.length > 0 && searched && !writes;
  if (unknown && found.length === 0) {
    return {
      status: "failed",
      summary: `There is no project ${listed(missing.map((name) => `"${name}"`))}.`,
    };
  }
  const calls = conversation.calls.filter((call) =>
    writes ? isWrite(call.name) : call.name !== "submit_result"
  );
  const failures = calls.filter((call) => call.outcome?.ok === false);
  const { sentences, data } = writes ? writeReport(conversation) : lookupReport(conversation);
  const problems = failures.map((call) => `${call.name} failed: ${call.outcome?.message ?? ""}`.trim());
  const summary = [...sentences, ...problems].join(" ") || "There was nothing to do.";
  const complete = failures.length === 0 && !unknown;
  const status = complete ? "completed" : failures.length < calls.length ? "partial" : "failed";
  return { status, summary: summary.slice(0, MOST_SUMMARY).toWellFormed(), data };
}
