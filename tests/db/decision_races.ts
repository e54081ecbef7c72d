// A person's decision, and a write that they approved, meet whatever else may happen to a run at that moment. Each try is
// on a run of its own, the two on connections of their own at the same time; what is left is one of the ends that are
// allowed, whoever came first.
import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { database } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";
import { actingAs, addUser, become, refusalOf, type User } from "./agents_calls.ts";
import { inThePast } from "./agents_rows.ts";
import { claimRun, type Owned, startArguments, startRun } from "./agents_runs.ts";
import { ask, type Asked, callRow, decision, park } from "./approvals.ts";
import { assertSound } from "./race.ts";

interface Ground {
  owned: Owned;
  call: Asked;
  loan_id: string;
}

/** One of the two: `user` acts on a connection of its own. */
type Act = (user: User, ground: Ground, sql: Sql) => Promise<unknown>;

interface Meeting {
  /** Before the two meet; the run waits for a person on one call. */
  before?(user: User, ground: Ground, sql: Sql): Promise<Ground | void>;
  one: Act;
  other: Act;
  /** What the two were told, `ok` or a refusal's message, and the call's status with its error. */
  ends: readonly string[];
}

const decide = (approved: boolean): Act => (user, { owned, call }) =>
  user.call("decide_tool_calls", [owned.run_id, [decision(call, { approved })]]);
const claim: Act = (user, { owned }) => user.call("claim_run", [owned.run_id, 60]);
const cancel: Act = (user, { owned }) => user.call("cancel_run", [owned.run_id]);
const supersede: Act = (user, { owned }) =>
  user.call("start_run", startArguments({ session_id: owned.session_id }));

/** The tool's own request: it deletes the loan that its call names. */
const write: Act = (user, { call, loan_id }, sql) =>
  sql.begin(async (own) => {
    await become(own, user.id);
    const headers = { "x-agent": "1", "x-tool-call-id": call.id, "x-tool-attempt": crypto.randomUUID() };
    await own`select set_config('request.headers', ${JSON.stringify(headers)}, true)`;
    await own`delete from public.loans where id = ${loan_id}`;
  });

/** The call was approved, and the run has an owner again. */
async function resumed(user: User, ground: Ground, sql: Sql): Promise<Ground> {
  await decide(true)(user, ground, sql);
  return { ...ground, owned: await claimRun(user, ground.owned.run_id) };
}

/** The time to decide is over in a moment, perhaps before the decision comes. */
async function almostOver(_user: User, { call }: Ground, sql: Sql): Promise<void> {
  await inThePast(
    sql,
    (past) =>
      past`update agent_tool_calls set expires_at = clock_timestamp() + random() * interval '6 milliseconds'
      where id = ${call.id}`,
  );
}

/** By who meets whom. */
export const MEETINGS: Record<string, Meeting> = {
  "decide × decide: one of the two counts, and the call is as that one says": {
    one: decide(true),
    other: decide(false),
    ends: ["ok, decided_already: approved", "decided_already, ok: rejected declined"],
  },
  "decide × expire: it was decided in time and is approved, or it has expired and nobody has decided": {
    before: almostOver,
    one: decide(true),
    other: claim,
    ends: [
      ...["ok, ok: approved", "ok, run_awaits_approval: approved"],
      // Refused by the clock; the claim came before it, or is yet to come.
      ...[
        "approval_expired, run_awaits_approval: awaiting_approval",
        "approval_expired, ok: rejected expired",
      ],
      "call_not_open, ok: rejected expired",
    ],
  },
  "decide × cancel: a decision before the cancel counts, none after it": {
    one: decide(true),
    other: cancel,
    ends: ["ok, ok: approved", "cancel_requested, ok: awaiting_approval"],
  },
  "decide × supersede: what was approved is not done after the next message": {
    one: decide(true),
    other: supersede,
    ends: ["ok, ok: rejected run_ended", "run_not_running, ok: rejected superseded"],
  },
  "claim × claim: a run that was decided has one owner": {
    before: (user, ground, sql) => decide(true)(user, ground, sql).then(() => undefined),
    one: claim,
    other: claim,
    ends: ["ok, run_has_an_owner: approved", "run_has_an_owner, ok: approved"],
  },
  "decide × claim: the run goes on when it is decided, and not before": {
    one: decide(true),
    other: claim,
    ends: ["ok, ok: approved", "ok, run_awaits_approval: approved"],
  },
  "write × cancel: an approved write is made before the cancel, or not at all": {
    before: resumed,
    one: write,
    other: cancel,
    ends: ["ok, ok: executing", "cancel_requested, ok: approved"],
  },
  "write × supersede: an approved write is made and told, or it is not made": {
    before: async (user, ground, sql) => {
      const next = await resumed(user, ground, sql);
      await inThePast(
        sql,
        (past) =>
          past`update agent_runs set lease_expires_at = clock_timestamp() where id = ${next.owned.run_id}`,
      );
      return next;
    },
    one: write,
    other: supersede,
    ends: [
      "ok, ok: succeeded",
      ...["run_not_running", "call_has_ended"].map((why) => `${why}, ok: rejected run_ended`),
    ],
  },
};

/** What an act came to, in a word. */
const told = (act: Promise<unknown>): Promise<string> =>
  act.then(() => "ok", (error) => refusalOf(error).message);

/** Each meeting, so many times; in every other try the second is called first. */
export function testMeetings(tries: number): void {
  for (const [policy, meeting] of Object.entries(MEETINGS)) {
    test(policy, async () => {
      const sql = database();
      const rivals = [database(), database()] as const;
      try {
        for (let n = 0; n < tries; n += 1) await meet(sql, rivals, meeting, n % 2 === 0);
      } finally {
        await Promise.all([sql, ...rivals].map((one) => one.end()));
      }
    });
  }
}

async function meet(
  sql: Sql,
  rivals: readonly [Sql, Sql],
  { before, one, other, ends }: Meeting,
  first: boolean,
): Promise<void> {
  const user = await addUser(sql);
  const [loan] =
    await sql`insert into loans (user_id, borrower) values (${user.id}, 'Ann') returning id::text as id`;
  const owned = await startRun(user);
  const call = await ask(user, sql, owned, { arguments: { loan_id: loan?.id } });
  await park(user, owned);
  let ground: Ground = { owned, call, loan_id: loan?.id };
  ground = await before?.(user, ground, sql) ?? ground;
  const acts = [one, other].map((act, i) => {
    const own = rivals[i] ?? assert.fail("there are two");
    return () => told(act(actingAs(own, user.id), ground, own));
  });
  const [a, b] = first ? acts : acts.toReversed();
  const answers = await Promise.all([a?.(), b?.()]);
  const [of_one, of_other] = first ? answers : answers.toReversed();
  const { status, error } = await callRow(sql, call);
  const end = `${of_one}, ${of_other}: ${[status, error].filter((word) => word !== null).join(" ")}`;
  assert.ok(ends.includes(end), end);
  const [{ decided, made, left } = {}] = await sql`select
    (select count(*)::int from approval_decisions where call_id = ${call.id}) as decided,
    (select count(*)::int from tool_receipts where call_id = ${call.id}) as made,
    (select count(*)::int from loans where user_id = ${user.id}) as left`;
  assert.equal(decided, status === "awaiting_approval" || /expired|superseded/.test(String(error)) ? 0 : 1);
  assert.deepEqual([made, left], status === "executing" || status === "succeeded" ? [1, 0] : [0, 1]);
  await assertSound(sql, owned.run_id);
}
