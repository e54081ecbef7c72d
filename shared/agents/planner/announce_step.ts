// What the rows of an executor's step tell, as if it had been streamed: a log leaves out what it has already.
import { SUBMIT_RESULT_NAME } from "../../contracts/built_in_tools.ts";
import type { EventBody } from "../../contracts/events.ts";
import { NO_USAGE } from "../../contracts/usage.ts";
import type { RunLog } from "../durable/run_log.ts";
import { approvalOf } from "../loop/approval_of.ts";
import { decidedEvents, recordedEvents, toolCallEvent } from "../loop/tool_events.ts";
import type { KnownTool, ToolSource } from "../ports.ts";
import type { PendingCall, StepRef, StepView } from "../store/records.ts";

interface Listener {
  run: Pick<RunLog, "emit">;
  tools: Pick<ToolSource, "catalogue">;
  /** Told of every attempt so far: an earlier owner may have died before it had announced one. */
  begun(attempt: number): void;
}

/** Tells of the attempts at a step, of the calls of its thread, of what a person is asked about them, and of its end. */
export function announceStep(
  { step_number }: StepRef,
  view: StepView,
  { run, tools, begun }: Listener,
): void {
  const { attempt, executor_agent_id, result, usage, duration_ms } = view;
  if (executor_agent_id === null) return;
  for (let earlier = 1; earlier <= attempt; earlier++) begun(earlier);
  const agent = { id: executor_agent_id, type: "executor" as const, step_number };
  run.emit({ type: "executor_spawned", agent, executor_agent_id, step_number, attempt });
  for (const call of view.tool_calls) {
    if (call.tool_name === SUBMIT_RESULT_NAME) continue;
    for (const event of recordedEvents(call, tools.catalogue)) run.emit({ ...event, agent });
  }
  for (const call of view.open_calls) {
    for (const event of pendingEvents(call, step_number, tools.catalogue)) run.emit({ ...event, agent });
  }
  if (result === null) return;
  run.emit({
    type: "executor_result",
    agent,
    executor_agent_id,
    step_number,
    attempt,
    result,
    usage: usage ?? NO_USAGE,
    duration_ms: duration_ms ?? 0,
  });
}

/** A call whose outcome is not known: that it waits for a person, or what they have said. */
function pendingEvents(
  call: PendingCall,
  step_number: number,
  catalogue: readonly KnownTool[],
): EventBody[] {
  const { decision, status, expires_at } = call;
  const made = toolCallEvent(call, catalogue);
  if (decision) return [made, ...decidedEvents(call)];
  if (status !== "awaiting_approval" || expires_at === null) return [made];
  return [made, { type: "approval_required", approvals: [approvalOf(call, expires_at, step_number)] }];
}
