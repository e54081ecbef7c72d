// What a run's events add up to. Clients, the JSON answer and the tests read a run through this one reducer.
import type { Approval, SettledBy } from "./approval.ts";
import type { Failure } from "./errors.ts";
import type { FinishedReason, PlanEnd, Strategy } from "./events.ts";
import { pick } from "./pick.ts";
import type { Plan, PlanStep, StepStatus } from "./plan.ts";
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
  const state: RunState = {
    ...before,
    // Whatever comes after a pause says that the run goes on.
    status: before.status === "awaiting_approval" ? "running" : before.status,
    tainted: before.tainted || event.tainted === true,
    ...{ started_at: before.started_at ?? event.at, at: event.at },
  };
  switch (event.type) {
    case "session":
      return { ...state, ...pick(event, "run_id", "session_id", "user_message_id") };
    case "analysis":
      return { ...state, strategy: event.strategy };
    case "plan_created":
      return withPlan(state, event.plan);
    case "step_start":
      return withStep(state, event.step_number, (step) => ({
        ...step,
        ...{ state: "running", attempt: event.attempt, started_at: step.started_at ?? event.at },
      }));
    case "executor_result":
      return withStep(state, event.step_number, (step) => ({
        ...step,
        question: event.result.open_questions?.[0] ?? null,
      }));
    case "step_complete":
      return withPlanStatus(withStep(state, event.step_number, (step) => ({
        ...step,
        ...pick(event, "attempt", "summary", "error"),
        ...{ state: event.status, ended_at: event.at, question: null, calls: step.calls.map(callEnded) },
      })));
    case "tool_call":
      return withCall(state, event);
    case "tool_result":
      return withOneCall(state, event, (call) => ({
        ...call,
        ...pick(event, "data", "cut", "undoable", "duration_ms"),
        ...{ state: event.ok ? "ok" : "failed", result: event.error ?? event.result },
      }));
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
    case "done":
      return { ...withEnd(state, event), ...pick(event, "status", "usage", "finished_reason") };
    case "error":
      return {
        ...withEnd(state, event),
        ...{ status: "failed", error: pick(event, "kind", "message", "retryable") },
      };
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

/** A new plan. A step of it that an earlier revision completed keeps its state. */
function withPlan(state: RunState, plan: Open<Plan>): RunState {
  const { plan: old, replaced_plans, shown } = state;
  const kept = old?.steps.filter((step) => step.state === "completed") ?? [];
  const steps = plan.steps.map((step): StepState =>
    kept.find(({ step_number }) => step_number === step.step_number) ?? {
      ...step,
      ...{ state: "pending", attempt: 0, started_at: null, ended_at: null },
      ...{ question: null, summary: null, error: null, calls: [] },
    }
  );
  return {
    ...state,
    plan: { ...plan, status: "executing", steps },
    replaced_plans: old ? [...replaced_plans, { ...old, status: "failed" }] : replaced_plans,
    shown: [...shown, { type: "plan", revision: plan.revision }],
  };
}

/** A plan ends with its last step. */
function withPlanStatus(state: RunState): RunState {
  const states = state.plan?.steps.map((step) => step.state) ?? [];
  if (!state.plan || states.some((one) => one === "pending" || one === "running")) return state;
  const status = states.every((one) => one === "completed") ? "completed" : "failed";
  return { ...state, plan: { ...state.plan, status } };
}

/**
 * The end of a run says what became of its plan; where it doesn't, a plan under way was cancelled with the run, or has
 * failed.
 */
function withEnd(state: RunState, event: ReadEventOf<"done" | "error">): RunState {
  const { plan } = state;
  const left = event.type === "done" && event.status === "cancelled" ? "cancelled" : "failed";
  const known = plan?.status === "executing" ? left : plan?.status;
  return {
    ...state,
    ...pick(event, "message_id"),
    plan: plan && {
      ...plan,
      status: event.plan_status ?? known ?? left,
      steps: plan.steps.map((step) => ({ ...step, calls: step.calls.map(callEnded) })),
    },
    shown: withCalls(state.shown, callEnded),
    approvals: state.approvals.map(closed),
  };
}

/** A call whose worker was lost is told of no more, once its step or its run has ended. */
function callEnded(call: CallState): CallState {
  return call.state === "running" ? { ...call, state: "failed", result: NOT_TOLD } : call;
}

const NOT_TOLD = "It was interrupted before it could tell its result.";

function asked(approval: Open<Approval>): ApprovalState {
  return { ...approval, open: true, decision: null };
}

function closed(approval: ApprovalState): ApprovalState {
  return { ...approval, open: false };
}

function withSettled(state: RunState, event: ReadEventOf<"approval_decided">): RunState {
  const { reason = null } = event;
  const approvals = state.approvals.map((one) =>
    one.tool_call_id === event.tool_call_id
      ? {
        ...withArguments(closed(one), event),
        decision: { approved: event.approved, edited: event.edited, reason, by: event.by },
      }
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
  const { plan } = state;
  const steps = plan?.steps.map((step) => step.step_number === step_number ? change(step) : step) ?? [];
  return { ...state, plan: plan && { ...plan, steps } };
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
  const call: CallState = {
    ...{ title: null, access: null },
    ...pick(event, "tool_call_id", "name", "title", "access", "arguments"),
    ...{ state: "running", result: "", data: null, cut: false, undoable: false, duration_ms: null },
  };
  if (event.agent?.step_number !== undefined) {
    return withStep(state, event.agent.step_number, (step) => ({ ...step, calls: [...step.calls, call] }));
  }
  // Calls that are made one after the other, with nothing between them, are shown together.
  const last = state.shown.at(-1);
  const shown: Shown[] = last?.type === "calls"
    ? [...state.shown.slice(0, -1), { ...last, calls: [...last.calls, call] }]
    : [...state.shown, { type: "calls", calls: [call] }];
  return { ...state, shown };
}

/** With the call changed that an event is about, be it the planner's own or one of a step. */
function withOneCall(
  state: RunState,
  { tool_call_id, agent }: ReadEventOf<"tool_result" | "approval_decided">,
  change: (call: CallState) => CallState,
): RunState {
  const one = (call: CallState) => call.tool_call_id === tool_call_id ? change(call) : call;
  return agent?.step_number === undefined
    ? { ...state, shown: withCalls(state.shown, one) }
    : withStep(state, agent.step_number, (step) => ({ ...step, calls: step.calls.map(one) }));
}

function withCalls(shown: readonly Shown[], change: (call: CallState) => CallState): Shown[] {
  return shown.map((one) => one.type === "calls" ? { ...one, calls: one.calls.map(change) } : one);
}
