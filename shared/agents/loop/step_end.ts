// How a step ends: its typed result, however its loop ended. Whatever a limit cut short is `partial` at best.
import { StepResult } from "../../contracts/plan.ts";
import type { Settlement, StepOutcome, StepProgress } from "../store/records.ts";
import type { LoopOutcome, Unfinished } from "./loop_events.ts";

export type StepEnd =
  & { progress: StepProgress }
  & ({ type: "ended"; outcome: StepOutcome } | Resumable);

/** How a step stands that has not ended. */
type Resumable = { settlement: Settlement | null } & ({ type: "suspended" } | { type: "awaiting" });

interface Ending {
  /** The step may ask a question, and has not done so before. */
  mayAsk: boolean;
  duration_ms: number;
  settlement: Settlement | null;
  progress: StepProgress;
}

export function stepEnd(loop: LoopOutcome, ending: Ending): StepEnd {
  const { settlement, progress, duration_ms } = ending;
  if (loop.type === "suspended" || loop.type === "awaiting") return { type: loop.type, settlement, progress };
  const result = stepResult(loop, ending);
  const status = loop.type === "aborted" ? "cancelled" : result.status;
  const error = result.status === "failed" ? { error: result.summary } : {};
  return { type: "ended", outcome: { status, result, ...error, duration_ms, settlement }, progress };
}

function stepResult(
  loop: Exclude<LoopOutcome, { type: Unfinished }>,
  { mayAsk }: Pick<Ending, "mayAsk">,
): StepResult {
  switch (loop.type) {
    case "submitted": {
      const result = StepResult.parse(loop.value);
      const cutShort = loop.limit !== null && result.status === "completed";
      const asksAgain = result.status === "needs_input" && !mayAsk;
      return cutShort || asksAgain ? { ...result, status: "partial" } : result;
    }
    case "answered":
      return StepResult.parse({ status: "partial", summary: loop.text });
    case "failed":
      return { status: "failed", summary: loop.failure.message };
    case "aborted":
      return { status: "failed", summary: "The step was stopped." };
  }
}
