// What every store promises of steps and their workers.
import assert from "node:assert/strict";
import { LeaseLostError } from "../../../shared/contracts/errors.ts";
import type { MessageRow } from "../../../shared/agents/store/rows.ts";
import {
  batch,
  type Case,
  claim,
  claimWith,
  CONFLICT,
  DONE,
  ended,
  message,
  plan,
  progress,
  QUESTION,
  SPENT,
  start,
  takeOver,
} from "./store_fixture.ts";
import { firstReservation } from "../ports/meter_port.ts";

export const STEP_CASES: Case[] = [
  {
    name: "a step is claimed once, when the steps before it are complete",
    async run(fixture) {
      const run = await start(fixture);
      const step = await plan(fixture, run);
      assert.equal(await fixture.store.viewStep(step(1)), null);
      await assert.rejects(claim(fixture, step(2)), CONFLICT);
      const claimed = await claim(fixture, step(1));
      assert.deepEqual([claimed.attempt, claimed.messages], [1, []]);
      await assert.rejects(claim(fixture, step(1)), CONFLICT);
      await fixture.store.finishStep(claimed, ended(DONE), progress());
      await assert.rejects(claim(fixture, step(1)), CONFLICT);
      const second = await claim(fixture, step(2));
      assert.deepEqual(second.earlier_results, [{ step_number: 1, result: DONE }]);
    },
  },
  {
    name: "a step is its own agent's, and only of a plan that is being carried out",
    async run(fixture) {
      const run = await start(fixture);
      const step = await plan(fixture, run);
      await assert.rejects(claim(fixture, step(3)), CONFLICT);
      await assert.rejects(claim(fixture, step(1), run), CONFLICT);
      await assert.rejects(claim(fixture, step(9)), { kind: "not_found" });
      await fixture.cancel(run.run_id);
      await assert.rejects(claim(fixture, step(1)), CONFLICT);
    },
  },
  {
    name: "a step's worker hears with each of its writes that the run was cancelled",
    async run(fixture) {
      const run = await start(fixture);
      const claimed = await claim(fixture, (await plan(fixture, run))(1));
      const { row } = await firstReservation();
      const { store } = fixture;
      assert.equal((await store.recordStep(claimed, progress())).cancelled, undefined);
      assert.equal((await store.advanceStep(claimed, progress(), row, null)).cancelled, undefined);
      await fixture.cancel(run.run_id);
      const next = (await firstReservation()).row;
      assert.equal((await store.recordStep(claimed, progress())).cancelled, true);
      assert.equal((await store.advanceStep(claimed, progress(), next, null)).cancelled, true);
    },
  },
  {
    name: "a step whose worker is lost is the next one's, as another attempt with the same thread",
    async run(fixture) {
      const run = await start(fixture);
      const step = (await plan(fixture, run))(1);
      const late = await claim(fixture, step);
      const { row } = await firstReservation();
      await fixture.store.advanceStep(late, progress([message(late.thread_id, 1)]), row, null);
      await fixture.lapse(run.run_id);
      const view = await fixture.store.viewStep(step);
      assert.deepEqual([view?.lease_expired, view?.released, view?.usage], [true, false, SPENT]);

      const next = await claim(fixture, step);
      assert.deepEqual([next.attempt, next.thread_id, next.usage], [2, late.thread_id, null]);
      assert.equal(next.messages.length, 1);
      await assert.rejects(fixture.store.heartbeatStep(late), LeaseLostError);
      await assert.rejects(fixture.store.advanceStep(late, progress(), row, null), LeaseLostError);
      await assert.rejects(fixture.store.finishStep(late, ended(DONE), progress()), LeaseLostError);
      assert.equal((await fixture.store.viewStep(step))?.status, "running");
    },
  },
  {
    name:
      "a thread has no gap: a message that does not follow the last one is refused, and one that comes again counts once",
    async run(fixture) {
      const run = await start(fixture);
      const step = (await plan(fixture, run))(1);
      const claimed = await claim(fixture, step);
      const { row } = await firstReservation();
      const [first, second, third] = [1, 2, 3].map((seq) => message(claimed.thread_id, seq));
      assert.ok(first && second && third);
      const store = (...rows: MessageRow[]) => fixture.store.advanceStep(claimed, progress(rows), row, null);

      await assert.rejects(store(second), CONFLICT);
      await store(first);
      await assert.rejects(store(third), CONFLICT);
      await assert.rejects(fixture.store.releaseStep(claimed, progress([third]), null), CONFLICT);
      await assert.rejects(fixture.store.finishStep(claimed, ended(DONE), progress([third])), CONFLICT);
      await store(first, second);
      await fixture.store.releaseStep(claimed, progress([second, third]), null);
      const next = await claim(fixture, step);
      assert.deepEqual(next.messages.map(({ seq }) => seq), [1, 2, 3]);
    },
  },
  {
    name: "a hand-off of a step keeps its attempt, and fences its old owner out",
    async run(fixture) {
      const run = await start(fixture);
      const step = (await plan(fixture, run))(1);
      const first = await claim(fixture, step);
      await fixture.store.releaseStep(first, progress([message(first.thread_id, 1)]), null);
      const view = await fixture.store.viewStep(step);
      assert.deepEqual([view?.lease_expired, view?.released], [true, true]);
      const next = await claim(fixture, step);
      assert.deepEqual([next.execution_id, next.attempt, next.usage], [first.execution_id, 1, SPENT]);
      assert.equal(next.messages.length, 1);
      await assert.rejects(fixture.store.heartbeatStep(first), LeaseLostError);
      await assert.rejects(fixture.store.finishStep(first, ended(DONE), progress()), LeaseLostError);
      await assert.rejects(claim(fixture, step), CONFLICT);
    },
  },
  {
    name: "a released step stays so: its worker may release it twice, and can do nothing else with it",
    async run(fixture) {
      const run = await start(fixture);
      const step = (await plan(fixture, run))(1);
      const worker = await claim(fixture, step);
      await fixture.store.releaseStep(worker, progress(), null);
      await fixture.store.releaseStep(worker, progress(), null);
      await assert.rejects(fixture.store.heartbeatStep(worker), LeaseLostError);
      await assert.rejects(fixture.store.finishStep(worker, ended(DONE), progress()), LeaseLostError);
      assert.equal((await fixture.store.viewStep(step))?.released, true);
    },
  },
  {
    name: "a worker that does not know how far it came gives its attempt up",
    async run(fixture) {
      const run = await start(fixture);
      const step = (await plan(fixture, run))(1);
      const worker = await claim(fixture, step);
      await fixture.store.releaseStep(worker, null, null);
      await assert.rejects(fixture.store.heartbeatStep(worker), LeaseLostError);
      assert.equal((await fixture.store.viewStep(step))?.released, false);
      assert.equal((await claim(fixture, step)).attempt, 2);
    },
  },
  {
    name:
      "a claim of a step whose answer was lost may be made again: with its reservation it is the same attempt",
    async run(fixture) {
      const run = await start(fixture);
      const step = await plan(fixture, run);
      for (const [ref, owner] of [[step(1)], [step(3), run]] as const) {
        const { row } = await firstReservation();
        const claims = [];
        for (let n = 0; n < 3; n++) claims.push(await claimWith(fixture, ref, row, owner));
        const [first] = claims;
        for (const { execution_id, attempt, generation, thread_id, reserved } of claims) {
          assert.deepEqual([execution_id, attempt, generation], [first?.execution_id, 1, 1]);
          assert.deepEqual([thread_id, reserved.allowed], [first?.thread_id, true]);
        }
      }
      await assert.rejects(claim(fixture, step(1)), CONFLICT);
    },
  },
  {
    name: "a step's result counts once, and comes with what was stored",
    async run(fixture) {
      const run = await start(fixture);
      const step = (await plan(fixture, run))(1);
      const claimed = await claim(fixture, step);
      const done = progress([message(claimed.thread_id, 1)]);
      await fixture.store.finishStep(claimed, ended(DONE), done);
      await fixture.store.finishStep(claimed, ended(DONE), done);
      const view = await fixture.store.viewStep(step);
      assert.deepEqual([view?.status, view?.result, view?.usage, view?.duration_ms], [
        "completed",
        DONE,
        SPENT,
        5,
      ]);
      const next = await takeOver(fixture, run);
      assert.deepEqual(next.steps.map(({ attempt, status }) => [attempt, status]), [[1, "completed"]]);
    },
  },
  {
    name:
      "a step that asked is claimed again once it was answered, which counts once, and goes on from there",
    async run(fixture) {
      const run = await start(fixture);
      const step = (await plan(fixture, run))(1);
      const first = await claim(fixture, step);
      const asked = progress([message(first.thread_id, 1)]);
      await fixture.store.finishStep(first, ended(QUESTION), asked);
      await assert.rejects(claim(fixture, step), CONFLICT);
      const answer = {
        content: "This.",
        planner_agent_id: run.agent_id,
        rows: { threads: [], messages: [] },
        usage: SPENT,
      };
      await fixture.store.answerStep(step, run, answer);
      await fixture.store.answerStep(step, run, { ...answer, content: "That." });
      assert.equal((await fixture.store.viewStep(step))?.answered, true);
      const next = await claim(fixture, step);
      assert.equal(next.attempt, 2);
      assert.deepEqual(next.messages.map(({ sender, message }) => [sender, message.content]), [
        ["system", "Hi."],
        ["planner", "This."],
      ]);
    },
  },
  {
    name: "the planner's own step belongs to the run's owner, and stays the same attempt",
    async run(fixture) {
      const run = await start(fixture);
      const step = (await plan(fixture, run))(3);
      const first = await claim(fixture, step, run);
      const { execution_id } = first;
      const messages = [message(first.thread_id, 1)];
      await fixture.store.recordProgress(
        run,
        batch({ messages, step_usage: [{ execution_id, usage: SPENT }] }),
      );
      const next = await takeOver(fixture, run);
      await assert.rejects(claim(fixture, step, run), LeaseLostError);
      await assert.rejects(fixture.store.finishStep(first, ended(DONE), progress()), LeaseLostError);
      const second = await claim(fixture, step, next);
      assert.deepEqual([second.execution_id, second.attempt, second.usage], [execution_id, 1, SPENT]);
      assert.equal(second.messages.length, 1);
      await fixture.store.finishStep(second, ended(DONE), progress());
    },
  },
];
