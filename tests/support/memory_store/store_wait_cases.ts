// What every store promises of calls that a person decides on, and of runs that wait for them.
import assert from "node:assert/strict";
import type { OwnedRun, PendingCall } from "../../../shared/agents/store/records.ts";
import type { ProposedCall } from "../../../shared/agents/store/rows.ts";
import { RunAwaitsError } from "../../../shared/contracts/errors.ts";
import { failed, ok } from "../../../shared/contracts/tool_result.ts";
import {
  AT,
  batch,
  type Case,
  claimAgain,
  CONFLICT,
  end,
  SPENT,
  start,
  type StoreFixture,
  takeOver,
} from "./store_fixture.ts";

function proposal({ agent_id, thread_id }: OwnedRun, loan_id = "1"): ProposedCall {
  return {
    ...{ id: crypto.randomUUID(), agent_id, agent_session_id: thread_id, tool_call_id: "c" },
    ...{ tool_name: "cancel_loan", access: "write", arguments: { loan_id } },
    ...{ status: "proposed", result: null, created_at: `2026-11-22T12:00:0${loan_id}.000Z` },
  };
}

const untried = (row: ProposedCall) => ({
  ...row,
  ...{ status: "awaiting_approval" as const, effects: null, problem: "It can't be tried." },
});

/** A run that waits on so many calls. */
async function parked(fixture: StoreFixture, count = 1) {
  const run = await start(fixture);
  const rows = Array.from({ length: count }, (_, n) => proposal(run, String(n + 1)));
  const { verdicts } = await fixture.store.recordProgress(run, batch({ tool_calls: rows }));
  await fixture.store.recordProgress(run, batch({ tool_calls: rows.map(untried) }));
  const calls = rows.map(({ id }) => ({ id, sha256: verdicts[id]?.arguments_sha256 ?? "" }));
  const paused = await fixture.store.parkRun(run, batch({}), null);
  return { run, rows, verdicts, calls, paused };
}

const decision = ({ id, sha256 }: { id: string; sha256: string }, approved = true) => ({
  tool_call_id: id,
  approved,
  arguments_sha256: sha256,
});

const resumed = async (fixture: StoreFixture, { run_id }: OwnedRun): Promise<OwnedRun> =>
  await claimAgain(fixture, run_id) ?? assert.fail("it has ended");
const types = async (fixture: StoreFixture, { run_id }: OwnedRun) =>
  (await fixture.log(run_id)).map(({ type }) => type);

export const WAIT_CASES: Case[] = [
  {
    name: "a proposal that a person is asked about is told so, with the time there is for it",
    async run(fixture) {
      const { rows: [row], verdicts, paused, calls } = await parked(fixture);
      const { status, why, expires_at, result } = verdicts[row?.id ?? ""] ?? assert.fail("no verdict");
      assert.deepEqual([status, why.map(({ by }) => by), result], ["awaiting_approval", ["default"], null]);
      assert.ok(expires_at !== null);
      assert.ok(paused?.type === "run_paused");
      assert.deepEqual(paused.open, calls.map(({ id }) => id));
      assert.equal(Date.parse(paused.expires_at), Date.parse(expires_at));
    },
  },
  {
    name: "a run that waits has no owner and gets none before all is decided; parking counts once",
    async run(fixture) {
      const { run, calls: [one, other], paused } = await parked(fixture, 2);
      assert.ok(one && other);
      assert.deepEqual(await fixture.store.parkRun(run, batch({}), null), paused);
      assert.deepEqual(await types(fixture, run), ["session", "run_paused"]);
      await assert.rejects(fixture.store.heartbeatRun(run), /lease/);
      await assert.rejects(claimAgain(fixture, run.run_id), RunAwaitsError);
      assert.deepEqual(await fixture.decide(run.run_id, [decision(one)]), { open: [other.id] });
      await assert.rejects(claimAgain(fixture, run.run_id), RunAwaitsError);
      assert.deepEqual(await fixture.decide(run.run_id, [decision(other, false)]), { open: [] });
      assert.equal((await resumed(fixture, run)).generation, 2);
    },
  },
  {
    name: "the next owner finds what was decided: approved calls to be made, declined ones with their result",
    async run(fixture) {
      const { run, rows, calls: [one, other, third] } = await parked(fixture, 3);
      assert.ok(one && other && third);
      const edited = { ...decision(third), arguments: { loan_id: "9" } };
      await fixture.decide(run.run_id, [decision(one), { ...decision(other, false), reason: "No" }, edited]);
      const next = await resumed(fixture, run);
      const by_user = { edited: false, reason: null, by: "user" };
      assert.deepEqual(next.open_calls.map(pick), [
        {
          id: one.id,
          status: "approved",
          arguments: rows[0]?.arguments,
          decision: { ...by_user, approved: true },
        },
        {
          ...{ id: third.id, status: "approved", arguments: { loan_id: "9" } },
          decision: { ...by_user, approved: true, edited: true },
        },
      ]);
      assert.deepEqual(
        next.tool_calls.map(({ id, status, result, decision }) => ({ id, status, result, decision })),
        [
          {
            ...{ id: other.id, status: "rejected" },
            result: failed("rejected", "The user declined this. It was not done. Their reason: No"),
            decision: { ...by_user, approved: false, reason: "No" },
          },
        ],
      );
    },
  },
  {
    name: "a write is approved once it is known what it would change, or why that is not",
    async run(fixture) {
      const run = await start(fixture);
      const row = proposal(run);
      const { verdicts } = await fixture.store.recordProgress(run, batch({ tool_calls: [row] }));
      const call = { id: row.id, sha256: verdicts[row.id]?.arguments_sha256 ?? "" };
      await assert.rejects(fixture.decide(run.run_id, [decision(call)]), CONFLICT);
      await fixture.store.recordProgress(run, batch({ tool_calls: [untried(row)] }));
      await fixture.decide(run.run_id, [decision(call)]);
    },
  },
  {
    name: "a call is decided once, and on what was shown",
    async run(fixture) {
      const { run, calls: [one] } = await parked(fixture);
      assert.ok(one);
      const other = { ...one, sha256: "0".repeat(64) };
      await assert.rejects(fixture.decide(run.run_id, [decision(other)]), CONFLICT);
      await fixture.decide(run.run_id, [decision(one, false)]);
      await assert.rejects(fixture.decide(run.run_id, [decision(one)]), CONFLICT);
    },
  },
  {
    name: "what was declined is refused when it is proposed again, other arguments are asked about",
    async run(fixture) {
      const { run, calls: [one] } = await parked(fixture);
      assert.ok(one);
      await fixture.decide(run.run_id, [decision(one, false)]);
      const next = await resumed(fixture, run);
      const [same, other] = [proposal(next), proposal(next, "2")];
      const { verdicts } = await fixture.store.recordProgress(next, batch({ tool_calls: [same, other] }));
      assert.deepEqual([verdicts[same.id]?.status, verdicts[same.id]?.result], [
        "rejected",
        failed("rejected", "The user has declined this before. It was not done."),
      ]);
      assert.equal(verdicts[other.id]?.status, "awaiting_approval");
    },
  },
  {
    name: "what nobody decided in time is told to the next owner",
    async run(fixture) {
      const { run, calls: [one] } = await parked(fixture);
      assert.ok(one);
      await fixture.expire(run.run_id);
      await assert.rejects(fixture.decide(run.run_id, [decision(one)]), CONFLICT);
      const next = await resumed(fixture, run);
      assert.deepEqual(next.open_calls, []);
      assert.deepEqual(next.tool_calls.map(({ result, decision }) => ({ result, decision })), [{
        result: failed("rejected", "Nobody approved this in time, so it was not done."),
        decision: { approved: false, edited: false, reason: null, by: "expired" },
      }]);
    },
  },
  {
    name: "a run with nothing to wait for is released instead, and so is one that was asked to stop",
    async run(fixture) {
      const run = await start(fixture);
      assert.equal(await fixture.store.parkRun(run, batch({}), null), null);
      assert.equal(await fixture.store.parkRun(run, batch({}), null), null);
      assert.equal((await resumed(fixture, run)).generation, 2);
      const stopped = await start(fixture);
      await fixture.store.recordProgress(stopped, batch({ tool_calls: [proposal(stopped)] }));
      await fixture.cancel(stopped.run_id);
      assert.equal(await fixture.store.parkRun(stopped, batch({}), null), null);
      assert.equal((await resumed(fixture, stopped)).cancel_requested, true);
    },
  },
  {
    name: "a cancel of a run that waits lets the next owner have it, and what was open is told as not done",
    async run(fixture) {
      const { run } = await parked(fixture);
      await fixture.cancel(run.run_id);
      const next = await resumed(fixture, run);
      assert.equal(next.cancel_requested, true);
      const outcome = { status: "cancelled" as const, strategy: null, usage: SPENT, settlement: null };
      await fixture.store.finishRun(next, outcome, batch({ events: [end(3, "cancelled")] }));
      assert.deepEqual((await fixture.told(run.run_id)).map(({ content }) => content), [
        'This was stopped by the user. Nothing was changed. Not done: cancel_loan {"loan_id": "1"}.',
      ]);
    },
  },
  {
    name: "the session's next message ends a run that waits, and says what was not done",
    async run(fixture) {
      const { run, calls: [one] } = await parked(fixture, 2);
      assert.ok(one);
      await fixture.decide(run.run_id, [{ ...decision(one), arguments: { loan_id: "9" } }]);
      const next = await start(fixture, { session_id: run.session_id });
      const log = await fixture.log(run.run_id);
      assert.deepEqual(log.map((event) => event.type === "approval_decided" ? event.by : event.type), [
        ...["session", "run_paused", "user", "superseded", "done"],
      ]);
      const decided = log.flatMap((event) => event.type === "approval_decided" ? [event.arguments] : []);
      assert.deepEqual(decided, [{ loan_id: "9" }, undefined]);
      const last = log.at(-1);
      assert.ok(last?.type === "done");
      assert.deepEqual([last.status, last.finished_reason], ["cancelled", "superseded"]);
      const said =
        "This waited for the user's approval when they sent their next message. Nothing was changed. " +
        'Not done: cancel_loan {"loan_id": "9"}; cancel_loan {"loan_id": "2"}.';
      assert.deepEqual(next.opening?.history.at(-1), { role: "assistant", content: said });
      assert.equal(await claimAgain(fixture, run.run_id), null);
    },
  },
  {
    name:
      "a preview is stored once, and an owner that died over the question is followed by one that finds it",
    async run(fixture) {
      const run = await start(fixture);
      const row = proposal(run);
      await fixture.store.recordProgress(run, batch({ tool_calls: [row] }));
      for (const problem of ["No dry run.", "Another."]) {
        const previewed = { ...row, status: "awaiting_approval" as const, effects: null, problem };
        await fixture.store.recordProgress(run, batch({ tool_calls: [previewed] }));
      }
      const next = await takeOver(fixture, run);
      assert.deepEqual(next.open_calls.map(({ id, status, problem }) => [id, status, problem]), [
        [row.id, "awaiting_approval", "No dry run."],
      ]);
    },
  },
  {
    name: "a call that needs nobody after all was not carried out, whatever the model is told",
    async run(fixture) {
      const run = await start(fixture);
      const row = proposal(run);
      await fixture.store.recordProgress(run, batch({ tool_calls: [row] }));
      const result = ok(null, "It is like that already.");
      const outcome = {
        ...row,
        status: "succeeded" as const,
        result: { ...result },
        duration_ms: 1,
        finished_at: AT,
      };
      await fixture.store.recordProgress(run, batch({ tool_calls: [outcome] }));
      const next = await takeOver(fixture, run);
      assert.deepEqual(next.tool_calls.map((call) => [call.status, call.result, call.decision]), [
        ["rejected", result, null],
      ]);
    },
  },
];

function pick({ id, status, arguments: args, decision }: PendingCall) {
  return { id, status, arguments: args, decision };
}
