import assert from "node:assert/strict";
import { largestCall } from "../../../shared/agents/durable/largest_call.ts";
import { newReservation } from "../../../shared/agents/durable/usage_meter.ts";
import type { Model } from "../../../shared/agents/ports.ts";
import { CALLS } from "../../support/agents/default_calls.ts";
import { immediateIds } from "../../support/ports/immediate_ids.ts";

const DEAR = { input: 2, output: 8 };
const CHEAP = { input: 1, output: 1 };

for (
  const prices of [{ balanced: DEAR, speed: CHEAP }, { balanced: CHEAP, speed: DEAR }, {
    balanced: null,
    speed: DEAR,
  }, { balanced: null, speed: null }] satisfies Model["prices"][]
) {
  Deno.test(`no call is reserved as larger than the largest, and one is as large: ${JSON.stringify(prices)}`, async () => {
    const most = largestCall(CALLS, { prices });
    const rows = [];
    for (const call of Object.values(CALLS)) {
      for (const place of ["opening", "window"] as const) {
        const about = { ids: immediateIds(), model: { prices } };
        rows.push((await newReservation({ ...call, beyond_budget: "never" }, about, { place })).row);
      }
    }
    for (const part of ["input_tokens", "output_tokens", "tool_calls"] as const) {
      assert.equal(most[part], Math.max(...rows.map((row) => row[part])), part);
    }
    const costs = rows.flatMap(({ cost_usd }) => cost_usd === null ? [] : [cost_usd]);
    assert.equal(most.cost_usd, costs.length > 0 ? Math.max(...costs) : null);
  });
}
