// What every store of the agents' memory promises, as cases that run on any: on Postgres, and on the store in memory
// that stands for it where tests play runs by the thousand.
import assert from "node:assert/strict";
import { emptyBatch } from "../../shared/agents/batch.ts";
import { newReservation } from "../../shared/agents/meter.ts";
import type { Store } from "../../shared/agents/ports.ts";
import type {
  OwnedRun,
  RunOutcome,
  StepOutcome,
  StepProgress,
  StepRef,
} from "../../shared/agents/records.ts";
import type { Batch, EventRow, MessageRow } from "../../shared/agents/rows.ts";
import { CancelledError, LeaseLostError } from "../../shared/contracts/errors.ts";
import type { RunEvent } from "../../shared/contracts/events.ts";
import { PlanDraft, type StepResult } from "../../shared/contracts/plan.ts";
import { NO_USAGE } from "../../shared/contracts/usage.ts";
import { ids } from "../../shared/db/ids.ts";
import { planArguments } from "./plans.ts";

/** A store of one user, with what passes it by. */
export interface StoreFixture {
  store: Store;
  /** Every lease of the run runs out. */
  lapse(run_id: string): Promise<void>;
  cancel(run_id: string): Promise<void>;
  log(run_id: string): Promise<RunEvent[]>;
}

interface Case {
  name: string;
  run(fixture: StoreFixture): Promise<void>;
}

const LEASE_SECONDS = 30;
const AT = "2026-11-22T12:00:00.000Z";
const SPENT = { ...NO_USAGE, model_calls: 1, input_tokens: 10 };
const FAILURE = { kind: "internal" as const, message: "No.", retryable: false };
const DONE: StepResult = { status: "completed", summary: "Done." };
const QUESTION: StepResult = { status: "needs_input", summary: "Which?" };

async function start({ store }: StoreFixture): Promise<OwnedRun> {
  const { row } = await newReservation("planner", ids);
  const started = await store.startRun({
    request: { message: "Hello", context_type: "general", time_zone: "UTC" },
    agent: { name: "Planner", model_preference: "balanced", available_tools: [], system_prompt: "" },
    reservation: row,
    lease_seconds: LEASE_SECONDS,
  });
  return started.existing ? assert.fail("there is such a run") : started;
}

async function takeOver({ store, lapse }: StoreFixture, { run_id }: OwnedRun): Promise<OwnedRun> {
  await lapse(run_id);
  return await store.claimRun(run_id, LEASE_SECONDS) ?? assert.fail("it has ended");
}

function event(seq: number, strategy = "simple"): EventRow {
  return { seq, type: "analysis", at: AT, agent: null, data: { strategy } };
}

function message(thread_id: string, seq: number, change: Partial<MessageRow> = {}): MessageRow {
  const id = crypto.randomUUID();
  const row = {
    sender_type: "system" as const,
    sender_agent_id: null,
    role: "system" as const,
    content: "Hi.",
  };
  return { id, thread_id, seq, ...row, created_at: AT, ...change };
}

const batch = (change: Partial<Batch>): Batch => ({ ...emptyBatch(), ...change });

function answered(seq: number): [RunOutcome, Batch] {
  const outcome: RunOutcome = {
    status: "completed",
    strategy: "simple",
    usage: SPENT,
    finished_reason: "answered",
    message_id: crypto.randomUUID(),
    answer: "Hi.",
    settlement: null,
  };
  return [outcome, batch({ events: [end(seq, "completed")] })];
}

function end(seq: number, status: "completed" | "cancelled"): EventRow {
  const finished_reason = status === "completed" ? "answered" : status;
  return { seq, type: "done", at: AT, agent: null, data: { status, usage: SPENT, finished_reason } };
}

/** A plan of two executors' steps, the second after the first, and one of the planner's own. */
async function plan({ store }: StoreFixture, run: OwnedRun): Promise<(step_number: number) => StepRef> {
  const id = crypto.randomUUID();
  const { goal, steps } = PlanDraft.parse(planArguments([
    { step_number: 1, tools: ["look"] },
    { step_number: 2, tools: ["look"], depends_on: [1] },
    { step_number: 3, tools: ["look"], executor_required: false },
  ]));
  const row = { id, planner_agent_id: run.agent_id, user_message: "Hello", goal, steps, revision: 1 };
  await store.recordProgress(run, batch({ plans: [row] }));
  return (step_number) => ({ plan_id: id, step_number });
}

async function claim({ store }: StoreFixture, ref: StepRef, owner?: OwnedRun) {
  const { row: reservation } = await newReservation("executor", ids);
  const claimant = { allowed_tools: ["look"], reservation, lease_seconds: LEASE_SECONDS };
  return await store.claimStep(
    ref,
    owner
      ? { ...claimant, type: "planner", id: owner.agent_id, generation: owner.generation }
      : { ...claimant, type: "executor", model_preference: "speed", system_prompt: "" },
  );
}

const progress = (messages: MessageRow[] = []): StepProgress => ({
  rows: { messages, tool_calls: [] },
  usage: SPENT,
  tool_calls_made: 0,
});
const ended = (result: StepResult): StepOutcome => ({
  status: result.status,
  result,
  duration_ms: 5,
  settlement: null,
});
const CONFLICT = { kind: "conflict" };

export const STORE_CASES: Case[] = [
  {
    name: "a run is begun by its first owner, with an opening and no thread yet",
    async run(fixture) {
      const run = await start(fixture);
      assert.deepEqual([run.generation, run.last_seq, run.last_part, run.messages], [1, 1, 0, []]);
      assert.deepEqual(run.events.map(({ seq, type }) => [seq, type]), [[1, "session"]]);
      assert.ok(run.opening);
    },
  },
  {
    name: "a run has one owner at a time: it is taken over when the lease has run out, and not before",
    async run(fixture) {
      const run = await start(fixture);
      await assert.rejects(fixture.store.claimRun(run.run_id, LEASE_SECONDS), CONFLICT);
      const next = await takeOver(fixture, run);
      assert.equal(next.generation, 2);
      await assert.rejects(fixture.store.claimRun(run.run_id, LEASE_SECONDS), CONFLICT);
    },
  },
  {
    name: "a new owner finds what was stored: events without texts, messages, numbers, plans and usage",
    async run(fixture) {
      const run = await start(fixture);
      const text: EventRow = { seq: 3, type: "text", at: AT, agent: null, data: { part: 1, delta: "Hi" } };
      const messages = [message(run.thread_id, 1)];
      await fixture.store.recordProgress(run, batch({ events: [event(2), text], messages, usage: SPENT }));
      await plan(fixture, run);
      const next = await takeOver(fixture, run);
      assert.deepEqual(next.events.map(({ seq }) => seq), [1, 2]);
      assert.deepEqual([next.last_seq, next.last_part, next.usage], [3, 1, SPENT]);
      assert.deepEqual(next.messages.map(({ seq, sender }) => [seq, sender]), [[1, "system"]]);
      assert.equal(next.opening, null);
      assert.deepEqual(next.plans.map(({ revision, steps }) => [revision, steps.length]), [[1, 3]]);
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
      assert.equal((await fixture.log(late.run_id)).length, 1);
      assert.equal(await store.heartbeatRun(next), false);
    },
  },
  {
    name: "a run that is released is taken over at once",
    async run(fixture) {
      const run = await start(fixture);
      await fixture.store.releaseRun(run, null);
      assert.equal((await fixture.store.claimRun(run.run_id, LEASE_SECONDS))?.generation, 2);
    },
  },
  {
    name: "a run that was given up stays so: its owner may say it twice, and can do nothing else with it",
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
    name: "a run that is handed on again and again has lost nobody",
    async run(fixture) {
      let run = await start(fixture);
      for (let owner = 2; owner <= 9; owner++) {
        await fixture.store.releaseRun(run, null);
        run = await fixture.store.claimRun(run.run_id, LEASE_SECONDS) ?? assert.fail("it has ended");
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
      assert.deepEqual([next.last_seq, next.messages.length], [2, 1]);
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
      const next = await takeOver(fixture, run);
      assert.deepEqual([next.last_seq, next.messages], [2, []]);
    },
  },
  {
    name: "a run ends once, and who ended it may ask again",
    async run(fixture) {
      const run = await start(fixture);
      const end = answered(2);
      const usage = await fixture.store.finishRun(run, ...end);
      assert.deepEqual(await fixture.store.finishRun(run, ...end), usage);
      assert.equal(await fixture.store.failRun(run, FAILURE), false);
      assert.equal(await fixture.store.claimRun(run.run_id, LEASE_SECONDS), null);
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
      const usage = await fixture.store.finishRun(run, ...answered(2));
      assert.deepEqual([usage.model_calls, usage.input_tokens], [2, 20]);
      const [, done] = await fixture.log(run.run_id);
      assert.deepEqual(done?.type === "done" && done.usage, usage);
    },
  },
  {
    name: "a cancel is heard with the next sign of life, and beats the answer",
    async run(fixture) {
      const run = await start(fixture);
      assert.equal(await fixture.store.heartbeatRun(run), false);
      await fixture.cancel(run.run_id);
      assert.equal(await fixture.store.heartbeatRun(run), true);
      const [outcome, rows] = answered(2);
      await assert.rejects(fixture.store.finishRun(run, outcome, rows), CancelledError);
      const { strategy, usage, settlement } = outcome;
      const cancelled: RunOutcome = { status: "cancelled", strategy, usage, settlement };
      await fixture.store.finishRun(run, cancelled, batch({ events: [end(2, "cancelled")] }));
      assert.deepEqual((await fixture.log(run.run_id)).map(({ type }) => type), ["session", "done"]);
    },
  },
  {
    name: "a run that loses one owner after the other without getting on fails, in one event",
    async run(fixture) {
      let run = await start(fixture);
      for (let owner = 0; owner < 5; owner++) run = await takeOver(fixture, run);
      await fixture.lapse(run.run_id);
      assert.equal(await fixture.store.claimRun(run.run_id, LEASE_SECONDS), null);
      assert.deepEqual((await fixture.log(run.run_id)).map(({ type }) => type), ["session", "error"]);
    },
  },
  {
    name: "a message that was stored is getting on",
    async run(fixture) {
      let run = await start(fixture);
      for (let owner = 1; owner <= 8; owner++) {
        run = await takeOver(fixture, run);
        await fixture.store.recordProgress(run, batch({ messages: [message(run.thread_id, owner)] }));
      }
      assert.equal(run.generation, 9);
    },
  },
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
    name: "a step whose worker is lost is the next one's, as another attempt with the same thread",
    async run(fixture) {
      const run = await start(fixture);
      const step = (await plan(fixture, run))(1);
      const late = await claim(fixture, step);
      const { row } = await newReservation("executor", ids);
      await fixture.store.advanceStep(late, progress([message(late.thread_id, 1)]), row, null);
      await fixture.lapse(run.run_id);
      const view = await fixture.store.viewStep(step);
      assert.deepEqual([view?.ownerless, view?.handed_on, view?.usage], [true, false, SPENT]);

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
    name: "a step that is handed on stays the same attempt, and its old worker is out",
    async run(fixture) {
      const run = await start(fixture);
      const step = (await plan(fixture, run))(1);
      const first = await claim(fixture, step);
      await fixture.store.releaseStep(first, progress([message(first.thread_id, 1)]), null);
      const view = await fixture.store.viewStep(step);
      assert.deepEqual([view?.ownerless, view?.handed_on], [true, true]);
      const next = await claim(fixture, step);
      assert.deepEqual([next.execution_id, next.attempt, next.usage], [first.execution_id, 1, SPENT]);
      assert.equal(next.messages.length, 1);
      await assert.rejects(fixture.store.heartbeatStep(first), LeaseLostError);
      await assert.rejects(fixture.store.finishStep(first, ended(DONE), progress()), LeaseLostError);
      await assert.rejects(claim(fixture, step), CONFLICT);
    },
  },
  {
    name: "a step that was given up stays so: its worker may say it twice, and can do nothing else with it",
    async run(fixture) {
      const run = await start(fixture);
      const step = (await plan(fixture, run))(1);
      const worker = await claim(fixture, step);
      await fixture.store.releaseStep(worker, progress(), null);
      await fixture.store.releaseStep(worker, progress(), null);
      await assert.rejects(fixture.store.heartbeatStep(worker), LeaseLostError);
      await assert.rejects(fixture.store.finishStep(worker, ended(DONE), progress()), LeaseLostError);
      assert.equal((await fixture.store.viewStep(step))?.handed_on, true);
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
      assert.equal((await fixture.store.viewStep(step))?.handed_on, false);
      assert.equal((await claim(fixture, step)).attempt, 2);
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
