// The planner's own loop: the user's message, the whole catalogue and `create_plan`. What it says goes to the user
// part by part, and the strategy is announced at the first sign of it.
import { CREATE_PLAN, createPlanning } from "./create_plan.ts";
import { MAX_OUTPUT_TOKENS, PLANNER_LIMITS, PROMPT_BUDGET } from "../limits.ts";
import { type LoopOutcome, runLoop } from "../loop/agent_loop.ts";
import type { UsageMeter } from "../durable/usage_meter.ts";
import { openPlannerThread } from "./opening_prompt.ts";
import { plannerLimit } from "../loop/prompts.ts";
import type { ResumePoint } from "../durable/resume_point.ts";
import type { OwnedRun } from "../store/records.ts";
import type { RunLog } from "../durable/run_log.ts";
import type { StrategyTracker } from "./strategy.ts";
import { createThread } from "../loop/thread.ts";
import { type OwnTool, runToolCalls } from "../loop/tool_calls.ts";
import type { PlannerDeps } from "../deps.ts";

interface Thinking {
  run: RunLog;
  meter: UsageMeter;
  strategy: StrategyTracker;
  signal: AbortSignal;
  handover: AbortSignal;
  /** Finds out at once whether the user wants the run to stop. */
  look(): Promise<void>;
}

/** Goes on from the run's rows until there is an answer, or the run is to be handed on. */
export function runPlannerLoop(
  owned: OwnedRun,
  point: ResumePoint,
  work: Thinking,
  deps: PlannerDeps,
): Promise<LoopOutcome> {
  const { run, meter, strategy, signal, handover, look } = work;
  const { tools, clock, ids, count } = deps;
  const { message, time_zone } = owned;
  const names = tools.catalogue.map((tool) => tool.name);
  const toolbox = tools.open({ permission: "read_write", names, time_zone });
  const catalogueSchemas = toolbox.offered.map((tool) => tool.schema);
  const thread = createThread({
    id: owned.thread_id,
    agent: { id: owned.agent_id, type: "planner" },
    messages: owned.messages,
    write: (row) => run.rows.messages.push(row),
    clock,
    ids,
  });
  if (owned.opening) {
    openPlannerThread(thread, {
      about: deps.about,
      opening: owned.opening,
      message,
      time_zone,
      now: new Date(clock.now()),
      tools: [...catalogueSchemas, CREATE_PLAN],
      count,
    });
  }
  const planning = createPlanning({
    ...deps,
    run,
    planner_agent_id: owned.agent_id,
    user_message: message,
    signal,
    handover,
  }, point.planning);

  const plans: OwnTool = {
    name: planning.name,
    async run(args, call_id) {
      const result = await planning.run(args, call_id);
      // Its steps may have been stopped by a cancel that is not known here yet.
      await look();
      return result;
    },
  };

  let speaking = point.part;
  if (point.void_part !== null) run.emit({ type: "text_withdrawn", part: point.void_part });

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
          own: [plans],
          catalogue: tools.catalogue,
          emit: run.emit,
          write: (row) => run.rows.tool_calls.push(row),
          recorded: owned.tool_calls,
          stored: run.flush,
          clock,
          ids,
          signal,
        });
      },
    }),
    terminal: null,
    lastTurn: { tools: [], prompt: plannerLimit },
    onAnswer: () => null,
    onText(delta, message_id) {
      strategy.raise("simple");
      if (speaking?.message_id !== message_id) speaking = { part: (speaking?.part ?? 0) + 1, message_id };
      run.text(speaking, delta);
    },
    onCutOff(message_id) {
      if (speaking?.message_id === message_id) run.emit({ type: "text_withdrawn", part: speaking.part });
    },
    onUsage: run.spend,
    onToolCallStarted: (name) => strategy.raise(name === CREATE_PLAN.name ? "complex" : "tool_use"),
    limits: { ...PLANNER_LIMITS, wall_ms: deps.wall_ms },
    met: point.limit,
    age_ms: age(owned, deps),
    meter,
    budget: PROMPT_BUDGET.planner,
    max_output_tokens: MAX_OUTPUT_TOKENS.planner,
    count,
    clock,
    ids,
    signal,
    handover,
  });
}

/** Milliseconds since the run began. */
function age({ started_at }: OwnedRun, { clock }: PlannerDeps): number {
  return clock.now() - Date.parse(started_at);
}
