// The local stack with its demo model, which is no language model: what was said long ago stays in its summaries.
import assert from "node:assert/strict";
import { chat } from "../../support/stack/calling.ts";
import { settled } from "../../support/summaries/long_conversation.ts";
import { newWorkspaceUser } from "../support/workspace_user.ts";
import { test } from "../../support/test.ts";

test("the demo model keeps how the turns of a long conversation began, with their ids", async () => {
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
  assert.ok(newest.content.includes(`The lamp in the hall has the id ${id}.`));
  assert.equal(newest.model_used, "demo-model-not-an-llm");
});
