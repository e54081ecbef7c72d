// What a run looks like so far: the view's state, built event by event. No terminal and no clock in here, so
// that recorded events give the same picture every time.
import { assertNever } from "../../shared/contracts/errors.ts";
import type { RunEvent, Strategy } from "../../shared/contracts/events.ts";
import type { Plan, PlanStep } from "../../shared/contracts/plan.ts";
import type { Json } from "../../shared/contracts/text.ts";
import type { Usage } from "../../shared/contracts/usage.ts";

export type StepState = "waiting" | "running" | "completed" | "failed" | "skipped";

export interface CallView {
  id: string;
  name: string;
  arguments: Json;
  state: "running" | "ok" | "failed";
  result: string;
  duration_ms: number;
}

export interface StepView {
  step: PlanStep;
  state: StepState;
  attempt: number;
  /** Milliseconds since the epoch. */
  started_at: number | undefined;
  ended_at: number | undefined;
  calls: CallView[];
  summary: string;
  usage: Usage | undefined;
}

/** What the run showed, in the order in which it happened. */
export type Block =
  | { type: "text"; part: number; text: string }
  /** In the place of a text that is void: its model call was lost, and the next text begins it again. */
  | { type: "withdrawn" }
  | { type: "calls"; calls: CallView[] }
  | { type: "plan"; plan: Plan; steps: StepView[] };

export type End =
  | { type: "done"; status: string; reason: string; usage: Usage }
  | { type: "error"; message: string; retryable: boolean };

export interface View {
  run_id: string | undefined;
  strategy: Strategy | undefined;
  /** Milliseconds since the epoch: of the first event, and of the latest. */
  started_at: number;
  at: number;
  blocks: Block[];
  end: End | undefined;
}

export const EMPTY_VIEW: View = {
  run_id: undefined,
  strategy: undefined,
  started_at: 0,
  at: 0,
  blocks: [],
  end: undefined,
};

/** The view after one more event. */
export function advance(view: View, event: RunEvent): View {
  const at = Date.parse(event.at);
  const next = { ...view, at, started_at: view.started_at === 0 ? at : view.started_at };
  switch (event.type) {
    case "session":
      return { ...next, run_id: event.run_id };
    case "analysis":
      return { ...next, strategy: event.strategy };
    case "text":
      return { ...next, blocks: withText(view.blocks, event.part, event.delta) };
    case "text_withdrawn":
      return {
        ...next,
        blocks: view.blocks.map((block) =>
          block.type === "text" && block.part === event.part ? { type: "withdrawn" } : block
        ),
      };
    case "plan_created":
      return { ...next, blocks: [...view.blocks, planBlock(event.plan, view.blocks)] };
    case "step_start":
      return updateStep(next, event.step_number, (step) => ({
        ...step,
        state: "running",
        attempt: event.attempt,
        started_at: step.started_at ?? at,
      }));
    case "step_complete":
      return updateStep(next, event.step_number, (step) => ({
        ...step,
        state: event.status,
        ended_at: at,
        summary: event.error ?? event.summary,
      }));
    case "executor_result":
      return updateStep(next, event.step_number, (step) => ({
        ...step,
        summary: event.result.open_questions?.[0] ?? event.result.summary,
        usage: event.usage,
      }));
    case "tool_call": {
      const call: CallView = {
        id: event.tool_call_id,
        name: event.name,
        arguments: event.arguments,
        state: "running",
        result: "",
        duration_ms: 0,
      };
      const step_number = event.agent?.step_number;
      if (step_number === undefined) return { ...next, blocks: withCall(view.blocks, call) };
      return updateStep(next, step_number, (step) => ({ ...step, calls: [...step.calls, call] }));
    }
    case "tool_result": {
      const { tool_call_id, ok, error, result, duration_ms } = event;
      const finish = (call: CallView): CallView =>
        call.id === tool_call_id
          ? { ...call, state: ok ? "ok" : "failed", result: error ?? result, duration_ms }
          : call;
      return { ...next, blocks: view.blocks.map((block) => mapCalls(block, finish)) };
    }
    case "done":
      return {
        ...next,
        end: { type: "done", status: event.status, reason: event.finished_reason, usage: event.usage },
      };
    case "error":
      return { ...next, end: { type: "error", message: event.message, retryable: event.retryable } };
    case "executor_spawned":
    case "approval_required":
      return next;
    default:
      return assertNever(event);
  }
}

/** The steps of the latest plan. */
export function latestSteps(view: View): StepView[] {
  const plans = view.blocks.flatMap((block) => block.type === "plan" ? [block] : []);
  return plans.at(-1)?.steps ?? [];
}

function withText(blocks: readonly Block[], part: number, delta: string): Block[] {
  const last = blocks.at(-1);
  if (last?.type !== "text" || last.part !== part) return [...blocks, { type: "text", part, text: delta }];
  return [...blocks.slice(0, -1), { ...last, text: last.text + delta }];
}

function withCall(blocks: readonly Block[], call: CallView): Block[] {
  const last = blocks.at(-1);
  if (last?.type !== "calls") return [...blocks, { type: "calls", calls: [call] }];
  return [...blocks.slice(0, -1), { ...last, calls: [...last.calls, call] }];
}

/** A changed plan carries the steps that an earlier one completed. */
function planBlock(plan: Plan, blocks: readonly Block[]): Block {
  const earlier = blocks.flatMap((block) => block.type === "plan" ? block.steps : [])
    .filter((step) => step.state === "completed");
  const steps = plan.steps.map((step) =>
    earlier.find((one) => one.step.step_number === step.step_number) ?? fresh(step)
  );
  return { type: "plan", plan, steps };
}

function fresh(step: PlanStep): StepView {
  return {
    step,
    state: "waiting",
    attempt: 0,
    started_at: undefined,
    ended_at: undefined,
    calls: [],
    summary: "",
    usage: undefined,
  };
}

function updateStep(view: View, step_number: number, update: (step: StepView) => StepView): View {
  const index = view.blocks.findLastIndex((block) => block.type === "plan");
  const blocks = view.blocks.map((block, at) =>
    at !== index || block.type !== "plan" ? block : {
      ...block,
      steps: block.steps.map((step) => step.step.step_number === step_number ? update(step) : step),
    }
  );
  return { ...view, blocks };
}

function mapCalls(block: Block, change: (call: CallView) => CallView): Block {
  switch (block.type) {
    case "text":
    case "withdrawn":
      return block;
    case "calls":
      return { ...block, calls: block.calls.map(change) };
    case "plan":
      return { ...block, steps: block.steps.map((step) => ({ ...step, calls: step.calls.map(change) })) };
    default:
      return assertNever(block);
  }
}
