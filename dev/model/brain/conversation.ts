// A request as the demo model sees it: who it is, what is asked, which calls were made, and what they came to.
import { type Json, JsonObject, JsonSchema } from "../../../shared/contracts/text.ts";
import type { CompletionRequest, Message } from "../request.ts";

export type Row = { [field: string]: Json };
export type OfferedTool = CompletionRequest["tools"][number]["function"];
export type Call = { name: string; arguments: Row };
/** Declined or edited by the user, who was asked. */
export type Outcome = { ok: boolean; declined: boolean; edited: boolean; message: string; data: Json };

export interface Conversation {
  role: "planner" | "worker" | "answerer";
  request: string;
  /** What was said to a question that was handed in. */
  answer?: string;
  /** Without an outcome: not answered yet, or the answer had to make room. */
  calls: (Call & { outcome?: Outcome })[];
  /** What the prompt says beside the request: an overview, the row that it is about, results of earlier steps. */
  known: Json;
  /** Such as 2026-11-26T14:06+01:00, on the user's clock. */
  now: string;
  /** Earlier calls are no longer in the prompt. */
  forgotten: boolean;
}

const DATA = "<data>(?<known>[^<]*)</data>";
const STEP = new RegExp(
  `(?:^|\n)Task: (?<said>.*?)\nNow: .*?(?:\nResults of earlier steps: ${DATA})?\\s*$`,
  "s",
);
const CHAT = new RegExp(`^(?:\\([^)]*\\)\\s*)*${DATA}\\s*(?<said>.*)$`, "s");
const QUESTION = new RegExp(`^(?<said>.*)\nThe executor asks: ${DATA}\\s*$`, "s");

/** A step's thread begins with its task; a chat's request is what the user said last before the first call. */
export function readPrompt(messages: readonly Message[], tools: readonly OfferedTool[]): Conversation {
  const worker = tools.some(({ name }) => name === "submit_result");
  const called = messages.findIndex(({ tool_calls }) => tool_calls?.length);
  const roles = messages.slice(0, called < 0 ? undefined : called).map(({ role }) => role);
  const at = worker ? roles.indexOf("user") : roles.lastIndexOf("user");
  const content = messages[at]?.content ?? "";
  const question = tools.length === 0 ? QUESTION.exec(content) : null;
  const { said, known } = (question ?? (worker ? STEP : CHAT).exec(content))?.groups ?? {};
  const asked = messages.findLastIndex(({ tool_calls }) =>
    JSON.stringify(tool_calls ?? "").includes("needs_input")
  );
  return {
    role: worker ? "worker" : question ? "answerer" : "planner",
    request: said?.trim() ?? content,
    answer: asked < 0 ? undefined : messages.slice(asked).find(({ role }) => role === "user")?.content,
    calls: callsIn(messages.slice(at + 1)),
    known: json(known ?? ""),
    now: /\d{4}-\d\d-\d\dT\d\d:\d\d(?:[+-]\d\d:\d\d|Z)/.exec(content)?.[0] ?? new Date(0).toISOString(),
    forgotten: content.startsWith("(Tool calls that you made before are left out"),
  };
}

function callsIn(messages: readonly Message[]): Conversation["calls"] {
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
