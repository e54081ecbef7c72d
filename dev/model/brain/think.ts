// The demo model: rules in place of a language model. It reads what it is sent and nothing else, and answers the same
// way every time. The offered tools tell who it is: the planner, a step's worker, or somebody who is asked.
import { plural } from "../../new_tools/naming.ts";
import type { Message } from "../request.ts";
import { type Call, type Conversation, type OfferedTool, readPrompt } from "./conversation.ts";
import { type Row, rowOf } from "./conversation.ts";
import { answerOf, planFor, reportsOf } from "./plan.ts";
import { carryOut } from "./pursuit.ts";
import { type Place, replay, type Report, textOf } from "./replay.ts";
import { briefly } from "./rows.ts";
import { listed, vocabularyOf } from "./vocabulary.ts";
import { wishesIn } from "./wish.ts";
import { inPlainWords, inWorkspace } from "./workspace.ts";

type Thought = { text: string; calls: Call[] };

const says = (text: string): Thought => ({ text, calls: [] });
const does = (name: string, args: Row, text = ""): Thought => ({ text, calls: [{ name, arguments: args }] });
const NO_RULE =
  "I have no rule for that: I am the demo model of this stack, a set of rules and not a language model.";
const PLANS =
  "This takes several steps. I will look things up first, side by side, and then make the changes.";

export function think({ messages, tools }: { messages: Message[]; tools: OfferedTool[] }): Thought {
  const conversation = readPrompt(messages, tools);
  const { role, calls, known, request } = conversation;
  if (tools.length === 0 && rowOf(known).turns) return says(summaryOf(rowOf(known)));
  if (role === "answerer") return says(candidateOf(conversation));
  const vocabulary = vocabularyOf(tools);
  // The row that a chat is about, as the prompt shows it: with its kind, or under it.
  const row = rowOf(rowOf(known).focus);
  const subject = vocabulary.subjects.find(({ noun }) => row.type === noun || noun in row);
  const focus = subject && { subject, row: row.type === subject.noun ? row : rowOf(row[subject.noun]) };
  const place: Place = { conversation, vocabulary, focus };
  const wishes = wishesIn(inPlainWords(request), place);
  const plans = calls.filter(({ name }) => name === "create_plan");
  if (plans.length > 0) return says(answerOf(reportsOf(plans)));
  const plannable = wishes.length > 1 && tools.some(({ name }) => name === "create_plan");
  if (plannable) return does("create_plan", planFor(wishes, place), PLANS);
  const moves = wishes.map((wish) => replay(inWorkspace(wish, place) ?? carryOut(wish, place), conversation));
  const next = moves.flatMap((move) => Array.isArray(move) ? move : []);
  const once = new Map(next.map((call) => [textOf(call), call]));
  if (once.size > 0) return { text: "", calls: [...once.values()] };
  const reports = moves.flatMap((move) => Array.isArray(move) ? [] : move);
  if (reports.length === 0) reports.push(...withoutRule(place));
  return role === "worker" ? does("submit_result", resultOf(reports)) : says(answerOf(reports));
}

function withoutRule({ vocabulary: { subjects }, conversation: { calls, request } }: Place): Report[] {
  const limit: Report = { kind: "failed", text: "A limit was met before all was done." };
  const came = calls.map(({ name, outcome }): Report => {
    return { kind: outcome?.ok ? "found" : "failed", text: `${name}: ${outcome?.message ?? "no answer"}` };
  });
  if (subjects.length === 0 && came.length > 0) return [limit, ...came];
  const kinds = listed(subjects.filter(({ tools }) => tools.list).map(({ many }) => many)) || "nothing here";
  if (/^what is there\b/i.test(request)) return [{ kind: "found", text: `There are ${kinds}.` }];
  return [{ kind: "failed", text: `${NO_RULE} I can show, create and change: ${kinds}.` }];
}

/** What a worker hands in. */
function resultOf(reports: readonly Report[]): Row {
  const ask = reports.find((one) => one.ask)?.ask;
  const summary = reports.map(({ text }) => text).join(" ").slice(0, 1_500).toWellFormed();
  if (ask) return { status: "needs_input", summary, open_questions: [ask] };
  const failed = reports.filter(({ kind }) => kind === "failed").length;
  const status = failed === reports.length ? "failed" : failed > 0 ? "partial" : "completed";
  const data = reports.map(({ kind, noun, rows = [], total = 0 }): Row => {
    const cut: Row = total > rows.length || rows.length > 20 ? { cut: `${total} in all` } : {};
    return { kind, ...(noun && { [plural(noun)]: rows.slice(0, 20).map(briefly) }), ...cut };
  });
  return { status, summary, data: Object.assign({}, ...data) };
}

/** The planner's answer to an executor: the candidate that the user's own words name; no guess where none does. */
function candidateOf({ known, request }: Conversation): string {
  const said = /The user asked: (.*?)\nGoal of the plan:/s.exec(request)?.[1] ?? "";
  const names = [...String(known).replace(/^.*?: /s, "").matchAll(/"([^"]+)"/g)].map(([, name = ""]) => name);
  const words = (name: string) => name.toLowerCase().match(/[\p{L}\d]{3,}/gu) ?? [];
  const chosen = names.find((name) => words(name).some((word) => said.toLowerCase().includes(word)));
  return chosen === undefined ? "None of these is meant." : `Take "${chosen}".`;
}

const HONEST = "Kept by the demo model, which is rules and no language model: how each turn began.";

/** The summary of a conversation: the one so far, and the beginning of each turn; the oldest go first. */
function summaryOf({ summary_so_far, turns }: Row): string {
  const before = String(summary_so_far ?? "").split("\n").filter((line) => line !== "" && line !== HONEST);
  const lines = [...before, ...(JSON.stringify(turns).match(/(?<="user":")[^"\\]{1,200}/g) ?? [])];
  while (lines.length > 1 && lines.join("\n").length > 1_800) lines.shift();
  return [HONEST, ...lines].join("\n");
}
