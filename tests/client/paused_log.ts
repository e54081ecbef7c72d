// The log of a run that asks a person twice, for the tests of clients.
import { messageId } from "../support/agents/stored_thread.ts";
import { LOG, type LoggedEvent, RUN_ID } from "./scripted_planner.ts";

const EXPIRES = "2026-11-23T12:00:00.000Z";
export const CALLS = [messageId(101), messageId(102)];

export const approval = (tool_call_id = "") => ({
  ...{ tool_call_id, name: "cancel_loan", arguments: { loan_id: "1" }, arguments_sha256: "0".repeat(64) },
  why: [{ by: "default", text: "It is asked before a loan is cancelled." }],
  effects: [{
    table: "public.loans",
    op: "update",
    key: { id: "1" },
    changes: { status: ["open", "cancelled"] },
  }],
  ...{ remember: "Cancel the loan of Emma without asking.", expires_at: EXPIRES },
});

function asks(call: string | undefined) {
  return [
    { type: "tool_call", tool_call_id: call, name: "cancel_loan", arguments: { loan_id: "1" } },
    { type: "approval_required", approvals: [approval(call)] },
    { type: "run_paused", open: [call], expires_at: EXPIRES },
  ];
}

function decides(call: string | undefined, approved: boolean) {
  return [
    { type: "approval_decided", tool_call_id: call, approved, edited: false, by: "user" },
    { type: "tool_result", tool_call_id: call, ok: approved, result: "Told.", duration_ms: 1 },
  ];
}

const [session, analysis, , text] = LOG;
const done = LOG.at(-1);

/** Two pauses, at the fifth event and at the tenth; what comes behind each is there once it is decided. */
export const PAUSED_LOG: LoggedEvent[] = [
  ...[session, analysis],
  ...asks(CALLS[0]),
  ...decides(CALLS[0], true),
  ...asks(CALLS[1]),
  ...decides(CALLS[1], false),
  ...[text, done],
].map((body, i) => ({ ...LOG[0], ...body, type: body?.type ?? "", run_id: RUN_ID, seq: i + 1 }));

/** Up to the first pause, and up to the second. */
export const FIRST = PAUSED_LOG.slice(0, 5);
export const SECOND = PAUSED_LOG.slice(0, 10);
