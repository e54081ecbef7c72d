// What `useChat` reads when a page is loaded: the unfinished run, the history; and what a resuming fetch reads.
import assert from "node:assert/strict";
import { z } from "zod";
import { answerTurn, planTurn, submitTurn } from "../support/agents/plans.ts";
import { endedAt } from "../db/agents_rows.ts";
import { scriptModel } from "../support/models/script.ts";
import { callFunction, chat } from "../support/stack/calling.ts";
import { framesIn, getProjected, postAiSdk, runIdOf, userMessage } from "../support/stack/projected.ts";
import { database, newUser, type TestUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

const Message = z.looseObject({
  id: z.string(),
  role: z.string(),
  metadata: z.looseObject({ run_id: z.string().optional(), status: z.string().optional() }).optional(),
  parts: z.array(z.looseObject({ type: z.string(), text: z.string().optional() })),
});

async function history(user: TestUser, id: string, set = "6") {
  const response = await getProjected(user, `ai-sdk/${id}/messages?set=${set}`);
  assert.equal(response.status, 200);
  return z.array(Message).parse(await response.json());
}

const texts = ({ parts }: z.infer<typeof Message>) =>
  parts.flatMap(({ text }) => text === undefined ? [] : [text]);

test("a chat without an unfinished run is a 204 without a body: a new one, another user's, one that has ended", async () => {
  const [user, other] = [await newUser(), await newUser()];
  await using _ = await scriptModel(user.id, [{ text: "Here." }]);
  await framesIn(await postAiSdk(user, { id: "chat-1", messages: [userMessage("Hi")] }));
  for (const [who, id] of [[user, "chat-1"], [user, "new"], [other, "chat-1"]] as const) {
    const response = await getProjected(who, `ai-sdk/${id}/stream`);
    assert.deepEqual([response.status, await response.text()], [204, ""]);
  }
});

test("the unfinished run of a chat is streamed from its first frame, while it goes on", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [{ text: "Here.", hold: "answer" }]);
  const posted = await postAiSdk(user, { id: "chat-1", messages: [userMessage("Hi")] });
  await script.reached("answer");
  const resumed = await getProjected(user, "ai-sdk/chat-1/stream");
  assert.equal(resumed.headers.get("x-run-id"), runIdOf(posted));
  await script.release("answer");
  assert.deepEqual(await framesIn(resumed), await framesIn(posted));
});

test("a reader who resumes anywhere, in the middle of an event too, gets exactly the rest of the stream", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, [
    planTurn([{ step_number: 1 }]),
    submitTurn(1),
    answerTurn("Done."),
  ]);
  const response = await postAiSdk(user, { id: "chat-1", messages: [userMessage("Plan")], set: "7" });
  const run_id = runIdOf(response);
  const frames = await framesIn(response);
  assert.ok(frames.some(({ id }) => id.includes(".")));
  for (const [at, { id }] of frames.entries()) {
    // Behind each of them: cut_lines_deep_test.
    if (at % 4 !== 1 && at < frames.length - 2) continue;
    const rest = frames.slice(at + 1);
    const path = `ai-sdk/runs/${run_id}/events?set=7`;
    assert.deepEqual(await framesIn(await getProjected(user, `${path}&after=${id}`)), rest, id);
    const headers = { "last-event-id": id };
    assert.deepEqual(await framesIn(await getProjected(user, path, { headers })), rest, id);
  }
  assert.deepEqual(await framesIn(await getProjected(user, `ai-sdk/runs/${run_id}/events?set=7`)), frames);
});

test("the history is what was said and done, native turns too; the unfinished run is left to its stream", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [
    { text: "I add it.", tool_calls: [{ name: "create_book", arguments: { title: "Emma" } }] },
    { text: "Added." },
    { text: "Natively." },
    { text: "Later.", hold: "answer" },
  ]);
  const id = "chat-1";
  assert.deepEqual(await history(user, id), [], "nothing was said in a new chat");
  const first = await postAiSdk(user, { id, messages: [userMessage("Add Emma")] });
  const run_id = runIdOf(first);
  await framesIn(first);
  const { data: session } = await user.client.from("chat_sessions").select("id").single();
  await chat(user, { message: "And now?", session_id: session?.id ?? "" });
  const running = await postAiSdk(user, { id, messages: [userMessage("More")] });
  await script.reached("answer");
  const messages = await history(user, id);
  assert.deepEqual(messages.map((message) => [message.role, texts(message)]), [
    ["user", ["Add Emma"]],
    ["assistant", ["I add it.", "Added."]],
    ["user", ["And now?"]],
    ["assistant", ["Natively."]],
    ["user", ["More"]],
  ]);
  assert.deepEqual([messages[1]?.id, messages[1]?.metadata?.status], [run_id, "completed"]);
  assert.ok(
    messages[1]?.parts.some(({ type, state }) => type === "dynamic-tool" && state === "output-available"),
  );
  assert.deepEqual(await history(user, session?.id ?? ""), messages, "under the session's own id, too");
  await script.release("answer");
  await framesIn(running);
});

test("of a long conversation the newest hundred messages are the history", async () => {
  const user = await newUser();
  const sql = database();
  try {
    const { data } = await user.client.from("chat_sessions").insert({ title: "Long", client_id: "chat-1" })
      .select("id").single();
    await sql`insert into chat_messages (user_id, session_id, role, content, seq)
      select ${user.id}, ${data?.id ?? ""}, (case n % 2 when 1 then 'user' else 'assistant' end)::chat_role,
        'Message ' || n, n from generate_series(1, 400) n`;
  } finally {
    await sql.end();
  }
  const messages = await history(user, "chat-1");
  assert.deepEqual(messages.map(texts), Array.from({ length: 100 }, (_, i) => [`Message ${301 + i}`]));
});

test("a run whose texts were purged says in the history what its message says, and has no stream any more", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, [{ text: "Kept in the conversation." }]);
  const response = await postAiSdk(user, { id: "chat-1", messages: [userMessage("Hi")] });
  const run_id = runIdOf(response);
  await framesIn(response);
  const sql = database();
  try {
    await endedAt(sql, run_id, "2020-01-01");
    await sql`select private.purge_runs(now() - interval '90 days')`;
  } finally {
    await sql.end();
  }
  assert.deepEqual((await history(user, "chat-1")).map(texts), [["Hi"], ["Kept in the conversation."]]);
  for (const path of [`ai-sdk/runs/${run_id}/events`, `ag-ui/runs/${run_id}/events`]) {
    const gone = await getProjected(user, path);
    assert.equal(gone.status, 410, path);
    await gone.text();
  }
});

test("a run that was cancelled or has failed is in the history as its conversation tells of it", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [
    { text: "Too late.", hold: "answer" },
    { error: { status: 400, body: "no" }, times: "any" },
  ]);
  const id = "chat-1";
  const stopped = await postAiSdk(user, { id, messages: [userMessage("Hi")] });
  await script.reached("answer");
  const cancelled = await callFunction(user, `agent-planner/runs/${runIdOf(stopped)}/cancel`, { body: {} });
  assert.equal(cancelled.status, 202);
  await cancelled.body?.cancel();
  await framesIn(stopped);
  await script.release("answer");
  await framesIn(await postAiSdk(user, { id, messages: [userMessage("Ho")] }));
  const messages = await history(user, id);
  const told = messages.filter(({ role }) => role === "assistant");
  assert.deepEqual(told.map(({ metadata }) => metadata?.status), ["cancelled", "failed"]);
  for (const message of told) assert.equal(texts(message).length > 0, true, JSON.stringify(message));
});

test("a chat's id is taken by every route or by none, and each id is a chat of its own", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, [{ text: "Here." }, { text: "Here." }]);
  for (const id of ["a b/c?d", "ab"]) {
    await framesIn(await postAiSdk(user, { id, messages: [userMessage("Hi")] }));
    assert.equal((await history(user, encodeURIComponent(id))).length, 2, id);
  }
  const refusal = async (asked: Promise<Response>) => {
    const response = await asked;
    assert.deepEqual([response.status, response.headers.get("x-error-kind")], [400, "bad_request"]);
    return await response.text();
  };
  for (const id of ["a\u0000b", "x".repeat(201)]) {
    const says = await refusal(postAiSdk(user, { id, messages: [userMessage("Hi")] }));
    assert.match(says, /^id: must have (no control|at most 200) characters/);
    for (const route of ["messages", "stream"]) {
      assert.equal(await refusal(getProjected(user, `ai-sdk/${encodeURIComponent(id)}/${route}`)), says);
    }
  }
  for (const id of [".", ".."]) {
    assert.match(await refusal(postAiSdk(user, { id, messages: [userMessage("Hi")] })), /^id: must not be/);
  }
});

test("what its user has replaced is not in the history: it is what the page holds, which is loaded again in between", async () => {
  const user = await newUser();
  await using _ = await scriptModel(
    user.id,
    ["One.", "Two.", "Three.", "Four.", "Five."].map((text) => ({ text })),
  );
  const id = "chat-1";
  const says = async (message: object, more: object = {}) => {
    await framesIn(await postAiSdk(user, { id, messages: [message], ...more }));
    return (await history(user, id)).map(texts).flat();
  };
  assert.deepEqual(await says(userMessage("Hi", "m1")), ["Hi", "One."]);
  const again = { trigger: "regenerate-message" };
  assert.deepEqual(await says(userMessage("Hi", "m1"), again), ["Hi", "Two."], "without a messageId");
  assert.deepEqual(await says(userMessage("Ho", "m2")), ["Hi", "Two.", "Ho", "Three."]);
  assert.deepEqual(await says(userMessage("Hello", "m1"), { messageId: "m1" }), ["Hello", "Four."]);
  const [edited] = await history(user, id);
  assert.deepEqual(await says(userMessage("Hey", edited?.id)), ["Hey", "Five."], "by a page loaded since");
});
