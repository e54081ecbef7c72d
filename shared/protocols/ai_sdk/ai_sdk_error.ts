// An error before the stream, as the AI SDK's clients show it: what they make their error's message is the body.
import { type AgentError, ERROR_STATUS, type ErrorStatus } from "../../contracts/errors.ts";

export interface PlainAnswer {
  status: ErrorStatus;
  headers: Record<string, string>;
  body: string;
}

/** The sentence alone, and for programs the rest in headers. */
export function aiSdkErrorAnswer({ kind, message, details }: AgentError, request_id: string): PlainAnswer {
  const { retry_after, run_id, allow } = details;
  return {
    status: ERROR_STATUS[kind],
    headers: {
      "content-type": "text/plain; charset=utf-8",
      "x-error-kind": kind,
      "x-request-id": request_id,
      ...(retry_after && { "retry-after": retry_after }),
      ...(run_id && { "x-run-id": run_id }),
      ...(allow && { allow }),
    },
    body: message,
  };
}
