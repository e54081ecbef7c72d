// The database API is away for some seconds in the middle of a plan: nobody hears of it but the log.
import assert from "node:assert/strict";
import { assertContract, chat, eventsOfType } from "../support/stack/calling.ts";
import { answerTurn, onStep, planTurn, submitTurn } from "../support/agents/plans.ts";
import { checkInvariants } from "../support/invariants/invariants.ts";
import { scriptModel } from "../support/models/script.ts";
import { startCuttingProxy } from "../support/stack/cutting_proxy.ts";
import { functionsWith } from "../support/stack/functions.ts";
import { database, newUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

/** With the heartbeats of a planner and two executors, and what they try again, these take some seconds. */
const REFUSALS = 40;

test("a plan whose database is away for some seconds ends as if it had not been", async () => {
  const user = await newUser();
  await using proxy = startCuttingProxy([]);
  await using functions = await functionsWith({}, { auth_and_rest: proxy.url });
  await using script = await scriptModel(user.id, [
    planTurn([
      { step_number: 1, tools: ["list_books"] },
      { step_number: 2, tools: ["list_books"] },
      { step_number: 3, executor_required: false, tools: ["create_book"], depends_on: [1, 2] },
    ]),
    { when: onStep(1), hold: "away", tool_calls: [{ name: "list_books", arguments: {} }] },
    { when: onStep(2), hold: "away", ...submitTurn(2) },
    submitTurn(1),
    { when: onStep(3), tool_calls: [{ name: "create_book", arguments: { title: "Milk" } }] },
    submitTurn(3),
    answerTurn("All is done."),
  ]);

  const chatting = chat(user, { message: "Do it" }, functions.url);
  await script.reached("away");
  const away = proxy.goAway(REFUSALS);
  await script.release("away");
  await away;
  const { events, state } = await chatting;

  assertContract(events);
  assert.deepEqual([state.status, state.parts], ["completed", ["All is done."]]);
  assert.deepEqual(
    eventsOfType(events, "step_complete").map(({ step_number, attempt, status }) => [
      step_number,
      attempt,
      status,
    ]).toSorted(),
    [[1, 1, "completed"], [2, 1, "completed"], [3, 1, "completed"]],
  );
  assert.deepEqual((await user.client.from("books").select("title")).data, [{ title: "Milk" }]);
  const runs = await user.client.from("agent_runs").select("status, lease_generation");
  assert.deepEqual(runs.data, [{ status: "completed", lease_generation: 1 }], "its first owner ends it");
  const sql = database();
  await checkInvariants(sql, state.run_id, { streamed: events }).finally(() => sql.end());
});
