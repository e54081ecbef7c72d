// A run that waits for a person, as its readers have it: replays end with the pause, whoever asks; and what else may be
// asked of it.
import assert from "node:assert/strict";
import { scriptModel } from "../support/models/script.ts";
import { borrowers, cancelTurn, decisionOn, lend, openIn, sendDecisions } from "../support/stack/asking.ts";
import type { RunEvent } from "../../shared/contracts/events.ts";
import { initialRunState, reduceRun } from "../../shared/contracts/run_state.ts";
import { answerTurn, onStep, planTurn, submitTurn } from "../support/agents/plans.ts";
import {
  callFunction,
  chat,
  eventsOf as eventsFrom,
  eventsOfType,
  readTurn,
} from "../support/stack/calling.ts";
import { newUser, type TestUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

const eventsOf = async (user: TestUser, run_id: string, after = 0) =>
  (await readTurn(
    await callFunction(user, `agent-planner/runs/${run_id}/events?after=${after}`, { method: "GET" }),
  )).events;

const post = async (user: TestUser, run_id: string, action: string) => {
  const response = await callFunction(user, `agent-planner/runs/${run_id}/${action}`);
  return [response.status, await response.json()] as const;
};

test("the events of a run that waits are replayed up to the pause, and end", async () => {
  const user = await newUser();
  const [loan] = await lend(user, "Ann");
  await using _ = await scriptModel(user.id, [cancelTurn(loan)]);
  const { events, state } = await chat(user, { message: "Cancel it" });
  for (const after of [0, 1, events.length]) {
    assert.deepEqual(await eventsOf(user, state.run_id, after), events.slice(after));
  }
  // More than may be open at once: none of them is.
  const many = Array.from({ length: 21 }, () => events.length);
  for (const after of many) assert.deepEqual(await eventsOf(user, state.run_id, after), []);
});

test("a message that is sent again gets the run that waits for it, with and without a key of its own", async () => {
  const user = await newUser();
  const [loan] = await lend(user, "Ann");
  for (const key of [{ request_key: "mine" }, {}]) {
    await using _ = await scriptModel(user.id, [cancelTurn(loan)]);
    const body = { message: "Cancel it", ...key };
    const { events } = await chat(user, body);
    assert.deepEqual((await chat(user, body)).events, events);
    assert.deepEqual((await chat(user, body)).events, events);
  }
});

test("a run that waits has no owner and needs none: it is resumed only once everything is decided", async () => {
  const user = await newUser();
  const [loan] = await lend(user, "Ann");
  await using _ = await scriptModel(user.id, [cancelTurn(loan), { text: "Done." }]);
  const { state, events } = await chat(user, { message: "Cancel it" });
  const { run_id } = state;
  assert.deepEqual(await post(user, run_id, "resume"), [202, { run_id, resumed: false }]);
  const [listed] = (await (await callFunction(user, "agent-planner/runs", { method: "GET" })).json()).runs;
  assert.deepEqual([listed.status, listed.abandoned], ["awaiting_approval", false]);

  const [approval] = openIn(state);
  const p_decisions = JSON.parse(JSON.stringify([decisionOn(approval)]));
  const decided = await user.client.rpc("decide_tool_calls", { p_run_id: run_id, p_decisions });
  assert.equal(decided.error, null);
  assert.deepEqual(await post(user, run_id, "resume"), [202, { run_id, resumed: true }]);
  assert.equal((await eventsOf(user, run_id, events.length)).at(-1)?.type, "done");
  assert.deepEqual(await borrowers(user), []);
});

test("what was decided past the functions is gone on with by the next reader", async () => {
  const user = await newUser();
  const [loan] = await lend(user, "Ann");
  await using _ = await scriptModel(user.id, [cancelTurn(loan), { text: "Done." }]);
  const { state, events } = await chat(user, { message: "Cancel it" });
  const p_decisions = JSON.parse(JSON.stringify([decisionOn(openIn(state)[0])]));
  await user.client.rpc("decide_tool_calls", { p_run_id: state.run_id, p_decisions });
  assert.equal((await eventsOf(user, state.run_id, events.length)).at(-1)?.type, "done");
});

test("a run that waits is cancelled like any other", async () => {
  const user = await newUser();
  const [loan] = await lend(user, "Ann");
  await using _ = await scriptModel(user.id, [cancelTurn(loan)]);
  const { state } = await chat(user, { message: "Cancel it" });
  const { run_id } = state;
  assert.deepEqual(await post(user, run_id, "cancel"), [202, { run_id, status: "awaiting_approval" }]);
  const events = await eventsOf(user, run_id);
  const end = events.at(-1);
  assert.deepEqual(end?.type === "done" && [end.status, end.finished_reason], ["cancelled", "cancelled"]);
  assert.deepEqual(await borrowers(user), ["Ann"]);
});

test("the session's next message takes the place of a run that waits, and is not told that it can't", async () => {
  const user = await newUser();
  const [loan] = await lend(user, "Ann");
  await using _ = await scriptModel(user.id, [cancelTurn(loan), { text: "Of course." }]);
  const { state } = await chat(user, { message: "Cancel it" });
  const next = await chat(user, { message: "No, tell me who has it", session_id: state.session_id });
  assert.equal(next.state.status, "completed");

  const events = await eventsOf(user, state.run_id);
  const end = events.at(-1);
  assert.deepEqual(end?.type === "done" && [end.status, end.finished_reason], ["cancelled", "superseded"]);
  assert.deepEqual(eventsOfType(events, "approval_decided").map(({ approved, by }) => [approved, by]), [[
    false,
    "superseded",
  ]]);
  const late = await sendDecisions(user, state.run_id, [decisionOn(openIn(state)[0])]);
  assert.equal(late.status, 409);
  assert.deepEqual(await borrowers(user), ["Ann"]);
});

test("without a stream, a message is answered with what the run waits for, and a decision with what became of it", async () => {
  const user = await newUser();
  const [loan] = await lend(user, "Ann");
  await using _ = await scriptModel(user.id, [cancelTurn(loan), { text: "Done." }]);
  const { data: waiting, error } = await user.client.functions.invoke("agent-planner", {
    body: { message: "Cancel it", stream: false },
  });
  assert.equal(error, null);
  const { run_id, status, answer, approvals } = waiting;
  assert.deepEqual([status, answer, approvals.length], ["awaiting_approval", null, 1]);

  const { data: done } = await user.client.functions.invoke(`agent-planner/runs/${run_id}/decisions`, {
    body: { decisions: [decisionOn(approvals[0])], stream: false },
  });
  assert.deepEqual([done.run_id, done.status, done.answer, done.approvals], [
    run_id,
    "completed",
    "Done.",
    [],
  ]);
  assert.equal(done.usage.model_calls, 2);
});

test("a run may ask again after it has been decided, and waits again", async () => {
  const user = await newUser();
  const [ann, bob] = await lend(user, "Ann", "Bob");
  await using _ = await scriptModel(user.id, [cancelTurn(ann), cancelTurn(bob), { text: "Done." }]);
  const first = await chat(user, { message: "Cancel them, one after the other" });
  const { run_id } = first.state;
  const second = await readTurn(await sendDecisions(user, run_id, [decisionOn(openIn(first.state)[0])]));
  assert.equal(second.events.at(-1)?.type, "run_paused");
  assert.deepEqual(await borrowers(user), ["Bob"]);
  const [open] = openIn(second.state);
  assert.deepEqual(open?.arguments, { loan_id: bob });
  const third = await readTurn(await sendDecisions(user, run_id, [decisionOn(open)]));
  assert.equal(third.state.status, "completed");
  const all = await eventsOf(user, run_id);
  assert.deepEqual(all, [...first.events, ...second.events, ...third.events]);
});

test("what waits in all conversations is one list, the user's own", async () => {
  const [user, other] = [await newUser(), await newUser()];
  const loans = await lend(user, "Ann", "Bob");
  const runs: string[] = [];
  for (const loan of loans) {
    await using _ = await scriptModel(user.id, [cancelTurn(loan)]);
    const { state } = await chat(user, { message: `Cancel ${loan}` });
    runs.push(state.run_id);
  }
  const list = async (who: TestUser) =>
    (await (await callFunction(who, "agent-planner/approvals", { method: "GET" })).json()).approvals;
  const open: { run_id: string; session_id: string; arguments: unknown }[] = await list(user);
  assert.deepEqual(open.map(({ run_id }) => run_id), runs);
  assert.equal(new Set(open.map(({ session_id }) => session_id)).size, 2);
  assert.deepEqual(await list(other), []);
  assert.equal((await callFunction(user, "agent-planner/approvals")).status, 405);
});

test("a decision may come before the run has to wait: it goes on beside what else is at work", async () => {
  const user = await newUser();
  const [loan] = await lend(user, "Ann");
  await using script = await scriptModel(user.id, [
    planTurn([
      { step_number: 1, executor_required: false, tools: ["cancel_loan"] },
      { step_number: 2 },
    ]),
    { ...cancelTurn(loan), when: onStep(1) },
    { ...submitTurn(2), hold: "executor" },
    submitTurn(1),
    answerTurn("Done."),
  ]);
  const response = await callFunction(user, "agent-planner", { body: { message: "Cancel it, and look" } });
  const run_id = response.headers.get("x-run-id") ?? "";
  const seen: RunEvent[] = [];
  for await (const event of eventsFrom(response)) {
    seen.push(event);
    if (event.type !== "approval_required") continue;
    await script.reached("executor");
    const [approval] = event.approvals;
    const decided = await sendDecisions(user, run_id, [decisionOn(approval)], {
      headers: { "last-event-id": String(event.seq) },
    });
    await script.release("executor");
    seen.push(...(await readTurn(decided)).events);
    break;
  }
  const { status, plan } = seen.reduce(reduceRun, initialRunState(run_id));
  assert.deepEqual([status, plan?.status], ["completed", "completed"]);
  assert.deepEqual(eventsOfType(seen, "run_paused"), [], "it never had to wait");
  assert.deepEqual(await eventsOf(user, run_id), seen);
  assert.deepEqual(await borrowers(user), []);
});
