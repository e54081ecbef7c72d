// Whether a call came out as the agents need it, and what is wrong with it otherwise.
import type { FinishedTurn, ModelFailureKind, ModelProfile } from "../../shared/contracts/model.ts";
import type { ModelRow } from "../../shared/llm/model_table.ts";
import { familyOf } from "../../shared/llm/models/families.ts";
import type { CallName } from "./calls.ts";
import type { Heard } from "./listen.ts";

export type Problem =
  /** The host refused it, or the answer could not be read. */
  | { type: "failed"; kind: ModelFailureKind; detail: string; status?: number; retry_after_ms?: number }
  /** It answered in words where it was asked for a call. */
  | { type: "no_call" }
  | { type: "unreadable_call"; raw: string }
  /** It called a tool where none was to be called. */
  | { type: "called_again" }
  /** It thought although its row says that it doesn't for this profile. */
  | { type: "thinks" }
  | { type: "aborted" };

/** Null where all is well. */
export function problemOf(
  name: CallName,
  { end, thought, first_frame_ms }: Heard,
  row: ModelRow,
  profile: ModelProfile,
): Problem | null {
  if (end.type === "aborted") return { type: "aborted" };
  if (end.type === "failed") {
    const { kind, detail, status, retry_after_ms } = end.fault;
    return {
      type: "failed",
      // Who has sent a frame is reached, so the address is right.
      kind: kind === "network" && first_frame_ms !== null ? "truncated_stream" : kind,
      detail,
      ...(status !== undefined && { status }),
      ...(retry_after_ms !== undefined && { retry_after_ms }),
    };
  }
  const wrong = wrongWithCalls(name, end);
  if (wrong) return wrong;
  const thinks = thought || end.reasoning !== "" || end.usage.reasoning_tokens > 0;
  return thinks && !row.think_for.includes(profile) && !alwaysThinks(row) ? { type: "thinks" } : null;
}

/** Whether the row knows that it can't be kept from thinking: its family never is, or its switch has its own words. */
function alwaysThinks({ id, think }: ModelRow): boolean {
  const family = familyOf(id);
  return family ? family.thinks !== "switch" : typeof think === "object";
}

function wrongWithCalls(name: CallName, { tool_calls }: Pick<FinishedTurn, "tool_calls">): Problem | null {
  if (name !== "call") return tool_calls.length > 0 ? { type: "called_again" } : null;
  if (tool_calls.length === 0) return { type: "no_call" };
  const broken = tool_calls.flatMap((call) => call.arguments.ok ? [] : [call.arguments.raw])[0];
  return broken === undefined ? null : { type: "unreadable_call", raw: broken };
}

/** What may pass by itself: the next try can come out well with the same row. */
export function mayPass(problem: Problem): boolean {
  switch (problem.type) {
    case "failed":
      return PASSING.has(problem.kind);
    case "no_call":
    case "unreadable_call":
      return true;
    case "called_again":
    case "thinks":
    case "aborted":
      return false;
  }
}

const PASSING: ReadonlySet<ModelFailureKind> = new Set([
  ...["rate_limited", "overloaded", "network", "malformed_output", "malformed_tool_call"] as const,
  ...["empty_response", "truncated_stream", "unknown"] as const,
]);
