// Every two functions that meet on one run, at every lock that either may wait for: the first waits there, the second
// comes, and when the lock is free both come to their end.
import assert from "node:assert/strict";
import type { TransactionSql } from "postgres";
import { loseOwner } from "./agents_rows.ts";
import { ask as askPerson, type Asked, deciding, decision } from "./approvals.ts";
import {
  ending,
  event,
  lease,
  message,
  type Owned,
  reservation,
  startArguments,
  startPlan,
} from "./agents_runs.ts";
import {
  advance,
  answer,
  ask,
  type Claimed,
  claimStep,
  executor,
  outcome,
  planner,
  progress,
  worker,
} from "./agents_steps.ts";
import { assertSound, type Call, type Outcome, type Race, said } from "./race.ts";

interface Ground {
  user_id: string;
  owned: Owned;
  plan_id: string;
  /** Of an executor, and of the planner. */
  claimed: Claimed;
  own: Claimed;
  /** A call that waits for a person. */
  asked: Asked;
  /** The next message of a thread: whoever stores it twice stores the same one. */
  next: (thread_id: string) => Record<string, unknown>;
}

/** A run whose owner is lost but may come back: a step of an executor's, one of its own, one that asked, one to claim. */
async function ground({ user, sql }: Race): Promise<Ground> {
  const steps = [1, 2, 3, 4].map((step_number) => ({ step_number, executor_required: step_number !== 2 }));
  const { owned, plan_id } = await startPlan(user, steps);
  const claimed = await claimStep(user, plan_id, 1);
  const own = await claimStep(user, plan_id, 2, planner(owned));
  await ask(user, await claimStep(user, plan_id, 3));
  const asked = await askPerson(user, sql, owned);
  await loseOwner(sql, owned.run_id);
  // Whoever gets on takes this back.
  await sql`update agent_runs set takeovers = 1 where id = ${owned.run_id}`;
  // Each of them taints the run.
  const shown = { relation: "public.books", key: crypto.randomUUID() };
  await sql`insert into external_rows (user_id, relation, row_key, source)
    values (${user.id}, ${shown.relation}, ${shown.key}, 'email')`;
  const messages = new Map(
    [owned, claimed, own].map(({ thread_id }) => [thread_id, message(thread_id, 1, { shown_rows: [shown] })]),
  );
  const next = (thread_id: string) => messages.get(thread_id) ?? message(thread_id);
  return { user_id: user.id, owned, plan_id, claimed, own, asked, next };
}

let by_hand = 0;

export const CALLS = {
  start_run: ({ owned }) => ["start_run", startArguments({ session_id: owned.session_id })],
  claim_run: ({ owned }) => ["claim_run", [owned.run_id, 60]],
  heartbeat_run: ({ owned }) => ["heartbeat_run", lease(owned)],
  record_progress: ({ owned, own, plan_id, next }) => ["record_progress", [...lease(owned), {
    messages: [next(owned.thread_id)],
    plan_updates: [{ id: plan_id, status: "executing" }],
    step_usage: [{ execution_id: own.execution_id, usage: {} }],
    events: [event(2)],
  }]],
  park_run: ({ owned, next }) => ["park_run", [...lease(owned), { messages: [next(owned.thread_id)] }, null]],
  decide_tool_calls: ({ owned, asked }) => ["decide_tool_calls", deciding(owned.run_id, decision(asked))],
  "a decision by hand": ({ asked }) => ({
    insert: "approval_decisions",
    row: { call_id: asked.id, approved: false, shown_sha256: asked.arguments_sha256 },
  }),
  release_run: ({ owned }) => ["release_run", [...lease(owned), null]],
  finish_run: ({ owned }) => ["finish_run", [
    ...lease(owned),
    ending("completed", { message_id: crypto.randomUUID(), answer: "Done." }),
    { events: [event(2, "done")] },
  ]],
  fail_run: ({ owned }) => ["fail_run", [...lease(owned), {
    kind: "internal",
    message: "No.",
    retryable: true,
  }]],
  cancel_run: ({ owned }) => ["cancel_run", [owned.run_id]],
  delete_session: ({ owned }) => ["delete_session", [owned.session_id]],
  claim_step: ({ plan_id }) => ["claim_step", [plan_id, 4, executor()]],
  heartbeat_step: ({ claimed }) => ["heartbeat_step", worker(claimed)],
  advance_step: ({ claimed, next }) => ["advance_step", advance(claimed, 1, [next(claimed.thread_id)])],
  "advance_step, the planner's": ({ own, next }) => ["advance_step", advance(own, 1, [next(own.thread_id)])],
  record_step: (
    { claimed, next },
  ) => ["record_step", [...worker(claimed), progress(1, [next(claimed.thread_id)])]],
  release_step: ({ claimed }) => ["release_step", [...worker(claimed), progress(1), null]],
  finish_step: ({ claimed }) => ["finish_step", [...worker(claimed), outcome("completed"), progress(1)]],
  "finish_step, the planner's": ({ own }) => ["finish_step", [
    ...worker(own),
    outcome("completed"),
    progress(1),
  ]],
  answer_step: ({ plan_id, owned }) => ["answer_step", [plan_id, 3, owned.generation, answer(owned)]],
  reserve_usage: ({ owned }) => ["reserve_usage", [owned.run_id, reservation(), null, {}]],
  "a row by hand": ({ user_id, owned }) => ({
    insert: "agent_chat_messages",
    row: {
      ...{ user_id, run_id: owned.run_id, parent_user_session_id: owned.session_id },
      // Another one each time.
      ...message(owned.thread_id, 100 + (by_hand += 1)),
    },
  }),
} satisfies Record<string, (ground: Ground) => Call>;
export type Name = keyof typeof CALLS;

type Lock = (sql: TransactionSql, ground: Ground) => PromiseLike<unknown>;

/** What a third one holds while the two come. */
export const GATES = {
  session: (sql, { owned }) => sql`select from chat_sessions where id = ${owned.session_id} for update`,
  run: (sql, { owned }) => sql`select from agent_runs where id = ${owned.run_id} for update`,
  ledger: (sql, { user_id }) =>
    sql`select pg_advisory_xact_lock(hashtextextended('usage' || ${user_id}::text, 0))`,
  plan: (sql, { plan_id }) => sql`select from agent_plans where id = ${plan_id} for update`,
  step: (sql, { claimed, own }) =>
    sql`select from agent_executions where id in (${claimed.execution_id}, ${own.execution_id}) for update`,
  call: (sql, { asked }) => sql`select from agent_tool_calls where id = ${asked.id} for update`,
} satisfies Record<string, Lock>;
export type Gate = keyof typeof GATES;

/** What the two are told, the one that came first first. */
export async function meet(race: Race, gate: Gate, first: Name, second: Name): Promise<string[]> {
  const met = await ground(race);
  const held = await race.gate((sql) => GATES[gate](sql, met));
  const one = await race.start(CALLS[first](met));
  const other = await race.start(CALLS[second](met));
  await held.open();
  const outcomes = [await one.outcome, await other.outcome];
  for (const outcome of outcomes) assertKnown(outcome, `${first} and ${second}, at the ${gate}`);
  await assertSound(race.sql, met.owned.run_id);
  return outcomes.map(said);
}

/** No deadlock, and nothing but what callers are told in words. */
function assertKnown(outcome: Outcome, where: string): void {
  assert.ok(outcome.ok || /^PT4(09|12)$/.test(outcome.code), `${where}: ${said(outcome)}`);
}
