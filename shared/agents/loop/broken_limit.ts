// Which limit an agent has met, if any.
import type { MetLimit } from "../../contracts/message_kind.ts";
import type { Limits } from "../limits.ts";

interface Spent {
  turns: number;
  tool_calls: number;
  limits: Limits;
  /** The time before the last turn is up. */
  late: boolean;
  /** The budget of the run or its user that the next call would break. */
  brokenBudget: string | null;
}

export function brokenLimit({ turns, tool_calls, limits, late, brokenBudget }: Spent): MetLimit | null {
  if (late) return { reason: "budget", name: `${limits.wall_ms / 1000} seconds` };
  if (turns >= limits.turns) return { reason: "limit", name: `${limits.turns} model turns` };
  if (tool_calls >= limits.tool_calls) return { reason: "limit", name: `${limits.tool_calls} tool calls` };
  return brokenBudget === null ? null : { reason: "budget", name: `the budget (${brokenBudget})` };
}
