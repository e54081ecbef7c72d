// What the model says to a request: a pure function of it. The mark in the user's message says which turn it is, the
// tools and results in the request say how far it has come.
import { type ChatRequest, type OfferedTool, type RequestMessage, textOf } from "./chat_request.ts";
import { filled } from "./fill.ts";
import { TOKENS, TOPICS, wordsOf } from "./job.ts";

export type Reply =
  | { phase: string; type: "text"; words: string[] }
  | { phase: string; type: "calls"; tokens: number; calls: { name: string; arguments: unknown }[] };

interface Mark {
  kind: string;
  step: number;
}

/** How a planner may hand on its steps: as one plan, or as a call for each of them. */
const PLAN = /^create_plan$/;
const DELEGATION = /^(research_step|agent-\w+)$/;
/** How an executor may have to end. */
const END = /^submit_/;

/** Decides on the reply. Throws for a request of no turn that is measured. */
export function replyTo(request: ChatRequest): Reply {
  const tools = new Map(
    (request.tools ?? []).map(({ function: { name, parameters = {} } }) => [name, parameters]),
  );
  const results = resultsIn(request.messages);
  const { kind, step } = markOf(request.messages, tools.has("search_projects"));
  const named = (pattern: RegExp) => [...tools.keys()].find((name) => pattern.test(name));
  const called = (pattern: RegExp) => [...results.keys()].some((name) => pattern.test(name));
  const call = (phase: string, name: string, args: Record<string, unknown>): Reply => ({
    ...{ phase, type: "calls", tokens: TOKENS.tool_call },
    calls: [{ name, arguments: withinBounds(tools.get(name), args) }],
  });

  if (kind === "simple") return say("answer", askedTokens(request.messages) ?? TOKENS.simple);
  if (kind === "tool") {
    return results.has("list_tasks") ? say("answer", TOKENS.tool_answer) : call("tool", "list_tasks", {});
  }
  if (kind === "complex") {
    const by_plan = named(PLAN);
    const by_step = named(DELEGATION);
    const name = by_plan ?? by_step;
    if (name === undefined || called(PLAN) || called(DELEGATION)) return say("answer", TOKENS.answer);
    const root = tools.get(name) ?? {};
    const steps = by_plan ? [0] : TOPICS.map((_, i) => i + 1);
    const calls = steps.map((step) => ({ name, arguments: filled(root, { root, step }) }));
    return { phase: "plan", type: "calls", tokens: TOKENS.plan, calls };
  }
  const found = results.get("search_projects");
  if (found === undefined) return call("search", "search_projects", { query: TOPICS[step - 1] });
  if (!results.has("get_project_details")) {
    return call("details", "get_project_details", { project_id: firstId(found) });
  }
  const end = named(END);
  if (end === undefined) return say("summary", TOKENS.summary);
  const root = tools.get(end) ?? {};
  const args = filled(root, { root, step, text: wordsOf(TOKENS.summary).join("") });
  return { phase: "summary", type: "calls", tokens: TOKENS.summary, calls: [{ name: end, arguments: args }] };
}

const say = (phase: string, tokens: number): Reply => ({ phase, type: "text", words: wordsOf(tokens) });

/** Asks for as much as the peers' tools give: ten tasks, and a project with its tasks. */
function withinBounds(schema: OfferedTool["function"]["parameters"], args: Record<string, unknown>) {
  const takes = schema?.properties ?? {};
  return {
    ...args,
    ...("limit" in takes && !("query" in args) && { limit: 10 }),
    ...("include_tasks" in takes && { include_tasks: true }),
  };
}

/** The mark that counts: of the latest message of the user, else of the instructions, else of older messages. */
function markOf(messages: readonly RequestMessage[], offers_research: boolean): Mark {
  const [latest = "", ...older] = messages.filter(({ role }) => role === "user").map(textOf).reverse();
  const instructions = messages.filter(({ role }) => role === "system" || role === "developer").map(textOf);
  for (const text of [latest, ...instructions, ...older]) {
    const marks = [...text.matchAll(/\[bench:(simple|tool|complex|step)(?: (\d+))?\]/g)]
      .map(([, kind = "", step]): Mark => ({ kind, step: Number(step ?? 0) }));
    const of_turn = marks.find(({ kind }) => kind !== "step");
    const of_step = marks.findLast(({ kind }) => kind === "step");
    // A plan that is told again carries the marks of its steps; who works on one is offered the tools for it.
    const mark = of_step && (offers_research || !of_turn) ? of_step : of_turn;
    if (mark) return mark;
  }
  throw new Error("Cannot reply: the request has no mark");
}

/** What the tools have answered since the latest message of the user, the latest result of each. */
function resultsIn(messages: readonly RequestMessage[]): Map<string, string> {
  const turn = messages.slice(messages.findLastIndex(({ role }) => role === "user") + 1);
  const names = new Map(
    turn.flatMap(({ tool_calls }) => tool_calls ?? []).map(({ id, function: { name } }) => [id, name]),
  );
  return new Map(
    turn.filter(({ role }) => role === "tool")
      .map((message) => [names.get(message.tool_call_id ?? "") ?? message.name ?? "", textOf(message)]),
  );
}

function firstId(result: string): string {
  const id = /\\?"id\\?"\s*:\s*\\?"([^"\\]+)/.exec(result)?.[1];
  if (id === undefined) throw new Error(`Cannot read a project: no search has found one in ${result}`);
  return id;
}

function askedTokens(messages: readonly RequestMessage[]): number | undefined {
  const latest = messages.findLast(({ role }) => role === "user");
  const asked = latest && /\btokens=(\d+)/.exec(textOf(latest))?.[1];
  return asked === undefined ? undefined : Number(asked);
}
