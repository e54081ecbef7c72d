import assert from "node:assert/strict";
import { watchStep } from "../../../shared/agents/planner/step_liveness.ts";
import { AgentError } from "../../../shared/contracts/errors.ts";
import { fakeClock } from "../../support/ports/fake_clock.ts";
import { quiet } from "../../support/ports/pass_time.ts";
import { stepView } from "../../support/agents/step_view.ts";

/** Watches a step that looks like this, one look after the other; the last one stays. */
function watch(looks: (ReturnType<typeof stepView> | null | Error)[]) {
  const clock = fakeClock();
  let made = 0;
  const worker = watchStep({ plan_id: "p", step_number: 1 }, {
    store: {
      viewStep() {
        const look = looks[Math.min(made++, looks.length - 1)] ?? null;
        return look instanceof Error ? Promise.reject(look) : Promise.resolve(look);
      },
    },
    clock,
    lease_seconds: 15,
  });
  const pass = async (seconds: number) => {
    clock.advance(seconds * 1_000);
    await quiet();
  };
  return { clock, worker, pass, made: () => made };
}

Deno.test("a worker is looked after once a lease, and given up when its lease has run out", async () => {
  const { worker, clock, pass, made } = watch([stepView(), stepView({ ownerless: true })]);
  await pass(14.9);
  assert.equal(made(), 0);
  await pass(0.1);
  assert.equal(made(), 1);
  assert.equal(worker.gone.aborted, false);
  await pass(15);
  assert.equal(worker.gone.aborted, true);
  assert.equal(clock.timers, 0, "that is known now");
});

Deno.test("a look that fails, or finds nobody yet, is made again", async () => {
  const { worker, pass, made } = watch([
    new AgentError("internal", "The database is down."),
    null,
    stepView(),
  ]);
  for (let look = 1; look <= 3; look++) {
    await pass(15);
    assert.equal(made(), look);
  }
  assert.equal(worker.gone.aborted, false);
});

Deno.test("once stopped it looks no more, not even when a look is under way", async () => {
  const { worker, clock, made } = watch([stepView()]);
  clock.advance(15_000);
  worker.stop();
  await quiet();
  clock.advance(60_000);
  assert.equal(made(), 1);
  assert.equal(clock.timers, 0);
});
