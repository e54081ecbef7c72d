// Whether a run failed by its model's host: a rate limit, a key, a network. That says nothing about what the model
// can do, so that it is told apart from a wrong answer.
import type { ErrorKind } from "../../shared/contracts/errors.ts";
import type { ModelFailureKind } from "../../shared/contracts/model.ts";
import { modelFailure } from "../../shared/contracts/model_failure.ts";
import type { RunDetails } from "../../shared/contracts/run_view.ts";

const OF_THE_HOST: readonly ErrorKind[] = [
  "model_rate_limited",
  "model_unavailable",
  "model_misconfigured",
  "timeout",
];

/** Those that a step's row tells by their sentence alone. */
const IN_STEPS: readonly ModelFailureKind[] = [
  "rate_limited",
  "overloaded",
  "network",
  "timeout",
  "auth",
  "no_credit",
  "bad_request",
  "truncated_stream",
];
const SENTENCES = new Set(IN_STEPS.map((kind) => modelFailure(kind).message));

/** Whether the host is to blame for an error of this kind. */
export function isOfHost(kind: string): boolean {
  return OF_THE_HOST.some((one) => one === kind);
}

/** The sentence that the run, or a step of it, failed with, where the host is to blame; else null. */
export function hostFailure({ error, executions }: Pick<RunDetails, "error" | "executions">): string | null {
  if (error !== null && isOfHost(error.kind)) return error.message;
  return executions.find((step) => step.error !== null && SENTENCES.has(step.error))?.error ?? null;
}
