// A token that an OAuth client was issued is an agent's, over HTTP as in the database: it carries a run, and neither
// undoes what that has done nor writes beside it.
import assert from "node:assert/strict";
import { callFunction, chat, eventsOfType } from "../support/stack/calling.ts";
import { scriptModel } from "../support/models/script.ts";
import { restCall } from "../support/stack/rest.ts";
import { agentToken } from "../support/stack/signed_token.ts";
import { newUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

test("an agent's token carries a run, and the person's alone takes back what it did", async () => {
  const user = await newUser();
  const agent = { ...user, token: agentToken(user.token) };
  await using _ = await scriptModel(user.id, [
    { tool_calls: [{ name: "create_book", arguments: { title: "Emma" } }] },
    { text: "Added." },
  ]);
  const { events, state } = await chat(agent, { message: "Add Emma" });
  assert.deepEqual(eventsOfType(events, "tool_result").map(({ ok }) => ok), [true]);

  const undo = async (who: typeof user) => {
    const answer = await callFunction(who, `agent-planner/runs/${state.run_id}/undo`);
    return [answer.status, (await answer.json()).error?.message];
  };
  assert.deepEqual(await undo(agent), [403, "Only a person can do this, no agent."]);
  const written = await restCall(agent, "POST", "books", { title: "Beside it" });
  assert.deepEqual([written.status, written.message], [403, "no_tool_call"]);
  assert.deepEqual(await undo(user), [200, undefined]);
  assert.equal((await restCall(user, "POST", "books", { title: "My own" })).status, 201);
});
