// The run and step functions as their callers use them: each call a transaction of its own, as a user, and kept.
import postgres, { type Sql, type TransactionSql } from "postgres";
import { z } from "zod";

/** What a function refused with. */
export interface Refusal {
  code: string;
  message: string;
  detail: string | undefined;
}

export interface User {
  id: string;
  /** Calls a function; the JSON that it answers. */
  call(name: string, args: readonly Argument[]): Promise<unknown>;
  /** Calls a function that must refuse. */
  refusal(name: string, args: readonly Argument[]): Promise<Refusal>;
}

/** Objects travel as JSON. */
export type Argument = string | number | null | object;

/** A user with no row, acting on connections of `sql`. */
export async function addUser(sql: Sql): Promise<User> {
  const id = crypto.randomUUID();
  await sql`insert into auth.users (id, email) values (${id}, ${`${id}@example.com`})`;
  return actingAs(sql, id);
}

/** The user `id` on connections of `sql`. */
export function actingAs(sql: Sql, id: string): User {
  const call: User["call"] = (name, args) =>
    asUser(sql, id, async (transaction) => await callFunction(transaction, name, args));
  return {
    id,
    call,
    async refusal(name, args) {
      try {
        await call(name, args);
      } catch (error) {
        return refusalOf(error);
      }
      throw new Error(`${name} was not refused`);
    },
  };
}

/** What a rejected call was refused with; other errors are thrown on. */
export function refusalOf(error: unknown): Refusal {
  if (!(error instanceof postgres.PostgresError)) throw error;
  return { code: error.code, message: error.message, detail: error.detail };
}

/** A transaction as PostgREST runs it for this user. */
export async function asUser<Result>(
  sql: Sql,
  user_id: string,
  work: (transaction: TransactionSql) => Promise<Result>,
): Promise<Result> {
  const results: Result[] = [];
  await sql.begin(async (transaction) => {
    await become(transaction, user_id);
    results.push(await work(transaction));
  });
  const [result] = results;
  if (result === undefined) throw new Error("The work gave no result");
  return result;
}

export async function become(transaction: TransactionSql, user_id: string): Promise<void> {
  const claims = JSON.stringify({ sub: user_id, role: "authenticated" });
  await transaction`select set_config('request.jwt.claims', ${claims}, true),
    set_config('role', 'authenticated', true)`;
}

/** Calls a function on a transaction that has its caller already. */
export async function callFunction(
  transaction: TransactionSql,
  name: string,
  args: readonly Argument[],
): Promise<unknown> {
  const places = args.map((arg, i) =>
    typeof arg === "object" && arg !== null ? `$${i + 1}::text::jsonb` : `$${i + 1}`
  );
  const [row] = await transaction.unsafe(
    `select to_jsonb(public.${name}(${places.join(", ")})) as answer`,
    args.map((arg) => typeof arg === "object" && arg !== null ? JSON.stringify(arg) : arg),
  );
  return row?.answer ?? null;
}

const Started = z.object({
  existing: z.boolean(),
  run_id: z.string(),
  session_id: z.string(),
  agent_id: z.string().optional(),
  thread_id: z.string().optional(),
  history: z.array(z.object({ role: z.string(), content: z.string() })).optional(),
});
export type Started = z.infer<typeof Started>;

/** Of a model call, another one each time. */
function reservation() {
  return { id: crypto.randomUUID(), seal: "a".repeat(64), input_tokens: 10, output_tokens: 10 };
}

const PLANNER = {
  name: "Planner",
  model_preference: "balanced",
  available_tools: ["list_tasks"],
  system_prompt: "Plan.",
  limits: {},
  get reservation() {
    return reservation();
  },
};

/** The arguments of start_run. A lease of 0 seconds has run out when the call is over. */
export function startArguments(request: Record<string, unknown> = {}, lease_seconds = 60): Argument[] {
  return [{ message: "Hello", ...request }, PLANNER, lease_seconds];
}

export async function startRun(
  user: User,
  request: Record<string, unknown> = {},
  lease_seconds = 60,
): Promise<Started> {
  return Started.parse(await user.call("start_run", startArguments(request, lease_seconds)));
}

/** An event as it is recorded. */
export function event(seq: number, type = "text"): Record<string, unknown> {
  return { seq, type, at: "2026-11-22T12:00:00Z", agent: null, data: { n: seq } };
}

export interface PlannedStep {
  step_number: number;
  depends_on?: number[];
  tools?: string[];
  executor_required?: boolean;
}

/** A plan's row for record_progress. */
export function planRow(
  started: Started,
  steps: readonly PlannedStep[],
  more: { id: string; revision?: number; supersedes?: string },
): Record<string, unknown> {
  return {
    planner_agent_id: started.agent_id,
    user_message: "Hello",
    goal: "All is done",
    revision: 1,
    steps: steps.map((step) => ({
      title: `Step ${step.step_number}`,
      task: `Do ${step.step_number}`,
      executor_required: true,
      tools: ["list_tasks"],
      depends_on: [],
      ...step,
    })),
    ...more,
  };
}

/** Starts a run with a plan of these steps. */
export async function startPlan(
  user: User,
  steps: readonly PlannedStep[],
): Promise<{ started: Started; plan_id: string }> {
  const started = await startRun(user);
  const plan_id = crypto.randomUUID();
  await user.call("record_progress", [started.run_id, { plans: [planRow(started, steps, { id: plan_id })] }]);
  return { started, plan_id };
}

export const EXECUTOR = {
  type: "executor",
  model_preference: "speed",
  allowed_tools: ["list_tasks", "search_notes"],
  system_prompt: "Look.",
  limits: {},
  get reservation() {
    return reservation();
  },
};

const Claimed = z.object({
  execution_id: z.string(),
  attempt: z.number(),
  agent_id: z.string(),
  thread_id: z.string(),
  earlier_results: z.array(z.object({ step_number: z.number(), result: z.unknown() })),
  messages: z.array(z.object({ seq: z.number(), content: z.string() })),
});
export type Claimed = z.infer<typeof Claimed>;

/** Claims a step as an executor. */
export async function claimStep(user: User, plan_id: string, step_number: number): Promise<Claimed> {
  return Claimed.parse(await user.call("claim_step", [plan_id, step_number, EXECUTOR]));
}

/** The outcome of a step for finish_step. */
export function outcome(status: string): Record<string, unknown> {
  return {
    status,
    result: { status, summary: `It is ${status}.` },
    tokens_used: 7,
    duration_ms: 5,
    tool_calls_made: 0,
  };
}
