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
  /** Not all that it found is here, or was told to the model: it stands in the row of `agent_tool_calls` with this id. */
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
  const { status, tainted, started_at } = before;
  return {
    ...before,
    // Whatever comes after a pause says that the run goes on.
    status: status === "awaiting_approval" ? "running" : status,
    tainted: tainted || event.tainted === true,
    ...{ started_at: started_at ?? event.at, at: event.at },
    ...changesBy(event, before),
  };
}

function changesBy(event: ReadEvent, state: RunState): Partial<RunState> {
  switch (event.type) {
    case "session":
      return pick(event, "run_id", "session_id", "user_message_id");
    case "analysis":
      return pick(event, "strategy");
    case "plan_created":
      return withPlan(state, event.plan);
    case "step_start":
      return withStep(state, event, ({ started_at }) => ({
        ...pick(event, "attempt"),
        ...{ state: "running", started_at: started_at ?? event.at },
      }));
    case "executor_result":
      return withStep(state, event, () => ({ question: event.result.open_questions?.[0] ?? null }));
    case "step_complete":
      return withStep(state, event, ({ calls }) => ({
        ...pick(event, "attempt", "summary", "error"),
        ...{
          state: event.status,
          ended_at: event.at,
          question: null,
          calls: changed(calls, isRunning, lost),
        },
      }));
    case "tool_call":
      return withCall(state, event);
    case "tool_result":
      return withCalls(state, isAbout(event), () => ({
        ...pick(event, "data", "cut", "undoable", "duration_ms"),
        ...{ state: event.ok ? "ok" : "failed", result: event.error ?? event.result },
      }));
    case "text":
      return withText(state, event);
    case "text_withdrawn":
      return { parts: withPart(state, event.part, "") };
    case "approval_required":
      return { approvals: [...state.approvals, ...event.approvals.map(asked)] };
    case "run_paused":
      return { status: "awaiting_approval" };
    case "approval_decided":
      return withDecision(state, event);
    case "taken_over":
      return { takeovers: state.takeovers + 1 };
    case "done":
      return { ...withEnd(state, event), ...pick(event, "status", "usage", "finished_reason") };
    case "error":
      return {
        ...withEnd(state, event),
        ...{ status: "failed", error: pick(event, "kind", "message", "retryable") },
      };
    case "executor_spawned":
      return {};
    default:
      event satisfies never;
      return { status: state.status };
  }
}

/** The answer: the last text that stands, once the run has completed. */
export function answerOf({ status, parts }: RunState): string | null {
  return status === "completed" ? parts.findLast((text) => text !== "") ?? "" : null;
}

/** The list with those changed that `is` finds. */
function changed<One>(list: One[], is: (one: One) => boolean, change: (one: One) => Partial<One>): One[] {
  return list.map((one) => is(one) ? { ...one, ...change(one) } : one);
}

/** A new plan. A step of it that an earlier revision completed keeps its state. */
function withPlan({ plan: old, replaced_plans, shown }: RunState, plan: Open<Plan>): Partial<RunState> {
  const steps = plan.steps.map((step): StepState =>
    old?.steps.find((one) => one.step_number === step.step_number && one.state === "completed") ?? {
      ...step,
      ...{ state: "pending", attempt: 0, started_at: null, ended_at: null },
      ...{ question: null, summary: null, error: null, calls: [] },
    }
  );
  return {
    plan: { ...plan, status: "executing", steps },
    replaced_plans: old ? [...replaced_plans, { ...old, status: "failed" }] : replaced_plans,
    shown: [...shown, { type: "plan", revision: plan.revision }],
  };
}

/** With a step changed. The plan ends with its last one. */
function withStep(
  { plan }: RunState,
  { step_number }: { step_number?: number },
  change: (step: StepState) => Partial<StepState>,
): Partial<RunState> {
  if (!plan) return {};
  const steps = changed(plan.steps, (step) => step.step_number === step_number, change);
  const goes_on = steps.some(({ state }) => state === "pending" || state === "running");
  const end = steps.every(({ state }) => state === "completed") ? "completed" : "failed";
  return { plan: { ...plan, steps, status: goes_on ? plan.status : end } };
}

/**
 * The end of a run says what became of its plan; where it doesn't, a plan under way was cancelled with the run, or has
 * failed.
 */
function withEnd(state: RunState, event: ReadEventOf<"done" | "error">): Partial<RunState> {
  const left = event.type === "done" && event.status === "cancelled" ? "cancelled" : "failed";
  const { plan, ...others } = withCalls(state, isRunning, lost);
  const status = event.plan_status ?? (plan?.status === "executing" ? left : plan?.status);
  return {
    ...others,
    ...pick(event, "message_id"),
    plan: plan && { ...plan, status: status ?? left },
    approvals: state.approvals.map(closed),
  };
}

/** A call whose worker was lost is told of no more, once its step or its run has ended. */
function lost(): Partial<CallState> {
  return { state: "failed", result: "It was interrupted before it could tell its result." };
}

function isRunning({ state }: CallState): boolean {
  return state === "running";
}

function asked(approval: Open<Approval>): ApprovalState {
  return { ...approval, open: true, decision: null };
}

function closed(approval: ApprovalState): ApprovalState {
  return { ...approval, open: false };
}

/** Whether it is the call, or the approval of the call, that an event is about. */
function isAbout({ tool_call_id }: { tool_call_id: string }) {
  return (one: { tool_call_id: string }): boolean => one.tool_call_id === tool_call_id;
}

function withDecision(state: RunState, event: ReadEventOf<"approval_decided">): Partial<RunState> {
  const { arguments: args, reason = null } = event;
  /** What a person has put in the place of what was proposed. */
  const edited = (one: { arguments: Json }) =>
    args === undefined ? {} : { arguments: args, proposed_arguments: one.arguments };
  return {
    ...withCalls(state, isAbout(event), edited),
    approvals: changed(state.approvals, isAbout(event), (one) => ({
      ...edited(one),
      ...{ open: false, decision: { ...pick(event, "approved", "edited"), reason, by: event.by } },
    })),
  };
}

function withText(state: RunState, { part, delta }: ReadEventOf<"text">): Partial<RunState> {
  const { parts, shown } = state;
  const known = shown.some((one) => one.type === "text" && one.part === part);
  return {
    parts: withPart(state, part, (parts[part - 1] ?? "") + delta),
    shown: known ? shown : [...shown, { type: "text", part }],
  };
}

function withPart({ parts }: RunState, part: number, text: string): string[] {
  const changed = [...parts];
  changed[part - 1] = text;
  return changed;
}

function withCall(state: RunState, event: ReadEventOf<"tool_call">): Partial<RunState> {
  const { shown } = state;
  const call: CallState = {
    ...{ title: null, access: null },
    ...pick(event, "tool_call_id", "name", "title", "access", "arguments"),
    ...{ state: "running", result: "", data: null, cut: false, undoable: false, duration_ms: null },
  };
  if (event.agent?.step_number !== undefined) {
    return withStep(state, event.agent, ({ calls }) => ({ calls: [...calls, call] }));
  }
  // Calls that are made one after the other, with nothing between them, are shown together.
  const last = shown.at(-1);
  return {
    shown: last?.type === "calls"
      ? [...shown.slice(0, -1), { ...last, calls: [...last.calls, call] }]
      : [...shown, { type: "calls", calls: [call] }],
  };
}

/** With those calls changed that `is` finds, be they the planner's own or those of steps. */
function withCalls(
  { plan, shown }: RunState,
  is: (call: CallState) => boolean,
  change: (call: CallState) => Partial<CallState>,
): Pick<RunState, "plan" | "shown"> {
  const within = <One extends { calls: CallState[] }>(one: One): One => ({
    ...one,
    calls: changed(one.calls, is, change),
  });
  return {
    plan: plan && { ...plan, steps: plan.steps.map(within) },
    shown: shown.map((one) => one.type === "calls" ? within(one) : one),
  };
}
