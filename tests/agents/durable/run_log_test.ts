import assert from "node:assert/strict";
import {
  AgentError,
  CancelledError,
  LeaseLostError,
  StoreUnavailable,
} from "../../../shared/contracts/errors.ts";
import { NO_USAGE } from "../../../shared/contracts/usage.ts";
import { quiet } from "../../support/ports/pass_time.ts";
import { ownedRun, RUN_ID } from "../../support/agents/owned_run.ts";

import {
  ANSWERED,
  endOf,
  message,
  numbers,
  openLog as open,
  PART,
  pausedAfter,
  proposal,
  types,
} from "../../support/agents/scripted_log.ts";

Deno.test("nothing is sent before it is stored", async () => {
  const database = Promise.withResolvers<void>();
  const { run, sent, asked } = open({ transactions: [() => database.promise] });
  run.emit({ type: "analysis", strategy: "simple" });
  const flushed = run.flush();
  await Promise.resolve();
  assert.deepEqual(numbers(asked), [[2]], "it is on its way");
  assert.deepEqual(sent, []);
  database.resolve();
  await flushed;
  assert.deepEqual(types(sent), ["2 analysis"]);
});

Deno.test("while one transaction is under way, what happens gathers for the next, in order", async () => {
  const database = Promise.withResolvers<void>();
  const { run, sent, asked } = open({ transactions: [() => database.promise] });
  run.emit({ type: "text_withdrawn", part: 1 });
  await Promise.resolve();
  run.text(PART, "Hello");
  run.emit({ type: "analysis", strategy: "tool_use" });
  run.emit({ type: "analysis", strategy: "complex" });
  assert.equal(asked.length, 1, "one at a time");
  database.resolve();
  await run.flush();
  assert.deepEqual(numbers(asked), [[2], [3, 4, 5]]);
  assert.deepEqual(sent.map((event) => event.seq), [2, 3, 4, 5]);
});

Deno.test("what is said in one tick is one transaction, and the end takes along what waits", async () => {
  const { run, sent, stored } = open();
  run.emit({ type: "analysis", strategy: "simple" });
  run.text(PART, "Hello");
  assert.equal(await run.finish(ANSWERED), true);
  assert.deepEqual(numbers(stored), [[2, 3, 4]]);
  assert.deepEqual(types(sent), ["2 analysis", "3 text", "4 done"]);
});

Deno.test("rows go with the event that comes next, or with a flush", async () => {
  const { run, asked } = open();
  run.rows.messages.push(message(1));
  run.emit({ type: "analysis", strategy: "simple" });
  await run.flush();
  run.rows.messages.push(message(2));
  await run.flush();
  await run.flush();
  assert.deepEqual(asked.map((batch) => [batch.messages.length, batch.events.length]), [[1, 1], [1, 0]]);
});

Deno.test("a new owner's events begin where the log ends, and leave out what it has", async () => {
  const owned = ownedRun({ last_seq: 8 });
  const { run, sent } = open({ owned: { ...owned, events: [...owned.events] } });
  const session_id = crypto.randomUUID();
  run.emit({ type: "session", session_id, user_message_id: session_id });
  run.emit({ type: "analysis", strategy: "simple" });
  run.emit({ type: "analysis", strategy: "simple" });
  await run.finish(ANSWERED);
  assert.deepEqual(types(sent), ["9 analysis", "10 done"]);
});

Deno.test("an event is sent as it is stored: what Postgres can't hold is in neither", async () => {
  const { run, sent, stored } = open();
  run.emit({ type: "tool_call", tool_call_id: RUN_ID, name: "look", arguments: { query: "a\u0000b\ud83d" } });
  await run.finish(ANSWERED);
  const [call] = sent;
  assert.deepEqual(call?.type === "tool_call" && call.arguments, { query: "ab\ufffd" });
  assert.deepEqual(stored[0]?.events[0]?.data.arguments, { query: "ab\ufffd" });
});

Deno.test("text alone is no checkpoint; a message or another event is", async () => {
  const { run, progress } = open();
  run.text(PART, "Hello");
  await run.flush();
  assert.equal(progress(), 0);
  run.emit({ type: "analysis", strategy: "simple" });
  await run.flush();
  assert.equal(progress(), 1);
  run.rows.messages.push(message(1));
  await run.flush();
  assert.equal(progress(), 2);
});

Deno.test("the end tells what the whole run has cost, not the planner alone", async () => {
  const { run, sent, outcomes } = open();
  run.spend({ ...NO_USAGE, model_calls: 2 });
  assert.equal(run.usage.model_calls, 2);
  await run.finish({ ...ANSWERED, usage: run.usage });
  const end = sent.at(-1);
  assert.equal(outcomes[0]?.usage.model_calls, 2);
  assert.equal(end?.type === "done" && end.usage.model_calls, 7);
});

Deno.test("what the owner before has spent counts on", () => {
  const { run } = open({ owned: ownedRun({ usage: { ...NO_USAGE, model_calls: 3 } }) });
  run.spend({ ...NO_USAGE, model_calls: 1 });
  assert.equal(run.usage.model_calls, 4);
});

Deno.test("an owner that is fenced out writes nothing more", async () => {
  const lost = new LeaseLostError("stale");
  const { run, sent, asked, outcomes, failures } = open({ transactions: [() => Promise.reject(lost)] });
  run.emit({ type: "analysis", strategy: "simple" });
  await assert.rejects(run.flush(), lost);
  assert.equal(run.broken.reason, lost);
  run.emit({ type: "analysis", strategy: "complex" });
  assert.equal(await run.finish(ANSWERED), false);
  assert.deepEqual([sent, outcomes, failures], [[], [], []]);
  assert.equal(asked.length, 1, "nothing more is written");
});

Deno.test("a lease that is lost at the very end ends nothing, either", async () => {
  const { run, sent, failures } = open({ finish: () => Promise.reject(new LeaseLostError("stale")) });
  run.emit({ type: "analysis", strategy: "simple" });
  assert.equal(await run.finish(ANSWERED), false);
  assert.deepEqual([sent, failures], [[], []]);
});

Deno.test("a database that can't be reached leaves the run for takeover", async () => {
  const down = new StoreUnavailable();
  const { run, sent, failures } = open({ transactions: [() => Promise.reject(down)] });
  run.emit({ type: "analysis", strategy: "simple" });
  await assert.rejects(run.flush(), down);
  assert.equal(await run.finish(ANSWERED), false);
  assert.deepEqual([sent, failures], [[], []]);
});

Deno.test("what the database refuses for good fails the run, in one event after what was stored", async () => {
  const refused = new AgentError("internal", "The database did not take this.");
  const { run, sent, failures, outcomes } = open({
    transactions: [() => Promise.resolve(), () => Promise.reject(refused)],
  });
  run.emit({ type: "analysis", strategy: "simple" });
  await run.flush();
  run.emit({ type: "analysis", strategy: "complex" });
  await assert.rejects(run.flush(), refused);
  assert.equal(await run.finish(ANSWERED), true);
  assert.deepEqual(failures, [{ kind: "internal", message: refused.message, retryable: false }]);
  assert.deepEqual(outcomes, []);
  assert.deepEqual(types(sent), ["2 analysis", "3 error"], "what could not be stored is not sent");
});

Deno.test("the terminal event of a run that could only be failed is sent as the database has stored it", async () => {
  const conflict = new AgentError("conflict", "The run's log has moved on.");
  const stored = endOf([]);
  const { run, sent } = open({ finish: () => Promise.reject(conflict), fail: () => Promise.resolve(stored) });
  assert.equal(await run.finish(ANSWERED), true);
  assert.deepEqual(sent, [stored]);
});

Deno.test("a terminal event that comes after events which nobody was sent is not sent: readers come again", async () => {
  const conflict = new AgentError("conflict", "The run's log has moved on.");
  const { run, sent } = open({
    transactions: [() => Promise.reject(conflict)],
    fail: () => Promise.resolve({ ...endOf([]), seq: 4 }),
  });
  run.emit({ type: "analysis", strategy: "simple" });
  await assert.rejects(run.flush(), conflict);
  assert.equal(await run.finish(ANSWERED), true);
  assert.deepEqual(sent, []);
});

Deno.test("a cancel beats the answer: what waits is stored, and the run ends as cancelled", async () => {
  const { run, sent, outcomes, stored } = open({
    finish: ({ status }) => status === "completed" ? Promise.reject(new CancelledError()) : Promise.resolve(),
  });
  run.text(PART, "Hello");
  assert.equal(await run.finish({ ...ANSWERED, answer: "Hello" }), true);
  assert.deepEqual(types(sent), ["2 text", "3 done"]);
  assert.deepEqual(numbers(stored), [[2, 3]]);
  const [outcome] = outcomes;
  assert.deepEqual([outcome?.status, outcome?.finished_reason, outcome?.answer], [
    "cancelled",
    "cancelled",
    undefined,
  ]);
});

Deno.test("a row that comes while the end is being stored is refused: nobody waits for it for ever", async () => {
  const gate = Promise.withResolvers<void>();
  const { run } = open({ finish: () => gate.promise });
  const finishing = run.finish(ANSWERED);
  await quiet();
  run.rows.plan_updates.push({ id: "p", status: "completed" });
  await assert.rejects(run.flush(), /Cannot store rows: the run's log is closed/);
  gate.resolve();
  assert.equal(await finishing, true);
});

Deno.test("after the end nothing is taken any more", async () => {
  const { run, sent, stored, clock } = open();
  run.text(PART, "a");
  run.text(PART, "b");
  await run.finish(ANSWERED);
  run.emit({ type: "analysis", strategy: "simple" });
  await run.flush();
  assert.equal(sent.at(-1)?.type, "done");
  assert.equal(stored.length, 1);
  assert.equal(clock.timers, 0, "no timer is left");
});

Deno.test("a pause is one transaction with everything that waits, and its event is sent as it is stored, the last", async () => {
  const settled = {
    ...{
      id: "r",
      secret: "s",
      model_calls: 1,
      tool_calls: 1,
      input_tokens: 1,
      cached_tokens: 0,
      output_tokens: 1,
      cost_usd: null,
    },
  };
  const { run, sent, stored, parked } = open({
    park: ({ events }) => Promise.resolve(pausedAfter(events.at(-1)?.seq ?? 0)),
  });
  run.rows.messages.push(message(1));
  run.text(PART, "May I?");
  assert.equal(await run.park(settled), true);
  run.emit({ type: "analysis", strategy: "simple" });
  assert.deepEqual([parked, sent.map(({ type }) => type)], [[settled], ["text", "run_paused"]]);
  assert.deepEqual(stored.flatMap(({ messages }) => messages.map(({ seq }) => seq)), [1]);
});

Deno.test("a run that waits for nobody any more is not paused: what waits is stored, and read from the log, which knows whether it is tainted", async () => {
  const { run, sent, stored } = open();
  run.text(PART, "May I?");
  assert.equal(await run.park(null), false);
  assert.deepEqual(stored.flatMap(({ events }) => events.map(({ type }) => type)), ["text"]);
  assert.deepEqual(sent, []);
});

Deno.test("a run that could not be stored is not paused", async () => {
  const lost = new LeaseLostError("gone");
  const { run, parked } = open({ transactions: [() => Promise.reject(lost)] });
  run.emit({ type: "analysis", strategy: "simple" });
  await assert.rejects(run.flush(), lost);
  await assert.rejects(run.park(null), lost);
  assert.deepEqual(parked, []);
});

Deno.test("a proposal is stored with everything so far, and answered with its verdict, whatever is stored after it", async () => {
  const { run, stored } = open();
  run.rows.messages.push(message(1));
  run.text(PART, "I do it.");
  const call = proposal();
  const proposed = run.propose([call]);
  run.emit({ type: "analysis", strategy: "tool_use" });
  assert.equal((await proposed)[call.id]?.status, "approved");
  assert.deepEqual(stored.map(({ messages, tool_calls }) => [messages.length, tool_calls.length]), [[1, 1]]);
});

Deno.test("a proposal without a verdict has none, and one that can't be stored rejects", async () => {
  const silent = open({ verdicts: {} });
  assert.deepEqual(await silent.run.propose([proposal()]), {});
  const lost = new LeaseLostError("gone");
  const { run } = open({ transactions: [() => Promise.reject(lost)] });
  await assert.rejects(run.propose([proposal()]), lost);
});
