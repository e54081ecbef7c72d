// The planner's own loop: the user's message, the whole catalogue and `create_plan`. What it says goes to the user
// part by part, and the strategy is announced at the first sign of it.
import { assertNever } from "../../contracts/errors.ts";
import type { Strategy } from "../../contracts/events.ts";
import type { ToolSchema } from "../../contracts/model.ts";
import type { PlannerDeps } from "../deps.ts";
import type { ResumePoint } from "../durable/resume_point.ts";
import type { RunLog } from "../durable/run_log.ts";
import type { UsageMeter } from "../durable/usage_meter.ts";
import { PLANNER_LIMITS } from "../limits.ts";
import { type LoopAgent, runLoop } from "../loop/agent_loop.ts";
import type { LoopOutcome } from "../loop/loop_events.ts";
import { plannerLimit, plannerPrompt } from "../loop/prompts.ts";
import { createThread, type Thread } from "../loop/thread.ts";
import { runToolCalls } from "../loop/tool_calls.ts";
import type { Toolbox } from "../ports.ts";
import type { OwnedRun, TextPart } from "../store/records.ts";
import { CREATE_PLAN, createPlanning } from "./create_plan.ts";
import { plannerOpening } from "./opening_prompt.ts";
import type { NextSummary } from "./next_summary.ts";
import type { StrategyTracker } from "./strategy.ts";

interface PlannerWork {
  run: RunLog;
  meter: UsageMeter;
  strategy: StrategyTracker;
  summary: NextSummary;
  signal: AbortSignal;
  hand_off_due: AbortSignal;
  /** Finds out at once whether the user wants the run to stop. */
  beatNow(): Promise<void>;
}

/** Resumes the run from its point until there is an answer, or until hand-off. */
export async function runPlannerLoop(
  owned: OwnedRun,
  point: ResumePoint,
  work: PlannerWork,
  deps: PlannerDeps,
): Promise<LoopOutcome> {
  const { run, meter, strategy, signal, hand_off_due } = work;
  const names = deps.tools.catalogue.map((tool) => tool.name);
  const toolbox = deps.tools.open({ permission: "read_write", names, time_zone: owned.time_zone });
  const thread = plannerThread(owned, toolbox, work, deps);
  if (point.void_part !== null) run.emit({ type: "text_withdrawn", part: point.void_part });

  let { part } = point;
  const events = runLoop({
    agent: plannerAgent(owned, point, { ...work, thread, toolbox }, deps),
    thread,
    point,
    call: deps.calls.planner,
    limits: { ...PLANNER_LIMITS, wall_ms: deps.wall_ms },
    worked_ms: owned.worked_ms,
    meter,
    deps,
    signal,
    hand_off_due,
  });
  for await (const event of events) {
    switch (event.type) {
      case "text":
        strategy.raise("simple");
        part = partOf(event.message_id, part);
        run.text(part, event.delta);
        break;
      case "text_withdrawn":
      case "turn_cut_off":
        if (part?.message_id === event.message_id) {
          run.emit({ type: "text_withdrawn", part: part.part });
          // What the turn says after that has a number of its own.
          part = { ...part, message_id: "" };
        }
        break;
      case "tool_call_started":
        strategy.raise(strategyOf([event.name]));
        break;
      case "usage":
        run.spend(event.usage);
        break;
      case "ended":
        return event.outcome;
      default:
        assertNever(event);
    }
  }
  throw new Error("Cannot end the run: the planner's loop has no outcome");
}

/** Each message speaks under a number of its own, one after the other. */
function partOf(message_id: string, last: TextPart | null): TextPart {
  return last?.message_id === message_id ? last : { part: (last?.part ?? 0) + 1, message_id };
}

function strategyOf(tools: string[]): Strategy {
  return tools.includes(CREATE_PLAN.name) ? "complex" : "tool_use";
}

/** The run's own thread as it stands, opened where nobody has done so yet. */
function plannerThread(
  owned: OwnedRun,
  toolbox: Toolbox,
  { run, summary }: Pick<PlannerWork, "run" | "summary">,
  deps: PlannerDeps,
): Thread {
  const { thread_id, agent_id, messages, opening, message, time_zone } = owned;
  const { clock, ids, count, about } = deps;
  const tools = [...schemasOf(toolbox), CREATE_PLAN];
  const now = new Date(clock.now());
  const opened = opening && plannerOpening({ about, opening, message, time_zone, now, tools, count });
  const thread = createThread({
    id: thread_id,
    agent: { id: agent_id, type: "planner" },
    history: opened?.history ?? owned.history,
    messages,
    write: (row) => run.rows.messages.push(row),
    clock,
    ids,
  });
  const { summary_due } = opened ?? owned;
  if (summary_due !== null) summary.reserve(summary_due);
  thread.prompt(plannerPrompt(about));
  if (opened) {
    const { task, initial_context, cut, shown_rows } = opened;
    run.rows.openings.push({ thread_id, initial_context });
    const message = { role: "user" as const, content: task };
    thread.append({ kind: "task", sender: "user", message, cut, shown_rows });
  }
  return thread;
}

function plannerAgent(
  owned: OwnedRun,
  point: ResumePoint,
  { run, strategy, thread, toolbox, signal, hand_off_due, beatNow }: PlannerWork & {
    thread: Thread;
    toolbox: Toolbox;
  },
  deps: PlannerDeps,
): LoopAgent {
  const { tools, clock, ids } = deps;
  const { agent_id: planner_agent_id, message: user_message } = owned;
  const planning = createPlanning(
    { ...deps, run, planner_agent_id, user_message, signal, beatNow, hand_off_due },
    point.planning,
  );
  return {
    toolsForTurn: () => planning.offered() ? [...schemasOf(toolbox), CREATE_PLAN] : schemasOf(toolbox),
    runCalls(calls, telling) {
      strategy.raise(strategyOf(calls.map(({ call }) => call.name)));
      return runToolCalls(calls, {
        telling,
        thread,
        toolbox,
        builtIn: [planning],
        catalogue: tools.catalogue,
        emit: run.emit,
        write: (row) => run.rows.tool_calls.push(row),
        recorded: owned.tool_calls,
        pending: owned.open_calls,
        guarded_reads: owned.guarded_reads,
        propose: run.propose,
        clock,
        ids,
        signal,
      });
    },
    hasBegun: async (call_id) =>
      [...owned.tool_calls, ...owned.open_calls].some(({ id }) => id === call_id) ||
      await planning.hasBegun(call_id),
    terminal: null,
    lastTurn: { tools: [], prompt: plannerLimit },
    nudge: null,
  };
}

function schemasOf({ offered }: Toolbox): ToolSchema[] {
  return offered.map((tool) => tool.schema);
}
