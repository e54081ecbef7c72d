// What is kept of one attempt, of how it ended.
import type { ModelAttempt } from "../contracts/model.ts";
import type { AttemptEnd } from "./attempt.ts";

/** An attempt that ended at `now`; a clock that was set back makes no time negative. */
export function attemptOf(end: AttemptEnd, model_asked: string, now: number): ModelAttempt {
  const { parameters, started_at, first_token_at } = end.sent;
  const since = (at: number) => Math.max(0, Math.round(at - started_at));
  const answered = end.type === "finished" || first_token_at !== null;
  return {
    model_asked,
    model_answered: answered ? end.model : null,
    parameters,
    started_at,
    first_token_ms: first_token_at === null ? null : since(first_token_at),
    duration_ms: since(now),
    ...outcomeOf(end),
  };
}

function outcomeOf(end: AttemptEnd): Pick<ModelAttempt, "end_reason" | "failure"> {
  switch (end.type) {
    case "finished":
      return { end_reason: end.finish_reason, failure: null };
    case "failed":
      return { end_reason: null, failure: end.fault.kind };
    case "aborted":
      return { end_reason: null, failure: "stopped" };
  }
}
