import assert from "node:assert/strict";
import fc from "fast-check";
import type { StepReport } from "../../../shared/agents/durable/planning_point.ts";
import { isUnfinished, type Unfinished } from "../../../shared/agents/loop/loop_events.ts";
import { firstSteps, schedulePlan } from "../../../shared/agents/planner/plan_scheduler.ts";
import { PlanStep } from "../../../shared/contracts/plan.ts";
import { quiet } from "../../support/ports/pass_time.ts";
import { planArguments } from "../../support/agents/plans.ts";

/** Plans without circles: a step depends on some of those before it. Some steps fail. */
const plans = fc.array(fc.record({ needs: fc.array(fc.nat(11)), fails: fc.boolean(), ticks: fc.nat(3) }), {
  minLength: 1,
  maxLength: 12,
}).map((drafts) =>
  drafts.map(({ needs, fails, ticks }, i) => ({
    step: PlanStep.parse(
      planArguments([{
        step_number: i + 1,
        depends_on: [...new Set(needs.filter((n) => n < i).map((n) => n + 1))],
      }])
        .steps[0],
    ),
    fails,
    ticks,
  }))
);

Deno.test("the first steps are those that begin at once, be steps kept or not", async () => {
  await fc.assert(fc.asyncProperty(plans, fc.integer({ min: 1, max: 4 }), async (plan, parallel) => {
    const steps = plan.map(({ step }) => step);
    // What a step depends on is complete before it is.
    const complete = steps.findIndex((_, i) => plan[i]?.fails);
    const kept = steps.slice(0, Math.max(0, complete)).map((step) => ({
      step,
      status: "completed" as const,
    }));
    const begun: PlanStep[] = [];
    const scheduled = schedulePlan({
      steps,
      kept,
      parallel,
      async work(step): Promise<Unfinished> {
        begun.push(step);
        return await Promise.resolve("suspended" as const);
      },
      skip: (step) => Promise.resolve({ step, status: "skipped" }),
    });
    assert.deepEqual(begun, firstSteps({ steps, kept, parallel }));
    await scheduled;
  }));
});

Deno.test("in any plan, a step starts once, after all it depends on, never beside more than three others", async () => {
  await fc.assert(fc.asyncProperty(plans, fc.integer({ min: 1, max: 4 }), async (plan, parallel) => {
    const started: number[] = [];
    const completed = new Set<number>();
    let running = 0;
    const reports = await schedulePlan({
      steps: plan.map(({ step }) => step),
      kept: [],
      parallel,
      async work(step): Promise<StepReport> {
        assert.ok(step.depends_on.every((number) => completed.has(number)), "a dependency is not complete");
        started.push(step.step_number);
        assert.ok(++running <= parallel, "too many steps at a time");
        const draft = plan[step.step_number - 1];
        for (let tick = 0; tick < (draft?.ticks ?? 0); tick++) await Promise.resolve();
        running -= 1;
        if (!draft?.fails) completed.add(step.step_number);
        return { step, status: draft?.fails ? "failed" : "completed" };
      },
      skip: (step) => Promise.resolve({ step, status: "skipped" }),
    });

    assert.ok(!isUnfinished(reports), "nothing was suspended");
    assert.equal(new Set(started).size, started.length, "a step ran twice");
    assert.equal(reports.length, plan.length, "every step has a report");
    for (const { step, status } of reports) {
      const broken = step.depends_on.some((number) =>
        reports.find((report) => report.step.step_number === number)?.status !== "completed"
      );
      assert.equal(status === "skipped", broken, "skipped exactly when a dependency did not complete");
    }
  }));
});

function step(step_number: number, depends_on: number[] = []): PlanStep {
  return PlanStep.parse(planArguments([{ step_number, depends_on }]).steps[0]);
}
const TWO = [step(1), step(2, [1])] as const;

function numbersOf(reports: StepReport[] | Unfinished): number[] {
  assert.ok(!isUnfinished(reports));
  return reports.map(({ step }) => step.step_number);
}

Deno.test("a step that an earlier plan completed does not run again, and others may depend on it", async () => {
  const [first, second] = TWO;
  const ran: number[] = [];
  const reports = await schedulePlan({
    steps: [first, second],
    kept: [{ step: first, status: "completed" }],
    parallel: 4,
    work(step) {
      ran.push(step.step_number);
      return Promise.resolve({ step, status: "completed" });
    },
    skip: (step) => Promise.resolve({ step, status: "skipped" }),
  });
  assert.deepEqual(ran, [2]);
  assert.deepEqual(numbersOf(reports), [2]);
});

Deno.test("a suspended step suspends the plan, once the steps beside it have come to a stop", async () => {
  const other = Promise.withResolvers<StepReport>();
  const started: number[] = [];
  let ended = false;
  const running = schedulePlan({
    steps: [step(1), step(2), step(3, [2])],
    kept: [],
    parallel: 4,
    work(step) {
      started.push(step.step_number);
      return step.step_number === 1 ? Promise.resolve("suspended") : other.promise;
    },
    skip: (step) => Promise.resolve({ step, status: "skipped" }),
  }).finally(() => ended = true);
  await quiet();
  assert.equal(ended, false, "whatever runs is waited for");
  other.resolve({ step: step(2), status: "completed" });
  assert.equal(await running, "suspended");
  assert.deepEqual(started, [1, 2], "nothing is begun any more");
});

Deno.test("a step that awaits a person holds up those behind it alone, and the plan awaits when nothing else is left", async () => {
  const slow = Promise.withResolvers<StepReport>();
  const started: number[] = [];
  const skipped: number[] = [];
  let ended = false;
  const running = schedulePlan({
    steps: [step(1), step(2, [1]), step(3), step(4, [3]), step(5, [4])],
    kept: [],
    parallel: 2,
    work(step) {
      started.push(step.step_number);
      if (step.step_number === 1) return Promise.resolve("awaiting");
      return step.step_number === 3 ? slow.promise : Promise.resolve({ step, status: "failed" });
    },
    skip(step) {
      skipped.push(step.step_number);
      return Promise.resolve({ step, status: "skipped" });
    },
  }).finally(() => ended = true);
  await quiet();
  assert.equal(ended, false, "whatever runs is waited for");
  slow.resolve({ step: step(3), status: "completed" });
  assert.equal(await running, "awaiting");
  assert.deepEqual([started, skipped], [[1, 3, 4], [5]]);
});

Deno.test("a plan of which one step awaits a person and another was suspended is suspended", async () => {
  for (const order of [[1, 2], [2, 1]]) {
    const running = schedulePlan({
      steps: [step(1), step(2)],
      kept: [],
      parallel: 4,
      async work({ step_number }) {
        for (let tick = 0; tick < order.indexOf(step_number) * 3; tick++) await Promise.resolve();
        return step_number === 1 ? "awaiting" : "suspended";
      },
      skip: () => assert.fail("no step failed"),
    });
    assert.equal(await running, "suspended");
  }
});

Deno.test("a step that rejects ends the plan, once the steps beside it have come to a stop", async () => {
  const other = Promise.withResolvers<StepReport>();
  const lost = new Error("The lease is lost.");
  let ended = false;
  const running = schedulePlan({
    steps: [step(1), step(2)],
    kept: [],
    parallel: 4,
    work: ({ step_number }) => step_number === 1 ? Promise.reject(lost) : other.promise,
    skip: (step) => Promise.resolve({ step, status: "skipped" }),
  }).catch((error: unknown) => error).finally(() => ended = true);
  await quiet();
  assert.equal(ended, false, "whatever runs is waited for");
  other.resolve({ step: step(2), status: "completed" });
  assert.equal(await running, lost);
});

Deno.test("what is skipped is told with the step that is to blame, and so are those behind it", async () => {
  const blamed: [number, number][] = [];
  const reports = await schedulePlan({
    steps: [step(1), step(2, [1]), step(3, [2])],
    kept: [],
    parallel: 4,
    work: (step) => Promise.resolve({ step, status: "failed" }),
    skip(step, because) {
      blamed.push([step.step_number, because.step_number]);
      return Promise.resolve({ step, status: "skipped" });
    },
  });
  assert.deepEqual(blamed, [[2, 1], [3, 2]]);
  assert.ok(!isUnfinished(reports));
  assert.deepEqual(reports.map(({ status }) => status), ["failed", "skipped", "skipped"]);
});

Deno.test("reports come in the order of the plan, whichever step was faster", async () => {
  const slow = Promise.withResolvers<StepReport>();
  const running = schedulePlan({
    steps: [step(1), step(2)],
    kept: [],
    parallel: 4,
    work: (step) => step.step_number === 1 ? slow.promise : Promise.resolve({ step, status: "completed" }),
    skip: (step) => Promise.resolve({ step, status: "skipped" }),
  });
  await quiet();
  slow.resolve({ step: step(1), status: "completed" });
  assert.deepEqual(numbersOf(await running), [1, 2]);
});
