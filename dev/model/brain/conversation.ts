// A request as the demo model sees it: who it is, what is asked, which calls were made, and what they came to.
import { type Json, JsonObject, JsonSchema } from "../../../shared/contracts/text.ts";
import type { CompletionRequest, Message } from "../request.ts";

export type Row = { [field: string]: Json };
export type OfferedTool = CompletionRequest["tools"][number]["function"];
/** Without an outcome: not made or not answered yet, or the answer had to make room. */
export type Call = { name: string; arguments: Row; outcome?: Outcome };
/** Declined or edited by the user, who was asked. */
export type Outcome = { ok: boolean; declined: boolean; edited: boolean; message: string; data: Json };
export type Conversation = ReturnType<typeof readPrompt>;

const PROMPTS = {
  planner: /^(?:\([^)]*\)\s*)*<data>(?<known>[^<]*)<\/data>\s*(?<said>.*)$/s,
  worker: /(?:^|\n)Task: (?<said>.*?)\nNow: .*?(?:earlier steps: <data>(?<known>[^<]*)<\/data>)?\s*$/s,
  answerer: /^(?<said>.*)\nThe executor asks: <data>(?<known>[^<]*)<\/data>\s*$/s,
};

/** A step's thread begins with its task; a chat's request is what the user said last before the first call. */
export function readPrompt(messages: readonly Message[], tools: readonly OfferedTool[]) {
  const worker = tools.some(({ name }) => name === "submit_result");
  const isUser = ({ role }: Message) => role === "user";
  const called = messages.findIndex(({ tool_calls }) => tool_calls?.length);
  const before = messages.slice(0, called < 0 ? undefined : called);
  const at = worker ? before.findIndex(isUser) : before.findLastIndex(isUser);
  const content = messages[at]?.content ?? "";
  const answers = tools.length === 0 && PROMPTS.answerer.test(content);
  const role: keyof typeof PROMPTS = worker ? "worker" : answers ? "answerer" : "planner";
  const { said, known } = PROMPTS[role].exec(content)?.groups ?? {};
  const asks = ({ tool_calls = null }: Message) => JSON.stringify(tool_calls).includes("needs_input");
  const asked = messages.findLastIndex(asks);
  return {
    role,
    request: said?.trim() ?? content,
    // What was said to a question that was handed in.
    answer: asked < 0 ? undefined : messages.slice(asked).find(isUser)?.content,
    calls: callsIn(messages.slice(at + 1)),
    // What the prompt says beside the request: an overview, the row that it is about, results of earlier steps.
    known: json(known ?? ""),
    // On the user's clock.
    now: /\d{4}-\d\d-\d\dT\d\d:\d\d(?:[+-]\d\d:\d\d|Z)/.exec(content)?.[0] ?? new Date(0).toISOString(),
    // Earlier calls are no longer in the prompt.
    forgotten: content.startsWith("(Tool calls that you made before are left out"),
  };
}

function callsIn(messages: readonly Message[]): Call[] {
  const results = new Map(messages.map(({ tool_call_id, content }) => [tool_call_id, content]));
  return messages.flatMap(({ tool_calls }) => tool_calls ?? []).map(({ id, function: called }) => {
    const said = results.get(id) ?? "";
    const { ok, error, arguments_used, message = said, data = null } = rowOf(json(said));
    const [declined, edited] = [error === "rejected", arguments_used !== undefined];
    const outcome = { ok: ok !== false, declined, edited, message: String(message), data };
    const cut = said === "" || said.startsWith('{"note":"cut to fit');
    return { name: called.name, arguments: rowOf(json(called.arguments)), ...(!cut && { outcome }) };
  });
}

/** An object, or one without fields in the place of anything else. */
export function rowOf(value: Json | undefined): Row {
  return JsonObject.safeParse(value).data ?? {};
}

function json(text: string): Json {
  try {
    return JsonSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
