// What may be changed in a row when its host refuses a call: the field that the host's words name, or one field after
// the other, the likeliest first.
import type { ModelFailureKind } from "../../shared/contracts/model.ts";
import type { ModelRow, RowPart } from "../../shared/llm/models/model_row.ts";
import type { Mend } from "../../shared/llm/failures/row_mends.ts";
import type { CallName } from "./calls.ts";
import type { Problem } from "./judge.ts";

type Field = keyof ModelRow;

/**
 * The changes of a row in the field that a host's words name, beginning with the value that they name. Null where the
 * row has that value: then they mean something else, and are no advice.
 */
export function changesBy({ field, why }: Mend, row: ModelRow): RowPart[] | null {
  const named = /\b(?:set|add) (?:\[(?="))?("[^"]*"|null|true|false|\[\])/.exec(why)?.[1];
  const says = (value: unknown) =>
    named !== undefined && value !== undefined && JSON.stringify(value).includes(named);
  if (says(row[field])) return null;
  const isNamed = (part: RowPart) => says(Object.values(part));
  const changes = changesOf(field, row);
  return [...changes.filter(isNamed), ...changes.filter((part) => !isNamed(part))];
}

/** Changes of a row in this field, the likeliest first; none where only a person can say what is right. */
function changesOf(field: Field, row: ModelRow): RowPart[] {
  switch (field) {
    case "temperature":
      return [{ temperature: null }];
    case "token_limit_field":
      return [{ token_limit_field: otherLimit(row) }];
    case "stream_usage":
      return [{ stream_usage: false }];
    case "user_fields":
      return [{ user_fields: [] }, ...row.user_fields.map((one) => ({ user_fields: [one] }))];
    case "extra_body":
      return withoutRouting(row);
    case "think":
      return [{ think: "none" }, ...SWITCHES.map((think) => ({ think }))];
    case "think_for":
      return [{ think_for: ["balanced", "speed"] }, { think_for: [] }];
    case "echo":
      return [...ECHOES.map((one) => ({ echo: [...new Set([...row.echo, one])] })), { echo: [] }];
    case "tool_choice_none":
      return [{ tool_choice_none: !row.tool_choice_none }];
    case "content_beside_calls":
      return [{ content_beside_calls: row.content_beside_calls === null ? "" : null }];
    case "alternate_roles":
      return [{ alternate_roles: true }];
    case "call_ids":
      return [{ call_ids: "nine" }];
    case "tool_schemas":
      return [{ tool_schemas: "openapi" }];
    case "strict_tools":
      return [{ strict_tools: false }];
    case "id":
    case "extra_headers":
    case "price":
      return [];
  }
}

const SWITCHES = [
  ...["reasoning_effort", "chat_template_kwargs", "enable_thinking", "thinking", "reasoning"] as const,
];
const ECHOES = ["reasoning_content", "extra_content", "reasoning_details"] as const;

const IN_ANY_REQUEST: readonly Field[] = [
  ...["temperature", "token_limit_field", "stream_usage", "user_fields", "extra_body"] as const,
  ...["alternate_roles", "think"] as const,
];
const WITH_TOOLS: readonly Field[] = ["strict_tools", "tool_choice_none", "tool_schemas"];
const WITH_CALLS: readonly Field[] = [
  ...[
    "tool_choice_none",
    "content_beside_calls",
    "call_ids",
    "alternate_roles",
    "echo",
    "strict_tools",
  ] as const,
];
const FIELDS: Record<CallName, readonly Field[]> = {
  text: IN_ANY_REQUEST,
  call: [...WITH_TOOLS, ...IN_ANY_REQUEST],
  result: [...WITH_CALLS, ...IN_ANY_REQUEST],
};

/** Changes of the row by which a problem may be mended that its host does not explain. */
export function blindly(name: CallName, problem: Problem | null, row: ModelRow): RowPart[] {
  const changes = (...fields: readonly Field[]) => fields.flatMap((field) => changesOf(field, row));
  switch (problem?.type) {
    case "thinks":
      // Where no switch keeps it from thinking, its row is to say so.
      return changes("think", "think_for");
    case "called_again":
      return changes("tool_choice_none");
    case "no_call":
    case "unreadable_call":
      return changes("strict_tools", "think");
    case "failed":
      // Thinking has used up the whole limit, or a template writes the answer where it is taken for thinking.
      if (problem.kind === "empty_response") return changes("think");
      return isUnexplained(problem.kind) ? changes(...FIELDS[name]) : [];
    default:
      return [];
  }
}

/**
 * Changes that together take out of a request what can be, for hosts that refuse more than one thing in one breath; and
 * the same with a change that can be as wrong as right.
 */
export function leftOut(name: CallName, problem: Problem | null, row: ModelRow): RowPart[][] {
  if (problem?.type !== "failed" || !isUnexplained(problem.kind)) return [];
  const parts: RowPart[] = [
    { temperature: null },
    { stream_usage: false },
    { user_fields: [] },
    { think: "none" },
    ...withoutRouting(row),
    { alternate_roles: true },
    ...(name === "result" ? [{ content_beside_calls: null }, { call_ids: "nine" as const }] : []),
  ];
  const choices: RowPart[] = [
    ...(name === "result" ? changesOf("tool_choice_none", row) : []),
    ...changesOf("token_limit_field", row),
  ];
  return [parts, ...choices.map((choice) => [...parts, choice])];
}

/** The kinds of failure that may be a refusal of anything; the others are no matter of the row. */
function isUnexplained(kind: ModelFailureKind): boolean {
  return kind === "bad_request" || kind === "unknown";
}

function otherLimit({ token_limit_field }: ModelRow): ModelRow["token_limit_field"] {
  return token_limit_field === "max_tokens" ? "max_completion_tokens" : "max_tokens";
}

/** OpenRouter's demand that a host takes every parameter: where none does, it has no host for the model at all. */
function withoutRouting({ extra_body: { provider } }: ModelRow): RowPart[] {
  if (typeof provider !== "object" || provider === null || !("require_parameters" in provider)) return [];
  return [{ extra_body: { provider: { require_parameters: false } } }];
}
