// A run under way as the rows that it will have, made of its events one by one. Of model calls the log says nothing: one
// is under way where an agent has nothing else to do.
import type { ReadEvent, ReadEventOf } from "../../client/mod.ts";
import type { TraceModelCall, TraceRows, TraceRun, TraceStep } from "../data/trace_rows.ts";

/** Changed in place: a run may have thousands of events. */
export interface LiveRows {
  rows: TraceRows;
  /** The time of the latest event. */
  at: string | null;
  /** By thread: the model call under way, and the tools at work. */
  threads: Map<string, { call: TraceModelCall | null; tools: Set<string> }>;
}

/** The planner's own thread; those of steps are called by their numbers. */
const PLANNER = "live:planner";

export function liveRows(run: TraceRun): LiveRows {
  const rows: TraceRows = {
    run: { ...run },
    ...{ threads: [], plans: [], steps: [], model_calls: [], tool_calls: [], moments: [] },
  };
  return { rows, at: null, threads: new Map() };
}

export function addEvent(live: LiveRows, event: ReadEvent): void {
  const { rows } = live;
  live.at = event.at;
  const own = threadOf(event.agent?.step_number);
  switch (event.type) {
    case "session":
      return begin(live, PLANNER, event.at);
    case "analysis":
      rows.run.strategy = event.strategy;
      return;
    case "plan_created":
      end(live, PLANNER, event.at);
      for (const plan of rows.plans) plan.finished_at ??= event.at;
      rows.plans.push({ ...event.plan, status: "executing", created_at: event.at, finished_at: null });
      return;
    case "step_start":
      return startStep(live, event);
    case "executor_spawned":
      return begin(live, threadOf(event.step_number), event.at);
    case "step_complete":
      return endStep(live, event);
    case "tool_call":
      return startCall(live, own, event);
    case "tool_result":
      return endCall(live, own, event);
    case "approval_required":
      for (const { tool_call_id } of event.approvals) setStatus(rows, tool_call_id, "awaiting_approval");
      return;
    case "approval_decided":
      rows.moments.push({ type: event.type, at: event.at, why: null, strategy: null });
      rows.run.status = "running";
      return setStatus(rows, event.tool_call_id, "approved");
    case "run_paused":
      rows.run.status = "awaiting_approval";
      for (const thread of live.threads.keys()) end(live, thread, event.at);
      rows.moments.push({ type: event.type, at: event.at, why: null, strategy: null });
      return;
    case "taken_over":
      rows.run.takeovers++;
      rows.moments.push({ type: event.type, at: event.at, why: event.why, strategy: null });
      return;
    case "done":
    case "error":
      return endRun(live, event);
    case "executor_result":
      return end(live, threadOf(event.step_number), event.at);
    case "text":
    case "text_withdrawn":
      // A planner that speaks is in a model call, whatever it was that it waited for.
      return begin(live, PLANNER, event.at);
  }
}

function threadOf(step_number: number | undefined): string {
  return step_number === undefined ? PLANNER : `live:step:${step_number}`;
}

function begin(live: LiveRows, id: string, at: string): void {
  const thread = live.threads.get(id) ?? { call: null, tools: new Set<string>() };
  live.threads.set(id, thread);
  if (thread.call) return;
  thread.call = {
    id: `live:${live.rows.model_calls.length + 1}`,
    ...{ agent_session_id: id, message_seq: null, attempt: 1, model_asked: null, model_answered: null },
    ...{ failure: null, end_reason: null, first_token_ms: null },
    ...{ input_tokens: null, cached_tokens: null, output_tokens: null, cost_usd: null },
    ...{ started_at: at, ended_at: null },
  };
  live.rows.model_calls.push(thread.call);
}

function end(live: LiveRows, id: string, at: string): void {
  const thread = live.threads.get(id);
  if (!thread?.call) return;
  thread.call.ended_at = at;
  thread.call = null;
}

function startStep(live: LiveRows, event: ReadEventOf<"step_start">): void {
  const { step_number, attempt, at } = event;
  const plan = live.rows.plans.at(-1);
  if (!plan) return;
  const thread = threadOf(step_number);
  const before = live.rows.steps.findLast((step) => step.step_number === step_number);
  if (before && before.finished_at === null) Object.assign(before, { status: "failed", finished_at: at });
  end(live, thread, at);
  live.threads.delete(thread);
  live.rows.steps.push({
    ...{ id: `live:step:${step_number}:${attempt}`, plan_id: plan.id, step_number, attempt },
    ...{ worker: null, status: "running", error: null, agent_session_id: thread },
    ...{ created_at: at, finished_at: null },
  });
  const planned = plan.steps.find((step) => step.step_number === step_number);
  // An executor has to be called first; the planner begins at once.
  if (planned?.executor_required === false) begin(live, thread, at);
}

function endStep(live: LiveRows, event: ReadEventOf<"step_complete">): void {
  const { step_number, attempt, status, error = null, at } = event;
  const thread = threadOf(step_number);
  end(live, thread, at);
  live.threads.delete(thread);
  const step = live.rows.steps.findLast((one) => one.step_number === step_number);
  const ended = { status, error, finished_at: at };
  if (step && step.attempt === attempt) Object.assign(step, ended);
  else if (live.rows.plans.length > 0) live.rows.steps.push({ ...unbegun(live, event), ...ended });
  const plan = live.rows.plans.at(-1);
  const open = plan?.steps.some(({ step_number }) => !isOver(live.rows.steps, step_number)) ?? true;
  if (plan && !open) {
    const left = live.rows.steps.filter((one) => one.plan_id === plan.id);
    plan.status = left.every((one) => one.status === "completed") ? "completed" : "failed";
    plan.finished_at = at;
    // The steps' results go back to the planner's model.
    begin(live, PLANNER, at);
  }
}

function unbegun(live: LiveRows, { step_number, attempt, at }: ReadEventOf<"step_complete">): TraceStep {
  return {
    ...{ id: `live:step:${step_number}:${attempt}`, plan_id: live.rows.plans.at(-1)?.id ?? "", step_number },
    ...{ attempt, worker: null, status: "running", error: null, agent_session_id: null },
    ...{ created_at: at, finished_at: null },
  };
}

function isOver(steps: readonly TraceStep[], step_number: number): boolean {
  return steps.findLast((step) => step.step_number === step_number)?.finished_at != null;
}

function startCall(live: LiveRows, id: string, event: ReadEventOf<"tool_call">): void {
  end(live, id, event.at);
  const thread = live.threads.get(id) ?? { call: null, tools: new Set<string>() };
  live.threads.set(id, thread);
  thread.tools.add(event.tool_call_id);
  live.rows.tool_calls.push({
    ...{ id: event.tool_call_id, agent_session_id: id, tool_name: event.name, access: event.access ?? null },
    ...{ status: "executing", error: null, duration_ms: null, created_at: event.at, finished_at: null },
  });
}

function endCall(live: LiveRows, id: string, event: ReadEventOf<"tool_result">): void {
  const call = live.rows.tool_calls.findLast((one) => one.id === event.tool_call_id);
  if (call) {
    Object.assign(call, {
      status: event.ok ? "succeeded" : "failed",
      error: event.error ?? null,
      ...{ duration_ms: event.duration_ms, finished_at: event.at },
    });
  }
  const thread = live.threads.get(id);
  thread?.tools.delete(event.tool_call_id);
  if (thread?.tools.size === 0) begin(live, id, event.at);
}

function setStatus({ tool_calls }: TraceRows, id: string, status: string): void {
  const call = tool_calls.findLast((one) => one.id === id);
  if (call) call.status = status;
}

function endRun(live: LiveRows, event: ReadEventOf<"done" | "error">): void {
  const { rows } = live;
  for (const thread of live.threads.keys()) end(live, thread, event.at);
  for (const row of [...rows.steps, ...rows.tool_calls, ...rows.plans]) {
    if (row.finished_at === null) Object.assign(row, { status: "cancelled", finished_at: event.at });
  }
  rows.run.finished_at = event.at;
  if (event.type === "done") {
    Object.assign(rows.run, {
      status: event.status,
      finished_reason: event.finished_reason,
      usage: event.usage,
    });
  } else {
    Object.assign(rows.run, { status: "failed", error: { message: event.message } });
  }
}
