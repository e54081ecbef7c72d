// What a caller is told when something goes wrong around a run that was accepted: which run it is, and that it goes on.
// Only a look at the run may be repeated for it, never the message.
import { AgentError, type ErrorKind, toAgentError } from "../contracts/errors.ts";

const READ_ON = "The run goes on: read it at GET /runs/:id, and don't send the message again.";

const TOO_LONG = "The run takes longer than one request may.";

/** The error for whoever would wait longer for a run than a request may. */
export function tooLong(): AgentError {
  return new AgentError("timeout", TOO_LONG);
}

const WHY: Partial<Record<ErrorKind, string>> = {
  timeout: TOO_LONG,
  unauthenticated: "The access token has expired. Please sign in again.",
};

/** The error for whoever has sent the message, and can't be given the answer. */
export function goesOn(run_id: string, thrown: unknown): AgentError {
  const { kind, details } = toAgentError(thrown);
  const why = WHY[kind] ?? "The answer can't be given at the moment.";
  return new AgentError(kind, `${why} ${READ_ON}`, {
    details: { ...details, run_id, status: "running" },
    cause: thrown,
  });
}

/** What tells nothing of the run that the path names: it is wrong with the request, or it comes too late. */
const OF_THE_REQUEST: readonly ErrorKind[] = [
  "not_found",
  "bad_request",
  "forbidden",
  "conflict",
  "gone",
  "rate_limited",
];

/** The error for whoever asks for a run that is there. */
export function notReadable(run_id: string, thrown: unknown): AgentError {
  const error = toAgentError(thrown);
  const { kind, retryable, message, details } = error;
  // What has become of the run is said already.
  if (details.status !== undefined) return error;
  if (OF_THE_REQUEST.includes(kind)) return namingRun(run_id, error);
  const why = kind === "unauthenticated" ? message : "The run can't be looked at right now.";
  return new AgentError(kind, `${why} What it does is not affected: ask for it again, at GET /runs/:id.`, {
    retryable,
    details: { ...details, run_id, status: "unknown" },
    cause: thrown,
  });
}

/** The error as it is, for whoever has named the run: which one, unless they may not know whether it is there. */
export function namingRun(run_id: string, thrown: unknown): AgentError {
  const error = toAgentError(thrown);
  const { kind, message, retryable, details } = error;
  if (kind === "not_found") return error;
  return new AgentError(kind, message, { retryable, details: { ...details, run_id }, cause: thrown });
}
