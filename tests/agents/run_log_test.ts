import assert from "node:assert/strict";
import { createRunLog } from "../../shared/agents/run_log.ts";
import type { Batch } from "../../shared/agents/records.ts";
import type { Failure } from "../../shared/contracts/errors.ts";
import type { RunEvent } from "../../shared/contracts/events.ts";
import { NO_USAGE } from "../../shared/contracts/usage.ts";
import { fakeClock } from "../support/fake_clock.ts";

const id = crypto.randomUUID();

function open(
  recordProgress: (batch: Batch) => Promise<void> = () => Promise.resolve(),
  { refuses = false } = {},
) {
  const clock = fakeClock();
  const sent: RunEvent[] = [];
  const written: Batch[] = [];
  const store = {
    async recordProgress(_run_id: string, batch: Batch) {
      await recordProgress(batch);
      written.push(structuredClone(batch));
    },
    failRun(_run_id: string, error: Failure) {
      failed.push(error);
      return Promise.resolve();
    },
    finishRun(_run_id: string, _outcome: unknown, batch: Batch) {
      if (refuses) return Promise.reject(new Error("value out of range"));
      written.push(structuredClone(batch));
      return Promise.resolve();
    },
  };
  const failed: Failure[] = [];
  const agent = { id, type: "planner" as const };
  const first = {
    seq: 1,
    run_id: id,
    type: "session" as const,
    at: "2026-11-22T12:00:00.000Z",
    agent,
    session_id: id,
  };
  const run = createRunLog({
    run_id: id,
    agent,
    first: { ...first, user_message_id: id },
    store,
    clock,
    log: { error() {} },
    deliver: (event) => sent.push(event),
  });
  const finish = () =>
    run.finish({ status: "completed", strategy: "simple", usage: NO_USAGE, finished_reason: "answered" });
  return { run, clock, sent, written, failed, finish };
}

const numbers = (batches: Batch[]) => batches.flatMap((batch) => batch.events.map((event) => event.seq));

Deno.test("what was sent is written once, in order, and together with the end", async () => {
  const { run, sent, written, finish } = open();
  run.emit({ type: "analysis", strategy: "simple" });
  run.text(1, "Hello");
  await finish();
  assert.deepEqual(sent.map((event) => event.seq), [1, 2, 3, 4]);
  assert.equal(written.length, 1);
  assert.deepEqual(numbers(written), [2, 3, 4]);
});

Deno.test("a long answer is on record within a second of each word, so that others can follow it", async () => {
  const { run, clock, written, finish } = open();
  run.text(1, "First");
  clock.advance(1_000);
  await run.flush();
  assert.deepEqual(numbers(written), [2]);
  run.text(1, " second");
  clock.advance(1_000);
  await run.flush();
  assert.deepEqual(numbers(written), [2, 3]);
  await finish();
  assert.equal(clock.timers, 0, "no timer is left");
});

Deno.test("what the database refused is written with what comes after it, in order", async () => {
  let fail = true;
  const { run, written, finish } = open(() => fail ? Promise.reject(new Error("down")) : Promise.resolve());
  run.emit({ type: "analysis", strategy: "simple" });
  await assert.rejects(run.flush());
  fail = false;
  run.emit({ type: "analysis", strategy: "complex" });
  await finish();
  assert.deepEqual(numbers(written), [2, 3, 4]);
});

Deno.test("an event is sent as it is stored: what Postgres can't hold is in neither", async () => {
  const { run, sent, written, finish } = open();
  run.emit({ type: "tool_call", tool_call_id: id, name: "look", arguments: { query: "a\u0000b\ud83d" } });
  await finish();
  const call = sent[1];
  assert.deepEqual(call?.type === "tool_call" && call.arguments, { query: "ab\ufffd" });
  assert.deepEqual(written[0]?.events[0]?.data.arguments, { query: "ab\ufffd" });
});

Deno.test("a row that the database refuses does not keep the run open: it ends as failed, in one event", async () => {
  const { run, sent, failed, finish } = open(undefined, { refuses: true });
  run.emit({ type: "analysis", strategy: "simple" });
  await finish();
  assert.equal(failed.length, 1);
  assert.deepEqual(sent.map((event) => [event.seq, event.type]), [[1, "session"], [2, "analysis"], [
    3,
    "error",
  ]]);
});
