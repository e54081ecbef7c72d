// What came of a call, in plain words.
import type { ModelFailureKind } from "../../shared/contracts/model.ts";
import { preview } from "../../shared/contracts/text.ts";
import type { RowPart } from "../../shared/llm/models/model_row.ts";
import type { CallName } from "./calls.ts";
import type { Problem } from "./judge.ts";
import type { Heard } from "./listen.ts";

export const TITLES: Record<CallName, string> = {
  text: "Words",
  call: "A call of a tool",
  result: "The last turn, after a tool's result",
};

/** What came of a call that came out well, each with its name. */
export function heardRows(
  { end, thought, first_frame_ms, total_ms, raw }: Heard,
  id: string,
  asked: "asked for" | "not asked for",
): string[][] {
  if (end.type !== "finished") return [];
  const { usage } = end;
  const calls = end.tool_calls.map((
    call,
  ) => [
    "called",
    `${call.name}(${call.arguments.ok ? JSON.stringify(call.arguments.value) : call.arguments.raw})`,
  ]);
  const markup = end.text.trim() !== raw.trim() && raw.trim() !== "";
  return [
    ...(end.text === "" ? [] : [["said", JSON.stringify(end.text)]]),
    ...calls,
    ...(end.finish_reason === "length" ? [["cut", "at the limit of its output"]] : []),
    ...(thought || usage.reasoning_tokens > 0
      ? [["thought", thinking(usage.reasoning_tokens)]]
      : asked === "asked for"
      ? [["thought", "of nothing that its host tells, although think_for asks for it"]]
      : []),
    ...(markup ? [["not shown", `${excerpt(raw)} came as its text; what is no answer was taken out`]] : []),
    ["took", `${first_frame_ms ?? total_ms} ms to the first frame, ${total_ms} ms in all`],
    [
      "usage",
      `${usage.input_tokens} tokens in (${usage.cached_tokens} cached), ${usage.output_tokens} out; ${
        usage.estimated ? "estimated: the host does not report it" : "reported by the host"
      }`,
    ],
    ...(end.model === id ? [] : [["model", `answered by ${end.model}`]]),
  ];
}

function thinking(tokens: number): string {
  return tokens > 0 ? `${tokens} tokens of its output` : "before it answered";
}

/** What is wrong with a call, in one sentence without its full stop. */
export function problemWords(problem: Problem, raw: string): string {
  switch (problem.type) {
    case "failed":
      return `${FAILED[problem.kind]}: ${
        problem.kind === "malformed_tool_call" && raw !== "" ? excerpt(raw) : shortened(problem.detail, 400)
      }`;
    case "no_call":
      return "it answered in words although it was asked to call the tool";
    case "unreadable_call":
      return `the arguments of its call can't be read: ${excerpt(problem.raw)}`;
    case "called_again":
      return "it called a tool although it was told not to";
    case "thinks":
      return "it thinks although its row does not say so: that is slow, and paid as output";
    case "aborted":
      return "it was interrupted";
  }
}

const FAILED: Record<ModelFailureKind, string> = {
  auth: "the host does not take the key in LLM_API_KEY",
  no_credit: "the account at the host has no credit",
  bad_request: "the host refuses the request",
  rate_limited: "the host answers too many requests at the moment",
  overloaded: "the host is not available",
  network: "the host could not be reached at LLM_BASE_URL",
  timeout: "the host did not answer in time",
  context_overflow:
    "the host says that the request is too long, which it is not: its context is set too small",
  content_filtered: "the host's filter took exception to the request",
  malformed_output: "what came is no answer of a model",
  malformed_tool_call:
    "it wrote its call as text, which nobody can run; the host's parser of tool calls is off or wrong",
  empty_response: "its answer is empty",
  output_limit: "its answer did not end",
  truncated_stream: "the host broke off in the middle of the answer",
  unknown: "the host failed",
};

/** A change of a row as a person would say it: `temperature null, stream_usage false`. */
export function partWords(part: RowPart): string {
  return Object.entries(part).map(([field, value]) =>
    `${field} ${typeof value === "string" && value !== "" ? value : JSON.stringify(value)}`
  ).join(", ");
}

function excerpt(text: string): string {
  return JSON.stringify(shortened(text, 120));
}

function shortened(text: string, length: number): string {
  // A host's words may not steer the terminal.
  return preview(text.replace(/[\s\p{Cc}]+/gu, " ").trim(), length);
}
