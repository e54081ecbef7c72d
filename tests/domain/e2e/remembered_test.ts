// The local stack with its demo model, which is no language model: what was said long ago is found again.
import assert from "node:assert/strict";
import { chat } from "../../support/stack/calling.ts";
import { settled } from "../../support/summaries/long_conversation.ts";
import { newWorkspaceUser } from "../support/workspace_user.ts";
import { test } from "../../support/test.ts";

test("the demo model keeps what was said in a long conversation, and finds it when it is asked", async () => {
  const user = await newWorkspaceUser();
  const id = crypto.randomUUID();
  const { state: { session_id } } = await chat(user, { message: `The lamp in the hall has the id ${id}.` });
  assert.ok(session_id);
  for (let turn = 2; turn <= 16; turn++) {
    await chat(user, {
      message: `The weather is fine, as on day ${turn}. ${"It is said again. ".repeat(8)}`,
      session_id,
    });
    await settled(user);
  }
  const { data } = await user.client.from("chat_session_summaries").select("content, upto_seq, model_used")
    .order("number");
  const newest = data?.at(-1);
  assert.ok(newest && newest.upto_seq > 2);
  assert.match(newest.content, /no language model/);
  assert.equal(newest.model_used, "demo-model-not-an-llm");

  const { state } = await chat(user, {
    message: "Do you remember the id of the lamp in the hall?",
    session_id,
  });
  assert.ok(state.parts.join().includes(id));
});
