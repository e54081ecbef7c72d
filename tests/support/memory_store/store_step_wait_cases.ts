// What every store promises of steps whose worker asks a person about a call.
import assert from "node:assert/strict";
import type { ClaimedStep } from "../../../shared/agents/store/records.ts";
import type { ProposedCall } from "../../../shared/agents/store/rows.ts";
import { LeaseLostError } from "../../../shared/contracts/errors.ts";
import { failed } from "../../../shared/contracts/tool_result.ts";
import { AT, type Case, claim, CONFLICT, plan, progress, start, type StoreFixture } from "./store_fixture.ts";

/** A step whose executor has proposed a read that asks. */
async function asking(fixture: StoreFixture) {
  const run = await start(fixture);
  const step = (await plan(fixture, run))(1);
  const claimed = await claim(fixture, step);
  const row = proposal(claimed);
  const verdict = (await fixture.store.recordStep(claimed, withCall(row))).verdicts[row.id];
  return { run, step, claimed, row, verdict: verdict ?? assert.fail("no verdict") };
}

/** The same, and its executor has let the step go. */
async function waiting(fixture: StoreFixture) {
  const asked = await asking(fixture);
  await fixture.store.releaseStep(asked.claimed, progress(), null);
  const { run, row, verdict } = asked;
  const decide = (approved: boolean) =>
    fixture.decide(run.run_id, [{
      tool_call_id: row.id,
      approved,
      arguments_sha256: verdict.arguments_sha256,
    }]);
  return { ...asked, decide };
}

function proposal({ agent_id, thread_id }: ClaimedStep): ProposedCall {
  return {
    ...{ id: crypto.randomUUID(), agent_id, agent_session_id: thread_id, tool_call_id: "c" },
    ...{ tool_name: "get_borrower", access: "read", arguments: { borrower: "Ann" } },
    ...{ status: "proposed", result: null, created_at: AT },
  };
}

const withCall = (row: ProposedCall) => ({ ...progress(), rows: { messages: [], tool_calls: [row] } });

export const STEP_WAIT_CASES: Case[] = [
  {
    name:
      "an executor's proposal has its verdict, the same when it comes again; a worker that lost its step has none",
    async run(fixture) {
      const { step, claimed, row, verdict, run } = await asking(fixture);
      assert.deepEqual([verdict.status, verdict.why.map(({ by }) => by)], ["awaiting_approval", ["default"]]);
      assert.ok(claimed.guarded_reads.includes("get_borrower"));
      assert.deepEqual((await fixture.store.recordStep(claimed, withCall(row))).verdicts[row.id], verdict);
      assert.equal((await fixture.store.viewStep(step))?.awaiting, false, "its worker still has it");
      await fixture.lapse(run.run_id);
      await claim(fixture, step);
      await assert.rejects(fixture.store.recordStep(claimed, withCall(row)), LeaseLostError);
    },
  },
  {
    name:
      "a step that waits for a person is nobody's; once the call is approved the same attempt goes on with it",
    async run(fixture) {
      const { step, claimed, row, decide } = await waiting(fixture);
      const view = await fixture.store.viewStep(step);
      assert.deepEqual([view?.released, view?.awaiting], [true, true]);
      assert.deepEqual(view?.open_calls.map(({ id, status }) => [id, status]), [[
        row.id,
        "awaiting_approval",
      ]]);
      await assert.rejects(claim(fixture, step), CONFLICT);
      await decide(true);
      assert.equal((await fixture.store.viewStep(step))?.awaiting, false);
      const next = await claim(fixture, step);
      assert.deepEqual([next.execution_id, next.attempt], [claimed.execution_id, 1]);
      assert.deepEqual(next.open_calls.map(({ status, decision }) => [status, decision?.by]), [[
        "approved",
        "user",
      ]]);
    },
  },
  {
    name: "a call of a step that was declined has its result for the next worker",
    async run(fixture) {
      const { step, row, decide } = await waiting(fixture);
      await decide(false);
      const { tool_calls, open_calls } = await claim(fixture, step);
      assert.deepEqual([tool_calls.map(({ id, status }) => [id, status]), open_calls], [[[
        row.id,
        "rejected",
      ]], []]);
      assert.deepEqual(tool_calls[0]?.result, failed("rejected", "The user declined this. It was not done."));
    },
  },
  {
    name: "what nobody decided on a step in time is closed by its next claim, while the run works on",
    async run(fixture) {
      const { run, step, row } = await waiting(fixture);
      await fixture.expire(run.run_id);
      assert.equal((await fixture.store.viewStep(step))?.awaiting, false);
      const { tool_calls } = await claim(fixture, step);
      assert.deepEqual(tool_calls.map(({ id, decision }) => [id, decision?.by]), [[row.id, "expired"]]);
    },
  },
  {
    name: "a worker that is lost while it asks leaves the question to the next attempt",
    async run(fixture) {
      const { run, step, claimed, row } = await asking(fixture);
      await fixture.lapse(run.run_id);
      const next = await claim(fixture, step);
      assert.deepEqual([next.attempt, next.thread_id], [2, claimed.thread_id]);
      assert.deepEqual(next.open_calls.map(({ id, status }) => [id, status]), [[
        row.id,
        "awaiting_approval",
      ]]);
    },
  },
];
