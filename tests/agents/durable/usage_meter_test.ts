// A call is settled together with the reservation of the next: what is left to settle when one of these transactions is
// under way, or has failed.
import assert from "node:assert/strict";
import { createUsageMeter, newReservation } from "../../../shared/agents/durable/usage_meter.ts";
import type { Settlement } from "../../../shared/agents/store/records.ts";
import { StoreUnavailable } from "../../../shared/contracts/errors.ts";
import { NO_USAGE } from "../../../shared/contracts/usage.ts";
import { immediateIds } from "../../support/ports/immediate_ids.ts";
import { quiet } from "../../support/ports/pass_time.ts";

/** A meter whose first call has been made, and whose next reservation waits for `ledger`. */
async function renewing() {
  const ids = immediateIds();
  const ledger = Promise.withResolvers<string | null>();
  const asked: { next: string; settled: Settlement | null }[] = [];
  const first = await newReservation("executor", ids);
  const meter = createUsageMeter({
    worker: "executor",
    ids,
    first,
    reserve(next, settled) {
      asked.push({ next: next.id, settled });
      return ledger.promise;
    },
  });
  meter.spend({ ...NO_USAGE, model_calls: 1, input_tokens: 7 }, 0);
  meter.renew();
  return { meter, ledger, asked, first: first.row.id };
}

Deno.test("the settlement waits for the renewal under way, and is that of the next call", async () => {
  const { meter, ledger, asked } = await renewing();
  let told = false;
  const settling = meter.settlement().finally(() => told = true);
  await quiet();
  assert.equal(told, false);
  ledger.resolve(null);
  const left = await settling;
  assert.deepEqual([left?.id, left?.input_tokens], [asked[0]?.next, 0]);
});

Deno.test("a reservation is for one call: the next call waits for one of its own", async () => {
  const { meter, ledger, asked } = await renewing();
  ledger.resolve(null);
  assert.equal(await meter.ready(), null);
  assert.equal(asked.length, 1, "what was reserved ahead of time is there");
  meter.spend({ ...NO_USAGE, model_calls: 1 }, 0);
  assert.equal(await meter.ready(), null);
  assert.deepEqual(asked.map(({ settled }) => settled?.model_calls), [1, 1]);
  assert.equal(asked[1]?.settled?.id, asked[0]?.next);
});

Deno.test("a renewal that failed is not kept secret, whoever asks", async () => {
  const { meter, ledger } = await renewing();
  const down = new StoreUnavailable();
  ledger.reject(down);
  await assert.rejects(meter.settlement(), down);
  await assert.rejects(meter.ready(), down);
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
