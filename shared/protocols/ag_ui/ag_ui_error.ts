// An error before the stream, as AG-UI's clients show it: a run that fails at once, because its sentence is what a page
// shows. What is wrong with the request itself stays an answer in JSON, as everywhere.
import type { AgentError, ErrorKind } from "../../contracts/errors.ts";
import { AG_UI_VERSION, type AgUiBody } from "./ag_ui_event.ts";
import type { ClientIds } from "./client_ids.ts";

const AS_JSON: ReadonlySet<ErrorKind> = new Set([
  "bad_request",
  "unauthenticated",
  "forbidden",
  "method_not_allowed",
  "too_large",
]);

/** The text of a stream of two events; null where the answer is the one that every route gives. */
export function agUiErrorStream(
  { kind, message }: AgentError,
  { thread_id, run_id }: ClientIds,
): string | null {
  if (AS_JSON.has(kind)) return null;
  const events: AgUiBody[] = [
    { type: "RUN_STARTED", threadId: thread_id, runId: run_id, protocolVersion: AG_UI_VERSION },
    { type: "RUN_ERROR", message, code: kind },
  ];
  return events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("");
}
