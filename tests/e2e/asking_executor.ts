// Runs in which an executor asks before it reads, and what must be true of them.
import assert from "node:assert/strict";
import { z } from "zod";
import type { ReadEvent } from "../../shared/contracts/read_event.ts";
import { answerOf, initialRunState, reduceRun } from "../../shared/contracts/run_state.ts";
import { answerTurn, onStep, planTurn, submitTurn } from "../support/agents/plans.ts";
import { checkInvariants } from "../support/invariants/invariants.ts";
import { type Script, scriptModel } from "../support/models/script.ts";
import { mortalFunctions } from "../support/mortal/open_mortal_functions.ts";
import { assertContract, eventsOfType } from "../support/stack/calling.ts";
import { clientOf, startAndRead } from "../support/stack/reading.ts";
import { database, newUser, testStack, type TestUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

export const SETTINGS = { RUN_LEASE_SECONDS: "1.2", RUN_DEADLINE_SECONDS: "60" };
export const NOTE = "Brings it back on Friday.";

/** How often the model may be asked for the same: of a worker that dies, what it has not stored is asked again. */
interface Repeated {
  call?: 1 | "any";
  neighbour?: 1 | "any";
}

/** A user who has lent something to Ann, and a model whose first executor looks at that; its neighbour does not. */
export async function asking(
  submit: Record<string, unknown> = {},
  { call = 1, neighbour = 1 }: Repeated = {},
): Promise<{ user: TestUser; script: Script }> {
  const user = await newUser();
  await user.client.from("loans").insert({ borrower: "Ann", notes: NOTE });
  const script = await scriptModel(user.id, [
    planTurn([{ step_number: 1, tools: ["get_borrower"] }, { step_number: 2, tools: ["list_books"] }]),
    { when: { ...onStep(1), last: "tool" }, ...turn(submitTurn(1, submit)) },
    { when: onStep(1), times: call, tool_calls: [{ name: "get_borrower", arguments: { borrower: "Ann" } }] },
    { ...submitTurn(2), times: neighbour },
    answerTurn("Ann has it."),
  ]);
  return { user, script };
}

const turn = ({ when: _, ...answer }: ReturnType<typeof submitTurn>) => answer;

/** Reads the run from its first event, until it ends or waits for a person again. */
export const readOn = (user: TestUser, events: readonly ReadEvent[], base = testStack().url) =>
  Array.fromAsync(clientOf(user, base).events(runOf(events)));

export const runOf = (events: readonly ReadEvent[]) => events[0]?.run_id ?? assert.fail("there is no event");

/** Sends the message, and reads until somebody is asked, or to the end. */
export const begin = async (user: TestUser, base = testStack().url) =>
  (await startAndRead(user, base)).events;

const Decided = z.object({ open: z.array(z.uuid()) });

/** Decides on the call that is asked about. */
export async function decide(
  user: TestUser,
  events: readonly ReadEvent[],
  approved: boolean,
  reason?: string,
) {
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

export const approvals = (events: readonly ReadEvent[]) =>
  eventsOfType(events, "approval_required").flatMap((event) => event.approvals);
export const resultsOf = (events: readonly ReadEvent[], name: string) => {
  const ids = eventsOfType(events, "tool_call").filter((call) => call.name === name).map((call) =>
    call.tool_call_id
  );
  return eventsOfType(events, "tool_result").filter((result) => ids.includes(result.tool_call_id));
};
export const stepsOf = (events: readonly ReadEvent[]) =>
  events.reduce(reduceRun, initialRunState(runOf(events))).plan?.steps.map(({ state }) => state);

/** The stream stops once for a person; the first step waits, and the second has ended. */
export function assertAsks(events: readonly ReadEvent[]): void {
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

export async function assertSound(events: readonly ReadEvent[]): Promise<void> {
  assertContract(events);
  const sql = database();
  await checkInvariants(sql, runOf(events), { streamed: [...events] }).finally(() => sql.end());
}

/** [function, point, how]: where a process is hurt while an executor asks. */
export type Hurt = ["agent-planner" | "agent-executor", point: string, how: "kill" | "throw"];

/** Whatever becomes of the processes, the person is asked once, and the answer comes. */
export function testHurt(who: string, [name, point, how]: Hurt): void {
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
    // Both steps are at work in the process that dies.
    const { user, script } = await asking({}, {
      call: point === "store.recordStep:before" ? "any" : 1,
      neighbour: name === "agent-executor" && how === "kill" ? "any" : 1,
    });
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
