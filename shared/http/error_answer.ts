// An error as an HTTP answer: its status, and a kind with a plain sentence. The cause goes to the log.
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Log } from "../agents/ports.ts";
import { AgentError, ERROR_STATUS, toAgentError } from "../contracts/errors.ts";

/** What a request's error is, and the id under which the log has its cause where that is ours. */
export function toldError(
  thrown: unknown,
  context: Context,
  log: Log,
): { error: AgentError; request_id: string } {
  const error = thrown instanceof HTTPException
    ? new AgentError("bad_request", "The request could not be read.", { cause: thrown })
    : toAgentError(thrown);
  const request_id = context.get("requestId") ?? "";
  if (ERROR_STATUS[error.kind] >= 500) {
    log.error("a request failed", { request_id, error: error.cause ?? error });
  }
  return { error, request_id };
}

export function answerError(thrown: unknown, context: Context, log: Log): Response {
  const { error, request_id } = toldError(thrown, context, log);
  const { kind, message, retryable, details } = error;
  if (details.allow) context.header("allow", details.allow);
  if (details.retry_after) context.header("retry-after", details.retry_after);
  const status: ContentfulStatusCode = ERROR_STATUS[kind];
  return context.json({ error: { kind, message, retryable, request_id, ...details } }, status);
}
