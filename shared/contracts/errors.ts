// Errors by who can act on them. A user sees the kind and one plain sentence; the cause is for the log.
import { z } from "zod";

/** Every kind with the HTTP status it has before a stream starts. */
export const ERROR_STATUS = {
  bad_request: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  gone: 410,
  too_large: 413,
  rate_limited: 429,
  model_unavailable: 503,
  model_rate_limited: 503,
  model_misconfigured: 502,
  model_failed: 502,
  timeout: 504,
  /** A run that nobody came back to, and which was ended for that. */
  abandoned: 504,
  internal: 500,
} as const;

export type ErrorKind = keyof typeof ERROR_STATUS;

export type ErrorStatus = (typeof ERROR_STATUS)[ErrorKind];

export const ErrorKindSchema = z.enum(Object.keys(ERROR_STATUS) as [ErrorKind, ...ErrorKind[]]);

/** What a failed run, step or request tells its user. */
export interface Failure {
  kind: ErrorKind;
  message: string;
  retryable: boolean;
}

interface AgentErrorOptions {
  retryable?: boolean;
  cause?: unknown;
  /** More fields for the JSON answer, such as the run that stands in the way of a new one. */
  details?: Record<string, string>;
}

/** An error whose message is a sentence for the user. Anything else that is thrown becomes `internal`. */
export class AgentError extends Error {
  override readonly name: string = "AgentError";
  readonly retryable: boolean;
  readonly details: Record<string, string>;

  constructor(readonly kind: ErrorKind, message: string, options: AgentErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.retryable = options.retryable ?? false;
    this.details = options.details ?? {};
  }
}

/** The run has used up its budget for good. Its user's quota is another `rate_limited`, which passes. */
export class RunBudgetError extends AgentError {
  override readonly name = "RunBudgetError";

  constructor(message: string, cause?: unknown) {
    super("rate_limited", message, { cause, details: { limit: RUN_BUDGET } });
  }
}

/** What an answer names as its `limit` where that is the run's budget. */
export const RUN_BUDGET = "run_budget";

/** The run's lease has not expired: there is nothing to take over. */
export class RunHasOwnerError extends AgentError {
  override readonly name = "RunHasOwnerError";

  constructor(message: string, cause?: unknown) {
    super("conflict", message, { cause });
  }
}

/** The run waits for a person: there is nothing to go on with before they have decided. */
export class RunAwaitsError extends AgentError {
  override readonly name = "RunAwaitsError";

  constructor(message: string, cause?: unknown) {
    super("conflict", message, { cause });
  }
}

/** A run that was claimed has rows that are none of ours: nobody can go on with it. */
export class UnreadableRun extends Error {
  override readonly name = "UnreadableRun";

  constructor(readonly generation: number, cause: unknown) {
    super("Cannot read run: its rows are not as the functions write them", { cause });
  }
}

/** Another worker has taken the lease. This one is fenced out: it writes nothing more. No user is told of it. */
export class LeaseLostError extends Error {
  override readonly name = "LeaseLostError";

  constructor(cause: unknown) {
    super("The lease was taken by another worker", { cause });
  }
}

/** The user has cancelled the run, so it can't complete any more. */
export class CancelledError extends Error {
  override readonly name = "CancelledError";

  constructor(cause?: unknown) {
    super("The run was cancelled", { cause });
  }
}

/**
 * The database gave no answer, or none that lasts: the same request may work a moment later, or may have worked
 * already. Nothing fails because of it: what counts once is tried again for as long as a lease, and then the work is
 * left for takeover.
 */
export class StoreUnavailable extends AgentError {
  override readonly name = "StoreUnavailable";

  constructor(cause?: unknown) {
    super("internal", "The database can't be reached at the moment. Please try again.", {
      retryable: true,
      cause,
    });
  }
}

/** Whether a start was carried out is not known: its answer was lost. The run, if there is one, has this id. */
export class UnconfirmedStart extends AgentError {
  override readonly name = "UnconfirmedStart";

  constructor(run_id: string, cause?: unknown) {
    const message =
      "It isn't known whether the run has begun, because the database can't be reached. Please send the " +
      "same message again: it is carried out once.";
    super("internal", message, { retryable: true, cause, details: { run_id, status: "unknown" } });
  }
}

/** Whatever was thrown, as an AgentError. A stack, SQL or a provider's text never passes. */
export function toAgentError(thrown: unknown): AgentError {
  if (thrown instanceof AgentError) return thrown;
  if (thrown instanceof CancelledError) {
    return new AgentError("conflict", "The run was cancelled.", { cause: thrown });
  }
  return new AgentError("internal", "Something went wrong on our side. Please try again.", {
    retryable: true,
    cause: thrown,
  });
}

/** For the default branch of an exhaustive switch: a new member of the union fails the type check here. */
export function assertNever(value: never): never {
  throw new Error(`Cannot handle value: ${JSON.stringify(value)}`);
}
