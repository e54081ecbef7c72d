// What a run's state looks like: blocks of text, of tool calls, and plans, in the order in which they began.
import { assertNever } from "../../shared/contracts/errors.ts";
import type { CallState, PlanState, RunState, Shown } from "../../shared/contracts/run_state.ts";

export type Block =
  | { type: "text"; text: string }
  /** In the place of a text that is void: its model call was lost, and the next text begins it again. */
  | { type: "withdrawn" }
  | { type: "calls"; calls: CallState[] }
  | { type: "plan"; plan: PlanState };

/** The blocks of a run so far. */
export function blocksOf(state: RunState): Block[] {
  return state.shown.flatMap((shown) => blockOf(shown, state) ?? []);
}

/** The latest of them. */
export function lastBlock(state: RunState): Block | null {
  const last = state.shown.at(-1);
  return last === undefined ? null : blockOf(last, state);
}

function blockOf(shown: Shown, state: RunState): Block | null {
  switch (shown.type) {
    case "text": {
      const text = state.parts[shown.part - 1] ?? "";
      return text === "" ? { type: "withdrawn" } : { type: "text", text };
    }
    case "calls":
      return shown;
    case "plan": {
      const plan = [...state.replaced_plans, state.plan].find((one) => one?.revision === shown.revision);
      return plan ? { type: "plan", plan } : null;
    }
    default:
      return assertNever(shown);
  }
}
