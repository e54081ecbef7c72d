// The planner: one loop that answers a user's message. A text answer is `simple`, tool calls are `tool_use`,
// calling `create_plan` is `complex`; the strategy is announced at the first sign of it and only moves up.
import type { RunEvent, Strategy } from "../contracts/events.ts";
import { addUsage, NO_USAGE, type Usage } from "../contracts/usage.ts";
import { toAgentError } from "../contracts/errors.ts";
import { CREATE_PLAN, createPlanning } from "./create_plan.ts";
import { MAX_OUTPUT_TOKENS, PLANNER_LIMITS } from "./limits.ts";
import { type LoopOutcome, runLoop } from "./loop.ts";
import { createMeter, type Meter, newReservation } from "./meter.ts";
import { openPlannerThread } from "./open_thread.ts";
import type { Log, StepInvoker, Store } from "./ports.ts";
import { PROMPT_BUDGET } from "./prompt_budget.ts";
import { PLANNER_PROMPT, plannerLimit } from "./prompts.ts";
import type { ExistingRun, RunOutcome, StartedRun, StartRequest } from "./records.ts";
import { createRunLog, type RunLog } from "./run_log.ts";
import { createStrategyTracker, type StrategyTracker } from "./strategy.ts";
import { createThread } from "./thread.ts";
import { runToolCalls } from "./tool_calls.ts";
import { watchCancel } from "./watch_cancel.ts";
import type { AgentDeps } from "./work_step.ts";

export interface PlannerDeps extends AgentDeps {
  store: Store;
  invoke: StepInvoker;
  log: Log;
  /** How long the planner may work on a run before it has to answer, in milliseconds. */
  wall_ms: number;
}

interface Turn {
  started: StartedRun;
  meter: Meter;
  message: string;
  time_zone: string;
  deliver(event: RunEvent): void;
}

/** Longer than any invocation may live, so that a run without an owner is known as such. */
const LEASE_SECONDS = 420;

/**
 * Makes a run of a request, with its first model call reserved. Errors: `not_found`, `conflict`, `rate_limited`
 * when the user's quota is used up.
 */
export async function startTurn(
  request: StartRequest["request"],
  { store, tools, ids }: PlannerDeps,
): Promise<{ started: StartedRun; meter: Meter } | { started: ExistingRun }> {
  const first = await newReservation("planner", ids);
  const started = await store.startRun({
    request,
    agent: {
      name: "Planner",
      model_preference: "balanced",
      available_tools: [...tools.catalogue.map((tool) => tool.name), CREATE_PLAN.name],
      system_prompt: PLANNER_PROMPT,
    },
    reservation: first.row,
    lease_seconds: LEASE_SECONDS,
  });
  if (started.existing) return { started };
  return { started, meter: createMeter({ worker: "planner", ids, first, store, run_id: started.run_id }) };
}

/** Answers a started run to its terminal event. Never rejects: a failure is the run's `error` event. */
export async function answerTurn(turn: Turn, deps: PlannerDeps): Promise<RunOutcome> {
  const { started } = turn;
  const run = createRunLog({
    run_id: started.run_id,
    agent: { id: started.agent_id, type: "planner" },
    first: sessionEvent(started),
    store: deps.store,
    clock: deps.clock,
    log: deps.log,
    deliver: turn.deliver,
  });
  const cancel = watchCancel({ ...deps, run_id: started.run_id });
  const spent = { usage: NO_USAGE };
  const strategy = createStrategyTracker((strategy) => run.emit({ type: "analysis", strategy }));
  let outcome: RunOutcome;
  try {
    const spend = (usage: Usage) => spent.usage = addUsage(spent.usage, usage);
    const loop = await think(turn, { run, strategy, spend, signal: cancel.signal }, deps);
    outcome = runOutcome(loop, strategy.current(), spent.usage, deps);
  } catch (error) {
    deps.log.error("a run failed", { run_id: started.run_id, error });
    const { kind, message, retryable } = toAgentError(error);
    outcome = {
      status: "failed",
      strategy: strategy.current(),
      usage: spent.usage,
      error: { kind, message, retryable },
    };
  }
  cancel.stop();
  outcome = { ...outcome, settlement: turn.meter.settlement() };
  await run.finish(outcome);
  return outcome;
}

interface Work {
  run: RunLog;
  strategy: StrategyTracker;
  spend(usage: Usage): void;
  signal: AbortSignal;
}

function think(
  { started, meter, message, time_zone }: Turn,
  { run, strategy, spend, signal }: Work,
  deps: PlannerDeps,
): Promise<LoopOutcome> {
  const { tools, clock, ids, count } = deps;
  const names = tools.catalogue.map((tool) => tool.name);
  const toolbox = tools.open({ permission: "read_write", names, time_zone });
  const catalogueSchemas = toolbox.offered.map((tool) => tool.schema);
  const thread = createThread({
    id: started.thread_id,
    agent: { id: started.agent_id, type: "planner" },
    write: (row) => run.rows.messages.push(row),
    clock,
    ids,
  });
  openPlannerThread(thread, {
    started,
    message,
    time_zone,
    now: new Date(clock.now()),
    tools: [...catalogueSchemas, CREATE_PLAN],
    count,
  });
  const planning = createPlanning({
    ...deps,
    run,
    spend,
    session_id: started.session_id,
    planner_agent_id: started.agent_id,
    user_message: message,
    signal,
  });

  let part = 0;
  let speaking = 0;
  return runLoop({
    model: deps.model,
    profile: "balanced",
    user: deps.user,
    thread,
    abilities: () => ({
      tools: planning.offered() ? [...catalogueSchemas, CREATE_PLAN] : catalogueSchemas,
      run: (calls) => {
        strategy.raise(calls.some((one) => one.call.name === CREATE_PLAN.name) ? "complex" : "tool_use");
        return runToolCalls(calls, {
          thread,
          toolbox,
          own: [planning],
          catalogue: tools.catalogue,
          emit: run.emit,
          write: (row) => run.rows.tool_calls.push(row),
          clock,
          ids,
          signal,
        });
      },
    }),
    terminal: null,
    lastTurn: { tools: [], prompt: plannerLimit },
    onAnswer: () => null,
    onText(delta, turn) {
      strategy.raise("simple");
      if (turn !== speaking) part += 1;
      speaking = turn;
      run.text(part, delta);
    },
    onUsage: spend,
    onToolCallStarted: (name) => strategy.raise(name === CREATE_PLAN.name ? "complex" : "tool_use"),
    limits: { ...PLANNER_LIMITS, wall_ms: deps.wall_ms },
    meter,
    budget: PROMPT_BUDGET.planner,
    max_output_tokens: MAX_OUTPUT_TOKENS.planner,
    count,
    clock,
    signal,
  });
}

function sessionEvent({ run_id, at, agent_id, session_id, user_message_id }: StartedRun): RunEvent {
  return {
    seq: 1,
    run_id,
    type: "session",
    at,
    agent: { id: agent_id, type: "planner" },
    session_id,
    user_message_id,
  };
}

function runOutcome(
  loop: LoopOutcome,
  strategy: Strategy | null,
  usage: Usage,
  { ids }: PlannerDeps,
): RunOutcome {
  switch (loop.type) {
    case "answered":
      return {
        status: "completed",
        strategy: strategy ?? "simple",
        usage,
        finished_reason: loop.limit?.reason ?? "answered",
        message_id: ids.random(),
        answer: loop.text,
      };
    case "failed":
      return { status: "failed", strategy, usage, error: loop.failure };
    case "aborted":
      return { status: "cancelled", strategy, usage, finished_reason: "cancelled" };
    case "ended":
      throw new Error("The planner has no terminal tool");
  }
}
