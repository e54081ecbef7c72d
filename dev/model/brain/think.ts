// The demo model: rules in place of a language model. It reads what it is sent and nothing else, and answers the same
// way every time. The offered tools tell who it is: the planner, a step's worker, or somebody who is asked.
import type { Message } from "../request.ts";
import { nounsOf } from "./clauses.ts";
import { type Call, type Conversation, type OfferedTool, readPrompt } from "./conversation.ts";
import { type Row, rowOf } from "./conversation.ts";
import { answerOf, planFor, reportsIn } from "./plan.ts";
import { carryOut } from "./pursuit.ts";
import { type Place, replay, type Report, textOf } from "./replay.ts";
import { briefly } from "./rows.ts";
import { listed, plural, spoken, type Vocabulary, vocabularyOf } from "./vocabulary.ts";
import { type Focus, type Wish, wishesIn } from "./wish.ts";
import { inPlainWords, inWorkspace } from "./workspace.ts";

type Thought = { text: string; calls: Call[] };

const says = (text: string): Thought => ({ text, calls: [] });
const does = (...calls: Call[]): Thought => ({ text: "", calls });
const submit = (result: Row): Thought => does({ name: "submit_result", arguments: result });
const NO_RULE =
  "I have no rule for that: I am the demo model of this stack, a set of rules and not a language model.";

export function think({ messages, tools }: { messages: Message[]; tools: OfferedTool[] }): Thought {
  const conversation = readPrompt(messages, tools);
  const { role, calls, known, request } = conversation;
  if (tools.length === 0 && rowOf(known).turns) return says(summaryOf(rowOf(known)));
  if (role === "answerer") return says(answerTo(conversation));
  const vocabulary = vocabularyOf(tools);
  if (vocabulary.size === 0 && calls.length > 0) {
    const came = calls.map(({ name, outcome }) => `${name}: ${outcome?.message ?? "no answer"}`).join(" ");
    const summary = `A limit was met before all was done. What the calls came to: ${came}`.slice(0, 1_500);
    return role === "worker" ? submit({ status: "partial", summary }) : says(summary);
  }
  const place: Place = { conversation, vocabulary, focus: focusIn(rowOf(rowOf(known).focus), vocabulary) };
  const wishes = wishesIn(inPlainWords(request), nounsOf(vocabulary), place.focus);
  return role === "worker" ? work(wishes, place) : plan(wishes, place, tools);
}

/** The row that a chat is about, as the prompt shows it: with its kind, or under it. */
function focusIn(focus: Row, vocabulary: Vocabulary): Focus | undefined {
  const subject = [...vocabulary.values()].find(({ noun }) => focus.type === noun || noun in focus);
  return subject && { subject, row: focus.type === subject.noun ? focus : rowOf(focus[subject.noun]) };
}

function pursue(wishes: readonly Wish[], place: Place): { next: Call[]; reports: Report[] } {
  const works = wishes.map((wish) => inWorkspace(wish, place) ?? carryOut(wish, place));
  const moves = works.map((work) => replay(work, place.conversation));
  const calls = new Map(
    moves.flatMap((move) => Array.isArray(move) ? move : []).map((call) => [textOf(call), call]),
  );
  return { next: [...calls.values()], reports: moves.flatMap((move) => Array.isArray(move) ? [] : move) };
}

function plan(wishes: readonly Wish[], place: Place, tools: readonly OfferedTool[]): Thought {
  const planned = place.conversation.calls.filter(({ name }) => name === "create_plan");
  if (planned.length > 0) return says(answerOf(reportsIn(planned.flatMap(({ outcome }) => outcome ?? []))));
  if (wishes.length === 0) {
    const kinds = [...place.vocabulary.values()].filter((one) => one.tools.list).map(({ noun }) =>
      spoken(plural(noun))
    );
    return says(`${NO_RULE} I can show, create and change: ${listed(kinds) || "nothing here"}.`);
  }
  if (wishes.length > 1 && tools.some(({ name }) => name === "create_plan")) {
    const text =
      "This takes several steps. I will look things up first, side by side, and then make the changes.";
    return { text, calls: [{ name: "create_plan", arguments: planFor(wishes, place) }] };
  }
  const { next, reports } = pursue(wishes, place);
  return next.length > 0 ? does(...next) : says(answerOf(reports));
}

function work(wishes: readonly Wish[], place: Place): Thought {
  const { next, reports } = pursue(wishes, place);
  if (next.length > 0) return does(...next);
  const ask = reports.find((one) => one.ask)?.ask;
  const summary = reports.map(({ text }) => text).join(" ").slice(0, 1_500).toWellFormed() || NO_RULE;
  if (ask) return submit({ status: "needs_input", summary, open_questions: [ask] });
  const failed = reports.filter(({ kind }) => kind === "failed").length;
  const status = failed === reports.length ? "failed" : failed > 0 ? "partial" : "completed";
  return submit({ status, summary, data: Object.assign({}, ...reports.map(handedOn)) });
}

function handedOn({ kind, noun, rows, total = 0 }: Report): Row {
  const cut: Row = total > rows.length || rows.length > 20 ? { cut: `${total} in all` } : {};
  return { kind, ...(noun && { [plural(noun)]: rows.slice(0, 20).map(briefly) }), ...cut };
}

/** The planner's answer to an executor: the candidate that the user's own words name; no guess where none does. */
function answerTo({ known, request }: Conversation): string {
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
