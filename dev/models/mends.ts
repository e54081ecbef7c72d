// What may be changed in a row when its host refuses a call without saying why in words that are known: one change
// after the other, the likeliest first.
import type { ModelFailureKind } from "../../shared/contracts/model.ts";
import type { ModelRow, RowPart } from "../../shared/llm/models/model_row.ts";
import type { CallName } from "./calls.ts";
import type { Problem } from "./judge.ts";

/** Changes of the row that the host's own words ask for. */
export function byWords(_problem: Problem | null, _row: ModelRow): RowPart[] {
  return [];
}

/** Changes of the row by which a problem may be mended that its host does not explain. */
export function blindly(name: CallName, problem: Problem | null, row: ModelRow): RowPart[] {
  if (problem === null) return [];
  switch (problem.type) {
    case "thinks":
      // Where no switch keeps it from thinking, its row is to say so.
      return [...switches(row), { think_for: ["balanced", "speed"] }];
    case "called_again":
      return [{ tool_choice_none: false }];
    case "no_call":
    case "unreadable_call":
      return [{ strict_tools: false }, ...switches(row)];
    case "failed":
      return ofFailure(name, problem.kind, row);
    case "aborted":
      return [];
  }
}

function ofFailure(name: CallName, kind: ModelFailureKind, row: ModelRow): RowPart[] {
  switch (kind) {
    // Thinking has used up the whole limit, or a template writes the answer where it is taken for thinking.
    case "empty_response":
      return switches(row);
    case "bad_request":
    case "unknown":
      return [...(name === "text" ? [] : history(name, row)), ...body(row)];
    // The rest is no matter of the row, and what a host explains has been tried.
    default:
      return [];
  }
}

/** Changes that together take out of a request what can be, for hosts that refuse more than one thing in one breath. */
export function leftOut(name: CallName, problem: Problem | null, row: ModelRow): RowPart[][] {
  const kind = problem?.type === "failed" ? problem.kind : null;
  if (kind !== "bad_request" && kind !== "unknown") return [];
  const parts: RowPart[] = [
    { temperature: null },
    { stream_usage: false },
    { user_fields: [] },
    { think: "none" },
    ...withoutRouting(row),
    { alternate_roles: true },
    ...(name === "result" ? [{ content_beside_calls: null }, { call_ids: "nine" as const }] : []),
  ];
  return [parts, [...parts, { token_limit_field: otherLimit(row) }]];
}

function otherLimit({ token_limit_field }: ModelRow): ModelRow["token_limit_field"] {
  return token_limit_field === "max_tokens" ? "max_completion_tokens" : "max_tokens";
}

/** Each way to switch thinking off, and none. */
function switches({ think }: ModelRow): RowPart[] {
  const ways = [
    "reasoning_effort",
    "chat_template_kwargs",
    "enable_thinking",
    "thinking",
    "reasoning",
    "none",
  ] as const;
  return ways.filter((way) => way !== think).map((way) => ({ think: way }));
}

/** What hosts refuse of any request. */
function body(row: ModelRow): RowPart[] {
  return [
    { temperature: null },
    { token_limit_field: otherLimit(row) },
    { stream_usage: false },
    { user_fields: [] },
    ...withoutRouting(row),
    { think: "none" },
    { alternate_roles: true },
    ...switches(row).filter(({ think }) => think !== "none"),
  ];
}

/** What hosts refuse of a request with tools, or with calls in its history. */
function history(name: CallName, row: ModelRow): RowPart[] {
  if (name !== "result") return [{ strict_tools: false }];
  const echoes = ["reasoning_content", "extra_content", "reasoning_details"] as const;
  return [
    { tool_choice_none: !row.tool_choice_none },
    { content_beside_calls: row.content_beside_calls === null ? "" : null },
    { call_ids: "nine" },
    { alternate_roles: true },
    ...echoes.filter((field) => !row.echo.includes(field)).map((field) => ({ echo: [...row.echo, field] })),
    { echo: [] },
    { strict_tools: false },
  ];
}

/** OpenRouter's demand that a host takes every parameter: where none does, it has no host for the model at all. */
function withoutRouting({ extra_body: { provider } }: ModelRow): RowPart[] {
  if (typeof provider !== "object" || provider === null || !("require_parameters" in provider)) return [];
  return [{ extra_body: { provider: { require_parameters: false } } }];
}
