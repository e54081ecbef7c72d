// What a run's events add up to. Clients, the JSON answer and the tests read a run through this one reducer.
import type { Approval, SettledBy } from "./approval.ts";
import type { Failure } from "./errors.ts";
import type { FinishedReason, PlanEnd, Strategy } from "./events.ts";
import type { PlanStep, StepStatus } from "./plan.ts";
import type { Open, ReadEvent, ReadEventOf } from "./read_event.ts";
import type { Json } from "./text.ts";
import type { ToolAccess } from "./tool_result.ts";
import type { Usage } from "./usage.ts";

export interface CallState {
  tool_call_id: string;
  name: string;
  /** The tool's, for people, and whether it changes anything; null where the event does not say. */
  title: string | null;
  access: Open<ToolAccess> | null;
  arguments: Json;
  /** What an agent asked for, where a person has put other `arguments` in their place. */
  proposed_arguments?: Json;
  state: "running" | "ok" | "failed";
  /** What the tool said, or why it failed; empty while it runs. */
  result: string;
  /** What the tool found; null where it found nothing, has failed, or runs. */
  data: Json;
  /** What it found is too long to be here: it stands in the row of `agent_tool_calls` with this id. */
  cut: boolean;
  /** It changed rows, and its user may take that back. */
  undoable: boolean;
  duration_ms: number | null;
}

export interface StepState extends PlanStep {
  state: "pending" | "running" | Open<StepStatus>;
  attempt: number;
  /** When its first attempt began, and when it ended, in the words of the events. */
  started_at: string | null;
  ended_at: string | null;
  /** What its executor asked the planner last, until the step ends. */
  question: string | null;
  summary: string | null;
  error: string | null;
  calls: CallState[];
}

export interface PlanState {
  id: string;
  revision: number;
  goal: string;
  /** Its own, whatever becomes of the run: a run whose plan failed answers with what it has. */
  status: "executing" | Open<PlanEnd>;
  steps: StepState[];
}

/** What a person was asked, and what became of it. */
export interface ApprovalState extends Open<Approval> {
  /** What was proposed, where the person has put other `arguments` in their place. */
  proposed_arguments?: Json;
  /** It waits for a decision. */
  open: boolean;
  /** Null while nobody has decided it, and where its run ended before. */
  decision: { approved: boolean; edited: boolean; reason: string | null; by: Open<SettledBy> } | null;
}

/** What a reader of the run was shown: a part of text, tool calls of the planner's own, a plan. */
export type Shown =
  | { type: "text"; part: number }
  | { type: "calls"; calls: CallState[] }
  | { type: "plan"; revision: number };

export interface RunState {
  run_id: string;
  session_id: string | null;
  user_message_id: string | null;
  /** `running` until the terminal event, whatever that says; `awaiting_approval` where it has paused for a person. */
  status: Open<"running" | "completed" | "awaiting_approval" | "cancelled" | "failed">;
  strategy: Open<Strategy> | null;
  plan: PlanState | null;
  /** Earlier revisions of the plan, as they stood when they were replaced. */
  replaced_plans: PlanState[];
  /** What the planner said, part by part; the last text is the answer. A part that was withdrawn is empty. */
  parts: string[];
  /** Texts, calls and plans in the order in which they began. */
  shown: Shown[];
  /** In the order in which they were asked for; those that are `open` wait. */
  approvals: ApprovalState[];
  /** It has read text from outside, which may speak through it: show no remote image, and where links lead. */
  tainted: boolean;
  /** The assistant's message in the session: the answer, or how the run ended without one. */
  message_id: string | null;
  /** How often another owner went on with it. */
  takeovers: number;
  usage: Usage | null;
  finished_reason: Open<FinishedReason> | null;
  error: Open<Failure> | null;
  /** When the first and the latest event happened. */
  started_at: string | null;
  at: string | null;
}

/** The state before the first event. */
export function initialRunState(run_id: string): RunState {
  return {
    run_id,
    session_id: null,
    user_message_id: null,
    status: "running",
    strategy: null,
    plan: null,
    replaced_plans: [],
    parts: [],
    shown: [],
    approvals: [],
    tainted: false,
    message_id: null,
    takeovers: 0,
    usage: null,
    finished_reason: null,
    error: null,
    started_at: null,
    at: null,
  };
}

/** The state after one more event. The old state stays as it was; an event of an unknown type changes nothing. */
export function reduceRun(before: RunState, event: ReadEvent): RunState {
  const state = {
    ...before,
    // Whatever comes after a pause says that the run goes on.
    status: before.status === "awaiting_approval" ? "running" : before.status,
    tainted: before.tainted || event.tainted === true,
    ...{ started_at: before.started_at ?? event.at, at: event.at },
  };
  switch (event.type) {
    case "session": {
      const { run_id, session_id, user_message_id } = event;
      return { ...state, run_id, session_id, user_message_id };
    }
    case "analysis":
      return { ...state, strategy: event.strategy };
    case "plan_created":
      return withPlan(state, {
        ...event.plan,
        status: "executing",
        steps: event.plan.steps.map((step) => stepState(step, state)),
      });
    case "step_start":
      return withStep(state, event.step_number, (step) => ({
        ...step,
        state: "running",
        attempt: event.attempt,
        started_at: step.started_at ?? event.at,
      }));
    case "executor_result":
      return withStep(state, event.step_number, (step) => ({
        ...step,
        question: event.result.open_questions?.[0] ?? null,
      }));
    case "step_complete":
      return withPlanStatus(withStep(state, event.step_number, (step) => ({
        ...step,
        state: event.status,
        attempt: event.attempt,
        ended_at: event.at,
        question: null,
        summary: event.summary,
        error: event.error ?? null,
        calls: step.calls.map(ended),
      })));
    case "tool_call":
      return withCall(state, event);
    case "tool_result":
      return withResult(state, event);
    case "text":
      return withText(state, event.part, (state.parts[event.part - 1] ?? "") + event.delta);
    case "text_withdrawn":
      return { ...state, parts: withPart(state.parts, event.part, "") };
    case "approval_required":
      return { ...state, approvals: [...state.approvals, ...event.approvals.map(asked)] };
    case "run_paused":
      return { ...state, status: "awaiting_approval" };
    case "approval_decided":
      return withSettled(state, event);
    case "taken_over":
      return { ...state, takeovers: state.takeovers + 1 };
    case "done": {
      const { status, message_id = null, usage, finished_reason, plan_status } = event;
      const left = status === "cancelled" ? "cancelled" : "failed";
      const ended = withCallsEnded(withPlanEnd(state, plan_status, left));
      return { ...ended, status, message_id, usage, finished_reason };
    }
    case "error": {
      const { kind, message, retryable, message_id = null, plan_status } = event;
      const ended = withCallsEnded(withPlanEnd(state, plan_status, "failed"));
      return { ...ended, status: "failed", message_id, error: { kind, message, retryable } };
    }
    case "executor_spawned":
      return state;
    default:
      event satisfies never;
      return { ...state, status: before.status };
  }
}

/** The answer: the last text that stands, once the run has completed. */
export function answerOf(state: RunState): string | null {
  return state.status === "completed" ? state.parts.findLast((text) => text !== "") ?? "" : null;
}

/** A step of a new plan; one that an earlier revision completed keeps its state. */
function stepState(step: PlanStep, { plan }: RunState): StepState {
  const kept = plan?.steps.find((one) => one.step_number === step.step_number && one.state === "completed");
  return kept ?? {
    ...step,
    ...{ state: "pending", attempt: 0, started_at: null, ended_at: null },
    ...{ question: null, summary: null, error: null, calls: [] },
  };
}

function withPlan(state: RunState, plan: PlanState): RunState {
  return {
    ...state,
    plan,
    replaced_plans: state.plan
      ? [...state.replaced_plans, { ...state.plan, status: "failed" }]
      : state.replaced_plans,
    shown: [...state.shown, { type: "plan", revision: plan.revision }],
  };
}

/** A plan ends with its last step. */
function withPlanStatus(state: RunState): RunState {
  const states = state.plan?.steps.map((step) => step.state) ?? [];
  if (!state.plan || states.some((one) => one === "pending" || one === "running")) return state;
  const status = states.every((one) => one === "completed") ? "completed" : "failed";
  return { ...state, plan: { ...state.plan, status } };
}

/** The end of a run says what became of its plan; where it doesn't, a plan under way became what is `left`. */
function withPlanEnd(state: RunState, told: Open<PlanEnd> | undefined, left: PlanEnd): RunState {
  if (!state.plan) return state;
  const known = state.plan.status === "executing" ? left : state.plan.status;
  return { ...state, plan: { ...state.plan, status: told ?? known } };
}

/** A call whose worker was lost is told of no more, once its step or its run has ended. */
function ended(call: CallState): CallState {
  return call.state === "running" ? { ...call, state: "failed", result: NOT_TOLD } : call;
}

const NOT_TOLD = "It was interrupted before it could tell its result.";

function withCallsEnded(state: RunState): RunState {
  const steps = state.plan?.steps.map((step) => ({ ...step, calls: step.calls.map(ended) })) ?? [];
  return {
    ...state,
    plan: state.plan && { ...state.plan, steps },
    shown: state.shown.map((one) => one.type === "calls" ? { ...one, calls: one.calls.map(ended) } : one),
    approvals: state.approvals.map(closed),
  };
}

function asked(approval: Open<Approval>): ApprovalState {
  return { ...approval, open: true, decision: null };
}

function closed(approval: ApprovalState): ApprovalState {
  return { ...approval, open: false };
}

function withSettled(
  state: RunState,
  event: ReadEventOf<"approval_decided">,
): RunState {
  const { tool_call_id, approved, edited, reason = null, by } = event;
  const approvals = state.approvals.map((one) =>
    one.tool_call_id === tool_call_id
      ? { ...withArguments(closed(one), event), decision: { approved, edited, reason, by } }
      : one
  );
  return withOneCall({ ...state, approvals }, event, (call) => withArguments(call, event));
}

/** What a person has put in the place of what was proposed. */
function withArguments<One extends { arguments: Json; proposed_arguments?: Json }>(
  one: One,
  { arguments: args }: ReadEventOf<"approval_decided">,
): One {
  return args === undefined ? one : { ...one, arguments: args, proposed_arguments: one.arguments };
}

function withStep(state: RunState, step_number: number, change: (step: StepState) => StepState): RunState {
  if (!state.plan) return state;
  const steps = state.plan.steps.map((step) => step.step_number === step_number ? change(step) : step);
  return { ...state, plan: { ...state.plan, steps } };
}

function withText(state: RunState, part: number, text: string): RunState {
  const known = state.shown.some((one) => one.type === "text" && one.part === part);
  const shown: Shown[] = known ? state.shown : [...state.shown, { type: "text", part }];
  return { ...state, parts: withPart(state.parts, part, text), shown };
}

function withPart(parts: readonly string[], part: number, text: string): string[] {
  const changed = [...parts];
  changed[part - 1] = text;
  return changed;
}

function withCall(state: RunState, event: ReadEventOf<"tool_call">): RunState {
  const { tool_call_id, name, title = null, access = null, arguments: args, agent } = event;
  const call: CallState = {
    ...{ tool_call_id, name, title, access, arguments: args },
    ...{ state: "running", result: "", data: null, cut: false, undoable: false, duration_ms: null },
  };
  if (agent?.step_number === undefined) return { ...state, shown: withShownCall(state.shown, call) };
  return withStep(state, agent.step_number, (step) => ({ ...step, calls: [...step.calls, call] }));
}

/** Calls that are made one after the other, with nothing between them, are shown together. */
function withShownCall(shown: readonly Shown[], call: CallState): Shown[] {
  const last = shown.at(-1);
  if (last?.type !== "calls") return [...shown, { type: "calls", calls: [call] }];
  return [...shown.slice(0, -1), { type: "calls", calls: [...last.calls, call] }];
}

function withResult(state: RunState, event: ReadEventOf<"tool_result">): RunState {
  const { ok, error, result, data = null, cut = false, undoable = false, duration_ms } = event;
  return withOneCall(state, event, (call) => ({
    ...call,
    state: ok ? "ok" : "failed",
    ...{ result: error ?? result, data, cut, undoable, duration_ms },
  }));
}

/** With the call changed that an event is about, be it the planner's own or one of a step. */
function withOneCall(
  state: RunState,
  { tool_call_id, agent }: ReadEventOf<"tool_result" | "approval_decided">,
  change: (call: CallState) => CallState,
): RunState {
  const changed = (calls: CallState[]) =>
    calls.map((call) => call.tool_call_id === tool_call_id ? change(call) : call);
  if (agent?.step_number !== undefined) {
    return withStep(state, agent.step_number, (step) => ({ ...step, calls: changed(step.calls) }));
  }
  const shown = state.shown.map((one) => one.type === "calls" ? { ...one, calls: changed(one.calls) } : one);
  return { ...state, shown };
}
