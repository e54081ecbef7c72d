// Mode `separate`: agents work with a token of their own, and the person keeps theirs for what no agent may do.
import assert from "node:assert/strict";
import { callFunction, chat, eventsOfType } from "../support/stack/calling.ts";
import { scriptModel } from "../support/models/script.ts";
import { startSeparateStack } from "../support/stack/separate_stack.ts";
import { test } from "../support/test.ts";

test("separate: a run takes the agent's token, and undoing it the person's", async () => {
  await using stack = await startSeparateStack();
  const { url: base, sql } = stack;
  const { person, agent } = await stack.newUser();
  await using _ = await scriptModel(person.id, [
    { tool_calls: [{ name: "create_book", arguments: { title: "Emma" } }] },
    { text: "Added." },
  ]);

  const refused = await callFunction(person, "agent-planner", { body: { message: "Add Emma" }, base });
  assert.deepEqual([refused.status, (await refused.json()).error?.message], [
    403,
    "Agents need a token of their own here: send one that names its OAuth client.",
  ]);
  assert.equal((await sql`select from agent_runs`).length, 0);

  const { events, state } = await chat(agent, { message: "Add Emma" }, base);
  assert.deepEqual(eventsOfType(events, "tool_result").map(({ ok }) => ok), [true]);
  const books = async () => (await sql`select title from books`).map(({ title }) => title);
  assert.deepEqual(await books(), ["Emma"]);

  const undo = async (who: { token: string }) => {
    const answer = await callFunction(who, `agent-planner/runs/${state.run_id}/undo`, { base });
    await answer.body?.cancel();
    return answer.status;
  };
  assert.equal(await undo(agent), 403);
  assert.equal(await undo(person), 200);
  assert.deepEqual(await books(), []);
});
