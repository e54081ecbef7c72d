// A step of the planner's own waits for a person, while the rest of the plan goes on.
import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { Approval } from "../../shared/contracts/approval.ts";
import { answerTurn, onStep, planTurn, submitTurn } from "../support/agents/plans.ts";
import { checkInvariants } from "../support/invariants/invariants.ts";
import { scriptModel } from "../support/models/script.ts";
import { assertContract, eventsOfType } from "../support/stack/calling.ts";
import { functionsWith } from "../support/stack/functions.ts";
import { askedRun, decide, readOn } from "../support/stack/deciding.ts";
import { startAndRead } from "../support/stack/reading.ts";
import { database, newUser, testStack, type TestUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

let sql: Sql;
Deno.test.beforeAll(() => void (sql = database()));
Deno.test.afterAll(() => sql.end());

async function loan(user: TestUser): Promise<number> {
  const { data, error } = await user.client.from("loans").insert({ borrower: "Ada" }).select("id").single();
  if (error) throw error;
  return data.id;
}

const left = async (user: TestUser) => (await user.client.from("loans").select("id")).data?.length;

const own = (step_number: number, depends_on: number[] = []) => ({
  ...{ step_number, executor_required: false, tools: ["cancel_loan"], depends_on },
});

const cancelling = (step_number: number, loan_id: number) => ({
  when: onStep(step_number),
  tool_calls: [{ name: "cancel_loan", arguments: { loan_id } }],
});

test("a step that waits for a person holds up those behind it alone; the run pauses when nothing else is left", async () => {
  const user = await newUser();
  const id = await loan(user);
  await using script = await scriptModel(user.id, [
    planTurn([own(1), { step_number: 2 }, { step_number: 3, depends_on: [2] }, {
      step_number: 4,
      depends_on: [1],
    }]),
    cancelling(1, id),
    { ...submitTurn(2), hold: "two" },
    submitTurn(3),
    submitTurn(1),
    submitTurn(4),
    answerTurn(),
  ]);
  const asked = askedRun(user);
  await script.reached("two");
  await script.release("two");
  const run = await asked;
  const ended = eventsOfType(run.events, "step_complete").map(({ step_number }) => step_number);
  assert.deepEqual(ended, [2, 3], "what does not depend on it is done before the run pauses");
  const [question] = eventsOfType(run.events, "approval_required");
  assert.deepEqual([question?.agent?.step_number, run.approvals[0]?.step_number], [1, 1]);
  assert.equal(await left(user), 1);

  await decide(user, run, {});
  const events = await readOn(user, run);
  assertContract(events);
  await checkInvariants(sql, run.run_id, { streamed: events });
  assert.equal(await left(user), 0);
  const steps =
    await sql`select step_number, attempt, status from agent_executions where run_id = ${run.run_id}
    order by step_number`;
  assert.deepEqual(
    steps.map(({ step_number, attempt, status }) => [step_number, attempt, status]),
    [1, 2, 3, 4].map((number) => [number, 1, "completed"]),
    "the step goes on where it was",
  );
  assert.equal((await script.requests()).length, 7, "no model call was made twice");
});

test("two steps that wait are asked about each, decided together, and both told the planner", async () => {
  const user = await newUser();
  const [first, second] = [await loan(user), await loan(user)];
  await using script = await scriptModel(user.id, [
    planTurn([own(1), own(2)]),
    cancelling(1, first),
    cancelling(2, second),
    submitTurn(1),
    submitTurn(2, { status: "failed", summary: "The user declined it." }),
    { when: { not_tool: "submit_result" }, text: "One of two." },
  ]);
  const run = await askedRun(user);
  assert.deepEqual(run.approvals.map(({ step_number }) => step_number).toSorted(), [1, 2]);
  await decide(user, run, ...run.approvals.map(({ step_number }) => ({ approved: step_number === 1 })));
  const events = await readOn(user, run);
  assertContract(events);
  await checkInvariants(sql, run.run_id, { streamed: events });
  const rest = await user.client.from("loans").select("id");
  assert.deepEqual(rest.data?.map(({ id }) => id), [second]);
  assert.match(JSON.stringify((await script.requests()).at(-1)), /The user declined it/);
});

test("a decision that comes while the rest of the plan is at work is acted upon without a pause", async () => {
  const user = await newUser();
  const id = await loan(user);
  await using script = await scriptModel(user.id, [
    planTurn([own(1), { step_number: 2 }]),
    cancelling(1, id),
    { ...submitTurn(2), hold: "two" },
    submitTurn(1),
    answerTurn(),
  ]);
  const { run_id, events } = await startAndRead(user, testStack().url, async (event, run_id) => {
    if (event.type !== "approval_required") return;
    await script.reached("two");
    const approvals = event.approvals.map((one) => Approval.parse(one));
    await decide(user, { run_id, events: [], approvals }, {});
    await script.release("two");
  });
  assertContract(events);
  await checkInvariants(sql, run_id, { streamed: events });
  assert.deepEqual(eventsOfType(events, "run_paused"), []);
  assert.equal(await left(user), 0);
});

test("what is approved of a step is made and told, also where the run's budget holds no other model call", async () => {
  await using functions = await functionsWith({ RUN_MAX_MODEL_CALLS: "3" });
  const user = await newUser();
  const id = await loan(user);
  await using _ = await scriptModel(user.id, [
    planTurn([own(1)]),
    cancelling(1, id),
    answerTurn("Cancelled."),
  ]);
  const run = await askedRun(user, functions.url);
  await decide(user, run, {});
  const events = await readOn(user, run, functions.url);
  assertContract(events);
  await checkInvariants(sql, run.run_id, { streamed: events });
  assert.equal(await left(user), 0);
  const [decided] = eventsOfType(events, "approval_decided");
  assert.deepEqual([decided?.approved, decided?.by], [true, "user"]);
  const result = eventsOfType(events, "tool_result").find((one) =>
    one.tool_call_id === decided?.tool_call_id
  );
  assert.equal(result?.ok, true);
  assert.deepEqual(eventsOfType(events, "step_complete").map(({ status }) => status), ["failed"]);
});
