// Each attempt at a call is reserved at the most that it may cost, and settled together with the reservation of the next:
// what is left to settle when one of these transactions is under way, or has failed, and how tool calls are counted.
import assert from "node:assert/strict";
import { createUsageMeter, newReservation } from "../../../shared/agents/durable/usage_meter.ts";
import { CALLS_PER_TURN } from "../../../shared/agents/limits.ts";
import { CALLS } from "../../support/agents/default_calls.ts";
import type { Reservation, Reserved, Settlement } from "../../../shared/agents/store/records.ts";
import { StoreUnavailable } from "../../../shared/contracts/errors.ts";
import { NO_USAGE } from "../../../shared/contracts/usage.ts";
import { immediateIds } from "../../support/ports/immediate_ids.ts";
import { firstReservation, granted, UNPRICED } from "../../support/ports/meter_port.ts";
import { quiet } from "../../support/ports/pass_time.ts";

const CALL = { ...CALLS.executor, beyond_budget: "never" as const };
const ONE_CALL = { ...NO_USAGE, model_calls: 1 };
const REFUSED: Reserved = { broken_budget: "user quota", allowed: false, tool_calls: 0 };

/** A meter whose ledger answers what `answer` says. */
async function openMeter(answer: (next: Reservation) => Reserved | Promise<Reserved> = granted) {
  const asked: { next: Reservation; settled: Settlement | null }[] = [];
  const first = await firstReservation();
  const meter = createUsageMeter({
    call: CALL,
    thread_id: "thread",
    ids: immediateIds(),
    model: { prices: UNPRICED },
    first,
    reserve(next, settled) {
      asked.push({ next, settled });
      return Promise.resolve(answer(next));
    },
  });
  return { meter, asked, first: first.row.id };
}

/** A meter whose first call has been made, and whose next reservation waits for `ledger`. */
async function renewing() {
  const ledger = Promise.withResolvers<Reserved>();
  const world = await openMeter(() => ledger.promise);
  world.meter.spend({ ...ONE_CALL, input_tokens: 7 });
  world.meter.renew();
  return { ...world, ledger, room: granted(CALL) };
}

Deno.test("the settlement waits for the renewal under way, and is that of the next call", async () => {
  const { meter, ledger, asked, room } = await renewing();
  let told = false;
  const settling = meter.settlement().finally(() => told = true);
  await quiet();
  assert.equal(told, false);
  ledger.resolve(room);
  const left = await settling;
  assert.deepEqual([left?.id, left?.input_tokens], [asked[0]?.next.id, 0]);
});

Deno.test("a reservation is for one call: the next call waits for one of its own", async () => {
  const { meter, ledger, asked, room } = await renewing();
  ledger.resolve(room);
  assert.equal((await meter.ready(0)).allowed, true);
  assert.equal(asked.length, 1, "what was reserved ahead of time is there");
  meter.spend(ONE_CALL);
  await meter.ready(0);
  assert.deepEqual(asked.map(({ settled }) => settled?.model_calls), [1, 1]);
  assert.equal(asked[1]?.settled?.id, asked[0]?.next.id);
});

Deno.test("a renewal that failed is not kept secret, whoever asks", async () => {
  const { meter, ledger } = await renewing();
  const down = new StoreUnavailable();
  ledger.reject(down);
  await assert.rejects(meter.settlement(), down);
  await assert.rejects(meter.ready(0), down);
  await assert.rejects(meter.takeCalls(1), down);
});

Deno.test("whoever settles in any case waits for the renewal under way, too", async () => {
  const { meter, ledger, asked } = await renewing();
  await quiet();
  const settling = meter.unsettled();
  ledger.reject(new StoreUnavailable());
  const left = await settling;
  assert.deepEqual([left?.id, left?.model_calls], [asked[0]?.settled?.id, 1]);
});

Deno.test("after a renewal that failed, what it was to settle is left, with all that it cost", async () => {
  const { meter, ledger, first } = await renewing();
  ledger.reject(new StoreUnavailable());
  const left = await meter.unsettled();
  assert.deepEqual([left?.id, left?.input_tokens, left?.model_calls], [first, 7, 1]);
});

Deno.test("a prompt that is longer than its budget is reserved as it was counted, before it is sent", async () => {
  const { meter, asked, first } = await openMeter();
  await meter.ready(CALL.opening);
  assert.equal(asked.length, 0, "the budget covers it");
  await meter.ready(CALL.opening * 3);
  assert.deepEqual(asked.map(({ next }) => next.input_tokens), [CALL.opening * 3]);
  assert.deepEqual([asked[0]?.settled?.id, asked[0]?.settled?.model_calls], [first, 0]);
  await meter.ready(CALL.opening * 3);
  assert.equal(asked.length, 1, "and then it is reserved");
});

Deno.test("a reservation has the price of the dearest model, and none where one is not known", async () => {
  const price = { input: 2, output: 8 };
  const cost = async (speed: typeof price | null) =>
    (await newReservation(CALL, { ids: immediateIds(), model: { prices: { balanced: null, speed } } })).row
      .cost_usd;
  assert.equal(await cost(price), (CALL.opening * 2 + CALL.max_output_tokens * 8) / 1_000_000);
  assert.equal(await cost(null), null);
});

Deno.test("tool calls count before they are made: those that were reserved with the call, and no more", async () => {
  const { meter, asked } = await openMeter();
  meter.spend(ONE_CALL);
  assert.equal(await meter.takeCalls(CALLS_PER_TURN), CALLS_PER_TURN);
  assert.equal(asked.length, 0, "no wait for the ledger");
  meter.renew();
  await meter.ready(0);
  assert.equal(asked[0]?.settled?.tool_calls, CALLS_PER_TURN);
});

Deno.test("a turn that asks for more tool calls than were reserved waits for the rest", async () => {
  const { meter, asked } = await openMeter();
  meter.spend(ONE_CALL);
  assert.equal(await meter.takeCalls(CALLS_PER_TURN + 3), CALLS_PER_TURN + 3);
  assert.deepEqual(asked.map(({ next, settled }) => [next.tool_calls, settled?.tool_calls]), [
    [CALLS_PER_TURN + 3, CALLS_PER_TURN],
  ]);
  assert.equal((await meter.settlement())?.tool_calls, 3);
});

Deno.test("of a run that has few tool calls left a turn gets those, and the next one none", async () => {
  const left = [2, 0];
  const { meter } = await openMeter((next) => ({ ...granted(next), tool_calls: left.shift() ?? 0 }));
  meter.spend(ONE_CALL);
  assert.equal(await meter.takeCalls(CALLS_PER_TURN + 9), CALLS_PER_TURN + 2);
  assert.equal(await meter.takeCalls(1), 0);
});

Deno.test("a call that is refused has no reservation, and nothing to settle", async () => {
  const { meter, asked } = await openMeter(() => REFUSED);
  meter.spend(ONE_CALL);
  assert.deepEqual(await meter.ready(0), REFUSED);
  assert.equal(asked[0]?.settled?.model_calls, 1);
  assert.equal(await meter.settlement(), null);
  assert.equal(await meter.takeCalls(1), 0);
});

const MADE = {
  ...{ model_asked: "first", model_answered: "served", parameters: { temperature: 0.3 }, first_token_ms: 12 },
  ...{ duration_ms: 40, end_reason: "stop" as const, failure: null },
};

Deno.test("what is kept of a call goes with its settlement, and with no other", async () => {
  const { meter, asked } = await openMeter();
  meter.made({ ...MADE, started_at: 1_000 }, [{ what: "text", seq: 4, from: 9, to: 3 }]);
  meter.spend(ONE_CALL);
  meter.wrote(5);
  await meter.ready(0);
  const { settled } = asked[0] ?? {};
  assert.deepEqual({ ...settled, ...MADE, message_seq: 5 }, settled);
  assert.deepEqual([settled?.started_at, settled?.cuts], [
    "1970-01-01T00:00:01.000Z",
    [{ what: "text", seq: 4, from: 9, to: 3 }],
  ]);
  const left = await meter.settlement();
  assert.deepEqual([left?.model_calls, left?.model_asked, left?.message_seq], [0, undefined, undefined]);
});

Deno.test("where a settlement was not taken, what is kept of its call is left with it", async () => {
  const { meter, ledger } = await renewing();
  ledger.reject(new StoreUnavailable());
  await meter.unsettled();
  meter.wrote(5);
  assert.equal((await meter.unsettled())?.message_seq, 5);
});

Deno.test("a reservation names its thread and which attempt at its turn it is: what is reserved ahead is a first one", async () => {
  const { meter, asked } = await openMeter();
  meter.spend(ONE_CALL);
  await meter.ready(0, 2);
  meter.spend(ONE_CALL);
  meter.renew();
  await meter.ready(0);
  assert.deepEqual(asked.map(({ next }) => [next.agent_session_id, next.attempt]), [["thread", 2], [
    "thread",
    1,
  ]]);
});

Deno.test("the call that opens a thread reserves what an opening may have, each one after its message the window", async () => {
  const { meter, asked, first } = await openMeter();
  meter.spend(ONE_CALL);
  await meter.ready(0, 2);
  assert.equal(asked[0]?.next.input_tokens, CALL.opening, "another attempt at the same call is no later one");
  meter.spend(ONE_CALL);
  meter.wrote(3);
  meter.renew();
  await meter.ready(CALL.window);
  assert.equal(asked[1]?.next.input_tokens, CALL.window);
  assert.equal(asked[0]?.settled?.id, first);
  assert.equal(asked.length, 2, "whatever tools brought, it is reserved already");
});
