// Which limit an agent has met, if any, and what a run ends with that may not call its model any more.
import type { Failure } from "../../contracts/errors.ts";
import type { MetLimit } from "../../contracts/message_kind.ts";
import type { LoopLimits } from "../limits.ts";
import type { Reserved } from "../store/records.ts";

interface Spent {
  turns: number;
  tool_calls: number;
  limits: LoopLimits;
  /** The time before the last turn is up. */
  late: boolean;
  /** Of the next call. */
  reserved: Pick<Reserved, "broken_budget">;
}

/** The limit that makes the next turn the last one. */
export function brokenLimit({ turns, tool_calls, limits, late, reserved }: Spent): MetLimit | null {
  const { broken_budget } = reserved;
  if (late) return { reason: "budget", name: `${limits.wall_ms / 1000} seconds` };
  if (turns >= limits.turns) return { reason: "limit", name: `${limits.turns} model turns` };
  if (tool_calls >= limits.tool_calls) return { reason: "limit", name: `${limits.tool_calls} tool calls` };
  return broken_budget === null ? null : { reason: "budget", name: `the budget (${broken_budget})` };
}

/** What is told of a model call that may not be made. */
export function refusedCall({ broken_budget }: Pick<Reserved, "broken_budget">): Failure {
  return broken_budget === USER_QUOTA
    ? {
      kind: "rate_limited",
      retryable: true,
      message: "Your quota is used up for now, so this could not be finished. Please try again later.",
    }
    : {
      kind: "rate_limited",
      retryable: false,
      message: "This request has used up its budget. Please ask for less at once.",
    };
}

/** What the ledger names as broken where it is not the run's budget. */
const USER_QUOTA = "user quota";
