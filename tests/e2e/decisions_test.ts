// A person decides over HTTP: the run waits without an owner, goes on with the decision's own request, and counts what
// was decided once, whoever is first.
import assert from "node:assert/strict";
import { scriptModel } from "../support/models/script.ts";
import { borrowers, cancelTurn, decisionOn, lend, openIn, sendDecisions } from "../support/stack/asking.ts";
import { callFunction, chat, readTurn, typesOf } from "../support/stack/calling.ts";
import { database, newUser, type TestUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

/** A run that waits to cancel the loans of these people. */
async function waitingRun(user: TestUser, people: string[], rest: Parameters<typeof scriptModel>[1] = []) {
  const loans = await lend(user, ...people);
  const script = await scriptModel(user.id, [cancelTurn(...loans), ...rest]);
  const { events, state } = await chat(user, { message: "Cancel them" });
  assert.equal(state.status, "awaiting_approval");
  return { loans, script, events, state, run_id: state.run_id, open: openIn(state) };
}

/** What a request was refused with. */
async function refusal(response: Response) {
  const { error } = await response.json();
  return [response.status, error?.kind, error?.run_id] as const;
}

test("a run that has to ask pauses: the call is told and shown, nothing is done, and the stream ends", async () => {
  const user = await newUser();
  const { script, events, open, loans, state } = await waitingRun(user, ["Ann"]);
  await using _ = script;
  assert.deepEqual(typesOf(events).slice(-3), ["tool_call", "approval_required", "run_paused"]);
  const [approval] = open;
  assert.deepEqual([approval?.name, approval?.arguments], ["cancel_loan", { loan_id: loans[0] }]);
  assert.deepEqual(approval?.effects?.map(({ op, table }) => [op, table]), [["delete", "public.loans"]]);
  assert.ok((approval?.why.length ?? 0) > 0);
  assert.deepEqual([state.plan, state.usage], [null, null]);
  assert.deepEqual(await borrowers(user), ["Ann"]);
});

test("an approval goes on with the decision's own request, from the event after the pause, and does what was shown", async () => {
  const user = await newUser();
  const { script, events, run_id, open } = await waitingRun(user, ["Ann"], [{ text: "Done." }]);
  await using _ = script;
  const response = await sendDecisions(user, run_id, [decisionOn(open[0])]);
  assert.deepEqual([response.headers.get("x-run-id"), response.headers.get("x-run-after")], [
    run_id,
    String(events.length),
  ]);
  const rest = (await readTurn(response)).events;
  assert.deepEqual(rest.map(({ seq }) => seq), rest.map((_, i) => events.length + 1 + i));
  assert.deepEqual(typesOf(rest), ["approval_decided", "tool_result", "text", "done"]);
  assert.deepEqual(await borrowers(user), []);
});

test("a decision streams from the event that its sender has", async () => {
  const user = await newUser();
  const { script, run_id, open, events } = await waitingRun(user, ["Ann"], [{ text: "Done." }]);
  await using _ = script;
  const unknown = await sendDecisions(user, run_id, [decisionOn(open[0])], {
    headers: { "last-event-id": "99" },
  });
  assert.deepEqual(await refusal(unknown), [400, "bad_request", run_id]);
  const response = await sendDecisions(user, run_id, [decisionOn(open[0])], {
    headers: { "last-event-id": "1" },
  });
  const rest = (await readTurn(response)).events;
  assert.deepEqual(rest.slice(0, events.length - 1), events.slice(1));
  assert.deepEqual([rest[0]?.seq, rest.at(-1)?.type], [2, "done"]);
});

test("what is declined is not done, and the model is told why", async () => {
  const user = await newUser();
  const { script, run_id, open } = await waitingRun(user, ["Ann"], [{ text: "Then not." }]);
  await using _ = script;
  const declined = decisionOn(open[0], { approved: false, reason: "Ann needs it." });
  const { events, state } = await readTurn(await sendDecisions(user, run_id, [declined]));
  assert.equal(state.status, "completed");
  const [decided, result] = events;
  assert.ok(decided?.type === "approval_decided" && result?.type === "tool_result");
  assert.deepEqual([decided.approved, decided.reason, result.ok], [false, "Ann needs it.", false]);
  assert.match(JSON.stringify((await script.requests()).at(-1)), /declined this.*Ann needs it\./);
  assert.deepEqual(await borrowers(user), ["Ann"]);
});

test("edited arguments are used in the place of those that were proposed, and told to the model", async () => {
  const user = await newUser();
  const [other] = await lend(user, "Bob");
  const { script, run_id, open } = await waitingRun(user, ["Ann"], [{ text: "Done." }]);
  await using _ = script;
  const edited = decisionOn(open[0], { arguments: { loan_id: other ?? 0 } });
  const { events } = await readTurn(await sendDecisions(user, run_id, [edited]));
  assert.deepEqual(await borrowers(user), ["Ann"]);
  assert.ok(events[0]?.type === "approval_decided" && events[0].edited);
  assert.match(JSON.stringify((await script.requests()).at(-1)), /arguments_used/);
});

test("edited arguments that don't fit are refused with their field, and nothing is decided", async () => {
  const user = await newUser();
  const { script, run_id, open } = await waitingRun(user, ["Ann", "Bob"]);
  await using _ = script;
  const [first, second] = open;
  for (const args of [{ loan_id: "no number" }, {}, { loan_id: 1, more: true }]) {
    const unfit = [decisionOn(first), decisionOn(second, { arguments: args })];
    const response = await sendDecisions(user, run_id, unfit);
    const { error } = await response.json();
    assert.equal(response.status, 400, JSON.stringify(error));
    assert.match(error.field, /^decisions\.1\.arguments/);
  }
  const decided = await user.client.from("approval_decisions").select("call_id");
  assert.deepEqual(decided.data, []);
  assert.deepEqual(await borrowers(user), ["Ann", "Bob"]);
});

test("an unknown key is named with its place, and so is a parameter of a route that has none", async () => {
  const user = await newUser();
  const { script, run_id, open } = await waitingRun(user, ["Ann"]);
  await using _ = script;
  const response = await sendDecisions(user, run_id, [{ ...decisionOn(open[0]), foo: 1 }]);
  assert.deepEqual([response.status, (await response.json()).error.field], [400, "decisions.0.foo"]);
  for (const path of ["approvals", `runs/${run_id}`]) {
    const response = await callFunction(user, `agent-planner/${path}?x=1`, { method: "GET" });
    assert.deepEqual([response.status, (await response.json()).error.field], [400, "x"], path);
  }
});

test("a decision that names other effects than the one that was taken is not the same", async () => {
  const user = await newUser();
  const { script, run_id, open } = await waitingRun(user, ["Ann", "Bob"]);
  await using _ = script;
  const decided = decisionOn(open[0], { effects: open[0]?.effects });
  assert.equal((await sendDecisions(user, run_id, [decided])).status, 200);
  assert.equal((await sendDecisions(user, run_id, [decided])).status, 200);
  assert.equal((await sendDecisions(user, run_id, [decisionOn(open[0])])).status, 200);
  for (const effects of [[], null]) {
    assert.equal((await refusal(await sendDecisions(user, run_id, [{ ...decided, effects }])))[0], 409);
  }
});

test("the same edit again counts once: also as it was written, and where it is what was proposed", async () => {
  const user = await newUser();
  const [other] = await lend(user, "Bob");
  for (const loan_id of [String(other), null]) {
    const { script, run_id, open, loans } = await waitingRun(user, ["Ann"], [{ text: "Done." }]);
    await using _ = script;
    const edited = decisionOn(open[0], { arguments: { loan_id: loan_id ?? loans[0] ?? 0 } });
    for (const _time of ["first", "again"]) {
      const { state } = await readTurn(await sendDecisions(user, run_id, [edited]));
      assert.equal(state.status, "completed");
    }
    const otherwise = decisionOn(open[0], { arguments: { loan_id: 0 } });
    assert.equal((await refusal(await sendDecisions(user, run_id, [otherwise])))[0], 409);
  }
});

test("some of several may be decided: the run waits for the others, and does each that was approved", async () => {
  const user = await newUser();
  const { script, run_id, open } = await waitingRun(user, ["Ann", "Bob", "Cas"], [{ text: "Done." }]);
  await using _ = script;
  const [ann, bob, cas] = open;
  const some = await sendDecisions(user, run_id, [decisionOn(bob), decisionOn(ann, { approved: false })]);
  assert.deepEqual(await some.json(), { run_id, open: [cas?.tool_call_id] });
  assert.deepEqual(await borrowers(user), ["Ann", "Bob", "Cas"], "nothing is done while others wait");
  const { state } = await readTurn(await sendDecisions(user, run_id, [decisionOn(cas)]));
  assert.equal(state.status, "completed");
  assert.deepEqual(await borrowers(user), ["Ann"]);
});

test("two devices decide at once: it is done once; who decides the same is answered the same, who decides otherwise is told", async () => {
  const user = await newUser();
  for (const approved of [true, false]) {
    const { script, run_id, open } = await waitingRun(user, ["Ann"], [{ text: "Done." }]);
    await using _ = script;
    const answers = await Promise.all([
      sendDecisions(user, run_id, [decisionOn(open[0])]),
      sendDecisions(user, run_id, [decisionOn(open[0], { approved })]),
    ]);
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, approved ? 200 : 409]);
    const texts = await Promise.all(answers.map((one) => one.text()));
    const late = await sendDecisions(user, run_id, [decisionOn(open[0], { arguments: { loan_id: 1 } })]);
    assert.deepEqual(await refusal(late), [409, "conflict", run_id], "nor is it edited any more");
    const refused = texts.filter((_, i) => answers[i]?.status === 409);
    for (const text of refused) assert.match(text, /"kind":"conflict"/);
    const { data } = await user.client.from("approval_decisions").select("approved").eq(
      "call_id",
      open[0]?.tool_call_id ?? "",
    );
    assert.equal(data?.length, 1);
  }
});

test("a decision on other arguments than those that were shown does not count", async () => {
  const user = await newUser();
  const { script, run_id, open } = await waitingRun(user, ["Ann"]);
  await using _ = script;
  const stale = decisionOn(open[0], { arguments_sha256: "0".repeat(64) });
  assert.deepEqual(await refusal(await sendDecisions(user, run_id, [stale])), [409, "conflict", run_id]);
  const shown = decisionOn(open[0], { effects: [] });
  assert.deepEqual(await refusal(await sendDecisions(user, run_id, [shown])), [409, "conflict", run_id]);
  assert.deepEqual(await borrowers(user), ["Ann"]);
});

test("what has expired can't be decided any more, and the next reader hears that it was not done", async () => {
  const user = await newUser();
  const { script, run_id, open } = await waitingRun(user, ["Ann"], [{ text: "Too late." }]);
  await using _ = script;
  await expire(open[0]?.tool_call_id);
  assert.deepEqual(await refusal(await sendDecisions(user, run_id, [decisionOn(open[0])])), [
    409,
    "conflict",
    run_id,
  ]);
  const response = await callFunction(user, `agent-planner/runs/${run_id}/events`, { method: "GET" });
  const { state } = await readTurn(response);
  assert.deepEqual([state.status, state.approvals[0]?.decision?.by], ["completed", "expired"]);
  assert.deepEqual(await borrowers(user), ["Ann"]);
});

test("once its run has ended, a call is not decided any more", async () => {
  const user = await newUser();
  const { script, run_id, open } = await waitingRun(user, ["Ann"]);
  await using _ = script;
  await callFunction(user, `agent-planner/runs/${run_id}/cancel`);
  await readTurn(await callFunction(user, `agent-planner/runs/${run_id}/events`, { method: "GET" }));
  assert.deepEqual(await refusal(await sendDecisions(user, run_id, [decisionOn(open[0])])), [
    409,
    "conflict",
    run_id,
  ]);
  assert.deepEqual(await borrowers(user), ["Ann"]);
});

test("another user's run and call are not there, and neither is a call of another run", async () => {
  const [user, other] = [await newUser(), await newUser()];
  const { script, run_id, open } = await waitingRun(user, ["Ann"]);
  await using _ = script;
  const theirs = await waitingRun(other, ["Zoe"]);
  await using _theirs = theirs.script;
  for (
    const [run, decision] of [
      [run_id, decisionOn(open[0])],
      [theirs.run_id, decisionOn(open[0])],
      [crypto.randomUUID(), decisionOn(open[0])],
      ["none", decisionOn(open[0])],
    ] as const
  ) {
    const [status, kind] = await refusal(await sendDecisions(other, run, [decision]));
    assert.deepEqual([status, kind], [404, "not_found"], run);
  }
  const edited = decisionOn(open[0], { arguments: { loan_id: 1 } });
  assert.equal((await sendDecisions(other, theirs.run_id, [edited])).status, 404);
  assert.deepEqual(await borrowers(user), ["Ann"]);
});

test("agents decide nothing, and nobody does without a token that is good", async () => {
  const user = await newUser();
  const { script, run_id, open } = await waitingRun(user, ["Ann"]);
  await using _ = script;
  for (const name of ["x-agent", "x-tool-call-id"]) {
    const headers = { [name]: crypto.randomUUID() };
    const response = await sendDecisions(user, run_id, [decisionOn(open[0])], { headers });
    assert.deepEqual(await refusal(response), [403, "forbidden", run_id]);
    assert.equal((await callFunction(user, `agent-planner/runs/${run_id}/undo`, { headers })).status, 403);
  }
  for (const person of [null, { token: `${user.token}x` }]) {
    const [status, kind] = await refusal(await sendDecisions(person, run_id, [decisionOn(open[0])]));
    assert.deepEqual([status, kind], [401, "unauthenticated"]);
  }
  const { data } = await user.client.from("approval_decisions").select("call_id");
  assert.deepEqual(data, []);
});

/** The time to decide on a call is over. */
async function expire(call_id: string | undefined): Promise<void> {
  const sql = database();
  try {
    await sql.begin(async (past) => {
      await past`set local session_replication_role = replica`;
      await past`update agent_tool_calls set expires_at = clock_timestamp() - interval '1 second'
        where id = ${call_id ?? ""}`;
    });
  } finally {
    await sql.end();
  }
}
