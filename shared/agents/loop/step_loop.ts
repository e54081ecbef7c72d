// Carries out one claimed step: an executor with read tools only, or the planner with the tools of a step that
// writes. Both end it with `submit_result`.
import { z } from "zod";
import type { EventBody } from "../../contracts/events.ts";
import { SUBMIT_RESULT_NAME } from "../../contracts/built_in_tools.ts";
import { modelSchema } from "../../contracts/json_schema.ts";
import type { ToolSchema } from "../../contracts/model.ts";
import { StepResult } from "../../contracts/plan.ts";
import { failed, ok } from "../../contracts/tool_result.ts";
import { addUsage, type Usage } from "../../contracts/usage.ts";
import { MAX_OUTPUT_TOKENS, PROMPT_BUDGET, ROOM_FOR_RESULTS, STEP_LIMITS } from "../limits.ts";
import { type LoopOutcome, runLoop } from "./agent_loop.ts";
import { stepResumePoint } from "../durable/step_resume_point.ts";
import { createUsageMeter, type SealedReservation } from "../durable/usage_meter.ts";
import { position } from "./loop_state.ts";
import type { AgentDeps } from "../deps.ts";
import type { Store } from "../ports.ts";
import { EXECUTOR_PROMPT, NUDGE, stepLimit, stepPrompt, WRITER_PROMPT } from "./prompts.ts";
import type { ClaimedStep, Settlement, StepLease, StepOutcome, StepProgress } from "../store/records.ts";
import type { Batch, MessageRow, ToolCallRow } from "../store/rows.ts";
import { shorten } from "./shorten.ts";
import { createThread, type Thread } from "./thread.ts";
import { type OwnTool, runToolCalls } from "./tool_calls.ts";

export type Worker = "planner" | "executor";

interface WorkOptions {
  worker: Worker;
  lease: StepLease;
  store: Pick<Store, "advanceStep">;
  /** The reservation of the first model call. */
  first: SealedReservation;
  /** `usage` is what the step has cost by then. */
  write: { message(row: MessageRow, usage: Usage): void; tool_call(row: ToolCallRow): void };
  /** The rows that wait to be stored with the step's progress. */
  take(): Pick<Batch, "messages" | "tool_calls">;
  /** Resolves when everything that was written so far is stored. */
  stored(): Promise<void>;
  emit(event: EventBody): void;
  signal: AbortSignal;
  handover: AbortSignal;
}

export type WorkEnd =
  & { progress: StepProgress }
  & ({ type: "ended"; outcome: StepOutcome } | { type: "suspended"; settlement: Settlement | null });

export const SUBMIT_RESULT: ToolSchema = {
  name: SUBMIT_RESULT_NAME,
  description: "Hands in the step's result and ends the step",
  parameters: modelSchema(StepResult),
};

/** Works until the step has a result, or is to be handed on; never throws for what a model or a tool does. */
export async function runStepLoop(
  claimed: ClaimedStep,
  { worker, lease, store, first, write, take, stored, emit, signal, handover }: WorkOptions,
  deps: AgentDeps,
): Promise<WorkEnd> {
  const { clock, ids, tools, count } = deps;
  const startedAt = clock.now();
  const budget = PROMPT_BUDGET[worker];
  const permission = worker === "executor" ? "read_only" : "read_write";
  const toolbox = tools.open({ permission, names: claimed.step.tools, time_zone: claimed.time_zone });
  const schemas = [...toolbox.offered.map((tool) => tool.schema), SUBMIT_RESULT];
  const point = stepResumePoint(claimed);
  let { usage, nudged } = point;
  const thread = createThread({
    id: claimed.thread_id,
    agent: { id: claimed.agent_id, type: worker },
    messages: claimed.messages,
    write: (row) => write.message(row, usage),
    clock,
    ids,
  });
  if (!point.opened) openThread(thread, claimed, schemas, budget, deps, worker);
  const mayAsk = worker === "executor" && !point.answered;

  const rules = { terminal: SUBMIT_RESULT.name, tool_calls: STEP_LIMITS.tool_calls };
  const progress = (): StepProgress => ({
    rows: take(),
    usage,
    tool_calls_made: position(thread.messages, rules).tool_calls,
  });
  const meter = createUsageMeter({
    worker,
    ids,
    first,
    reserve: (next, settled) => store.advanceStep(lease, progress(), next, settled),
  });

  const loop = await runLoop({
    model: deps.model,
    profile: worker === "executor" ? "speed" : "balanced",
    user: deps.user,
    thread,
    abilities: () => ({
      tools: schemas,
      run: (calls) =>
        runToolCalls(calls, {
          thread,
          toolbox,
          own: [submitResult],
          catalogue: tools.catalogue,
          emit,
          write: write.tool_call,
          recorded: claimed.tool_calls,
          stored,
          clock,
          ids,
          signal,
        }),
    }),
    terminal: SUBMIT_RESULT.name,
    lastTurn: { tools: [SUBMIT_RESULT], prompt: stepLimit },
    onAnswer() {
      if (nudged) return null;
      nudged = true;
      return NUDGE;
    },
    onUsage: (more) => usage = addUsage(usage, more),
    limits: STEP_LIMITS,
    met: point.limit,
    meter,
    budget,
    max_output_tokens: MAX_OUTPUT_TOKENS.executor,
    count,
    clock,
    ids,
    signal,
    handover,
  });

  const settlement = await meter.settlement();
  if (loop.type === "suspended") return { type: "suspended", settlement, progress: progress() };
  const result = stepResult(loop, mayAsk);
  const outcome: StepOutcome = {
    status: loop.type === "aborted" ? "cancelled" : result.status,
    result,
    ...(result.status === "failed" && { error: result.summary }),
    duration_ms: Math.max(0, Math.round(clock.now() - startedAt)),
    settlement,
  };
  return { type: "ended", outcome, progress: progress() };
}

const submitResult: OwnTool = {
  name: SUBMIT_RESULT.name,
  run(args) {
    const parsed = StepResult.safeParse(args);
    return Promise.resolve(
      parsed.success ? ok(null, "Submitted.") : failed("invalid_arguments", z.prettifyError(parsed.error)),
    );
  },
};

/** The first two messages. Results of earlier steps take the room that is left, minus some for tool results. */
function openThread(
  thread: Thread,
  claimed: ClaimedStep,
  schemas: ToolSchema[],
  budget: number,
  { clock, count }: AgentDeps,
  worker: Worker,
) {
  const now = new Date(clock.now());
  const system = {
    role: "system" as const,
    content: worker === "executor" ? EXECUTOR_PROMPT : WRITER_PROMPT,
  };
  const opening = shorten(
    claimed.earlier_results.map(({ step_number, result }) => ({ step_number, ...result })),
    (earlier) => {
      const task = { role: "user" as const, content: stepPrompt(claimed, earlier, now) };
      return count([system, task], schemas) <= budget - ROOM_FOR_RESULTS.executor;
    },
  );
  const task = { role: "user" as const, content: stepPrompt(claimed, opening, now) };
  thread.append({ kind: "prompt", sender: "system", message: system });
  thread.append({ kind: "task", sender: "planner", message: task });
}

/** The typed result of a step, however its loop ended. Whatever a limit cut short is `partial` at best. */
function stepResult(
  loop: Exclude<LoopOutcome, { type: "suspended" }>,
  mayAsk: boolean,
): StepResult {
  switch (loop.type) {
    case "ended": {
      const result = StepResult.parse(loop.value);
      const cutShort = loop.limit !== null && result.status === "completed";
      const asksAgain = result.status === "needs_input" && !mayAsk;
      return cutShort || asksAgain ? { ...result, status: "partial" } : result;
    }
    case "answered":
      return StepResult.parse({ status: "partial", summary: loop.text });
    case "failed":
      return { status: "failed", summary: loop.failure.message };
    case "aborted":
      return { status: "failed", summary: "The step was stopped." };
  }
}
