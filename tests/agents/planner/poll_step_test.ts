import assert from "node:assert/strict";
import { createEventDedup, knownEvents } from "../../../shared/agents/durable/event_dedup.ts";
import { leaseExpired, pollStep } from "../../../shared/agents/planner/poll_step.ts";
import type { StepView } from "../../../shared/agents/store/records.ts";
import { CancelledError, StoreUnavailable } from "../../../shared/contracts/errors.ts";
import type { EventBody } from "../../../shared/contracts/events.ts";
import { ok } from "../../../shared/contracts/tool_result.ts";
import { NO_USAGE } from "../../../shared/contracts/usage.ts";
import { fakeClock } from "../../support/ports/fake_clock.ts";
import { passTime, quiet } from "../../support/ports/pass_time.ts";
import { DONE, EXECUTOR_ID, PENDING, stepView } from "../../support/agents/step_view.ts";

const REF = { plan_id: "p", step_number: 1 };
const ENDED = stepView({
  status: "completed",
  result: DONE,
  usage: { ...NO_USAGE, model_calls: 2 },
  duration_ms: 7,
});

/** Waits for a step that looks like this, one look after the other; the last one stays. */
function wait(views: (StepView | null)[], { due = false } = {}) {
  const clock = fakeClock();
  const began = clock.now();
  const cancel = new AbortController();
  const handing = new AbortController();
  if (due) handing.abort();
  const announced = createEventDedup(knownEvents([]));
  const events: EventBody[] = [];
  const looks: number[] = [];
  const emit = (event: EventBody) => void (announced.fresh(event) !== null && events.push(event));
  const waiting = pollStep(REF, {
    store: {
      viewStep() {
        looks.push(clock.now() - began);
        return Promise.resolve(views.length > 1 ? views.shift() ?? null : views[0] ?? null);
      },
    },
    clock,
    run: { emit },
    tools: { catalogue: [{ name: "look", title: "Look around", access: "read" }] },
    begun: (attempt) => emit({ type: "step_start", step_number: 1, attempt, title: "t" }),
    signal: cancel.signal,
    hand_off_due: handing.signal,
  });
  return { clock, waiting, cancel, handing, events, looks, end: () => passTime(clock, waiting) };
}

const types = (events: EventBody[]) =>
  events.map((event) => "attempt" in event ? `${event.type} ${event.attempt}` : event.type);

Deno.test("a step that has ended is told as if it had been streamed", async () => {
  const { end, events } = wait([ENDED]);
  assert.deepEqual(await end(), ENDED);
  assert.deepEqual(types(events), ["step_start 1", "executor_spawned 1", "executor_result 1"]);
  const last = events.at(-1);
  assert.deepEqual(
    last?.type === "executor_result" && [last.result, last.usage.model_calls, last.duration_ms],
    [
      DONE,
      2,
      7,
    ],
  );
  assert.deepEqual(last?.agent, { id: EXECUTOR_ID, type: "executor", step_number: 1 });
});

Deno.test("while its executor is at work the step is looked at four times a second", async () => {
  const { end, looks, clock } = wait([stepView(), stepView(), stepView(), ENDED]);
  await end();
  assert.deepEqual(looks, [0, 250, 500, 750]);
  assert.equal(clock.timers, 0);
});

Deno.test("its tool calls are told as they are recorded, each once, without the one that ends it", async () => {
  const call = (id: string, tool_name = "look") => ({
    id,
    tool_name,
    status: "succeeded" as const,
    result: ok("x", "Here it is."),
    duration_ms: 3,
    decision: null,
    arguments: { q: id },
    error: null,
  });
  const views = [
    stepView({ tool_calls: [call("a")] }),
    stepView({ tool_calls: [call("a"), call("b")] }),
    { ...ENDED, tool_calls: [call("a"), call("b"), call("c", "submit_result")] },
  ];
  const { end, events } = wait(views);
  await end();
  assert.deepEqual(types(events), [
    ...["step_start 1", "executor_spawned 1"],
    ...["tool_call", "tool_result", "tool_call", "tool_result"],
    "executor_result 1",
  ]);
  const [first] = events.filter((event) => event.type === "tool_call");
  assert.deepEqual(
    first?.type === "tool_call" && [first.tool_call_id, first.name, first.title, first.arguments],
    [
      ...["a", "look", "Look around"],
      { q: "a" },
    ],
  );
});

Deno.test("what a person is asked, and what they said, is told from the rows", async () => {
  const released = { lease_expired: true, released: true };
  const asking = wait([
    stepView({ open_calls: [PENDING] }),
    stepView({ ...released, awaiting: true, open_calls: [PENDING] }),
  ]);
  await asking.end();
  assert.deepEqual(types(asking.events), [
    ...["step_start 1", "executor_spawned 1", "tool_call", "approval_required"],
  ]);
  const asked = asking.events.at(-1);
  const { id, tool_name, arguments: args, arguments_sha256, why, expires_at } = PENDING;
  assert.deepEqual(asked?.type === "approval_required" && asked.approvals, [{
    ...{ tool_call_id: id, name: tool_name, arguments: args, arguments_sha256, why, effects: null },
    ...{ expires_at, step_number: 1 },
  }]);

  const decision = { approved: true, edited: false, reason: "Go on.", by: "user" as const };
  const decided = wait([
    stepView({ ...released, open_calls: [{ ...PENDING, status: "approved", decision }] }),
  ]);
  await decided.end();
  const said = decided.events.at(-1);
  assert.deepEqual(said, {
    ...{ type: "approval_decided", tool_call_id: id, ...decision },
    agent: { id: EXECUTOR_ID, type: "executor", step_number: 1 },
  });
});

Deno.test("an attempt whose owner died before it was announced is announced, and those before it", async () => {
  const { end, events } = wait([{ ...ENDED, attempt: 2 }]);
  await end();
  assert.deepEqual(types(events), [
    ...["step_start 1", "step_start 2"],
    ...["executor_spawned 2", "executor_result 2"],
  ]);
});

Deno.test("a step whose executor is gone is not waited for", async () => {
  const lost = stepView({ lease_expired: true });
  const { end, looks } = wait([stepView(), lost]);
  assert.deepEqual(await end(), lost);
  assert.equal(looks.length, 2);
});

Deno.test("nor is one that nobody has claimed, and there is nothing to tell of it", async () => {
  const { end, events } = wait([null]);
  assert.equal(await end(), null);
  assert.deepEqual(events, []);
});

Deno.test("nor is one that asks", async () => {
  const asks = stepView({ status: "needs_input", result: { status: "needs_input", summary: "Which?" } });
  assert.deepEqual(await wait([asks]).end(), asks);
});

Deno.test("a cancel ends the waiting at once", async () => {
  const { waiting, cancel, clock } = wait([stepView()]);
  await quiet();
  cancel.abort();
  await assert.rejects(waiting, CancelledError);
  assert.equal(clock.timers, 0);
});

Deno.test("a hand-off ends it after one more look: the executor works on, and the next owner waits for it", async () => {
  const { waiting, handing, looks, clock } = wait([stepView()]);
  await quiet();
  handing.abort();
  assert.equal(await waiting, "suspended");
  assert.equal(looks.length, 2);
  assert.equal(clock.timers, 0);
  assert.deepEqual(await wait([ENDED], { due: true }).end(), ENDED, "what has ended is not suspended");
});

/** Watches a step that looks like this, one look after the other; the last one stays. */
function watch(looks: (StepView | Promise<StepView> | null | Error)[]) {
  const clock = fakeClock();
  let made = 0;
  const listening = new AbortController();
  const expired = leaseExpired(REF, {
    store: {
      viewStep() {
        const look = looks[Math.min(made++, looks.length - 1)] ?? null;
        return look instanceof Error ? Promise.reject(look) : Promise.resolve(look);
      },
    },
    clock,
    lease_seconds: 15,
    stop: listening.signal,
  });
  const pass = async (seconds: number) => {
    clock.advance(seconds * 1_000);
    await quiet();
  };
  return { clock, expired, stop: () => listening.abort(), pass, made: () => made };
}

Deno.test("whether the lease of a worker has expired is looked up once a lease", async () => {
  const { expired, clock, pass, made } = watch([stepView(), stepView({ lease_expired: true })]);
  await pass(14.9);
  assert.equal(made(), 0);
  await pass(0.1);
  assert.equal(made(), 1);
  assert.equal(expired.aborted, false);
  await pass(15);
  assert.equal(expired.aborted, true);
  assert.equal(clock.timers, 0, "that is known now");
});

Deno.test("a look that fails, or finds nobody yet, is made again", async () => {
  const { expired, pass, made } = watch([
    new StoreUnavailable(),
    null,
    stepView(),
  ]);
  for (let look = 1; look <= 3; look++) {
    await pass(15);
    assert.equal(made(), look);
  }
  assert.equal(expired.aborted, false);
});

Deno.test("once stopped it looks no more, not even when a look is under way", async () => {
  const look = Promise.withResolvers<StepView>();
  const { stop, clock, made, pass } = watch([look.promise]);
  await pass(15);
  stop();
  look.resolve(stepView());
  await pass(60);
  assert.equal(made(), 1);
  assert.equal(clock.timers, 0);
});
