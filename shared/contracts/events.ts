// The one vocabulary of a run. The same shape goes over the wire (SSE: id = seq, event = type, data = the
// whole event) and into `agent_run_events`.
//
// Contract: nothing is thrown after the stream has started; `seq` counts from 1 without a gap; exactly one
// terminal event, `done` or `error`, and nothing after it. A stream of a run that waits for a person ends with
// `run_paused`, which is not terminal: the log goes on behind it. Clients ignore types and fields that they do not
// know, and take members of enums that they do not know as they come. No later version has another terminal type: a
// run that ends in a new way is `done` with a new status.
import { z } from "zod";
import { Approval, SettledBy } from "./approval.ts";
import { ErrorKindSchema } from "./errors.ts";
import { Plan, StepResult, StepStatus } from "./plan.ts";
import { JsonSchema } from "./text.ts";
import { Usage } from "./usage.ts";

export const Strategy = z.enum(["simple", "tool_use", "complex"]);
export type Strategy = z.infer<typeof Strategy>;

export const AgentRef = z.object({
  id: z.uuid(),
  type: z.enum(["planner", "executor"]),
  step_number: z.int().optional(),
});
export type AgentRef = z.infer<typeof AgentRef>;

/**
 * Why a run is done: it answered, a limit made it answer with what it had, or its answer was cut off at the model's
 * output limit (`length`); or it was cancelled, or the session's next message came while it waited for a person.
 */
export const FinishedReason = z.enum([
  "answered",
  "limit",
  "budget",
  "length",
  "cancelled",
  "superseded",
]);
export type FinishedReason = z.infer<typeof FinishedReason>;

/** Why a run has another owner: the one before was lost, or gave it over when its own time was nearly up. */
export const TakeoverReason = z.enum(["lease_expired", "handed_over"]);
export type TakeoverReason = z.infer<typeof TakeoverReason>;

/** How the last plan of a run ended. */
export const PlanEnd = z.enum(["completed", "failed", "cancelled"]);
export type PlanEnd = z.infer<typeof PlanEnd>;

const step_number = z.int().min(1);
/** On the event that ends a run which has planned: a run may answer although its plan failed. */
const plan_status = PlanEnd.optional();
const duration_ms = z.int().min(0);

const bodies = {
  session: { session_id: z.uuid(), user_message_id: z.uuid() },
  analysis: { strategy: Strategy, reasoning: z.string().optional() },
  plan_created: { plan: Plan },
  step_start: { step_number, attempt: z.int().min(1), title: z.string() },
  executor_spawned: { executor_agent_id: z.uuid(), step_number, attempt: z.int().min(1) },
  tool_call: {
    tool_call_id: z.string(),
    name: z.string(),
    /** For people; like `access` absent where the model named a tool that there is not. */
    title: z.string().optional(),
    access: z.enum(["read", "write"]).optional(),
    arguments: JsonSchema,
  },
  tool_result: {
    tool_call_id: z.string(),
    ok: z.boolean(),
    /** The first characters of what the tool said, for people to read. */
    result: z.string(),
    error: z.string().optional(),
    /** What the tool found, for a client to show as a card. */
    data: JsonSchema.optional(),
    /**
     * Not all of the result was told here, or to the model. It stands whole in the row of `agent_tool_calls` with this
     * call's id.
     */
    cut: z.literal(true).optional(),
    /** It changed rows, and its user may take that back. */
    undoable: z.literal(true).optional(),
    duration_ms,
  },
  executor_result: {
    executor_agent_id: z.uuid(),
    step_number,
    attempt: z.int().min(1),
    result: StepResult,
    usage: Usage,
    duration_ms,
  },
  step_complete: {
    step_number,
    attempt: z.int().min(0),
    status: StepStatus,
    summary: z.string(),
    error: z.string().optional(),
  },
  /**
   * What the planner says. Each model call speaks under a part of its own; `message_id` is its row, once it
   * is whole.
   */
  text: { part: z.int().min(1), message_id: z.uuid(), delta: z.string() },
  /**
   * What this part said is void: its model call was lost in the middle, or the model thought aloud. What is said
   * instead has another number.
   */
  text_withdrawn: { part: z.int().min(1) },
  /** Calls that wait for a person; each is told of once. The run goes on with what does not depend on them. */
  approval_required: { approvals: z.array(Approval) },
  /** The run waits for a person, and does nothing else: the stream ends here, and goes on once it is decided. */
  run_paused: { open: z.array(z.uuid()), expires_at: z.iso.datetime({ offset: true }) },
  /** `edited`: with these other `arguments` than were proposed. */
  approval_decided: {
    tool_call_id: z.uuid(),
    approved: z.boolean(),
    edited: z.boolean(),
    arguments: JsonSchema.optional(),
    reason: z.string().optional(),
    by: SettledBy,
  },
  /** Another owner goes on with the run, its `generation`th; behind a pause, where nobody has it, there is none. */
  taken_over: { generation: z.int().min(2), why: TakeoverReason },
  /** Here and in `error`, `message_id` is the assistant's message in the session that tells how the run ended. */
  done: {
    status: z.enum(["completed", "cancelled"]),
    message_id: z.uuid().optional(),
    usage: Usage,
    finished_reason: FinishedReason,
    plan_status,
  },
  error: {
    kind: ErrorKindSchema,
    message: z.string(),
    retryable: z.boolean(),
    message_id: z.uuid().optional(),
    plan_status,
  },
} as const;

const agent = AgentRef.optional();
/** The run has read text from outside by then, which may speak through it. */
const tainted = z.literal(true).optional();
const head = { seq: z.int().min(1), run_id: z.uuid(), at: z.iso.datetime(), agent, tainted };

function event<Type extends keyof typeof bodies>(type: Type) {
  return z.object({ ...head, type: z.literal(type), ...bodies[type] });
}

function body<Type extends keyof typeof bodies>(type: Type) {
  return z.object({ agent, type: z.literal(type), ...bodies[type] });
}

/** One event of a run, whole. */
export const RunEvent = z.discriminatedUnion("type", [
  event("session"),
  event("analysis"),
  event("plan_created"),
  event("step_start"),
  event("executor_spawned"),
  event("tool_call"),
  event("tool_result"),
  event("executor_result"),
  event("step_complete"),
  event("text"),
  event("text_withdrawn"),
  event("approval_required"),
  event("run_paused"),
  event("approval_decided"),
  event("taken_over"),
  event("done"),
  event("error"),
]);
export type RunEvent = z.infer<typeof RunEvent>;
export type EventType = RunEvent["type"];

type Unnumbered<Event> = Event extends RunEvent ? Omit<Event, "seq" | "run_id" | "at" | "tainted"> : never;

/** An event before the run's owner has numbered and dated it. */
export type EventBody = Unnumbered<RunEvent>;

/** The events that an executor streams to the planner, which numbers and stores them. */
export const StepEvent = z.discriminatedUnion("type", [
  body("executor_spawned"),
  body("tool_call"),
  body("tool_result"),
  body("approval_required"),
  body("approval_decided"),
  body("executor_result"),
  body("error"),
]);
export type StepEvent = z.infer<typeof StepEvent>;

/** True for the event that ends a run's stream. */
export function isTerminal(event: { type: EventType }): boolean {
  return event.type === "done" || event.type === "error";
}

/** True for that, and for the pause: the stream of a run that waits for a person ends with it, and goes on later. */
export function endsSegment(event: { type: EventType }): boolean {
  return isTerminal(event) || event.type === "run_paused";
}
