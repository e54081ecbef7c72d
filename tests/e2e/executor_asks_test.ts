// A read tool that asks, called by an executor: the step waits for a person, the others go on, and once it is decided
// the same attempt does.
import assert from "node:assert/strict";
import { z } from "zod";
import type { ReadEvent } from "../../shared/contracts/read_event.ts";
import { answerOf, initialRunState, reduceRun } from "../../shared/contracts/run_state.ts";
import { answerTurn, onStep, planTurn, submitTurn } from "../support/agents/plans.ts";
import { checkInvariants } from "../support/invariants/invariants.ts";
import { type Script, scriptModel } from "../support/models/script.ts";
import { mortalFunctions } from "../support/mortal/open_mortal_functions.ts";
import { assertContract, callFunction, eventsOfType } from "../support/stack/calling.ts";
import { clientOf, startAndRead } from "../support/stack/reading.ts";
import { database, newUser, testStack, type TestUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

const SETTINGS = { RUN_LEASE_SECONDS: "1.2", RUN_DEADLINE_SECONDS: "60" };
const NOTE = "Brings it back on Friday.";

/** A user who has lent something to Ann, and a model whose first executor looks at that. */
async function asking(submit: Record<string, unknown> = {}): Promise<{ user: TestUser; script: Script }> {
  const user = await newUser();
  await user.client.from("loans").insert({ borrower: "Ann", notes: NOTE });
  const script = await scriptModel(user.id, [
    planTurn([{ step_number: 1, tools: ["get_borrower"] }, { step_number: 2, tools: ["list_books"] }]),
    { when: { ...onStep(1), last: "tool" }, ...turn(submitTurn(1, submit)) },
    { when: onStep(1), tool_calls: [{ name: "get_borrower", arguments: { borrower: "Ann" } }] },
    submitTurn(2),
    answerTurn("Ann has it."),
  ]);
  return { user, script };
}

const turn = ({ when: _, ...answer }: ReturnType<typeof submitTurn>) => answer;

/** Reads the run from its first event, until it ends or waits for a person again. */
const readOn = (user: TestUser, events: readonly ReadEvent[], base = testStack().url) =>
  Array.fromAsync(clientOf(user, base).events(runOf(events)));

const runOf = (events: readonly ReadEvent[]) => events[0]?.run_id ?? assert.fail("there is no event");

/** Sends the message, and reads until somebody is asked, or to the end. */
const begin = async (user: TestUser, base = testStack().url) => (await startAndRead(user, base)).events;

const Decided = z.object({ open: z.array(z.uuid()) });

/** Decides on the call that is asked about. */
async function decide(user: TestUser, events: readonly ReadEvent[], approved: boolean, reason?: string) {
  const [asked] = approvals(events);
  assert.ok(asked);
  const { tool_call_id, arguments_sha256 } = asked;
  const { data, error } = await user.client.rpc("decide_tool_calls", {
    p_run_id: runOf(events),
    p_decisions: [{ tool_call_id, approved, arguments_sha256, ...(reason && { reason }) }],
  });
  if (error) throw error;
  return Decided.parse(data).open;
}

const approvals = (events: readonly ReadEvent[]) =>
  eventsOfType(events, "approval_required").flatMap((event) => event.approvals);
const resultsOf = (events: readonly ReadEvent[], name: string) => {
  const ids = eventsOfType(events, "tool_call").filter((call) => call.name === name).map((call) =>
    call.tool_call_id
  );
  return eventsOfType(events, "tool_result").filter((result) => ids.includes(result.tool_call_id));
};
const stepsOf = (events: readonly ReadEvent[]) =>
  events.reduce(reduceRun, initialRunState(runOf(events))).plan?.steps.map(({ state }) => state);

/** The stream stops once for a person; the first step waits, and the second has ended. */
function assertAsks(events: readonly ReadEvent[]): void {
  const [asked, ...others] = approvals(events);
  assert.deepEqual(others, []);
  assert.ok(asked);
  const { name, arguments: args, why, effects, step_number } = asked;
  assert.deepEqual([name, args, effects, step_number], ["get_borrower", { borrower: "Ann" }, null, 1]);
  assert.deepEqual(why.map(({ by }) => by), ["default"]);
  assert.equal(asked.problem, undefined, "of a read there is nothing to be previewed");
  const paused = events.at(-1);
  assert.deepEqual(paused?.type === "run_paused" && paused.open, [asked.tool_call_id]);
  const call = eventsOfType(events, "tool_call").find((one) => one.tool_call_id === asked.tool_call_id);
  assert.equal(call?.agent?.type, "executor");
  assert.deepEqual(resultsOf(events, "get_borrower"), [], "nothing has been read");
  assert.deepEqual(stepsOf(events), ["running", "completed"]);
}

async function assertSound(events: readonly ReadEvent[]): Promise<void> {
  assertContract(events);
  const sql = database();
  await checkInvariants(sql, runOf(events), { streamed: [...events] }).finally(() => sql.end());
}

test("an executor asks: the other goes on, and when it is decided the same attempt does, until the answer has both", async () => {
  const { user, script } = await asking();
  await using _ = script;
  const paused = await begin(user);
  assertAsks(paused);
  assert.deepEqual(await decide(user, paused, true), []);
  const events = await readOn(user, paused);

  await assertSound(events);
  assert.equal(approvals(events).length, 1);
  const [result] = resultsOf(events, "get_borrower");
  assert.ok(result?.ok && JSON.stringify(result.data).includes(NOTE));
  const [decided] = eventsOfType(events, "approval_decided");
  assert.deepEqual([decided?.approved, decided?.by], [true, "user"]);
  assert.ok(decided && decided.seq < result.seq);
  assert.deepEqual(
    eventsOfType(events, "executor_result").map(({ step_number, attempt }) => [step_number, attempt]),
    [[2, 1], [1, 1]],
  );
  assert.deepEqual(stepsOf(events), ["completed", "completed"]);
  const answered = JSON.stringify((await script.requests()).at(-1));
  assert.match(answered, /Step 1 is done.*Step 2 is done/);
});

test("a read that was declined is told to the executor's model, and its step goes on", async () => {
  const { user, script } = await asking({ status: "partial" });
  await using _ = script;
  const paused = await begin(user);
  await decide(user, paused, false, "That is Ann's business.");
  const events = await readOn(user, paused);

  await assertSound(events);
  const [result] = resultsOf(events, "get_borrower");
  assert.equal(result?.ok, false);
  const told = (await script.requests()).map((request) => JSON.stringify(request));
  assert.ok(told.some((text) => /The user declined this.*That is Ann's business/.test(text)));
  assert.deepEqual(stepsOf(events), ["completed", "completed"]);
});

test("what nobody approves in time is not done, and the step goes on without", async () => {
  const { user, script } = await asking({ status: "partial" });
  await using _ = script;
  const paused = await begin(user);
  const sql = database();
  await sql`update agent_tool_calls set expires_at = clock_timestamp() where status = 'awaiting_approval'
    and run_id = ${runOf(paused)}`.finally(() => sql.end());
  const events = await readOn(user, paused);

  await assertSound(events);
  assert.deepEqual(eventsOfType(events, "approval_decided").map(({ approved, by }) => [approved, by]), [[
    false,
    "expired",
  ]]);
  assert.match(resultsOf(events, "get_borrower")[0]?.result ?? "", /Nobody approved this in time/);
  assert.deepEqual(stepsOf(events), ["completed", "completed"]);
});

test("a cancel while an executor asks ends the run, and nothing was read", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, [
    planTurn([{ step_number: 1, tools: ["get_borrower"] }]),
    { when: onStep(1), tool_calls: [{ name: "get_borrower", arguments: { borrower: "Ann" } }] },
  ]);
  const paused = await begin(user);
  await callFunction(user, `agent-planner/runs/${runOf(paused)}/cancel`, { body: {} });
  const events = await readOn(user, paused);

  await assertSound(events);
  const end = events.at(-1);
  assert.ok(end?.type === "done" && end.status === "cancelled");
  assert.deepEqual(resultsOf(events, "get_borrower").filter(({ ok }) => ok), []);
  const { data } = await user.client.from("agent_tool_calls").select("status").eq(
    "tool_name",
    "get_borrower",
  );
  assert.deepEqual(data, [{ status: "rejected" }]);
});

/** Where the first of the two processes is hurt while the executor asks, and how. */
const HURT: Record<string, [function_name: string, point: string, how: "kill" | "throw"]> = {
  "whose stream breaks before it asks": ["agent-planner", "invoke:first_event", "throw"],
  "that dies before its call is proposed": ["agent-executor", "store.recordStep:before", "kill"],
  "that dies when its call was proposed": ["agent-executor", "store.recordStep:after", "kill"],
  "that dies before it has let its step go": ["agent-executor", "store.releaseStep:before", "kill"],
};

for (const [who, [name, point, how]] of Object.entries(HURT)) {
  test(`an executor ${who}: its user is asked once, and the answer comes`, async () => {
    let hurt = false;
    await using mortal = await mortalFunctions({
      env: SETTINGS,
      decide(passing) {
        if (hurt || passing.function !== name || passing.point !== point) return "go_on";
        hurt = true;
        return how;
      },
    });
    const { user, script } = await asking();
    await using _ = script;
    const events = await begin(user, mortal.url);
    assert.ok(hurt);
    assertAsks(events);
    await decide(user, events, true);
    const whole = await readOn(user, events, mortal.url);
    await assertSound(whole);
    assert.equal(approvals(whole).length, 1);
    assert.deepEqual(stepsOf(whole), ["completed", "completed"]);
    assert.equal(answerOf(whole.reduce(reduceRun, initialRunState(runOf(whole)))), "Ann has it.");
  });
}
