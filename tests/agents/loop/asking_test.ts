// How the calls of a turn wait for a person, and how they go on once it is decided.
import assert from "node:assert/strict";
import type { StoredCall } from "../../../shared/agents/store/records.ts";
import { failed, ok } from "../../../shared/contracts/tool_result.ts";
import { approvedCall, askedTurn, callId, EFFECTS, pendingCall } from "../../support/agents/asked_turn.ts";
import { toolCall } from "../../support/models/listed_model.ts";

const STALE = failed("stale", "What it would change has changed since it was approved.");
const DECLINED = failed("rejected", "The user declined this. It was not done. Their reason: no.");

const declinedCall = (id: string): StoredCall => ({
  id,
  tool_name: "ask_a",
  status: "rejected",
  arguments: {},
  result: DECLINED,
  duration_ms: 0,
  decision: { approved: false, edited: false, reason: "no", by: "user" },
});

const staleCall = (id: string, change: Partial<StoredCall> = {}): StoredCall => ({
  ...declinedCall(id),
  status: "failed",
  result: STALE,
  decision: { approved: true, edited: false, reason: null, by: "user" },
  ...change,
});

Deno.test("a call that a person is asked about is announced, tried, and shown with what it would do; it is not made", async () => {
  const { end, types, approvals, rows, names } = await askedTurn({ calls: ["ask_a"] });
  assert.deepEqual([end, types, names], ["awaiting", ["tool_call", "approval_required"], []]);
  assert.deepEqual(approvals, [{
    tool_call_id: await callId(0),
    name: "ask_a",
    arguments: {},
    arguments_sha256: "0".repeat(64),
    why: [{ by: "default", text: "It is always asked." }],
    effects: EFFECTS,
    expires_at: "2026-11-23T12:00:00.000Z",
  }]);
  const [row, ...others] = rows;
  assert.deepEqual([row?.status, others], ["awaiting_approval", []]);
  assert.deepEqual(row?.status === "awaiting_approval" && row.effects, EFFECTS);
});

Deno.test("one request for approval carries all of a turn; allowed writes and reads behind it wait for their place", async () => {
  const { end, approvals, proposed, names, types } = await askedTurn({
    calls: ["write_a", "ask_a", "write_b", "look", "ask_b"],
  });
  assert.equal(end, "awaiting");
  assert.deepEqual(names, ["write_a"], "what comes before is made");
  assert.deepEqual(approvals.map(({ name }) => name), ["ask_a", "ask_b"]);
  assert.deepEqual(proposed, [["write_a"], ["ask_a"], ["write_b", "ask_b"]]);
  assert.equal(types.filter((type) => type === "approval_required").length, 1);
  assert.equal(types.at(-1), "approval_required", "every call is announced before it is asked about");
});

Deno.test("a call that the tool refuses, or that would change nothing, is not asked about: the model reads so", async () => {
  const refused = failed("not_found", "There is no such thing.");
  const unchanged = ok(null, "It is so already.");
  const { end, contents, rows, types, names } = await askedTurn({
    calls: ["ask_a", "ask_b", "write_a"],
    previews: {
      ask_a: { kind: "refused", result: refused },
      ask_b: { kind: "unchanged", result: unchanged },
    },
  });
  assert.deepEqual([end, names], ["ended", ["write_a"]]);
  assert.deepEqual(contents.slice(0, 2), [refused, unchanged]);
  assert.deepEqual(rows.map(({ status }) => status), ["failed", "succeeded", "succeeded"]);
  assert.ok(!types.includes("approval_required"));
});

Deno.test("so is one behind a call that waits, and its result is recorded at once", async () => {
  const refused = failed("not_found", "There is no such thing.");
  const { end, approvals, rows } = await askedTurn({
    calls: ["ask_a", "ask_b"],
    previews: { ask_b: { kind: "refused", result: refused } },
  });
  assert.deepEqual([end, approvals.map(({ name }) => name)], ["awaiting", ["ask_a"]]);
  assert.deepEqual(rows.map(({ tool_name, status }) => `${tool_name} ${status}`).toSorted(), [
    "ask_a awaiting_approval",
    "ask_b failed",
  ]);
});

Deno.test("a call that can't be tried is asked about with the reason why, and what remembering it would mean", async () => {
  const { approvals, rows } = await askedTurn({
    calls: ["ask_a"],
    previews: { ask_a: { kind: "unknown", problem: "It works outside of the database." } },
    verdicts: { ask_a: { remember: "Allow ask_a for this thing." } },
  });
  const [approval] = approvals;
  assert.deepEqual([approval?.effects, approval?.problem, approval?.remember], [
    null,
    "It works outside of the database.",
    "Allow ask_a for this thing.",
  ]);
  assert.ok(rows[0]?.status === "awaiting_approval" && rows[0].problem !== null);
});

Deno.test("a call that was approved is told as decided, then made under the same id; nothing is proposed again", async () => {
  const id = await callId(0);
  const { end, types, ran, proposed, previewed } = await askedTurn({
    calls: ["ask_a"],
    pending: [approvedCall(id)],
  });
  assert.deepEqual([end, types], ["ended", ["approval_decided", "tool_call", "tool_result"]]);
  assert.deepEqual(ran, [{ call_id: id, name: "ask_a", arguments: {} }]);
  assert.deepEqual([proposed, previewed], [[], []]);
});

Deno.test("edited arguments are those that count, and the model is told of them first", async () => {
  const id = await callId(0);
  const edited = { approved: true, edited: true, reason: null, by: "user" as const };
  const proposed = toolCall("ask_a", { ok: true, value: { title: "Mine" } });
  const { contents, ran, events } = await askedTurn({
    calls: [proposed],
    pending: [approvedCall(id, { arguments: { title: "Theirs" }, decision: edited })],
  });
  assert.deepEqual(ran.map((call) => call.arguments), [{ title: "Theirs" }]);
  assert.equal(
    JSON.stringify(contents[0]),
    '{"arguments_used":{"title":"Theirs"},"ok":true,"data":"done",' +
      '"message":"The user changed the arguments. ask_a is done."}',
  );
  const call = events.find(({ type }) => type === "tool_call");
  assert.deepEqual(call?.type === "tool_call" && call.arguments, { title: "Mine" }, "as it was proposed");
  const decided = events.find(({ type }) => type === "approval_decided");
  assert.deepEqual(decided?.type === "approval_decided" && decided.arguments, { title: "Theirs" });
  const recorded = {
    ...staleCall(id),
    decision: edited,
    arguments: { title: "Theirs" },
    result: ok(1, "Done."),
  };
  const again = await askedTurn({ calls: [proposed], recorded: [recorded] });
  assert.match(JSON.stringify(again.contents[0]), /^{"arguments_used":{"title":"Theirs"}/);
});

Deno.test("of two calls one approved and one declined, each comes to its own end, and nobody is asked again", async () => {
  const [first, second] = [await callId(0), await callId(1)];
  const { contents, names, types, proposed } = await askedTurn({
    calls: ["ask_a", "ask_b", "write_a"],
    recorded: [declinedCall(first)],
    pending: [approvedCall(second, { tool_name: "ask_b" })],
  });
  assert.deepEqual(contents[0], DECLINED);
  assert.deepEqual(names, ["ask_b", "write_a"]);
  assert.deepEqual(types.slice(0, 2), ["approval_decided", "approval_decided"]);
  assert.deepEqual(proposed, [["write_a"]]);
});

Deno.test("while one of them is open nothing behind it is made, and nothing that was shown is tried again", async () => {
  const [first, second, third] = [await callId(0), await callId(1), await callId(2)];
  const { end, names, previewed, approvals } = await askedTurn({
    calls: ["ask_a", "ask_b", "write_a"],
    pending: [
      approvedCall(first),
      pendingCall(second, { tool_name: "ask_b" }),
      pendingCall(third, { tool_name: "write_a", status: "approved" }),
    ],
  });
  assert.deepEqual([end, names, previewed], ["awaiting", ["ask_a"], []]);
  assert.deepEqual(approvals.map(({ name }) => name), ["ask_b"], "the log leaves out what it has");
});

Deno.test("a call whose owner died before it was shown is tried and shown by the next one", async () => {
  const pending = [pendingCall(await callId(0), { effects: null })];
  const { previewed, approvals, proposed } = await askedTurn({ calls: ["ask_a"], pending });
  assert.deepEqual([previewed, approvals.length, proposed], [["ask_a"], 1, []]);
});

Deno.test("what the database refuses is told with its sentence, and nobody is asked", async () => {
  const { contents, names, types } = await askedTurn({
    calls: ["ask_a"],
    verdicts: { ask_a: { status: "rejected", result: DECLINED } },
  });
  assert.deepEqual([contents, names], [[DECLINED], []]);
  assert.deepEqual(types, ["tool_call", "tool_result"]);
});

Deno.test("a read is proposed where it is guarded, and then runs alone; other reads are not", async () => {
  const { end, proposed, names, approvals } = await askedTurn({
    calls: ["look", "look_secret", "look"],
    guarded_reads: ["look_secret"],
  });
  assert.deepEqual([end, proposed, names], ["awaiting", [["look_secret"]], ["look"]]);
  assert.deepEqual(approvals.map(({ name }) => name), ["look_secret"]);
  const free = await askedTurn({ calls: ["look", "look_secret", "look"] });
  assert.deepEqual([free.end, free.proposed], ["ended", []]);
});

Deno.test("a call that would do something else by the time it is made is asked again under its next row", async () => {
  const id = await callId(0);
  const { end, approvals, rows, types } = await askedTurn({
    calls: ["ask_a", "ask_b"],
    pending: [approvedCall(id)],
    outcomes: { ask_a: STALE },
  });
  assert.equal(end, "awaiting");
  assert.deepEqual(approvals.map(({ tool_call_id }) => tool_call_id), [await callId(0, 1), await callId(1)]);
  assert.deepEqual(rows.map(({ id, status }) => `${id} ${status}`), [
    `${id} failed`,
    `${await callId(0, 1)} awaiting_approval`,
    `${await callId(1)} awaiting_approval`,
  ]);
  assert.deepEqual(types, [
    ...["approval_decided", "tool_call", "tool_result"],
    ...["tool_call", "tool_call", "approval_required"],
  ]);
});

Deno.test("it is asked again at most twice; then the model is told", async () => {
  const earlier = [staleCall(await callId(0)), staleCall(await callId(0, 1))];
  const last = await callId(0, 2);
  const waiting = await askedTurn({ calls: ["ask_a"], recorded: earlier });
  assert.deepEqual(waiting.approvals.map(({ tool_call_id }) => tool_call_id), [last]);
  const { end, contents } = await askedTurn({
    calls: ["ask_a"],
    recorded: earlier,
    pending: [approvedCall(last)],
    outcomes: { ask_a: STALE },
  });
  assert.deepEqual([end, contents], ["ended", [STALE]]);
});

Deno.test("what a person has edited is what they are asked about again", async () => {
  const edited = { approved: true, edited: true, reason: null, by: "user" as const };
  const recorded = [staleCall(await callId(0), { arguments: { title: "Theirs" }, decision: edited })];
  const { approvals } = await askedTurn({ calls: ["ask_a"], recorded });
  assert.deepEqual(approvals.map((one) => one.arguments), [{ title: "Theirs" }]);
  const id = await callId(0, 1);
  const { contents } = await askedTurn({
    calls: ["ask_a"],
    recorded,
    pending: [approvedCall(id, { arguments: { title: "Theirs" } })],
  });
  assert.match(JSON.stringify(contents[0]), /^{"arguments_used":{"title":"Theirs"}/);
});

Deno.test("behind a plan that waits, what a person has to be asked about is asked along with it", async () => {
  const plan = { name: "plan", run: () => Promise.resolve("awaiting" as const) };
  const { end, approvals, names } = await askedTurn({ calls: ["plan", "ask_a", "write_a"], builtIn: [plan] });
  assert.deepEqual([end, names, approvals.map(({ name }) => name)], ["awaiting", [], ["ask_a"]]);
});

Deno.test("after a cancel nobody is asked anything more", async () => {
  const signal = AbortSignal.abort();
  const { end, approvals, names } = await askedTurn({ calls: ["ask_a", "ask_b"], signal });
  assert.deepEqual([end, approvals, names], ["ended", [], []]);
});
