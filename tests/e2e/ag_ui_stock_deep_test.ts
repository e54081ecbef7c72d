// AG-UI's HttpAgent, as it comes from npm, against the real server: what works there works unmodified.
import assert from "node:assert/strict";
import { z } from "zod";
import { answerTurn, planTurn, submitTurn } from "../support/agents/plans.ts";
import { scriptModel } from "../support/models/script.ts";
import { borrowers, cancelTurn, lend } from "../support/stack/asking.ts";
import { callFunction } from "../support/stack/calling.ts";
import { newUser } from "../support/stack/stack.ts";
import { agUiClient, type StockClient } from "../support/stock/stock_client.ts";
import { test } from "../support/test.ts";
import { asking } from "./asking_executor.ts";

const Told = z.object({
  messages: z.array(z.looseObject({ id: z.string(), role: z.string(), content: z.json().optional() })),
  open: z.array(z.looseObject({ id: z.string() })),
  errors: z.array(z.string()),
  warnings: z.array(z.string()),
  asked: z.array(z.string()),
});
type Told = z.infer<typeof Told>;
const Begun = z.object({ begun: z.literal(true) });

const threadId = "thread-1";
const say = (client: StockClient, text: string) => client.ask(Told, { do: "say", text });
const answer = (client: StockClient, ...answers: unknown[]) => client.ask(Told, { do: "answer", answers });

/** What was said by either of the two. */
const said = ({ messages }: Told) =>
  messages.filter(({ role, content }) => /^(user|assistant)$/.test(role) && content).map(({ content }) =>
    content
  );

function assertFine({ errors, warnings }: Told): void {
  assert.deepEqual([errors, warnings], [[], []]);
}

async function opened(client: StockClient): Promise<StockClient> {
  await client.ask(Told, { do: "open", threadId });
  return client;
}

test("AG-UI HttpAgent: text: two runs are one thread", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, [{ text: "Good morning." }, { text: "And you?" }]);
  await using client = agUiClient(user);
  await opened(client);
  assertFine(await say(client, "Hi"));
  const told = await say(client, "And?");
  assertFine(told);
  assert.deepEqual(said(told), ["Hi", "Good morning.", "And?", "And you?"]);
});

test("AG-UI HttpAgent: tools: a call that works and one that fails are shown with what came of them", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, [
    { tool_calls: [{ name: "create_book", arguments: { title: "Emma" } }] },
    { tool_calls: [{ name: "get_book", arguments: { book_id: crypto.randomUUID() } }] },
    { text: "One of two." },
  ]);
  await using client = agUiClient(user);
  await opened(client);
  const told = await say(client, "Add Emma");
  assertFine(told);
  const [made, failed] = told.messages.filter(({ role }) => role === "tool");
  assert.equal(made?.content, 'Created the book "Emma".');
  assert.match(JSON.stringify(failed?.content), /There is no such book|not found|no book/i);
  assert.deepEqual(said(told).at(-1), "One of two.");
});

test("AG-UI HttpAgent: plan: it is one activity in its last state", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, [
    planTurn([{ step_number: 1 }]),
    submitTurn(1),
    answerTurn("Done."),
  ]);
  await using client = agUiClient(user);
  await opened(client);
  const told = await say(client, "Plan");
  assertFine(told);
  const plans = told.messages.filter(({ role }) => role === "activity");
  assert.partialDeepStrictEqual(plans, [{
    activityType: "PLAN",
    content: { steps: [{ state: "completed" }] },
  }]);
  assert.equal(plans.length, 1);
});

test("AG-UI HttpAgent: approval, refusal and edit: each answer goes on with the run, with the arguments that it has", async () => {
  const user = await newUser();
  const [ada, ben, cleo, dan] = await lend(user, "Ada", "Ben", "Cleo", "Dan");
  await using _ = await scriptModel(user.id, [cancelTurn(ada), cancelTurn(ben), cancelTurn(cleo), {
    text: "Two of three.",
  }]);
  await using client = agUiClient(user);
  await opened(client);
  const first = await say(client, "Cancel");
  assertFine(first);
  assert.equal(first.open.length, 1);
  const second = await answer(client, { approved: true });
  assertFine(second);
  assert.deepEqual(await borrowers(user), ["Ben", "Cleo", "Dan"]);
  const third = await answer(client, { approved: false, reason: "He needs it" });
  assertFine(third);
  const told = await answer(client, { approved: true, editedArgs: { loan_id: dan } });
  assertFine(told);
  assert.deepEqual([told.open, said(told).at(-1)], [[], "Two of three."]);
  assert.deepEqual(await borrowers(user), ["Ben", "Cleo"]);
  assert.equal(told.messages.filter(({ role }) => role === "tool").length, 3);
});

test("AG-UI HttpAgent: approval: the same answers once more add nothing to what the page has", async () => {
  const user = await newUser();
  const [ada] = await lend(user, "Ada", "Ben");
  await using script = await scriptModel(user.id, [
    cancelTurn(ada),
    { text: "I add it.", tool_calls: [{ name: "create_book", arguments: { title: "Emma" } }] },
    { text: "Both are done.", hold: "answer" },
  ]);
  await using client = agUiClient(user);
  await opened(client);
  await say(client, "Cancel");
  await client.ask(Begun, { do: "answer", answers: [{ approved: true }], wait: false });
  await script.reached("answer");
  await script.release("answer");
  const told = await client.ask(Told, { do: "settled" });
  assertFine(told);
  assert.equal(said(told).at(-1), "Both are done.");
  const again = await client.ask(Told, { do: "answerAgain" });
  assertFine(again);
  assert.deepEqual(again.messages, told.messages);
  assert.deepEqual(await borrowers(user), ["Ben"]);
});

test("AG-UI HttpAgent: refusal: interrupts that are cancelled decline, and a run that fails does not keep its thread", async () => {
  const user = await newUser();
  const [ada] = await lend(user, "Ada");
  await using _ = await scriptModel(user.id, [
    cancelTurn(ada),
    { error: { status: 400, body: "no" }, when: { last: "tool" }, times: "any" },
    { text: "Here again.", when: { last: "user" } },
  ]);
  await using client = agUiClient(user);
  await opened(client);
  await say(client, "Cancel");
  const failed = await answer(client, null);
  assert.equal(failed.errors.length, 1);
  assert.deepEqual(await borrowers(user), ["Ada"]);
  await client.ask(Told, { do: "add", text: "And now?" });
  const told = await answer(client, null);
  assertFine(told);
  assert.deepEqual([told.open, said(told).at(-1)], [[], "Here again."]);
});

test("AG-UI HttpAgent: approval: an executor's call that asks is an interrupt, and its step goes on", async () => {
  const { user, script } = await asking();
  await using _ = script;
  await using client = agUiClient(user);
  await opened(client);
  const asks = await say(client, "Go");
  assertFine(asks);
  assert.equal(asks.open.length, 1);
  const told = await answer(client, { approved: true });
  assertFine(told);
  assert.deepEqual(said(told).at(-1), "Ann has it.");
});

test("AG-UI HttpAgent: reload: a page that is loaded in mid-run reads the run that its app has found", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [
    { text: "I add it.", tool_calls: [{ name: "create_book", arguments: { title: "Emma" } }] },
    { text: "Added.", hold: "answer" },
  ]);
  await using first = agUiClient(user);
  await opened(first);
  await first.ask(Begun, { do: "say", text: "Add Emma", wait: false });
  await script.reached("answer");
  const { data } = await user.client.from("agent_run_list").select("id").eq("status", "running").single();
  await using second = agUiClient(user);
  await second.ask(Begun, { do: "reload", threadId, run_id: data?.id, wait: false });
  await script.release("answer");
  const whole = await first.ask(Told, { do: "settled" });
  const told = await second.ask(Told, { do: "settled" });
  assertFine(told);
  assert.deepEqual(told.messages, whole.messages.slice(1));
});

test("AG-UI HttpAgent: stop: it closes the connection, the run goes on, and a cancel by its id ends it", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [{ text: "Too late.", hold: "answer" }, { text: "Here." }]);
  await using client = agUiClient(user);
  await opened(client);
  await client.ask(Begun, { do: "say", text: "Hi", wait: false });
  await script.reached("answer");
  await client.ask(Told, { do: "stop" });
  const conflict = await say(client, "Ho");
  assert.deepEqual(conflict.errors, [
    "The session's previous run has not finished yet: wait for it, stop it, or read on.",
  ]);
  const { data } = await user.client.from("agent_run_list").select("id").eq("status", "running").single();
  const cancelled = await callFunction(user, `agent-planner/runs/${data?.id}/cancel`, { body: {} });
  assert.equal(cancelled.status, 202);
  await cancelled.body?.cancel();
  const end = await callFunction(user, `agent-planner/runs/${data?.id}/events`, { method: "GET" });
  await end.text();
  await script.release("answer");
  assert.deepEqual(said(await say(client, "And now?")).at(-1), "Here.");
});

test("AG-UI HttpAgent: errors: a wrong token is an error of HTTP, what its user can't help a run that fails", async () => {
  await using client = agUiClient({ token: "none" });
  await opened(client);
  const told = await say(client, "Hi");
  assert.match(told.errors.join(), /HTTP 401/);
});
