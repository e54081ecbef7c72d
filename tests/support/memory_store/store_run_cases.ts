// What every store promises of runs and their owners.
import assert from "node:assert/strict";
import type { OwnedRun, RunOutcome } from "../../../shared/agents/store/records.ts";
import type { EventRow, ToolCallRow } from "../../../shared/agents/store/rows.ts";
import { CancelledError, LeaseLostError } from "../../../shared/contracts/errors.ts";
import {
  answered,
  AT,
  batch,
  type Case,
  claim,
  claimAgain,
  CONFLICT,
  DONE,
  end,
  ended,
  event,
  FAILURE,
  LEASE_SECONDS,
  message,
  plan,
  progress,
  SPENT,
  start,
  storeCalls,
  takeOver,
} from "./store_fixture.ts";
import { messageId } from "../agents/stored_thread.ts";
import { firstReservation } from "../ports/meter_port.ts";

const TEXT = { part: 1, message_id: messageId(1) };

export const RUN_CASES: Case[] = [
  {
    name: "a run is begun by its first owner, with an opening and no thread yet",
    async run(fixture) {
      const run = await start(fixture);
      assert.deepEqual([run.generation, run.last_seq, run.last_text, run.messages], [1, 1, null, []]);
      assert.deepEqual(run.events.map(({ seq, type }) => [seq, type]), [[1, "session"]]);
      assert.ok(run.opening);
    },
  },
  {
    name: "a message without a key is the run that it has started, until that is stopped or more is said",
    async run(fixture) {
      const again = () => start(fixture, { request_key: undefined });
      const first = await again();
      await assert.rejects(again(), /there is such a run/);
      await fixture.cancel(first.run_id);
      const second = await again();
      assert.notEqual(second.run_id, first.run_id);
      await fixture.store.finishRun(second, ...answered(2));
      await assert.rejects(again(), /there is such a run/);
      await start(fixture, { session_id: second.session_id });
      assert.notEqual((await again()).run_id, second.run_id);
    },
  },
  {
    name: "a run has one owner at a time: it is taken over when the lease has run out, and not before",
    async run(fixture) {
      const run = await start(fixture);
      await assert.rejects(claimAgain(fixture, run.run_id), CONFLICT);
      const next = await takeOver(fixture, run);
      assert.equal(next.generation, 2);
      await assert.rejects(claimAgain(fixture, run.run_id), CONFLICT);
    },
  },
  {
    name: "a new owner finds what was stored: events without texts, messages, numbers, plans and usage",
    async run(fixture) {
      const run = await start(fixture);
      const text: EventRow = { seq: 3, type: "text", at: AT, agent: null, data: { ...TEXT, delta: "Hi" } };
      const messages = [message(run.thread_id, 1)];
      await fixture.store.recordProgress(run, batch({ events: [event(2), text], messages, usage: SPENT }));
      await plan(fixture, run);
      const next = await takeOver(fixture, run);
      assert.deepEqual(next.events.map(({ seq }) => seq), [1, 2, 4]);
      assert.deepEqual([next.last_seq, next.last_text, next.usage], [4, TEXT, SPENT]);
      assert.deepEqual(next.messages.map(({ seq, sender }) => [seq, sender]), [[1, "system"]]);
      assert.equal(next.opening, null);
      assert.deepEqual(next.plans.map(({ revision, steps }) => [revision, steps.length]), [[1, 3]]);
    },
  },
  {
    name: "a new owner is told how each call ended, without what the tools found",
    async run(fixture) {
      const run = await start(fixture);
      const ended = { tool_call_id: "c", ok: true, result: "One book.", duration_ms: 1 };
      const told = { seq: 2, type: "tool_result" as const, at: AT, agent: null };
      const found = { ...told, data: { ...ended, data: { books: ["Emma"] } } };
      await fixture.store.recordProgress(run, batch({ events: [found] }));
      const next = await takeOver(fixture, run);
      assert.deepEqual(next.events.slice(1, -1), [{
        seq: 2,
        type: "tool_result",
        at: AT,
        run_id: run.run_id,
        ...ended,
      }]);
      const log = await fixture.log(run.run_id);
      assert.deepEqual(log[1], {
        seq: 2,
        type: "tool_result",
        at: AT,
        run_id: run.run_id,
        ...found.data,
      });
    },
  },
  {
    name: "an owner that was taken over is refused whatever it writes, and nothing of it is stored",
    async run(fixture) {
      const { store } = fixture;
      const late = await start(fixture);
      const next = await takeOver(fixture, late);
      await assert.rejects(store.recordProgress(late, batch({ events: [event(2)] })), LeaseLostError);
      await assert.rejects(store.heartbeatRun(late), LeaseLostError);
      await assert.rejects(store.releaseRun(late, null), LeaseLostError);
      await assert.rejects(store.finishRun(late, ...answered(2)), LeaseLostError);
      await assert.rejects(store.failRun(late, FAILURE), LeaseLostError);
      assert.deepEqual((await fixture.log(late.run_id)).map(({ type }) => type), ["session", "taken_over"]);
      assert.equal(await store.heartbeatRun(next), false);
    },
  },
  {
    name: "a claim whose answer was lost may be made again: with its reservation it owns the run as before",
    async run(fixture) {
      const { store } = fixture;
      const run = await start(fixture);
      await fixture.lapse(run.run_id);
      const { row: reservation } = await firstReservation("planner");
      const order = { reservation, lease_seconds: LEASE_SECONDS };
      const claims = [];
      for (let n = 0; n < 3; n++) claims.push(await store.claimRun(run.run_id, order));
      assert.deepEqual(claims.map((owned) => [owned?.generation, owned?.reserved.allowed]), [
        ...[[2, true], [2, true], [2, true]],
      ]);
      assert.equal(new Set(claims.map((owned) => owned?.worked_ms)).size, 1);
      await assert.rejects(claimAgain(fixture, run.run_id), CONFLICT);
      assert.equal(await store.heartbeatRun({ run_id: run.run_id, generation: 2 }), false);
    },
  },
  {
    name: "a claim that is made again is no takeover, however often",
    async run(fixture) {
      const run = await start(fixture);
      const { row: reservation } = await firstReservation("planner");
      for (let n = 0; n < 8; n++) {
        await fixture.lapse(run.run_id);
        const owned = await fixture.store.claimRun(run.run_id, { reservation, lease_seconds: LEASE_SECONDS });
        assert.equal(owned?.generation, 2);
      }
    },
  },
  {
    name: "a run that is released is taken over at once",
    async run(fixture) {
      const run = await start(fixture);
      await fixture.store.releaseRun(run, null);
      assert.equal((await claimAgain(fixture, run.run_id))?.generation, 2);
    },
  },
  {
    name: "the session's next message waits for a run that is released, and ends one whose lease has expired",
    async run(fixture) {
      const run = await start(fixture);
      const { session_id } = run;
      await fixture.store.releaseRun(run, null);
      await assert.rejects(start(fixture, { session_id }), CONFLICT);
      const next = await claimAgain(fixture, run.run_id) ?? assert.fail("it has ended");
      await fixture.lapse(run.run_id);
      assert.notEqual((await start(fixture, { session_id })).run_id, run.run_id);
      await assert.rejects(fixture.store.heartbeatRun(next), LeaseLostError);
    },
  },
  {
    name: "a released run stays so: its owner may say it twice, and can do nothing else with it",
    async run(fixture) {
      const run = await start(fixture);
      const { store } = fixture;
      await store.releaseRun(run, null);
      await store.releaseRun(run, null);
      await assert.rejects(store.heartbeatRun(run), LeaseLostError);
      await assert.rejects(store.recordProgress(run, batch({ events: [event(2)] })), LeaseLostError);
      await assert.rejects(store.failRun(run, FAILURE), LeaseLostError);
      assert.equal((await fixture.log(run.run_id)).length, 1);
    },
  },
  {
    name: "a hand-off is no takeover, however many there are",
    async run(fixture) {
      let run = await start(fixture);
      for (let owner = 2; owner <= 9; owner++) {
        await fixture.store.releaseRun(run, null);
        run = await claimAgain(fixture, run.run_id) ?? assert.fail("it has ended");
      }
      assert.equal(run.generation, 9);
    },
  },
  {
    name: "progress counts once: the same batch again changes nothing",
    async run(fixture) {
      const run = await start(fixture);
      const same = batch({ events: [event(2)], messages: [message(run.thread_id, 1)], usage: SPENT });
      await fixture.store.recordProgress(run, same);
      await fixture.store.recordProgress(run, same);
      const next = await takeOver(fixture, run);
      assert.deepEqual([next.last_seq, next.messages.length], [3, 1]);
    },
  },
  {
    name: "a gap in the log, or another event under a number that is taken, refuses the whole batch",
    async run(fixture) {
      const run = await start(fixture);
      const { store } = fixture;
      await store.recordProgress(run, batch({ events: [event(2)] }));
      const messages = [message(run.thread_id, 1)];
      await assert.rejects(store.recordProgress(run, batch({ events: [event(4)], messages })), CONFLICT);
      const other = [event(2, "complex"), event(3)];
      await assert.rejects(store.recordProgress(run, batch({ events: other, messages })), CONFLICT);
      const late = [message(run.thread_id, 2)];
      await assert.rejects(
        store.recordProgress(run, batch({ events: [event(3)], messages: late })),
        CONFLICT,
      );
      const next = await takeOver(fixture, run);
      assert.deepEqual([next.last_seq, next.messages], [3, []]);
    },
  },
  {
    name: "a run ends once, and who ended it may ask again",
    async run(fixture) {
      const run = await start(fixture);
      const end = answered(2);
      const last = await fixture.store.finishRun(run, ...end);
      assert.deepEqual((await fixture.log(run.run_id)).slice(-1), last);
      assert.deepEqual(await fixture.store.finishRun(run, ...end), last);
      assert.deepEqual([await fixture.store.failRun(run, FAILURE)], last);
      assert.equal(await claimAgain(fixture, run.run_id), null);
      assert.deepEqual((await fixture.log(run.run_id)).map(({ type }) => type), ["session", "done"]);
    },
  },
  {
    name: "the end tells what the planner and its steps have cost together",
    async run(fixture) {
      const run = await start(fixture);
      const step = (await plan(fixture, run))(1);
      const claimed = await claim(fixture, step);
      await fixture.store.finishStep(claimed, ended(DONE), progress());
      const [done = assert.fail("it has an end")] = (await fixture.store.finishRun(run, ...answered(2)))
        .slice(-1);
      const { usage } = done.type === "done" ? done : assert.fail("it is done");
      assert.deepEqual([usage.model_calls, usage.input_tokens], [2, 20]);
      assert.deepEqual((await fixture.log(run.run_id)).at(-1), done);
    },
  },
  {
    name: "the end tells how the run's plan ended, which is not how the run did",
    async run(fixture) {
      const run = await start(fixture);
      await plan(fixture, run);
      const [done = assert.fail("it has an end")] = await fixture.store.finishRun(run, ...answered(2));
      assert.deepEqual(done.type === "done" && [done.status, done.plan_status], ["completed", "failed"]);
      const failed = await start(fixture);
      await plan(fixture, failed);
      const error = await fixture.store.failRun(failed, FAILURE);
      assert.deepEqual(error.type === "error" && [error.message, error.plan_status], ["No.", "failed"]);
      assert.deepEqual((await fixture.log(failed.run_id)).at(-1), error);
    },
  },
  {
    name: "a cancel is heard with the next heartbeat and with each write, and beats the answer",
    async run(fixture) {
      const run = await start(fixture);
      assert.equal(await fixture.store.heartbeatRun(run), false);
      assert.ok(!(await fixture.store.recordProgress(run, batch({ events: [event(2)] }))).cancelled);
      await fixture.cancel(run.run_id);
      assert.equal(await fixture.store.heartbeatRun(run), true);
      const after = await fixture.store.recordProgress(run, batch({ events: [event(3)] }));
      const { row } = await firstReservation("planner");
      const reserved = await fixture.store.reserveUsage(run.run_id, row, null);
      assert.deepEqual([after.cancelled, reserved.cancelled], [true, true]);
      const [outcome, rows] = answered(4);
      await assert.rejects(fixture.store.finishRun(run, outcome, rows), CancelledError);
      const { strategy, usage, settlement } = outcome;
      const cancelled: RunOutcome = { status: "cancelled", strategy, usage, settlement };
      await fixture.store.finishRun(run, cancelled, batch({ events: [end(4, "cancelled")] }));
      assert.equal((await fixture.log(run.run_id)).at(-1)?.type, "done");
    },
  },
  {
    name: "a run with takeover after takeover and no checkpoint fails, and its last claim is no takeover",
    async run(fixture) {
      let run = await start(fixture);
      for (let owner = 0; owner < 5; owner++) run = await takeOver(fixture, run);
      await fixture.lapse(run.run_id);
      assert.equal(await claimAgain(fixture, run.run_id), null);
      assert.deepEqual((await fixture.log(run.run_id)).map(({ type }) => type), [
        ...["session", "taken_over", "taken_over", "taken_over", "taken_over", "taken_over", "error"],
      ]);
    },
  },
  {
    name: "a run without an owner, whose user had asked for it to stop, ends as cancelled",
    async run(fixture) {
      const run = await start(fixture);
      await fixture.cancel(run.run_id);
      await fixture.lapse(run.run_id);
      await start(fixture, { session_id: run.session_id });
      const done = (await fixture.log(run.run_id)).at(-1);
      assert.deepEqual(done?.type === "done" && [done.status, done.finished_reason], [
        "cancelled",
        "cancelled",
      ]);
    },
  },
  {
    name: "a write that is being made is no outcome for the next owner, who stores it once",
    async run(fixture) {
      const run = await start(fixture);
      const write = writing(run);
      await fixture.store.recordProgress(run, batch({ tool_calls: [write] }));
      const next = await takeOver(fixture, run);
      assert.deepEqual(next.tool_calls, []);
      const outcome: ToolCallRow = {
        ...write,
        ...{ status: "succeeded", result: { ok: true, data: null, message: "Made." } },
        ...{ duration_ms: 1, finished_at: AT },
      };
      await fixture.store.recordProgress(next, batch({ tool_calls: [outcome] }));
      const last = await takeOver(fixture, next);
      assert.deepEqual(last.tool_calls.map(({ id, status }) => [id, status]), [[write.id, "succeeded"]]);
    },
  },
  {
    name: "nobody is told to send a message again whose run has changed something before it failed",
    async run(fixture) {
      for (const ends of ["its owner", "nobody"]) {
        const run = await start(fixture);
        const made = {
          result: { ok: true as const, data: null, message: "Made." },
          duration_ms: 1,
          finished_at: AT,
        };
        const call: ToolCallRow = { ...writing(run), ...made, status: "succeeded" };
        await storeCalls(fixture, run, [call]);
        const error = {
          kind: "model_failed" as const,
          message: "It failed. Please try again.",
          retryable: true,
        };
        if (ends === "its owner") {
          const outcome: RunOutcome = {
            status: "failed",
            strategy: null,
            usage: SPENT,
            error,
            settlement: null,
          };
          const last: EventRow = { seq: 2, type: "error", at: AT, agent: null, data: error };
          await fixture.store.finishRun(run, outcome, batch({ events: [last] }));
        } else {
          await fixture.lapse(run.run_id);
          await start(fixture, { session_id: run.session_id });
        }
        const told = (await fixture.log(run.run_id)).at(-1);
        assert.ok(told?.type === "error" && !told.retryable, ends);
        assert.match(told.message, /[a-z]\. Something had been changed by then/);
        assert.doesNotMatch(told.message, /again\. S/);
      }
    },
  },
  {
    name: "a message that was stored is a checkpoint",
    async run(fixture) {
      let run = await start(fixture);
      for (let owner = 1; owner <= 8; owner++) {
        run = await takeOver(fixture, run);
        await fixture.store.recordProgress(run, batch({ messages: [message(run.thread_id, owner)] }));
      }
      assert.equal(run.generation, 9);
    },
  },
];

/** A write that is being made by the planner. */
function writing(run: OwnedRun): ToolCallRow {
  return {
    id: crypto.randomUUID(),
    agent_id: run.agent_id,
    agent_session_id: run.thread_id,
    tool_call_id: "a",
    tool_name: "create_book",
    access: "write",
    arguments: {},
    created_at: AT,
    status: "proposed",
    result: null,
  };
}
