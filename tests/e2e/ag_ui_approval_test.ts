// Interrupts as AG-UI has them: a run of the client's ends with them, and its next one answers them.
import assert from "node:assert/strict";
import { z } from "zod";
import type { ProjectedFrame } from "../../shared/protocols/frame.ts";
import { scriptModel } from "../support/models/script.ts";
import { borrowers, cancelTurn, lend } from "../support/stack/asking.ts";
import {
  framesIn,
  getProjected,
  itemsOf,
  kindsOf,
  postAgUi,
  runIdOf,
  saidIn,
} from "../support/stack/projected.ts";
import { newUser, type TestUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

const threadId = "thread-1";
const asking = { role: "user", content: "Cancel" };
const Interrupted = z.looseObject({
  outcome: z.object({ type: z.literal("interrupt"), interrupts: z.array(z.looseObject({ id: z.string() })) }),
});

const interruptsOf = (frames: readonly ProjectedFrame[]) =>
  Interrupted.parse(itemsOf(frames).at(-1)).outcome.interrupts.map(({ id }) => id);

async function asked(user: TestUser) {
  const response = await postAgUi(user, { threadId, runId: "run-1", messages: [asking] });
  const run_id = runIdOf(response);
  const frames = await framesIn(response);
  return { run_id, frames, calls: interruptsOf(frames) };
}

const resolved = (interruptId: string, payload: object) => ({ interruptId, status: "resolved", payload });

/** What the client sends next: its history, and the answers. */
async function answer(
  user: TestUser,
  resume: object[],
  messages: object[] = [asking, { role: "assistant" }],
) {
  return await framesIn(await postAgUi(user, { threadId, runId: crypto.randomUUID(), messages, resume }));
}

const errorIn = (frames: readonly ProjectedFrame[]) => {
  const end = itemsOf(frames).at(-1);
  return [end?.type, end?.code];
};

test("an approved call is made, in a run of the client's that begins behind the interrupts", async () => {
  const user = await newUser();
  const [ada] = await lend(user, "Ada", "Ben");
  await using _ = await scriptModel(user.id, [cancelTurn(ada), { text: "Cancelled." }]);
  const { run_id, frames, calls: [call = ""] } = await asked(user);
  const path = `ag-ui/runs/${run_id}/events`;
  assert.deepEqual(
    await framesIn(await getProjected(user, path)),
    frames,
    "the newest segment is the one that waits",
  );

  const rest = await answer(user, [resolved(call, { approved: true })]);
  assert.equal(kindsOf(rest)[0], "RUN_STARTED");
  assert.deepEqual(itemsOf(rest).at(-1)?.outcome, { type: "success" });
  assert.equal(saidIn(rest), "Cancelled.");
  assert.deepEqual(await borrowers(user), ["Ben"]);

  assert.deepEqual(
    await framesIn(await getProjected(user, path)),
    rest,
    "the newest segment is the one behind it",
  );
  const before = await framesIn(await getProjected(user, `${path}?after=0`));
  assert.deepEqual(before, frames, "one answer is one segment at most");
  const behind = await framesIn(await getProjected(user, `${path}?after=${frames.at(-1)?.id}`));
  assert.deepEqual(behind, rest);
  for (const [at, { id }] of frames.entries()) {
    const left = await framesIn(await getProjected(user, `${path}?after=${id}`));
    assert.deepEqual(left, at === frames.length - 1 ? rest : frames.slice(at + 1), id);
  }
});

test("the same answers again, whatever became of the first ones, are the same stream", async () => {
  const user = await newUser();
  const [ada, ben, cleo] = await lend(user, "Ada", "Ben", "Cleo");
  await using _ = await scriptModel(user.id, [cancelTurn(ada), cancelTurn(cleo), { text: "Both." }]);
  const { calls: [call = ""] } = await asked(user);
  const edited = [resolved(call, { approved: true, editedArgs: { loan_id: ben } })];
  const second = await answer(user, edited);
  assert.deepEqual(await borrowers(user), ["Ada", "Cleo"]);
  const [next = ""] = interruptsOf(second);
  assert.deepEqual(await answer(user, edited), second, "while the next one waits");
  const last = await answer(user, [resolved(next, { approved: false })]);
  assert.equal(saidIn(last), "Both.");
  assert.deepEqual(await answer(user, edited), second, "when all is over");
  assert.deepEqual(await answer(user, [resolved(next, { approved: false })]), last);
  assert.deepEqual(errorIn(await answer(user, [resolved(call, { approved: false })])), [
    "RUN_ERROR",
    "conflict",
  ]);
});

test("edited arguments are those that count, and are refused where they don't fit", async () => {
  const user = await newUser();
  const [ada, ben] = await lend(user, "Ada", "Ben");
  await using _ = await scriptModel(user.id, [cancelTurn(ada), { text: "Ben's, then." }]);
  const { calls: [call = ""] } = await asked(user);
  const edit = (editedArgs: object) => [resolved(call, { approved: true, editedArgs })];
  const refused = await postAgUi(user, {
    threadId,
    runId: "run-2",
    messages: [asking, {}],
    resume: edit({ loan_id: "x" }),
  });
  assert.equal(refused.status, 400, "it is wrong with the request");
  assert.equal((await refused.json()).error.field, "decisions.0.arguments.loan_id");
  const rest = await answer(user, edit({ loan_id: ben }));
  assert.equal(saidIn(rest), "Ben's, then.");
  assert.deepEqual(await borrowers(user), ["Ada"]);
});

test("all that waits is answered at once: some of it decides nothing; a cancelled interrupt declines", async () => {
  const user = await newUser();
  const [ada, ben] = await lend(user, "Ada", "Ben");
  await using _ = await scriptModel(user.id, [cancelTurn(ada, ben), { text: "One of them." }]);
  const { calls: [first = "", second = ""] } = await asked(user);
  const some = await answer(user, [resolved(first, { approved: true })]);
  assert.deepEqual(errorIn(some), ["RUN_ERROR", "conflict"]);
  assert.deepEqual(await borrowers(user), ["Ada", "Ben"]);
  const rest = await answer(user, [
    resolved(first, { approved: true }),
    { interruptId: second, status: "cancelled" },
  ]);
  assert.equal(saidIn(rest), "One of them.");
  assert.deepEqual(await borrowers(user), ["Ben"]);
});

test("the same answers again are told only as far as the client does not have it", async () => {
  const user = await newUser();
  const [ada] = await lend(user, "Ada");
  await using _ = await scriptModel(user.id, [cancelTurn(ada), { text: "Cancelled." }]);
  const { calls: [call = ""] } = await asked(user);
  const resume = [resolved(call, { approved: true })];
  const rest = await answer(user, resume);
  const text = itemsOf(rest).find(({ type }) => type === "TEXT_MESSAGE_START");
  const has = (content: string) => [asking, { id: text?.messageId, role: "assistant", content }];
  for (const content of ["Cancelled.", "Canc", ""]) {
    const again = await answer(user, resume, has(content));
    assert.equal(content + saidIn(again), "Cancelled.");
    assert.deepEqual(itemsOf(again)[0], itemsOf(rest)[0]);
    assert.deepEqual(itemsOf(again).at(-1), itemsOf(rest).at(-1));
  }
  const none = await answer(user, resume);
  assert.deepEqual(none, rest, "a client that has nothing of it is told all");
  const result = { id: `${call}:result`, role: "tool", toolCallId: call, content: "x" };
  const results = kindsOf(await answer(user, resume, [asking, result]));
  assert.deepEqual([kindsOf(rest), results].map((kinds) => kinds.includes("TOOL_CALL_RESULT")), [
    true,
    false,
  ]);
});

test("an answer that can't be read decides nothing: a decision can't be taken back", async () => {
  const user = await newUser();
  const [ada] = await lend(user, "Ada");
  await using _ = await scriptModel(user.id, [cancelTurn(ada), { text: "Cancelled." }]);
  const { calls: [call = ""] } = await asked(user);
  for (const payload of ["yes", { approved: "true" }, undefined, { approved: true, editedArgs: [1] }]) {
    const resume = [{ interruptId: call, status: "resolved", payload }];
    const refused = await postAgUi(user, {
      threadId,
      runId: crypto.randomUUID(),
      messages: [asking],
      resume,
    });
    assert.equal(refused.status, 400);
    assert.equal(
      (await refused.json()).error.message,
      "resume.0.payload: can't be read as an answer to an interrupt",
    );
  }
  assert.equal(saidIn(await answer(user, [resolved(call, { approved: true })])), "Cancelled.");
  assert.deepEqual(await borrowers(user), []);
});

const declined = (calls: string[]) => calls.map((interruptId) => ({ interruptId, status: "cancelled" }));

test("a message beside answers that decline all is what its user wants instead; their first one is nothing new", async () => {
  const user = await newUser();
  const [ada] = await lend(user, "Ada");
  await using _ = await scriptModel(user.id, [cancelTurn(ada), { text: "Then not." }, cancelTurn(ada), {
    text: "Instead.",
  }]);
  const first = await asked(user);
  const rest = await answer(user, declined(first.calls), [asking]);
  assert.equal(saidIn(rest), "Then not.", "the run goes on");
  const second = await framesIn(
    await postAgUi(user, { threadId, runId: "run-2", messages: [{ ...asking, content: "Again" }] }),
  );
  const instead = { role: "user", content: "Tell me a joke" };
  const turn = await answer(user, declined(interruptsOf(second)), [asking, instead]);
  assert.equal(saidIn(turn), "Instead.");
  assert.deepEqual(await borrowers(user), ["Ada"]);
  const { data } = await user.client.from("agent_runs").select("finished_reason").order("created_at");
  assert.deepEqual(data?.map(({ finished_reason }) => finished_reason), [
    "answered",
    "superseded",
    "answered",
  ]);
});

test("answers that a client keeps of a run that has failed do not keep its user from going on", async () => {
  const user = await newUser();
  const [ada] = await lend(user, "Ada", "Ben");
  await using script = await scriptModel(user.id, [
    cancelTurn(ada),
    { error: { status: 400, body: "no" }, when: { last: "tool" }, times: "any" },
    { text: "Here again.", when: { last: "user" } },
  ]);
  const { calls: [call = ""] } = await asked(user);
  const resume = [resolved(call, { approved: true })];
  const failed = await answer(user, resume);
  assert.equal(kindsOf(failed).at(-1), "RUN_ERROR");
  assert.deepEqual(await borrowers(user), ["Ben"]);
  assert.deepEqual(await answer(user, resume), failed, "the same again is told again");
  const next = await answer(user, resume, [asking, { role: "assistant" }, {
    role: "user",
    content: "And now?",
  }]);
  assert.equal(saidIn(next), "Here again.");
  assert.ok((await script.requests()).length > 2);
  const unknown = { interruptId: crypto.randomUUID(), status: "cancelled" };
  assert.deepEqual(errorIn(await answer(user, [unknown])), ["RUN_ERROR", "not_found"]);
});
