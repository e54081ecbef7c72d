// Runs, plans and steps as tests of the SQL functions start them, and what those functions take.
import type { MessageKind } from "../../shared/contracts/message_kind.ts";
import { z } from "zod";
import type { Usage } from "../../shared/contracts/usage.ts";
import type { Argument, User } from "./agents_calls.ts";

export const Owned = z.looseObject({
  run_id: z.string(),
  generation: z.int(),
  session_id: z.string(),
  agent_id: z.string(),
  thread_id: z.string(),
  opening: z.looseObject({
    summary: z.string().nullable(),
    history: z.array(z.object({ role: z.string(), content: z.string() })),
    history_cut: z.boolean(),
  }).nullable(),
  tool_calls: z.array(z.looseObject({ id: z.string() })),
});
export type Owned = z.infer<typeof Owned>;

/** Of a model call, another one each time. */
export function reservation(): { id: string; seal: string; input_tokens: number; output_tokens: number } {
  return { id: crypto.randomUUID(), seal: "a".repeat(64), input_tokens: 10, output_tokens: 10 };
}

/** The arguments of start_run: of a request with a key of its own, unless it is told another one, or none: null. */
export function startArguments(request: Record<string, unknown> = {}, lease_seconds = 60): Argument[] {
  const agent = { model_preference: { profile: "balanced", models: ["m"] }, available_tools: ["list_books"] };
  return [
    { message: "Hello", request_key: crypto.randomUUID(), ...request },
    { ...agent, system_prompt: "Plan.", limits: {}, reservation: reservation() },
    lease_seconds,
  ];
}

/** Starts a run; its lease lasts longer than any test, unless told otherwise. */
export async function startRun(
  user: User,
  request: Record<string, unknown> = {},
  lease_seconds = 60,
): Promise<Owned> {
  return Owned.parse(await user.call("start_run", startArguments(request, lease_seconds)));
}

/** Takes over a run that has lost its owner. */
export async function claimRun(user: User, run_id: string): Promise<Owned> {
  return Owned.parse(await user.call("claim_run", [run_id, 60]));
}

/** The first two arguments of whatever an owner calls. */
export function lease({ run_id, generation }: Owned): [string, number] {
  return [run_id, generation];
}

/** An event as it is recorded. */
export function event(seq: number, type = "text", data: object = { n: seq }): Record<string, unknown> {
  return { seq, type, at: "2026-11-22T12:00:00Z", agent: null, data };
}

/** A message of a thread as it is recorded, a user's task if not said otherwise; its kind says its role. */
export function message(
  thread_id: string,
  seq = 1,
  more: { kind?: MessageKind | null } & Record<string, unknown> = {},
): Record<string, unknown> {
  const { kind = "task" } = more;
  const role = kind === "prompt"
    ? "system"
    : kind === "turn"
    ? "assistant"
    : kind === "result"
    ? "tool"
    : "user";
  const said = { kind, sender_type: "user", role, content: `Message ${seq}` };
  return { id: crypto.randomUUID(), agent_session_id: thread_id, seq, ...said, ...more };
}

export function usage(model_calls: number): Usage {
  return {
    input_tokens: 100 * model_calls,
    output_tokens: 10 * model_calls,
    cached_tokens: model_calls,
    reasoning_tokens: 2 * model_calls,
    model_calls,
    cost_usd: model_calls / 8,
    estimated: false,
    cost_estimated: false,
  };
}

/** How a run ends, for finish_run, when the planner itself has made one model call. */
export function ending(status: string, more: object = {}): Record<string, unknown> {
  return { status, strategy: "simple", usage: usage(1), finished_reason: "answered", ...more };
}

/** Ends a run; its terminal event has the number `seq`. */
export async function finishRun(user: User, owned: Owned, seq = 2): Promise<unknown> {
  const batch = { events: [event(seq, "done")] };
  return await user.call("finish_run", [...lease(owned), ending("completed"), batch]);
}

export interface PlannedStep {
  step_number: number;
  depends_on?: number[];
  tools?: string[];
  executor_required?: boolean;
}

/** A plan's row for record_progress. */
export function planRow(
  owned: Owned,
  steps: readonly PlannedStep[],
  more: { id: string; revision?: number; supersedes?: string },
): Record<string, unknown> {
  return {
    planner_agent_id: owned.agent_id,
    user_message: "Hello",
    goal: "All is done",
    revision: 1,
    steps: steps.map((step) => ({
      title: `Step ${step.step_number}`,
      task: `Do ${step.step_number}`,
      executor_required: true,
      tools: ["list_books"],
      depends_on: [],
      ...step,
    })),
    ...more,
  };
}

/** Starts a run with a plan of these steps. */
export async function startPlan(
  user: User,
  steps: readonly PlannedStep[] = [{ step_number: 1 }],
): Promise<{ owned: Owned; plan_id: string }> {
  const owned = await startRun(user);
  const plan_id = crypto.randomUUID();
  await user.call("record_progress", [...lease(owned), { plans: [planRow(owned, steps, { id: plan_id })] }]);
  return { owned, plan_id };
}

/** Records calls whose outcome is known: a write is a proposal first. */
export async function recordCalls(user: User, owned: Owned, calls: readonly object[]): Promise<void> {
  const writes = calls.filter((call) => "access" in call && call.access === "write");
  const proposed = writes.map((call) => ({ ...call, status: "proposed", result: null, error: null }));
  for (const tool_calls of [proposed, calls]) {
    await user.call("record_progress", [...lease(owned), { tool_calls }]);
  }
}
