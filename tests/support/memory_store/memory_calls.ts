// The tool calls of the store in memory: what is proposed, who is asked, and what became of it; as call_guard,
// approval_decisions and waiting_calls of supabase/migrations have it. No rule says anything: a tool asks, or doesn't.
import { createHash } from "node:crypto";
import type { Clock } from "../../../shared/async/clock.ts";
import type { Decision, PendingCall } from "../../../shared/agents/store/records.ts";
import type { Batch, ToolCallRow, Verdict, Verdicts } from "../../../shared/agents/store/rows.ts";
import type { Effect } from "../../../shared/contracts/approval.ts";
import type { PersonDecision } from "../../../shared/contracts/decision_request.ts";
import { AgentError } from "../../../shared/contracts/errors.ts";
import { inStoredOrder, type Json } from "../../../shared/contracts/text.ts";
import { failed, type ToolResult } from "../../../shared/contracts/tool_result.ts";
import type { CallRow, Run, Tables } from "./memory_tables.ts";

const DAY_MS = 86_400_000;

/** What a person is asked about, and what they said. */
export interface Asked {
  why: PendingCall["why"];
  expires_at: string;
  effects: Effect[] | null;
  problem: string | null;
  proposed_arguments: Json;
  decision: Decision | null;
}

export function hashOf(value: Json): string {
  return createHash("sha256").update(JSON.stringify(inStoredOrder(value))).digest("hex");
}

export function appendCalls(tables: Tables, run_id: string, rows: Batch["tool_calls"], now: string): void {
  for (const row of rows) {
    const known = tables.tool_calls.find(({ id }) => id === row.id);
    if (!known) {
      if (!("tool_name" in row)) throw new AgentError("not_found", "There is no such tool call.");
      tables.tool_calls.push(newCall(tables, run_id, row, now));
    } else if (row.status === "awaiting_approval") previewCall(known, row);
    else if (known.status === "proposed" && row.status !== "proposed") endCall(known, row);
  }
}

function newCall(tables: Tables, run_id: string, row: ToolCallRow, now: string): CallRow {
  if (row.status === "awaiting_approval" || row.status === "succeeded" && row.access === "write") {
    throw new AgentError("conflict", "A tool call that writes is proposed before it is made.");
  }
  if (row.status !== "proposed" || !tables.asking.has(row.tool_name)) return { ...row, run_id };
  const again = tables.tool_calls.some((one) =>
    one.run_id === run_id && one.tool_name === row.tool_name && one.error === "declined" &&
    hashOf(one.arguments) === hashOf(row.arguments)
  );
  if (again) {
    const result = failed("rejected", "The user has declined this before. It was not done.");
    return { ...row, ...rejection("declined", result, now), run_id };
  }
  const expires_at = new Date(Date.parse(now) + DAY_MS).toISOString();
  const why = [{ by: "default" as const, text: `${row.tool_name} asks each time before it is used.` }];
  const asked = { why, expires_at, effects: null, problem: null, proposed_arguments: null, decision: null };
  return { ...row, run_id, asked };
}

function previewCall({ asked }: CallRow, row: ToolCallRow & { status: "awaiting_approval" }): void {
  if (!asked || asked.decision || asked.effects || asked.problem) return;
  Object.assign(asked, { effects: row.effects, problem: row.problem });
}

/** One that a person was to be asked about was not carried out, whatever the model is told. */
function endCall(known: CallRow, row: Batch["tool_calls"][number]): void {
  Object.assign(known, row, isWaiting(known) && { status: "rejected" }, { arguments: known.arguments });
}

function isWaiting({ status, asked }: CallRow): boolean {
  return status === "proposed" && asked !== undefined && asked.decision === null;
}

function rejection(error: string, told: ToolResult, now: string) {
  return { status: "rejected" as const, error, told, result: { ...told }, duration_ms: 0, finished_at: now };
}

/** On what a batch proposes; of what it has proposed before, where that stands. */
export function verdictsOn({ tool_calls }: Tables, proposed: Batch["tool_calls"] = []): Verdicts {
  const ids = proposed.flatMap(({ id, status }) => status === "proposed" ? [id] : []);
  const calls = tool_calls.filter(({ id }) => ids.includes(id));
  return Object.fromEntries(calls.map((one) => [one.id, verdictOn(one)] as const));
}

function verdictOn(one: CallRow): Verdict {
  const { why = [], expires_at = null } = one.asked ?? {};
  const status = isWaiting(one) ? "awaiting_approval" : one.status === "proposed" ? "approved" : one.status;
  const result = one.told ?? null;
  return { status, arguments_sha256: hashOf(one.arguments), why, expires_at, remember: null, result };
}

/** Those whose outcome is known. */
export function callsOf({ tool_calls }: Tables, thread_id: string | null) {
  return tool_calls.filter((one) => one.agent_session_id === thread_id)
    .filter((one) => one.status !== "proposed")
    .toSorted(inTime)
    .map(({ error, asked, ...row }) => ({
      ...row,
      error: error ?? null,
      decision: decisionOf(error, asked),
    }));
}

/** What became of a call that a person was asked about; null where nobody was, or has decided yet. */
export function decisionOf(error: string | undefined, asked: Asked | undefined): Decision | null {
  if (error !== "expired" && error !== "superseded") return asked?.decision ?? null;
  return { approved: false, edited: false, reason: null, by: error };
}

/** The others. */
export function openCallsOf({ tool_calls }: Tables, thread_id: string | null): PendingCall[] {
  return tool_calls.filter((one) => one.agent_session_id === thread_id && one.status === "proposed")
    .toSorted(inTime)
    .map((one) => {
      const { id, tool_name, arguments: args, asked } = one;
      const { why = [], effects = null, problem = null, expires_at = null, decision = null } = asked ?? {};
      const status = isWaiting(one) ? "awaiting_approval" : "approved";
      const head = { id, tool_name, status, arguments: args, arguments_sha256: hashOf(args) } as const;
      return { ...head, why, effects, problem, expires_at, remember: null, decision };
    });
}

/** All of a thread's, as its owner gets them. */
export function callsOfThread(tables: Tables, thread_id: string | null) {
  const guarded_reads = [...tables.asking].filter((name) => /^(get|look)/.test(name));
  return {
    tool_calls: callsOf(tables, thread_id),
    open_calls: openCallsOf(tables, thread_id),
    guarded_reads,
  };
}

const inTime = (a: CallRow, b: CallRow) =>
  a.created_at.localeCompare(b.created_at) || a.id.localeCompare(b.id);

/** The calls of a run that can still be decided. */
export function waitingCalls({ tool_calls }: Tables, run_id: string, clock: Clock): CallRow[] {
  return tool_calls.filter((one) =>
    one.run_id === run_id && isWaiting(one) && Date.parse(one.asked?.expires_at ?? "") > clock.now()
  ).toSorted(inTime);
}

const UNDECIDED = {
  expired: "Nobody approved this in time, so it was not done.",
  superseded: "The user sent another message instead of approving this. It was not done.",
  cancelled: "The user stopped the run before this was approved. It was not done.",
  run_ended: "The run ended before this was approved. It was not done.",
};

export function closeUndecided(calls: readonly CallRow[], why: keyof typeof UNDECIDED, now: string): void {
  for (const call of calls) {
    Object.assign(call, rejection(why, failed("rejected", UNDECIDED[why]), now));
  }
}

export function expireCalls(tables: Tables, run_id: string, clock: Clock): void {
  const open = waitingCalls(tables, run_id, clock);
  const late = tables.tool_calls.filter((one) =>
    one.run_id === run_id && isWaiting(one) && !open.includes(one)
  );
  closeUndecided(late, "expired", new Date(clock.now()).toISOString());
}

/** What a run leaves: there are no receipts here. */
export function closeCalls({ tool_calls }: Tables, run: Run, now: string): void {
  for (const call of tool_calls.filter((one) => one.run_id === run.id && one.status === "proposed")) {
    if (isWaiting(call)) closeUndecided([call], run.status === "cancelled" ? "cancelled" : "run_ended", now);
    else {
      const result = failed("not_allowed", "The run ended before it was carried out.");
      Object.assign(call, rejection("run_ended", result, now));
    }
  }
}

/** A person decides on calls of a run; gives those that wait still. */
export function decideCalls(
  tables: Tables,
  run: Run,
  decisions: readonly PersonDecision[],
  clock: Clock,
): { open: string[] } {
  for (const { tool_call_id, approved, arguments_sha256, arguments: edited, effects, reason } of decisions) {
    const call = waitingCalls(tables, run.id, clock).find(({ id }) => id === tool_call_id);
    if (!call?.asked || run.cancel_requested_at !== null || hashOf(call.arguments) !== arguments_sha256) {
      throw new AgentError("conflict", "The tool call does not wait for this decision.");
    }
    const is_shown = call.access !== "write" || call.asked.effects !== null || call.asked.problem !== null;
    if (approved && !is_shown) throw new AgentError("conflict", "What it would change is not known yet.");
    const is_edit = edited !== undefined && hashOf(edited) !== arguments_sha256;
    call.asked.decision = { approved, edited: is_edit, reason: reason ?? null, by: "user" };
    if (is_edit) {
      Object.assign(call.asked, {
        proposed_arguments: call.arguments,
        effects: effects ?? null,
        problem: null,
      });
      Object.assign(call, { arguments: edited });
    }
    if (approved) continue;
    const why = reason ? ` Their reason: ${reason}` : "";
    const result = failed("rejected", `The user declined this. It was not done.${why}`);
    Object.assign(call, rejection("declined", result, new Date(clock.now()).toISOString()));
  }
  return { open: waitingCalls(tables, run.id, clock).map(({ id }) => id) };
}
