// What `HttpAgent` sends, and what it gets: runs, retries, resumes, errors, over HTTP.
import assert from "node:assert/strict";
import { answerTurn, planTurn, submitTurn } from "../support/agents/plans.ts";
import { scriptModel } from "../support/models/script.ts";
import { callFunction, chat } from "../support/stack/calling.ts";
import {
  framesIn,
  getProjected,
  itemsOf,
  kindsOf,
  postAgUi,
  runIdOf,
  saidIn,
} from "../support/stack/projected.ts";
import { newUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

const says = (content: string) => [{ id: "m1", role: "user", content }];
const thread = { threadId: "thread-1", runId: "run-1" };

test("a message is a run under the client's own ids; its thread is a session of that id", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, [{ text: "Good morning." }, { text: "And you?" }]);
  const response = await postAgUi(user, { ...thread, messages: says("Hi") });
  assert.deepEqual([response.headers.get("content-type"), response.headers.get("x-accel-buffering")], [
    "text/event-stream",
    "no",
  ]);
  const frames = await framesIn(response);
  const [started] = itemsOf(frames);
  const finished = itemsOf(frames).at(-1);
  assert.deepEqual([started?.type, started?.threadId, started?.runId], ["RUN_STARTED", "thread-1", "run-1"]);
  assert.deepEqual([finished?.type, finished?.outcome], ["RUN_FINISHED", { type: "success" }]);
  assert.equal(saidIn(frames), "Good morning.");
  assert.ok(frames.every(({ data }) => data !== "[DONE]"), "the client would end the stream");

  const next = await postAgUi(user, { ...thread, runId: "run-2", messages: says("And?") });
  assert.equal(saidIn(await framesIn(next)), "And you?");
  const { data } = await user.client.from("chat_sessions").select("client_id");
  assert.deepEqual(data, [{ client_id: "thread-1" }]);
});

test("the same run that is sent again is the same stream; with another message its id is taken", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [{ text: "Once." }]);
  const once = await framesIn(await postAgUi(user, { ...thread, messages: says("Hi") }));
  assert.deepEqual(await framesIn(await postAgUi(user, { ...thread, messages: says("Hi") })), once);
  assert.equal((await script.requests()).length, 1);
  const other = itemsOf(await framesIn(await postAgUi(user, { ...thread, messages: says("Ho") })));
  assert.deepEqual(other.map(({ type, code }) => [type, code]), [["RUN_STARTED", undefined], [
    "RUN_ERROR",
    "conflict",
  ]]);
});

test("a session that was begun natively is a thread of its own id", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, [{ text: "Begun." }, { text: "Gone on." }]);
  const { state } = await chat(user, { message: "Hi" });
  const threadId = state.session_id ?? "";
  const frames = await framesIn(await postAgUi(user, { threadId, runId: "run-1", messages: says("And?") }));
  assert.deepEqual([itemsOf(frames)[0]?.threadId, saidIn(frames)], [threadId, "Gone on."]);
  const native = await getProjected(user, `ag-ui/runs/${state.run_id}/events`);
  const [started] = itemsOf(await framesIn(native));
  assert.deepEqual(
    [started?.threadId, started?.runId],
    [threadId, state.run_id],
    "a run without a client has its own",
  );
});

test("a reader who resumes anywhere, in the middle of an event too, gets exactly the rest of the stream", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, [
    planTurn([{ step_number: 1 }]),
    submitTurn(1),
    answerTurn("Done."),
  ]);
  const response = await postAgUi(user, { ...thread, messages: says("Plan") });
  const run_id = runIdOf(response);
  const frames = await framesIn(response);
  assert.ok(frames.some(({ id }) => id.includes(".")));
  for (const [at, { id }] of frames.entries()) {
    // Behind each of them: cut_lines_deep_test.
    if (at % 4 !== 1 && at < frames.length - 2) continue;
    const path = `ag-ui/runs/${run_id}/events`;
    const headers = { "last-event-id": id };
    assert.deepEqual(await framesIn(await getProjected(user, path, { headers })), frames.slice(at + 1), id);
  }
  for (const query of ["", "?after=0"]) {
    const path = `ag-ui/runs/${run_id}/events${query}`;
    assert.deepEqual(await framesIn(await getProjected(user, path)), frames, query);
  }
});

test("what is wrong with a request is an answer in JSON; what its user can't help is a run that fails at once", async () => {
  const [user, other] = [await newUser(), await newUser()];
  await using script = await scriptModel(user.id, [{ text: "Here.", hold: "answer" }]);
  const running = await postAgUi(user, { ...thread, messages: says("Hi") });
  await script.reached("answer");
  const run_id = runIdOf(running);
  const as_json: [Promise<Response>, number][] = [
    [postAgUi(null, { ...thread, messages: says("Hi") }), 401],
    [postAgUi(user, { ...thread, messages: [] }), 400],
    [postAgUi(user, { ...thread, messages: says(" ") }), 400],
    [postAgUi(user, { ...thread, messages: says("x".repeat(4_300_000)) }), 413],
    [postAgUi(user, { ...thread, messages: says("Hi") }, { headers: { "x-agent": "planner" } }), 403],
    [getProjected(user, "ag-ui"), 405],
    [getProjected(other, `ag-ui/runs/${run_id}/events`), 404],
    [getProjected(user, `ag-ui/runs/${run_id}/events?after=99`), 400],
    [getProjected(user, `ag-ui/runs/${run_id}/events?after=0.1`), 400],
    [getProjected(user, `ag-ui/runs/${run_id}/events?set=6`), 400],
  ];
  for (const [asked, status] of as_json) {
    const response = await asked;
    const { error } = await response.json();
    assert.deepEqual([response.status, typeof error.message], [status, "string"], error.message);
  }
  const failed = async (
    asked: Promise<Response>,
  ): Promise<Record<string, unknown> & { headers: Headers }> => {
    const response = await asked;
    assert.equal(response.headers.get("x-run-id"), null, "nobody reconnects to it");
    const [started, error, ...more] = itemsOf(await framesIn(response));
    assert.deepEqual([started?.type, error?.type, more.length], ["RUN_STARTED", "RUN_ERROR", 0]);
    return { ...started, ...error, headers: response.headers };
  };
  const conflict = await failed(postAgUi(user, { ...thread, runId: "run-2", messages: says("Ho") }));
  assert.partialDeepStrictEqual(conflict, {
    ...{ threadId: "thread-1", runId: "run-2", code: "conflict" },
    message: "The session's previous run has not finished yet: wait for it, stop it, or read on.",
  });
  assert.match(conflict.headers.get("retry-after") ?? "", /^\d+$/);
  const props = { forwardedProps: { context_type: "book", entity_id: crypto.randomUUID() } };
  const unknown = await failed(postAgUi(other, { ...thread, messages: says("Hi"), ...props }));
  assert.deepEqual([unknown.code, unknown.message], ["not_found", "There is no such entity."]);
  const streams = await Promise.all(
    Array.from({ length: 19 }, () => getProjected(user, `ag-ui/runs/${run_id}/events`)),
  );
  const limited = await failed(postAgUi(user, { ...thread, runId: "run-3", messages: says("Ho") }));
  assert.deepEqual([limited.code, limited.headers.get("x-error-kind")], ["rate_limited", "rate_limited"]);
  await script.release("answer");
  for (const stream of [running, ...streams]) assert.equal(saidIn(await framesIn(stream)), "Here.");
});

test("a run that is cancelled ends so for its client, and one that fails with a sentence", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [
    { text: "Too late.", hold: "answer" },
    { error: { status: 400, body: "no" }, times: "any" },
  ]);
  const stopped = await postAgUi(user, { ...thread, messages: says("Hi") });
  await script.reached("answer");
  const cancelled = await callFunction(user, `agent-planner/runs/${runIdOf(stopped)}/cancel`, { body: {} });
  await cancelled.body?.cancel();
  assert.deepEqual(itemsOf(await framesIn(stopped)).at(-1)?.outcome, { type: "cancelled" });
  await script.release("answer");
  const failed = await framesIn(await postAgUi(user, { ...thread, runId: "run-2", messages: says("Ho") }));
  assert.equal(kindsOf(failed).at(-1), "RUN_ERROR");
});
