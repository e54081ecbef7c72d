// What a person decides reaches the database once, through a client that no agent has, whatever answers are lost.
import assert from "node:assert/strict";
import { systemClock } from "../../shared/async/system_clock.ts";
import type { PersonDecision } from "../../shared/contracts/decision_request.ts";
import { createPersonClient } from "../../shared/db/clients.ts";
import { createDecisions } from "../../shared/db/decisions.ts";
import { database, newUser, testStack } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";
import { actingAs } from "./agents_calls.ts";
import { startRun } from "./agents_runs.ts";
import { ask, type Asked, callRow, park } from "./approvals.ts";

const CONFLICT = { kind: "conflict" };

/** A person with a run that waits on two calls; of the next answers of a function so many are lost. */
async function withTwoCalls(
  body: (given: {
    run_id: string;
    calls: [Asked, Asked];
    decisions: ReturnType<typeof createDecisions>;
    lose(answers: number): void;
    row(call: Asked): Promise<Record<string, unknown>>;
  }) => Promise<void>,
): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const sql = stack.adopt(database(), (sql) => sql.end());
  const { id, token } = await newUser();
  const user = actingAs(sql, id);
  let to_lose = 0;
  const losing: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    if (to_lose === 0) return response;
    to_lose -= 1;
    await response.body?.cancel();
    throw new TypeError("connection closed before message completed");
  };
  const owned = await startRun(user);
  const calls: [Asked, Asked] = [
    await ask(user, sql, owned),
    await ask(user, sql, owned, { arguments: { loan_id: "2" } }),
  ];
  await park(user, owned);
  await body({
    run_id: owned.run_id,
    calls,
    decisions: createDecisions(createPersonClient(testStack(), token, losing), {
      clock: systemClock,
      lease_seconds: 15,
    }),
    lose: (answers) => to_lose = answers,
    row: (call) => callRow(sql, call),
  });
}

const approval = (call: Asked, more: Partial<PersonDecision> = {}): PersonDecision => ({
  tool_call_id: call.id,
  approved: true,
  arguments_sha256: call.arguments_sha256,
  ...more,
});

test("a person sees what waits, decides it, and is told what waits still", () =>
  withTwoCalls(async ({ run_id, calls: [one, other], decisions, row }) => {
    const open = await decisions.open();
    assert.deepEqual(open.map((call) => [call.run_id, call.tool_call_id, call.name, call.arguments]), [
      [run_id, one.id, "cancel_loan", { loan_id: "1" }],
      [run_id, other.id, "cancel_loan", { loan_id: "2" }],
    ]);
    assert.deepEqual(await decisions.decide(run_id, [approval(one)]), { open: [other.id] });
    assert.deepEqual(await decisions.decide(run_id, [approval(one)]), { open: [other.id] }, "the same again");
    await assert.rejects(decisions.decide(run_id, [approval(one, { approved: false })]), CONFLICT);
    const no = approval(other, { approved: false, reason: "No" });
    assert.deepEqual(await decisions.decide(run_id, [no]), { open: [] });
    assert.deepEqual(await decisions.open(), []);
    assert.deepEqual([(await row(one)).status, (await row(other)).error], ["approved", "declined"]);
    await assert.rejects(decisions.decide(crypto.randomUUID(), [approval(one)]), { kind: "not_found" });
  }));

test("a decision whose answer was lost is found again, also one that edits", () =>
  withTwoCalls(async ({ run_id, calls: [one, other], decisions, lose, row }) => {
    lose(1);
    assert.deepEqual(await decisions.decide(run_id, [approval(one)]), { open: [other.id] });
    lose(2);
    const edited = approval(other, { arguments: { why: "x", loan_id: "3" }, reason: "Rather 3" });
    assert.deepEqual(await decisions.decide(run_id, [edited]), { open: [] });
    assert.deepEqual((await row(other)).arguments, { why: "x", loan_id: "3" });
  }));

test("who hears nothing, and finds that somebody else has decided, is told so", () =>
  withTwoCalls(async ({ run_id, calls: [one], decisions, lose, row }) => {
    await decisions.decide(run_id, [approval(one, { approved: false })]);
    lose(1);
    await assert.rejects(decisions.decide(run_id, [approval(one)]), CONFLICT);
    assert.equal((await row(one)).status, "rejected");
  }));
