// Carries out one claimed step: an executor with read tools only, or the planner with the tools of a step that
// writes. Both end it with `submit_result`.
import { z } from "zod";
import type { EventBody } from "../contracts/events.ts";
import { modelSchema } from "../contracts/json_schema.ts";
import type { ToolSchema } from "../contracts/model.ts";
import { StepResult } from "../contracts/plan.ts";
import { failed, ok } from "../contracts/tool.ts";
import { MAX_OUTPUT_TOKENS, STEP_LIMITS } from "./limits.ts";
import { type LoopOutcome, runLoop } from "./loop.ts";
import type { Meter } from "./meter.ts";
import type { Clock, Ids, Model, TokenCounter, ToolSource } from "./ports.ts";
import { PROMPT_BUDGET, ROOM_FOR_RESULTS } from "./prompt_budget.ts";
import { EXECUTOR_PROMPT, NUDGE, stepLimit, stepPrompt, WRITER_PROMPT } from "./prompts.ts";
import type { Batch, ClaimedStep, StepOutcome } from "./records.ts";
import { shorten } from "./shorten.ts";
import { createThread, type Thread } from "./thread.ts";
import { type OwnTool, runToolCalls } from "./tool_calls.ts";

/** What every agent needs from the world. */
export interface AgentDeps {
  model: Model;
  tools: ToolSource;
  count: TokenCounter;
  clock: Clock;
  ids: Ids;
  /** The pseudonym of the end user, for the model's host. */
  user: string;
}

export type Worker = "planner" | "executor";

interface WorkOptions {
  worker: Worker;
  meter: Meter;
  rows: Pick<Batch, "messages" | "tool_calls">;
  emit(event: EventBody): void;
  signal: AbortSignal;
}

const SUBMIT_RESULT: ToolSchema = {
  name: "submit_result",
  description: "Hands in the step's result and ends the step",
  parameters: modelSchema(StepResult),
};

/** Works until the step has a result; never throws for what a model or a tool does. */
export async function workStep(
  claimed: ClaimedStep,
  { worker, meter, rows, emit, signal }: WorkOptions,
  deps: AgentDeps,
): Promise<StepOutcome> {
  const { clock, ids, tools, count } = deps;
  const startedAt = clock.now();
  const budget = PROMPT_BUDGET[worker];
  const permission = worker === "executor" ? "read_only" : "read_write";
  const toolbox = tools.open({ permission, names: claimed.step.tools, time_zone: claimed.time_zone });
  const schemas = [...toolbox.offered.map((tool) => tool.schema), SUBMIT_RESULT];
  const thread = createThread({
    id: claimed.thread_id,
    agent: { id: claimed.agent_id, type: worker },
    messages: claimed.messages,
    write: (row) => rows.messages.push(row),
    clock,
    ids,
  });
  if (claimed.messages.length === 0) openThread(thread, claimed, schemas, budget, deps, worker);

  let nudged = false;
  const outcome = await runLoop({
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
          write: (row) => rows.tool_calls.push(row),
          clock,
          ids,
          signal,
        }),
    }),
    terminal: SUBMIT_RESULT.name,
    lastTurn: { tools: [SUBMIT_RESULT], prompt: stepLimit },
    onAnswer: () => nudged ? null : (nudged = true, NUDGE),
    limits: STEP_LIMITS,
    meter,
    budget,
    max_output_tokens: MAX_OUTPUT_TOKENS.executor,
    count,
    clock,
    signal,
  });

  const result = stepResult(outcome, { mayAsk: worker === "executor" && claimed.attempt === 1 });
  return {
    status: outcome.type === "aborted" ? "cancelled" : result.status,
    result,
    ...(result.status === "failed" && { error: result.summary }),
    usage: outcome.usage,
    duration_ms: Math.max(0, Math.round(clock.now() - startedAt)),
    tool_calls_made: outcome.tool_calls,
    settlement: meter.settlement(),
  };
}

const submitResult: OwnTool = {
  name: SUBMIT_RESULT.name,
  run(args) {
    const parsed = StepResult.safeParse(args);
    return Promise.resolve(
      parsed.success
        ? { result: ok(null, "Submitted."), end: parsed.data }
        : { result: failed("invalid_arguments", z.prettifyError(parsed.error)) },
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
  thread.append("system", system);
  thread.append("planner", { role: "user", content: stepPrompt(claimed, opening, now) });
}

/** The typed result of a step, however its loop ended. Whatever a limit cut short is `partial` at best. */
function stepResult(outcome: LoopOutcome, { mayAsk }: { mayAsk: boolean }): StepResult {
  switch (outcome.type) {
    case "ended": {
      const result = StepResult.parse(outcome.value);
      const cutShort = outcome.limit !== null && result.status === "completed";
      const asksAgain = result.status === "needs_input" && !mayAsk;
      return cutShort || asksAgain ? { ...result, status: "partial" } : result;
    }
    case "answered":
      return StepResult.parse({ status: "partial", summary: outcome.text });
    case "failed":
      return { status: "failed", summary: outcome.failure.message };
    case "aborted":
      return { status: "failed", summary: "The step was stopped." };
  }
}
