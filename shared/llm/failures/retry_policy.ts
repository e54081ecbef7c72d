// What to do after a failed attempt: try the same model again after a wait, go on to the next model of the
// list, or give up. Once text was shown to the reader nothing is repeated: thinking, the first sign of a call
// and text that was withdrawn count as nothing. And which of several failures the user is told.
import type { FailedTurn, ModelFailureKind } from "../../contracts/model.ts";

/**
 * How often one model is tried, the first time included. Kinds that a repetition can't mend have 1: there the next
 * model is asked at once, which may have another key, a larger window or another filter.
 */
export const ATTEMPTS: Record<ModelFailureKind, number> = {
  rate_limited: 3,
  overloaded: 3,
  network: 3,
  // A first frame that never came has used up most of a reader's patience already.
  timeout: 1,
  malformed_output: 2,
  malformed_tool_call: 2,
  empty_response: 2,
  truncated_stream: 2,
  unknown: 2,
  auth: 1,
  no_credit: 1,
  bad_request: 1,
  context_overflow: 1,
  content_filtered: 1,
  output_limit: 1,
};

/** With another model to turn to, a host that asks for a longer pause than this is left. */
const PATIENCE_MS = 5_000;

export interface FailedAttempt {
  kind: ModelFailureKind;
  /** What the host asked for, in milliseconds. */
  retry_after_ms?: number;
  /** How many attempts this model has had, from 1. */
  attempt: number;
  emitted: "nothing" | "something";
  /** Milliseconds to the call's deadline. */
  remaining_ms: number;
  models_left: number;
  /** From 0 up to 1. */
  random: number;
  retry: { base_ms: number; max_ms: number };
}

export type NextMove = { move: "retry"; wait_ms: number } | { move: "next_model" } | { move: "give_up" };

/** Decides. Waits double from `base_ms` to `max_ms`, and are shortened by up to half at random. */
export function nextMove(failed: FailedAttempt): NextMove {
  const { kind, retry_after_ms, attempt, remaining_ms, models_left, retry } = failed;
  if (failed.emitted === "something" || kind === "output_limit" || remaining_ms <= 0) {
    return { move: "give_up" };
  }
  const elsewhere: NextMove = models_left > 0 ? { move: "next_model" } : { move: "give_up" };
  if (attempt >= ATTEMPTS[kind]) return elsewhere;
  const backoff = Math.min(retry.max_ms, retry.base_ms * 2 ** (attempt - 1)) * (1 - failed.random / 2);
  const wait_ms = retry_after_ms ?? Math.round(backoff);
  if (wait_ms >= remaining_ms || (models_left > 0 && wait_ms > PATIENCE_MS)) return elsewhere;
  return { move: "retry", wait_ms };
}

/** Kinds that a user can act on, with other words or fewer. */
const OF_THE_USER: ReadonlySet<ModelFailureKind> = new Set(["context_overflow", "content_filtered"]);

/**
 * Which of two failures in one turn is told: one that passes before one that does not, because trying again
 * is then the right thing to do, even where another model's key is wrong (the log has that); then one that the
 * user can act on before one that waits for an operator; of equals the later.
 */
export function moreUseful<F extends Pick<FailedTurn, "kind" | "retryable">>(earlier: F | null, later: F): F {
  return earlier !== null && usefulness(earlier) > usefulness(later) ? earlier : later;
}

function usefulness({ kind, retryable }: Pick<FailedTurn, "kind" | "retryable">): number {
  // Nothing is tried after it: it is what ended the turn.
  if (kind === "output_limit") return 3;
  if (retryable) return 2;
  return OF_THE_USER.has(kind) ? 1 : 0;
}
