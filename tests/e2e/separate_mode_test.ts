// Mode `separate`: agents work with a token of their own, and the person keeps theirs for what no agent may do.
import assert from "node:assert/strict";
import { cancelTurn, decisionOn, openIn, sendDecisions } from "../support/stack/asking.ts";
import { callFunction, chat, eventsOfType, readTurn } from "../support/stack/calling.ts";
import { scriptModel } from "../support/models/script.ts";
import type { ProjectedFrame } from "../../shared/protocols/frame.ts";
import {
  framesIn,
  itemsOf,
  postAgUi,
  postAiSdk,
  runIdOf,
  saidIn,
  userMessage,
} from "../support/stack/projected.ts";
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

test("separate: a decision takes the person's token, and goes on with the agent's, where that comes along", async () => {
  await using stack = await startSeparateStack();
  const { url: base, sql } = stack;
  const { person, agent } = await stack.newUser();
  const [ann, bob] = await sql`insert into books (user_id, title) values (${person.id}, 'Emma') returning id`
    .then(([book]) =>
      sql`insert into loans (user_id, book_id, borrower) values (${person.id}, ${book?.id}, 'Ann'),
        (${person.id}, ${book?.id}, 'Bob') returning id`
    );
  const cancels = [ann, bob].map((loan) => cancelTurn(Number(loan?.id)));
  await using _ = await scriptModel(person.id, [...cancels, { text: "Done." }]);
  const loans = async () => (await sql`select borrower from loans order by id`).map((row) => row.borrower);

  const first = await chat(agent, { message: "Cancel them" }, base);
  const { run_id } = first.state;
  const [approval] = openIn(first.state);
  assert.equal((await sendDecisions(agent, run_id, [decisionOn(approval)], { base })).status, 403);
  const recorded = await sendDecisions(person, run_id, [decisionOn(approval)], { base });
  assert.deepEqual([recorded.status, await recorded.json()], [200, { run_id, open: [] }]);
  const resumed = await callFunction(person, `agent-planner/runs/${run_id}/resume`, { base });
  assert.equal(resumed.status, 403);
  await resumed.body?.cancel();
  assert.deepEqual(await loans(), ["Ann", "Bob"]);

  const after = { method: "GET", base, headers: { "last-event-id": String(first.events.length) } };
  const second = await readTurn(await callFunction(agent, `agent-planner/runs/${run_id}/events`, after));
  assert.equal(second.events.at(-1)?.type, "run_paused");
  assert.deepEqual(await loans(), ["Bob"]);

  const headers = { "x-agent-authorization": `Bearer ${agent.token}` };
  const decision = decisionOn(openIn(second.state)[0], { arguments: { loan_id: Number(bob?.id) } });
  const alone = await sendDecisions(person, run_id, [decision], { base });
  const { error } = await alone.json();
  assert.deepEqual([alone.status, error.field], [403, "decisions.0.arguments"]);
  assert.match(error.message, /Trying it out takes the agent's own token, which did not come along/);
  const third = await readTurn(await sendDecisions(person, run_id, [decision], { base, headers }));
  assert.equal(third.state.status, "completed");
  assert.deepEqual(await loans(), []);
});

test("separate: a stock client starts with both tokens; without the agent's its answers are kept and nothing goes on", async () => {
  await using stack = await startSeparateStack();
  const { url: base, sql } = stack;
  const { person, agent } = await stack.newUser();
  const loans = await sql`insert into books (user_id, title) values (${person.id}, 'Emma') returning id`
    .then(([book]) =>
      sql`insert into loans (user_id, book_id, borrower) values (${person.id}, ${book?.id}, 'Ann'),
        (${person.id}, ${book?.id}, 'Bob') returning id`
    );
  await using _ = await scriptModel(person.id, [
    ...loans.flatMap(({ id }) => [cancelTurn(Number(id)), { text: "Done." }]),
  ]);
  const left = async () => (await sql`select borrower from loans order by id`).map((row) => row.borrower);
  const both = { base, headers: { "x-agent-authorization": `Bearer ${agent.token}` } };
  const callIn = (frames: ProjectedFrame[]) =>
    itemsOf(frames).flatMap(({ type, toolCallId }) =>
      /^(tool-input-available|TOOL_CALL_START)$/.test(String(type)) ? [String(toolCallId)] : []
    )[0] ?? "";

  const chatting = { id: "chat-1", messages: [userMessage("Cancel it")] };
  const asked = await postAiSdk(person, chatting, both);
  const run_id = runIdOf(asked);
  const call = callIn(await framesIn(asked));
  const part = { type: "dynamic-tool", state: "approval-responded", approval: { id: call, approved: true } };
  const answer = { ...chatting, messages: [{ id: run_id, role: "assistant", parts: [part] }] };
  const kept = await framesIn(await postAiSdk(person, answer, { base }));
  assert.deepEqual(itemsOf(kept).at(-1), { type: "finish", finishReason: "tool-calls" });
  assert.deepEqual(await left(), ["Ann", "Bob"]);
  const gone_on = await framesIn(await postAiSdk(person, answer, both));
  assert.deepEqual([saidIn(gone_on), await left()], ["Done.", ["Bob"]]);

  const thread = { threadId: "thread-1", runId: "run-1", messages: [{ role: "user", content: "Cancel it" }] };
  const interrupted = callIn(await framesIn(await postAgUi(person, thread, both)));
  const resume = [{ interruptId: interrupted, status: "resolved", payload: { approved: true } }];
  const resuming = { ...thread, runId: "run-2", resume };
  const recorded = itemsOf(await framesIn(await postAgUi(person, resuming, { base }))).at(-1);
  assert.deepEqual([recorded?.type, recorded?.code], ["RUN_ERROR", "conflict"]);
  assert.match(String(recorded?.message), /is kept, and waits for the agent's own token/);
  assert.deepEqual(await left(), ["Bob"]);
  assert.equal(saidIn(await framesIn(await postAgUi(person, resuming, both))), "Done.");
  assert.deepEqual(await left(), []);
});
