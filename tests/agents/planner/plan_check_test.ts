import assert from "node:assert/strict";
import { checkPlan } from "../../../shared/agents/planner/plan_check.ts";
import { PlanStep } from "../../../shared/contracts/plan.ts";
import { planArguments, type PlannedStep } from "../../support/agents/plans.ts";

const catalogue = [
  { name: "list_books", title: "List books", access: "read" as const },
  { name: "create_book", title: "Create book", access: "write" as const },
];

function reasonsFor(steps: PlannedStep[], kept: PlannedStep[] = []): string {
  const check = checkPlan(planArguments(steps), {
    catalogue,
    kept: planArguments(kept).steps.map((step) => PlanStep.parse(step)),
  });
  return check.ok ? "" : check.reasons.join("\n");
}

Deno.test("a plan of good steps passes", () => {
  assert.equal(
    reasonsFor([
      { step_number: 1 },
      { step_number: 2, depends_on: [1] },
      { step_number: 3, executor_required: false, tools: ["create_book", "list_books"], depends_on: [1, 2] },
    ]),
    "",
  );
});

Deno.test("a plan has at least one and at most twelve steps", () => {
  assert.notEqual(reasonsFor([]), "");
  const many = (n: number) => Array.from({ length: n }, (_, i) => ({ step_number: i + 1 }));
  assert.equal(reasonsFor(many(12)), "");
  assert.notEqual(reasonsFor(many(13)), "");
});

Deno.test("steps are numbered from 1 without gaps or doubles", () => {
  assert.match(reasonsFor([{ step_number: 2 }]), /1, 2, 3/);
  assert.match(reasonsFor([{ step_number: 1 }, { step_number: 3 }]), /1, 2, 3/);
  assert.match(reasonsFor([{ step_number: 1 }, { step_number: 1 }]), /same step_number/);
});

Deno.test("a step may depend only on other steps of the plan", () => {
  assert.match(reasonsFor([{ step_number: 1, depends_on: [2] }]), /depends on step 2/);
  assert.match(reasonsFor([{ step_number: 1, depends_on: [1] }]), /depends on step 1/);
});

Deno.test("steps that wait for each other are refused", () => {
  const circle = [{ step_number: 1, depends_on: [3] }, { step_number: 2, depends_on: [1] }, {
    step_number: 3,
    depends_on: [2],
  }];
  assert.match(reasonsFor(circle), /circle/);
});

Deno.test("an unknown tool, or a write for an executor, is refused by name", () => {
  assert.match(reasonsFor([{ step_number: 1, tools: ["fly"] }]), /no tool fly/);
  assert.match(reasonsFor([{ step_number: 1, tools: ["create_book"] }]), /create_book changes data/);
});

Deno.test("a plan that replaces another may build on its completed steps, but not use their numbers", () => {
  const kept = [{ step_number: 1 }];
  assert.equal(reasonsFor([{ step_number: 4, depends_on: [1] }], kept), "");
  assert.match(reasonsFor([{ step_number: 1 }], kept), /Step 1 is completed and kept/);
});

Deno.test("what is not a plan at all is refused with what is wrong", () => {
  for (
    const args of [null, "text", [], {}, { goal: "g", steps: [{}] }, {
      ...planArguments([{ step_number: 1 }]),
      x: 1,
    }]
  ) {
    const check = checkPlan(JSON.parse(JSON.stringify(args)), { catalogue, kept: [] });
    assert.equal(check.ok, false);
  }
});
