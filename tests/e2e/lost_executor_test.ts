// After an executor was lost, the log tells of the calls that were made, under the arguments with which they were made:
// the next one's model answers otherwise, and its calls are other calls.
import assert from "node:assert/strict";
import { initialRunState, reduceRun } from "../../shared/contracts/run_state.ts";
import { answerTurn, onStep, planTurn, submitTurn } from "../support/agents/plans.ts";
import { checkInvariants } from "../support/invariants/invariants.ts";
import { mortalFunctions } from "../support/mortal/open_mortal_functions.ts";
import { scriptModel } from "../support/models/script.ts";
import { assertContract, eventsOfType } from "../support/stack/calling.ts";
import { startAndRead } from "../support/stack/reading.ts";
import { database, newUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

const SETTINGS = { RUN_LEASE_SECONDS: "1.2", RUN_DEADLINE_SECONDS: "60" };

/** The executor dies over its first call: what becomes of the calls that it has begun, and of its turn. */
const DEATHS = {
  "when its call was made and told, and not stored": "store.advanceStep:before",
  "when its call was made, and nobody was told": "tool.list_books:after",
  "before its call was made": "tool.list_books:before",
};

for (const [when, point] of Object.entries(DEATHS)) {
  test(`an executor that is lost ${when}: the log has each call once, with its own arguments and result`, async () => {
    const user = await newUser();
    await user.client.from("books").insert([{ title: "The garden" }, { title: "The website" }]);
    let dead = false;
    const made: string[] = [];
    await using mortal = await mortalFunctions({
      env: SETTINGS,
      decide(passing) {
        if (passing.point === "tool.list_books:after") made.push("list_books");
        // The first look at the ledger comes before the first call.
        const due = passing.function === "agent-executor" && passing.point === point && (
          point !== "store.advanceStep:before" || made.length > 0
        );
        if (dead || !due) return "go_on";
        dead = true;
        return "kill";
      },
    });
    const look = (query: string) => ({
      when: onStep(1),
      tool_calls: [{ name: "list_books", arguments: { query } }],
    });
    await using _ = await scriptModel(user.id, [
      planTurn([{ step_number: 1 }]),
      look("garden"),
      look("website"),
      submitTurn(1),
      answerTurn(),
    ]);

    const { run_id, events } = await startAndRead(user, mortal.url);

    assert.ok(dead);
    assertContract(events);
    const sql = database();
    await checkInvariants(sql, run_id, { streamed: events });
    const rows = await sql`select id, arguments ->> 'query' as query, status from agent_tool_calls
      where run_id = ${run_id} and tool_name = 'list_books' order by created_at`;
    await sql.end();

    const calls = eventsOfType(events, "tool_call");
    const told = new Map(calls.map((call) => [call.tool_call_id, JSON.stringify(call.arguments)]));
    assert.equal(told.size, calls.length, "no two calls have one id");
    for (const { id, query } of rows) {
      assert.equal(
        told.get(id),
        JSON.stringify({ query }),
        "a row's call is in the log with its own arguments",
      );
    }
    const results = eventsOfType(events, "tool_result").filter(({ ok }) => ok);
    for (const { id, query } of rows) {
      assert.ok(results.some((one) => one.tool_call_id === id), `the result of ${query} is not hidden`);
    }
    assert.ok(rows.length > 0 && rows.length <= results.length);
    assert.ok(results.length <= made.length, "no result is told of a call that was not made");
    const [step] = events.reduce(reduceRun, initialRunState(run_id)).plan?.steps ?? [];
    assert.deepEqual(
      step?.calls.filter(({ state }) => state === "running"),
      [],
      "nobody sees a call run for ever",
    );
  });
}
