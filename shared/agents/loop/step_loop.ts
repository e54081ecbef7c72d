// Carries out one claimed step: an executor with read tools only, or the planner with the tools of a step that
// writes. Both end it with `submit_result`.
import { z } from "zod";
import { SUBMIT_RESULT_NAME } from "../../contracts/built_in_tools.ts";
import { assertNever } from "../../contracts/errors.ts";
import { modelSchema } from "../../contracts/json_schema.ts";
import type { ToolSchema } from "../../contracts/model.ts";
import { StepResult } from "../../contracts/plan.ts";
import { failed, ok } from "../../contracts/tool_result.ts";
import { addUsage, type Usage } from "../../contracts/usage.ts";
import type { AgentDeps } from "../deps.ts";
import { stepResumePoint } from "../durable/step_resume_point.ts";
import { createUsageMeter, type FirstReservation } from "../durable/usage_meter.ts";
import { type ModelCalls, STEP_LIMITS } from "../limits.ts";
import type { Store, Toolbox } from "../ports.ts";
import type { ClaimedStep, StepLease, StepProgress } from "../store/records.ts";
import type { Batch, MessageRow, ProposedCall, ToolCallRow, Verdicts } from "../store/rows.ts";
import { type LoopAgent, runLoop } from "./agent_loop.ts";
import { position } from "./loop_state.ts";
import { NUDGE, stepLimit } from "./prompts.ts";
import { type StepEnd, stepEnd } from "./step_end.ts";
import { openStepThread, stepSystemPrompt } from "./step_thread.ts";
import { createThread, type Thread } from "./thread.ts";
import type { BuiltInTool } from "./tool_call_options.ts";
import { runToolCalls } from "./tool_calls.ts";
import type { ToolEvent } from "./tool_events.ts";

export type Worker = "planner" | "executor";

interface StepWork {
  worker: Worker;
  lease: StepLease;
  store: Pick<Store, "advanceStep">;
  /** The reservation of the first model call. */
  first: FirstReservation;
  /** `usage` is what the step has cost by then. */
  write: { message(row: MessageRow, usage: Usage): void; tool_call(row: ToolCallRow): void };
  /** The rows that wait to be stored with the step's progress. */
  take(): Pick<Batch, "messages" | "tool_calls">;
  /** Stores calls before they are made, and all that was written so far; `progress` takes the rows that wait. */
  propose(rows: readonly ProposedCall[], progress: () => StepProgress): Promise<Verdicts>;
  emit(event: ToolEvent): void;
  signal: AbortSignal;
  hand_off_due: AbortSignal;
}

export const SUBMIT_RESULT: ToolSchema = {
  name: SUBMIT_RESULT_NAME,
  description: "Ends the step with its result",
  parameters: modelSchema(StepResult),
};

/** Resumes the step until it has a result, or until hand-off; never throws for what a model or a tool does. */
export async function runStepLoop(claimed: ClaimedStep, work: StepWork, deps: AgentDeps): Promise<StepEnd> {
  const { worker, lease, store, first, write, take, signal, hand_off_due } = work;
  const { clock, ids, model } = deps;
  const call = stepCall(worker, deps.calls);
  const started_at = clock.now();
  const point = stepResumePoint(claimed);
  const toolbox = stepToolbox(claimed, worker, deps);
  const tools = [...toolbox.offered.map((tool) => tool.schema), SUBMIT_RESULT];
  let { usage } = point;
  const thread = stepThread(claimed, worker, (row) => write.message(row, usage), deps);
  if (point.opened) thread.prompt(stepSystemPrompt(worker));
  else openStepThread(thread, claimed, { tools, worker }, deps);
  const progress = () => ({ rows: take(), usage, tool_calls_made: toolCallsIn(thread) });
  const meter = createUsageMeter({
    thread_id: claimed.thread_id,
    call,
    ids,
    model,
    first,
    reserve: (next, settled) => store.advanceStep(lease, progress(), next, settled),
  });

  const events = runLoop({
    agent: stepAgent(claimed, tools, { ...work, thread, toolbox, progress }, deps),
    thread,
    point,
    call,
    limits: STEP_LIMITS,
    worked_ms: 0,
    meter,
    deps,
    signal,
    hand_off_due,
  });
  for await (const event of events) {
    switch (event.type) {
      case "usage":
        usage = addUsage(usage, event.usage);
        break;
      case "text":
      case "text_withdrawn":
      case "turn_cut_off":
      case "tool_call_started":
        // What is said on the way to a result stays in the thread.
        break;
      case "ended": {
        const settlement = await meter.settlement();
        const mayAsk = worker === "executor" && !point.answered;
        const duration_ms = Math.max(0, Math.round(clock.now() - started_at));
        return stepEnd(event.outcome, { mayAsk, duration_ms, settlement, progress: progress() });
      }
      default:
        assertNever(event);
    }
  }
  throw new Error("Cannot end the step: its loop has no outcome");
}

/** How the model of a step is called: beyond the run's budget never. */
export function stepCall(worker: Worker, calls: ModelCalls) {
  const call = worker === "executor" ? calls.executor : calls.own_step;
  return { ...call, beyond_budget: "never" as const };
}

function stepThread(
  { thread_id: id, agent_id, planner_agent_id, messages }: ClaimedStep,
  worker: Worker,
  write: (row: MessageRow) => void,
  { clock, ids }: AgentDeps,
): Thread {
  const peer_id = worker === "executor" ? planner_agent_id : null;
  return createThread({ id, agent: { id: agent_id, type: worker, peer_id }, messages, write, clock, ids });
}

function stepToolbox({ step, time_zone }: ClaimedStep, worker: Worker, { tools }: AgentDeps): Toolbox {
  const permission = worker === "executor" ? "read_only" : "read_write";
  return tools.open({ permission, names: step.tools, time_zone });
}

/** The calls so far that count. */
function toolCallsIn({ messages }: Thread): number {
  return position(messages, { terminal: SUBMIT_RESULT.name, tool_calls: STEP_LIMITS.tool_calls }).tool_calls;
}

function stepAgent(
  { step: { step_number }, tool_calls, open_calls, guarded_reads }: ClaimedStep,
  schemas: ToolSchema[],
  { thread, toolbox, emit, write, propose, progress, signal }: StepWork & {
    thread: Thread;
    toolbox: Toolbox;
    progress(): StepProgress;
  },
  { tools, clock, ids }: AgentDeps,
): LoopAgent {
  return {
    toolsForTurn: () => schemas,
    hasBegun: (call_id) => Promise.resolve([...tool_calls, ...open_calls].some(({ id }) => id === call_id)),
    runCalls: (calls, telling) =>
      runToolCalls(calls, {
        telling,
        thread,
        step_number,
        toolbox,
        builtIn: [submitResult],
        catalogue: tools.catalogue,
        emit,
        write: write.tool_call,
        recorded: tool_calls,
        pending: open_calls,
        guarded_reads,
        propose: (rows) => propose(rows, progress),
        clock,
        ids,
        signal,
      }),
    terminal: SUBMIT_RESULT.name,
    lastTurn: { tools: [SUBMIT_RESULT], prompt: stepLimit },
    nudge: NUDGE,
  };
}

const submitResult: BuiltInTool = {
  name: SUBMIT_RESULT.name,
  run(args) {
    const parsed = StepResult.safeParse(args);
    return Promise.resolve(
      parsed.success ? ok(null, "Submitted.") : failed("invalid_arguments", z.prettifyError(parsed.error)),
    );
  },
};
