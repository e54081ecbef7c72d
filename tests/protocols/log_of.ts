// Logs written by hand, for what no golden log has.
import { RunEvent } from "../../shared/contracts/events.ts";
import { beforeNewestSegment } from "../../shared/protocols/projection.ts";

export const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
export const RUN_ID = uuid(1);
export const CALL = uuid(7);

const executor = { id: uuid(11), type: "executor", step_number: 1 };
const EXPIRES = "2026-11-27T03:00:00.000+00:00";

type Written = [type: RunEvent["type"], payload: object, agent?: object];

/** Numbered from 1, dated, and read as a log is read. */
export function logOf(...written: Written[]): RunEvent[] {
  const head = { run_id: RUN_ID, at: "2026-11-26T03:00:00.000Z" };
  return written.map(([type, payload, agent], i) =>
    RunEvent.parse({ seq: i + 1, ...head, agent, type, ...payload })
  );
}

const step = {
  ...{
    step_number: 1,
    title: "Look it up",
    task: "Look",
    executor_required: true,
    tools: [],
    depends_on: [],
  },
};
const spawned: Written = [
  "executor_spawned",
  { executor_agent_id: uuid(11), step_number: 1, attempt: 1 },
  executor,
];

/** A plan whose executor asks, is started again behind the pause, and has its call refused. */
export function executorAsks(): RunEvent[] {
  const approval = {
    ...{ tool_call_id: CALL, name: "get_borrower", arguments: { id: 3 }, arguments_sha256: "0".repeat(64) },
    ...{ why: [{ by: "default", text: "It reads about people." }], effects: null, expires_at: EXPIRES },
  };
  return logOf(
    ["session", { session_id: uuid(2), user_message_id: uuid(3) }],
    ["plan_created", { plan: { id: uuid(4), revision: 1, goal: "Know it", steps: [step] } }],
    ["step_start", { step_number: 1, attempt: 1, title: "Look it up" }],
    spawned,
    ["tool_call", { tool_call_id: CALL, name: "get_borrower", arguments: { id: 3 } }, executor],
    ["approval_required", { approvals: [approval] }, executor],
    ["run_paused", { open: [CALL], expires_at: EXPIRES }],
    spawned,
    ["approval_decided", { tool_call_id: CALL, approved: false, edited: false, by: "expired" }, executor],
    ["tool_result", { tool_call_id: CALL, ok: false, result: "Not done.", duration_ms: 1 }, executor],
    ["step_complete", { step_number: 1, attempt: 1, status: "failed", summary: "It was not allowed." }],
    ["error", { kind: "timeout", message: "It took too long.", retryable: true, message_id: uuid(9) }],
  );
}

/** Where the newest segment of a log begins. */
export function newestSegmentOf(events: readonly RunEvent[]) {
  const pauses = events.filter(({ type }) => type === "run_paused");
  return beforeNewestSegment({ pauses, last: events.at(-1)?.seq ?? 0 });
}
