// Approvals as the AI SDK has them: the same message goes on once its user has answered.
import assert from "node:assert/strict";
import { z } from "zod";
import type { ProjectedFrame } from "../../shared/protocols/frame.ts";
import { scriptModel } from "../support/models/script.ts";
import { borrowers, cancelTurn, decisionOn, lend, sendDecisions } from "../support/stack/asking.ts";
import {
  framesIn,
  getProjected,
  itemsOf,
  kindsOf,
  postAiSdk,
  runIdOf,
  saidIn,
  userMessage,
} from "../support/stack/projected.ts";
import { newUser, type TestUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

const id = "chat-1";

/** What waits by then, as the client is asked about it. */
const askedIn = (frames: readonly ProjectedFrame[]) =>
  itemsOf(frames).flatMap((item) => item.type === "tool-approval-request" ? [String(item.approvalId)] : []);

/** A run that waits. */
async function asked(user: TestUser, set = "6") {
  const response = await postAiSdk(user, { id, messages: [userMessage("Cancel")], set });
  const run_id = runIdOf(response);
  const frames = await framesIn(response);
  return { run_id, frames, calls: askedIn(frames) };
}

/** The client's message with its user's answers, as the client sends it. */
const answered = (run_id: string, answers: Record<string, boolean | undefined>, reason?: string) => ({
  ...{ id: run_id, role: "assistant" },
  parts: Object.entries(answers).map(([call, approved]) => ({
    ...{ type: "dynamic-tool", toolName: "cancel_loan", toolCallId: call, input: { loan_id: 99 } },
    ...(approved === undefined
      ? { state: "approval-requested", approval: { id: call } }
      : { state: "approval-responded", approval: { id: call, approved, reason } }),
  })),
});

const answer = (user: TestUser, message: object, sending = {}) =>
  postAiSdk(user, { id, messages: [userMessage("Cancel"), message] }, sending);

test("an approved call is made as it was asked about, and the same message goes on", async () => {
  const user = await newUser();
  const [ada] = await lend(user, "Ada", "Ben");
  await using _ = await scriptModel(user.id, [cancelTurn(ada), { text: "Cancelled." }]);
  const { run_id, frames, calls: [call = ""] } = await asked(user);
  assert.deepEqual(itemsOf(frames).at(-1), { type: "finish", finishReason: "tool-calls" });
  assert.equal(frames.at(-1)?.event, "run_paused");
  const again = await getProjected(user, `ai-sdk/${id}/stream`);
  assert.deepEqual(await framesIn(again), frames, "a reload shows what waits");

  const response = await answer(user, answered(run_id, { [call]: true }));
  assert.equal(response.headers.get("x-run-after"), frames.at(-1)?.id);
  const rest = await framesIn(response);
  assert.deepEqual(itemsOf(rest)[0], { type: "start", messageId: run_id });
  assert.ok(kindsOf(rest).includes("tool-output-available"));
  assert.equal(saidIn(rest), "Cancelled.");
  assert.deepEqual(await borrowers(user), ["Ben"]);
  const whole = await framesIn(await getProjected(user, `ai-sdk/runs/${run_id}/events`));
  assert.deepEqual([...frames, ...rest], whole);
  const repeated = await framesIn(await answer(user, answered(run_id, { [call]: true })));
  assert.deepEqual(repeated, rest, "the same answer again is the same stream");
  const contradiction = await answer(user, answered(run_id, { [call]: false }));
  assert.deepEqual([contradiction.status, await contradiction.text()], [409, "The run has ended."]);
});

test("a refused call is not made; the model is told why", async () => {
  const user = await newUser();
  const [ada] = await lend(user, "Ada");
  await using script = await scriptModel(user.id, [cancelTurn(ada), { text: "Then not." }]);
  const { run_id, calls: [call = ""] } = await asked(user);
  const rest = await framesIn(await answer(user, answered(run_id, { [call]: false }, "She needs it")));
  assert.ok(kindsOf(rest).includes("tool-output-denied"));
  assert.equal(saidIn(rest), "Then not.");
  assert.deepEqual(await borrowers(user), ["Ada"]);
  assert.match(JSON.stringify((await script.requests())[1]), /She needs it/);
});

test("some of several answers leave the message where it is; the last one goes on, sent with those before it", async () => {
  const user = await newUser();
  const [ada, ben] = await lend(user, "Ada", "Ben");
  await using _ = await scriptModel(user.id, [cancelTurn(ada, ben), { text: "One of them." }]);
  const { run_id, frames, calls: [first = "", second = ""] } = await asked(user);
  const part = await answer(user, answered(run_id, { [first]: true, [second]: undefined }));
  const waiting = await framesIn(part);
  assert.deepEqual(kindsOf(waiting), ["start", "data-run", "finish-step", "finish"]);
  assert.deepEqual(itemsOf(waiting)[0], { type: "start", messageId: run_id });
  assert.partialDeepStrictEqual(itemsOf(waiting)[1], {
    data: { status: "awaiting_approval", open: [second] },
  });
  assert.deepEqual([waiting.at(-1)?.id, waiting.at(-1)?.event], [frames.at(-1)?.id, "run_paused"]);
  assert.deepEqual(await borrowers(user), ["Ada", "Ben"]);
  const rest = await framesIn(await answer(user, answered(run_id, { [first]: true, [second]: false })));
  assert.equal(saidIn(rest), "One of them.");
  assert.deepEqual(await borrowers(user), ["Ben"]);
});

test("an answer that is sent again while the next call waits is told again what came of it", async () => {
  const user = await newUser();
  const [ada, ben] = await lend(user, "Ada", "Ben");
  await using _ = await scriptModel(user.id, [cancelTurn(ada), cancelTurn(ben), { text: "Both." }]);
  const { run_id, calls: [first = ""] } = await asked(user);
  const second = await framesIn(await answer(user, answered(run_id, { [first]: true })));
  const [next = ""] = askedIn(second);
  assert.deepEqual(await framesIn(await answer(user, answered(run_id, { [first]: true }))), second);
  const rest = await framesIn(await answer(user, answered(run_id, { [first]: true, [next]: true })));
  assert.deepEqual([saidIn(rest), await borrowers(user)], ["Both.", []]);
});

test("a call whose arguments were edited at the native route stays as it was decided when its client says yes to it again", async () => {
  const user = await newUser();
  const [ada, ben, cleo] = await lend(user, "Ada", "Ben", "Cleo");
  await using _ = await scriptModel(user.id, [cancelTurn(ada, ben), { text: "One of them." }]);
  const { run_id, frames, calls: [first = "", second = ""] } = await asked(user);
  const data = itemsOf(frames).find(({ type, id }) => type === "data-approval" && id === first)?.data;
  const { arguments_sha256 } = z.object({ arguments_sha256: z.string() }).parse(data);
  const edited = decisionOn({ tool_call_id: first, arguments_sha256 }, { arguments: { loan_id: cleo ?? 0 } });
  assert.equal((await sendDecisions(user, run_id, [edited], { stream: false })).status, 200);
  const refused = await answer(user, answered(run_id, { [first]: false, [second]: false }));
  assert.deepEqual([refused.status, await refused.text()], [409, "This was decided already."]);
  const rest = await framesIn(await answer(user, answered(run_id, { [first]: true, [second]: false })));
  assert.equal(saidIn(rest), "One of them.");
  assert.deepEqual(await borrowers(user), ["Ada", "Ben"]);
});

test("set 5 has no answer of its own: its client decides at the native route and reads on", async () => {
  const user = await newUser();
  const [ada] = await lend(user, "Ada");
  await using _ = await scriptModel(user.id, [cancelTurn(ada), { text: "Cancelled." }]);
  const { run_id, frames, calls } = await asked(user, "5");
  assert.deepEqual(calls, []);
  const asks = itemsOf(frames).find(({ type }) => type === "data-approval")?.data;
  assert.ok(typeof asks === "object" && asks !== null && "tool_call_id" in asks);
  const { tool_call_id, arguments_sha256 } = asks;
  const decision = decisionOn({
    tool_call_id: String(tool_call_id),
    arguments_sha256: String(arguments_sha256),
  });
  const decided = await sendDecisions(user, run_id, [decision], { stream: false });
  assert.equal(decided.status, 200);
  await decided.body?.cancel();
  const path = `ai-sdk/runs/${run_id}/events?set=5&after=${frames.at(-1)?.id}`;
  assert.equal(saidIn(await framesIn(await getProjected(user, path))), "Cancelled.");
});

test("a new message while a call waits moves on: the call is not made", async () => {
  const user = await newUser();
  const [ada] = await lend(user, "Ada");
  await using _ = await scriptModel(user.id, [cancelTurn(ada), { text: "Something else." }]);
  const { run_id, calls: [call = ""] } = await asked(user);
  const next = await framesIn(await postAiSdk(user, { id, messages: [userMessage("Never mind")] }));
  assert.equal(saidIn(next), "Something else.");
  assert.deepEqual(await borrowers(user), ["Ada"]);
  const late = await answer(user, answered(run_id, { [call]: true }));
  assert.deepEqual([late.status, late.headers.get("x-error-kind")], [409, "conflict"]);
  await late.text();
});

test("only its person answers: no agent, no other user, and nobody for a call that is not there", async () => {
  const [user, other] = [await newUser(), await newUser()];
  const [ada] = await lend(user, "Ada");
  await using _ = await scriptModel(user.id, [cancelTurn(ada)]);
  const { run_id, calls: [call = ""] } = await asked(user);
  const message = answered(run_id, { [call]: true });
  for (
    const [response, status] of [
      [await answer(user, message, { headers: { "x-agent": "planner" } }), 403],
      [await answer(other, message), 404],
      [await answer(user, answered(run_id, { [crypto.randomUUID()]: true })), 404],
    ] as const
  ) assert.equal(response.status, status, await response.text());
  assert.deepEqual(await borrowers(user), ["Ada"]);
});
