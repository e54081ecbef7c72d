// More answers than a run ever asks for, in each protocol: refused before the database is asked about any of them.
import assert from "node:assert/strict";
import { postAgUi, postAiSdk, userMessage } from "../support/stack/projected.ts";
import { newUser, type TestUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

const TOO_MANY = "At most 200 calls can be decided at once.";
const NO_CALL = "There is no such tool call.";
const NO_INTERRUPT = "There is no such interrupt.";

/** What each protocol answers to this many answers. */
async function answersTo(user: TestUser, count: number) {
  const ids = Array.from({ length: count }, () => crypto.randomUUID());
  const parts = ids.map((id) => ({
    ...{ type: "dynamic-tool", toolName: "t", toolCallId: id, input: {}, state: "approval-responded" },
    approval: { id, approved: true },
  }));
  const messages = [userMessage("Hi"), { id: "m", role: "assistant", parts }];
  const ai_sdk = await postAiSdk(user, { id: "chat-1", messages });
  const resume = ids.map((interruptId) => ({ interruptId, status: "resolved", payload: { approved: true } }));
  const ag_ui = await postAgUi(user, { threadId: "t", runId: "r", messages: [], resume });
  return [await ai_sdk.text(), await ag_ui.text()] as const;
}

test("more answers at once than a run has calls are the client's mistake; as many as it may have are looked for", async () => {
  const user = await newUser();
  for (const [count, ...sentences] of [[3_000, TOO_MANY, TOO_MANY], [200, NO_CALL, NO_INTERRUPT]] as const) {
    const told = await answersTo(user, count);
    assert.deepEqual(sentences.filter((sentence, i) => !told[i]?.includes(sentence)), [], told.join());
  }
});
