import assert from "node:assert/strict";
import { planWaves } from "../../console/parts/plan_waves.ts";
import { goldenEvents } from "./golden_events.ts";

const step = (step_number: number, ...depends_on: number[]) => ({ step_number, depends_on });

Deno.test("steps that wait for nothing stand first, side by side, and others behind what they wait for", () => {
  assert.deepEqual(planWaves([step(1), step(2), step(3), step(5, 1, 2), step(6, 3, 1), step(7, 5)]), [
    { steps: [1, 2, 3], after: [] },
    { steps: [5, 6], after: [1, 2, 3] },
    { steps: [7], after: [5] },
  ]);
});

Deno.test("a step that depends on one that is not there, or on itself by way of others, is shown all the same", () => {
  assert.deepEqual(planWaves([step(1, 9)]), [{ steps: [1], after: [] }]);
  assert.deepEqual(planWaves([step(1, 2), step(2, 1)]).flatMap((wave) => wave.steps).sort(), [1, 2]);
  assert.deepEqual(planWaves([]), []);
});

Deno.test("every step of every recorded plan stands in one wave, behind all that it depends on", () => {
  let plans = 0;
  for (const events of goldenEvents().values()) {
    for (const event of events) {
      if (event.type !== "plan_created") continue;
      plans++;
      const waves = planWaves(event.plan.steps);
      const depth = (number: number) => waves.findIndex((wave) => wave.steps.includes(number));
      assert.equal(waves.flatMap((wave) => wave.steps).length, event.plan.steps.length);
      for (const { step_number, depends_on } of event.plan.steps) {
        assert.ok(depends_on.every((one) => depth(one) < depth(step_number)));
      }
    }
  }
  assert.ok(plans > 5);
});
