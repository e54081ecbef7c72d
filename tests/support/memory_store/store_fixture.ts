// A store of one user, and the moves from which the cases of the store contract are made.
import assert from "node:assert/strict";
import type { Store } from "../../../shared/agents/ports.ts";
import type {
  OwnedRun,
  Reservation,
  RunOutcome,
  StepOutcome,
  StepProgress,
  StepRef,
} from "../../../shared/agents/store/records.ts";
import {
  type Batch,
  emptyBatch,
  type EventRow,
  type MessageRow,
  type ToolCallRow,
} from "../../../shared/agents/store/rows.ts";
import type { PersonDecision } from "../../../shared/contracts/decision_request.ts";
import type { RunEvent } from "../../../shared/contracts/events.ts";
import { PlanDraft, type StepResult } from "../../../shared/contracts/plan.ts";
import { NO_USAGE } from "../../../shared/contracts/usage.ts";
import { planArguments } from "../agents/plans.ts";
import { firstReservation } from "../ports/meter_port.ts";

/** A store of one user, with what passes it by. */
export interface StoreFixture {
  store: Store;
  /** Every lease of the run runs out. */
  lapse(run_id: string): Promise<void>;
  cancel(run_id: string): Promise<void>;
  /** A person decides on calls of the run; the calls that wait still. */
  decide(run_id: string, decisions: readonly PersonDecision[]): Promise<{ open: string[] }>;
  /** The time to decide on the run's calls is over. */
  expire(run_id: string): Promise<void>;
  log(run_id: string): Promise<RunEvent[]>;
  /** The messages of the session that tell of the run's end. */
  told(run_id: string): Promise<{ id: string; content: string }[]>;
}

export interface Case {
  name: string;
  run(fixture: StoreFixture): Promise<void>;
}

export const LEASE_SECONDS = 30;
export const AT = "2026-11-22T12:00:00.000Z";
export const SPENT = { ...NO_USAGE, model_calls: 1, input_tokens: 10 };
export const FAILURE = { kind: "internal" as const, message: "No.", retryable: false };
export const DONE: StepResult = { status: "completed", summary: "Done." };
export const QUESTION: StepResult = { status: "needs_input", summary: "Which?" };

export async function start(
  { store }: StoreFixture,
  more: { session_id?: string; request_key?: undefined } = {},
): Promise<OwnedRun> {
  const { row } = await firstReservation("planner");
  const started = await store.startRun({
    request: {
      message: "Hello",
      context_type: "general",
      time_zone: "UTC",
      request_key: crypto.randomUUID(),
      ...more,
    },
    agent: {
      model_preference: { profile: "balanced", models: ["m"] },
      available_tools: [],
      system_prompt: "",
    },
    reservation: row,
    lease_seconds: LEASE_SECONDS,
  });
  return started.existing ? assert.fail("there is such a run") : started;
}

export async function takeOver({ store, lapse }: StoreFixture, { run_id }: OwnedRun): Promise<OwnedRun> {
  await lapse(run_id);
  return await claimAgain({ store }, run_id) ?? assert.fail("it has ended");
}

/** Another claim of a run. */
export async function claimAgain(
  { store }: Pick<StoreFixture, "store">,
  run_id: string,
): Promise<OwnedRun | null> {
  const { row: reservation } = await firstReservation("planner");
  return await store.claimRun(run_id, { reservation, lease_seconds: LEASE_SECONDS });
}

export function event(seq: number, strategy = "simple"): EventRow {
  return { seq, type: "analysis", at: AT, agent: null, data: { strategy } };
}

export function message(thread_id: string, seq: number, change: Partial<MessageRow> = {}): MessageRow {
  const id = crypto.randomUUID();
  const row = {
    kind: "prompt" as const,
    sender_type: "system" as const,
    sender_agent_id: null,
    role: "system" as const,
    content: "Hi.",
  };
  return { id, agent_session_id: thread_id, seq, ...row, created_at: AT, ...change };
}

/** Stores calls whose outcome is known: a write is a proposal first. */
export async function storeCalls(
  { store }: Pick<StoreFixture, "store">,
  run: OwnedRun,
  rows: readonly ToolCallRow[],
): Promise<void> {
  const proposed = rows.filter(({ access }) => access === "write").map((
    { id, agent_id, agent_session_id, tool_call_id, tool_name, access, ...row },
  ) => ({
    ...{ id, agent_id, agent_session_id, tool_call_id, tool_name, access },
    ...{ arguments: row.arguments, created_at: row.created_at, status: "proposed" as const, result: null },
  }));
  await store.recordProgress(run, batch({ tool_calls: proposed }));
  await store.recordProgress(run, batch({ tool_calls: [...rows] }));
}

export const batch = (change: Partial<Batch>): Batch => ({ ...emptyBatch(), ...change });

export function answered(seq: number): [RunOutcome, Batch] {
  const outcome: RunOutcome = {
    status: "completed",
    strategy: "simple",
    usage: SPENT,
    finished_reason: "answered",
    answer: "Hi.",
    settlement: null,
  };
  return [outcome, batch({ events: [end(seq, "completed")] })];
}

export function end(seq: number, status: "completed" | "cancelled"): EventRow {
  const finished_reason = status === "completed" ? "answered" : status;
  return { seq, type: "done", at: AT, agent: null, data: { status, usage: SPENT, finished_reason } };
}

/** A plan of two executors' steps, the second after the first, and one of the planner's own. */
export async function plan(
  { store }: StoreFixture,
  run: OwnedRun,
): Promise<(step_number: number) => StepRef> {
  const id = crypto.randomUUID();
  const { goal, steps } = PlanDraft.parse(planArguments([
    { step_number: 1, tools: ["look"] },
    { step_number: 2, tools: ["look"], depends_on: [1] },
    { step_number: 3, tools: ["look"], executor_required: false },
  ]));
  const row = { id, planner_agent_id: run.agent_id, user_message: "Hello", goal, steps, revision: 1 };
  await store.recordProgress(run, batch({ plans: [row] }));
  return (step_number) => ({ plan_id: id, step_number });
}

export async function claim(fixture: StoreFixture, ref: StepRef, owner?: OwnedRun) {
  const { row } = await firstReservation();
  return await claimWith(fixture, ref, row, owner);
}

/** A claim of a step as an executor, or as the run's owner, with a reservation that one knows. */
export async function claimWith(
  { store }: StoreFixture,
  ref: StepRef,
  reservation: Reservation,
  owner?: OwnedRun,
) {
  const claimant = { allowed_tools: ["look"], reservation, lease_seconds: LEASE_SECONDS };
  return await store.claimStep(
    ref,
    owner ? { ...claimant, type: "planner", id: owner.agent_id, generation: owner.generation } : {
      ...claimant,
      type: "executor",
      model_preference: { profile: "speed", models: ["m"] },
      system_prompt: "",
    },
  );
}

export const progress = (messages: MessageRow[] = []): StepProgress => ({
  rows: { messages, tool_calls: [] },
  usage: SPENT,
  tool_calls_made: 0,
});
export const ended = (result: StepResult): StepOutcome => ({
  status: result.status,
  result,
  duration_ms: 5,
  settlement: null,
});
export const CONFLICT = { kind: "conflict" };
