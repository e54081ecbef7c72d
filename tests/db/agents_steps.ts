// Steps of plans as tests of the SQL functions claim and end them, and what those functions take.
import { z } from "zod";
import type { Argument, User } from "./agents_calls.ts";
import { message, type Owned, reservation, usage } from "./agents_runs.ts";

/** Who claims a step, for claim_step. The lease lasts longer than any test. */
export function executor(): Record<string, unknown> {
  return {
    type: "executor",
    model_preference: { profile: "speed", models: ["m"] },
    allowed_tools: ["list_books", "list_loans"],
    system_prompt: "Look.",
    limits: {},
    lease_seconds: 60,
    reservation: reservation(),
  };
}

/** The run's owner as a claimant. */
export function planner({ agent_id, generation }: Owned): Record<string, unknown> {
  return { ...executor(), type: "planner", id: agent_id, generation };
}

export const Claimed = z.object({
  execution_id: z.string(),
  generation: z.int(),
  attempt: z.number(),
  agent_id: z.string(),
  thread_id: z.string(),
  earlier_results: z.array(z.object({ step_number: z.number(), result: z.unknown() })),
  usage: z.unknown(),
  tool_calls_made: z.number(),
  messages: z.array(z.object({ seq: z.number(), content: z.string() })),
  tool_calls: z.array(z.object({ id: z.string() })),
  open_calls: z.array(z.object({ id: z.string(), status: z.string(), decision: z.unknown() })),
  guarded_reads: z.array(z.string()),
});
export type Claimed = z.infer<typeof Claimed>;

/** Claims a step, as an executor or as `agent`. */
export async function claimStep(
  user: User,
  plan_id: string,
  step_number = 1,
  agent: object = executor(),
): Promise<Claimed> {
  return Claimed.parse(await user.call("claim_step", [plan_id, step_number, agent]));
}

/** The first two arguments of whatever a worker calls. */
export function worker({ execution_id, generation }: Claimed): [string, number] {
  return [execution_id, generation];
}

/** The outcome of a step for finish_step. */
export function outcome(status: string): Record<string, unknown> {
  return { status, result: { status, summary: `It is ${status}.` }, duration_ms: 5 };
}

/** What a worker stores of its step after so many model calls, with these messages. */
export function progress(model_calls = 0, messages: object[] = []): Record<string, unknown> {
  return { rows: { messages, tool_calls: [] }, usage: usage(model_calls), tool_calls_made: model_calls };
}

/** Ends an executor's step. */
export async function finishStep(user: User, claimed: Claimed, status: string): Promise<void> {
  await user.call("finish_step", [...worker(claimed), outcome(status), progress()]);
}

/** The arguments of advance_step after so many model calls, with these messages. */
export function advance(claimed: Claimed, model_calls = 0, messages: object[] = []): Argument[] {
  return [...worker(claimed), progress(model_calls, messages), reservation(), null, {}];
}

/** Ends a step with a question in its thread. */
export async function ask(user: User, claimed: Claimed): Promise<void> {
  const seq = claimed.messages.length + 1;
  const question = message(claimed.thread_id, seq, {
    kind: "turn",
    sender_type: "executor",
    content: "Which?",
  });
  await user.call("finish_step", [...worker(claimed), outcome("needs_input"), progress(1, [question])]);
}

/** The planner's answer, for answer_step. */
export function answer({ agent_id }: Owned): Record<string, unknown> {
  return { content: "This one.", planner_agent_id: agent_id, rows: {}, usage: usage(2) };
}
