// A request as the demo model sees it: who it is, what is asked, which calls were made, and what they came to.
import { type Json, JsonObject, JsonSchema } from "../../../shared/contracts/text.ts";
import type { CompletionRequest, Message } from "../request.ts";

export type Row = { [field: string]: Json };
export type OfferedTool = CompletionRequest["tools"][number]["function"];
export type Call = { name: string; arguments: Row };

export interface Outcome {
  ok: boolean;
  /** The user was asked, and said no, or put other arguments in the place of these. */
  declined: boolean;
  edited: boolean;
  message: string;
  data: Json;
}

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

const DATA = "<data>[^<]*</data>";
const STEP = new RegExp(`(?:^|\n)Task: (.*?)\nNow: .*?(?:\nResults of earlier steps: (${DATA}))?\\s*$`, "s");
const CHAT = new RegExp(`^(?:\\([^)]*\\)\\s*)*(${DATA})\\s*(.*)$`, "s");
const QUESTION = new RegExp(`\nThe executor asks: (${DATA})\\s*$`);

/** A step's thread begins with its task; a chat's request is what the user said last before the first call. */
export function readPrompt(messages: readonly Message[], tools: readonly OfferedTool[]): Conversation {
  const worker = tools.some(({ name }) => name === "submit_result");
  const called = messages.findIndex(({ tool_calls }) => tool_calls?.length);
  const roles = messages.slice(0, called < 0 ? undefined : called).map(({ role }) => role);
  const at = worker ? roles.indexOf("user") : roles.lastIndexOf("user");
  const content = messages[at]?.content ?? "";
  const question = tools.length === 0 ? QUESTION.exec(content)?.[1] : undefined;
  const [, request, known] = worker ? STEP.exec(content) ?? [] : (CHAT.exec(content) ?? []).toSpliced(1, 1)
    .concat(CHAT.exec(content)?.[1] ?? "");
  const asked = messages.findLastIndex(({ tool_calls }) =>
    JSON.stringify(tool_calls ?? "").includes("needs_input")
  );
  return {
    role: worker ? "worker" : question ? "answerer" : "planner",
    request: request?.trim() ?? content,
    answer: asked < 0 ? undefined : messages.slice(asked).find(({ role }) => role === "user")?.content,
    calls: callsIn(messages.slice(at + 1)),
    known: fenced(question ?? known ?? ""),
    now: /\d{4}-\d\d-\d\dT\d\d:\d\d(?:[+-]\d\d:\d\d|Z)/.exec(content)?.[0] ?? new Date(0).toISOString(),
    forgotten: content.startsWith("(Tool calls that you made before are left out"),
  };
}

function callsIn(messages: readonly Message[]): Conversation["calls"] {
  const results = new Map(messages.map(({ tool_call_id, content }) => [tool_call_id, content]));
  return messages.flatMap(({ tool_calls }) => tool_calls ?? []).map(
    ({ id, function: { name, arguments: args } }) => {
      const said = results.get(id) ?? "";
      const { ok, error, arguments_used, message, data = null } = rowOf(json(said));
      const outcome = {
        ok: ok !== false,
        declined: error === "rejected",
        edited: arguments_used !== undefined,
      };
      const cut = said === "" || said.startsWith('{"note":"cut to fit');
      return {
        name,
        arguments: rowOf(json(args)),
        ...(!cut && { outcome: { ...outcome, message: String(message ?? said), data } }),
      };
    },
  );
}

/** The data inside their fence, in which no text can close it. */
export function fenced(text: string): Json {
  return json(/<data>([^<]*)<\/data>/.exec(text)?.[1] ?? "");
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
