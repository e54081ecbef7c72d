// What `DefaultChatTransport` sends, and what it gets: turns, retries, edits, errors, over HTTP.
import assert from "node:assert/strict";
import { scriptModel } from "../support/models/script.ts";
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
import { chat } from "../support/stack/calling.ts";
import { newUser, type TestUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

const runsOf = async (user: TestUser) =>
  (await user.client.from("agent_runs").select("id, session_id, request_key").order("created_at")).data ?? [];
const sessionsOf = async (user: TestUser) =>
  (await user.client.from("chat_sessions").select("id, client_id").order("created_at")).data ?? [];

test("a message is a stream of one message whose id is the run's; its chat is a session of that id", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, [{ text: "Good morning." }, { text: "And you?" }]);
  const id = "abcdefghijklmnop";
  const response = await postAiSdk(user, { id, messages: [userMessage("Hi")], set: "6" });
  const { headers } = response;
  assert.deepEqual([
    headers.get("content-type"),
    headers.get("cache-control"),
    headers.get("x-accel-buffering"),
    headers.get("x-vercel-ai-ui-message-stream"),
  ], ["text/event-stream", "no-cache, no-transform", "no", "v1"]);
  const exposed = headers.get("access-control-expose-headers") ?? "";
  for (const name of ["x-run-id", "x-run-after", "x-request-id", "x-error-kind", "retry-after"]) {
    assert.ok(exposed.includes(name), name);
  }
  const run_id = runIdOf(response);
  const frames = await framesIn(response);
  assert.equal(itemsOf(frames)[0]?.messageId, run_id);
  assert.equal(saidIn(frames), "Good morning.");
  assert.deepEqual(kindsOf(frames).slice(-2), ["finish-step", "finish"]);
  assert.deepEqual([frames.at(-1)?.data, frames.at(-1)?.event], ["[DONE]", "done"]);

  const next = await framesIn(await postAiSdk(user, { id, messages: [userMessage("And?")] }));
  assert.equal(saidIn(next), "And you?");
  const [session, ...more] = await sessionsOf(user);
  assert.deepEqual([session?.client_id, more], [id, []]);
  assert.ok((await runsOf(user)).every(({ session_id }) => session_id === session?.id));
});

test("a session that was begun natively goes on under its own id", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, [{ text: "Begun." }, { text: "Gone on." }]);
  const { state } = await chat(user, { message: "Hi" });
  const id = state.session_id ?? "";
  assert.equal(
    saidIn(await framesIn(await postAiSdk(user, { id, messages: [userMessage("And?")] }))),
    "Gone on.",
  );
  assert.deepEqual(await sessionsOf(user), [{ id, client_id: null }]);
});

test("a message that is sent again is the same run; under the same id with another text it is a new one", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [{ text: "One." }, { text: "Two." }]);
  const first = { id: "chat-1", messages: [userMessage("Hi", "m1")] };
  const once = await framesIn(await postAiSdk(user, first));
  assert.deepEqual(await framesIn(await postAiSdk(user, first)), once);
  assert.equal((await script.requests()).length, 1);
  const edited = await framesIn(await postAiSdk(user, { id: "chat-1", messages: [userMessage("Ho", "m1")] }));
  assert.equal(saidIn(edited), "Two.");
  const keys = (await runsOf(user)).map(({ request_key }) => request_key?.replace(/[0-9a-f]{16}$/, "…"));
  assert.deepEqual(keys, ["ai:m1:…", "ai:m1:…"]);
});

test("an answer that is wanted anew is another run each time it was read, and one for each that is named", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, ["One.", "Two.", "Three.", "Four."].map((text) => ({ text })));
  const id = "chat-1";
  const messages = [userMessage("Hi", "m1")];
  const said = async (more: object) =>
    saidIn(await framesIn(await postAiSdk(user, { id, messages, ...more })));
  assert.equal(await said({}), "One.");
  const unnamed = { trigger: "regenerate-message" };
  assert.equal(await said(unnamed), "Two.");
  assert.equal(await said(unnamed), "Three.", "its reader has had the one before");
  const named = { trigger: "regenerate-message", messageId: (await runsOf(user)).at(-1)?.id };
  assert.equal(await said(named), "Four.");
  assert.equal(await said(named), "Four.", "the same again is a retry");
  assert.equal((await runsOf(user)).length, 4);
});

test("what a person is told before the stream is one sentence as plain text, and for programs in headers", async () => {
  const [user, other] = [await newUser(), await newUser()];
  await using script = await scriptModel(user.id, [{ text: "Here.", hold: "answer" }]);
  const id = "chat-1";
  const running = await postAiSdk(user, { id, messages: [userMessage("Hi", "m1")] });
  await script.reached("answer");
  const told = async (asked: Promise<Response>) => {
    const response = await asked;
    const body = await response.text();
    assert.match(response.headers.get("content-type") ?? "", /^text\/plain/);
    assert.match(response.headers.get("access-control-allow-origin") ?? "", /\*/);
    assert.match(response.headers.get("x-request-id") ?? "", /./);
    assert.match(body, /^[^{}]+[.\w]$/);
    const { status, headers } = response;
    return { status, kind: headers.get("x-error-kind"), body, run: headers.get("x-run-id"), headers };
  };
  const conflict = await told(postAiSdk(user, { id, messages: [userMessage("Ho", "m2")] }));
  assert.deepEqual([conflict.status, conflict.kind, conflict.run], [409, "conflict", runIdOf(running)]);
  assert.equal(
    conflict.body,
    "The session's previous run has not finished yet: wait for it, stop it, or read on.",
  );
  assert.match(conflict.headers.get("retry-after") ?? "", /^\d+$/);
  const run_id = runIdOf(running);
  const cases: [Promise<Response>, number, string][] = [
    [postAiSdk(null, { id, messages: [userMessage("Hi")] }), 401, "unauthenticated"],
    [getProjected(null, `ai-sdk/${id}/messages`), 401, "unauthenticated"],
    [postAiSdk(user, { id, messages: [] }), 400, "bad_request"],
    [postAiSdk(user, { id, messages: [userMessage(" ")] }), 400, "bad_request"],
    [postAiSdk(user, { id, messages: [userMessage("Hi")], set: "8" }), 400, "bad_request"],
    [getProjected(other, `ai-sdk/runs/${run_id}/events`), 404, "not_found"],
    [getProjected(user, "ai-sdk/runs/none/events"), 404, "not_found"],
    [getProjected(user, `ai-sdk/runs/${run_id}/events?after=1.x`), 400, "bad_request"],
    [getProjected(user, `ai-sdk/runs/${run_id}/events?after=99`), 400, "bad_request"],
    [getProjected(user, "ai-sdk"), 405, "method_not_allowed"],
  ];
  for (const [asked, status, kind] of cases) {
    const { status: code, kind: said, body } = await told(asked);
    assert.deepEqual([code, said], [status, kind], body);
  }
  await script.release("answer");
  assert.equal(saidIn(await framesIn(running)), "Here.");
});

test("a run that fails says so last, as the client reads nothing behind it", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, [{ error: { status: 400, body: "no" }, times: "any" }]);
  const frames = await framesIn(await postAiSdk(user, { id: "chat-1", messages: [userMessage("Hi")] }));
  assert.deepEqual(kindsOf(frames).slice(-2), ["message-metadata", "error"]);
  assert.equal(frames.at(-1)?.event, "error");
});

test("a client may send its whole conversation: its newest message is read, up to four megabytes", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, [{ text: "Here." }]);
  const older = userMessage("x".repeat(10_000));
  const history = (count: number) => [...Array.from({ length: count }, () => older), userMessage("Hi")];
  const id = "chat-1";
  assert.equal(saidIn(await framesIn(await postAiSdk(user, { id, messages: history(350) }))), "Here.");
  const refused = await postAiSdk(user, { id, messages: history(450) });
  assert.equal(refused.status, 413);
  assert.match(
    await refused.text(),
    /^The body is larger than 4096 KB\. Of the messages, only the newest is read/,
  );
});

test("a user's streams count here, too: no more than twenty are open at once", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [{ text: "Here.", hold: "answer" }]);
  const id = "chat-1";
  const first = await postAiSdk(user, { id, messages: [userMessage("Hi")] });
  await script.reached("answer");
  const others = await Promise.all(
    Array.from({ length: 19 }, () => getProjected(user, `ai-sdk/${id}/stream`)),
  );
  assert.ok(others.every(({ status }) => status === 200));
  const refused = await postAiSdk(user, { id, messages: [userMessage("Ho")] });
  assert.deepEqual([refused.status, refused.headers.get("x-error-kind")], [429, "rate_limited"]);
  assert.match(await refused.text(), /^You have 20 streams open/);
  assert.match(refused.headers.get("retry-after") ?? "", /^\d+$/);
  await script.release("answer");
  const all = await Promise.all([first, ...others].map(framesIn));
  for (const frames of all) assert.deepEqual(frames, all[0]);
  assert.equal((await getProjected(user, `ai-sdk/${id}/stream`)).status, 204, "they make room");
});
