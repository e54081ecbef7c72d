// What a model says last: an answer that was cut off is told as such, text before an empty turn is the answer, and
// what it thinks aloud is no part of it.
import assert from "node:assert/strict";
import { assertContract, callFunction, chat } from "../support/stack/calling.ts";
import { scriptModel } from "../support/models/script.ts";
import { database, newUser, type TestUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";
import { checkInvariants } from "../support/invariants/invariants.ts";

let sql: ReturnType<typeof database>;
Deno.test.beforeAll(() => void (sql = database()));
Deno.test.afterAll(async () => await sql.end());

const EMPTY = { text: "", times: "any" as const };
const MILK = { tool_calls: [{ name: "create_book", arguments: { title: "Milk" } }] };

async function answers(user: TestUser) {
  const { data } = await user.client.from("chat_messages").select("id, content").eq("role", "assistant")
    .order("seq");
  return data;
}

test("an answer that is cut at the output limit is completed as length: on the wire, in the rows, in the JSON answer", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, [
    { text: "Once upon a", finish_reason: "length" },
    { text: "And then", finish_reason: "length" },
  ]);
  const { events, state } = await chat(user, { message: "Tell me a story" });
  assertContract(events);
  const last = events.at(-1);
  assert.deepEqual(last?.type === "done" && [last.status, last.finished_reason], ["completed", "length"]);
  const runs = await user.client.from("agent_runs").select("status, finished_reason");
  assert.deepEqual(runs.data, [{ status: "completed", finished_reason: "length" }]);
  const cut = await user.client.from("agent_chat_messages").select("content, cut_off").not(
    "cut_off",
    "is",
    null,
  );
  assert.deepEqual(cut.data, [{ content: "Once upon a", cut_off: true }]);

  const body = { message: "Go on", session_id: state.session_id, stream: false };
  const answer = await (await callFunction(user, "agent-planner", { body })).json();
  assert.deepEqual([answer.status, answer.finished_reason, answer.answer], [
    "completed",
    "length",
    "And then",
  ]);
});

test("text with a call, and then an empty last turn: the text is the answer, and the next prompt has it", async () => {
  const user = await newUser();
  const script = await scriptModel(user.id, [{ text: "I put milk on your list.", ...MILK }, EMPTY]);
  const { events, state } = await chat(user, { message: "Milk" });
  assertContract(events);
  assert.deepEqual([state.status, state.finished_reason], ["completed", "answered"]);
  assert.deepEqual(await answers(user), [{ id: state.message_id, content: "I put milk on your list." }]);
  await script.end();

  await using next = await scriptModel(user.id, [{ text: "Yes." }]);
  await chat(user, { message: "Did you?", session_id: state.session_id });
  assert.match(JSON.stringify(await next.requests()), /I put milk on your list\./);
});

test("an empty turn where nothing was said fails the run", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, [MILK, EMPTY]);
  const { state } = await chat(user, { message: "Milk" });
  assert.deepEqual([state.status, state.error?.kind], ["failed", "model_failed"]);
});

for (
  const [name, text] of Object.entries({
    "<think>": "<think>The user wants milk.</think>\n\nHere is your milk.",
    "<thinking>": "<thinking>\nThe user wants milk.\n</thinking>Here is your milk.",
    "</think>": "The user wants milk.\n</think>\n\nHere is your milk.",
    "[THINK]": "[THINK]The user wants milk.[/THINK]Here is your milk.",
  })
) {
  test(`what a model thinks in its text, between ${name} tags, is neither shown nor said nor sent again`, async () => {
    const user = await newUser();
    await using script = await scriptModel(user.id, [{ text }, { text: "Bye." }]);
    const { events, state } = await chat(user, { message: "Milk?" });
    assert.deepEqual(state.parts.filter((part) => part !== ""), ["Here is your milk."]);
    await checkInvariants(sql, state.run_id, { streamed: events });
    assert.deepEqual(await answers(user), [{ id: state.message_id, content: "Here is your milk." }]);
    if (!name.startsWith("</")) assert.doesNotMatch(JSON.stringify(events), /wants milk|think/i);
    const thought = await user.client.from("agent_chat_messages").select("content, reasoning").eq(
      "kind",
      "turn",
    );
    assert.deepEqual(thought.data?.map((row) => [row.content, row.reasoning?.trim()]), [
      ["Here is your milk.", "The user wants milk."],
    ]);
    await chat(user, { message: "Bye", session_id: state.session_id });
    assert.doesNotMatch(JSON.stringify((await script.requests()).at(-1)), /wants milk|<think|\[THINK/i);
  });
}
