// How many streams a user may have open at one process of the planner.
import assert from "node:assert/strict";
import { callFunction, chat, readTurn } from "../support/stack/calling.ts";
import { scriptModel } from "../support/models/script.ts";
import { withClaims } from "../support/stack/signed_token.ts";
import { newUser, type TestUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

const follow = (user: TestUser, run_id: string) =>
  callFunction(user, `agent-planner/runs/${run_id}/events`, { method: "GET" });

/** A process notices some time later that a reader has gone. */
async function whenThereIsRoom(open: () => Promise<Response>): Promise<Response> {
  for (;;) {
    const response = await open();
    if (response.status !== 429) return response;
    await response.text();
  }
}

test("a user has at most 20 streams open, whether they start runs or follow them, and another user has his own", async () => {
  const [user, other] = [await newUser(), await newUser()];
  await using script = await scriptModel(user.id, [{ text: "Here.", hold: "answer" }]);
  await using _ = await scriptModel(other.id, [{ text: "For you." }]);
  const started = await callFunction(user, "agent-planner", { body: { message: "Hi" } });
  const run_id = started.headers.get("x-run-id") ?? "";
  await script.reached("answer");
  const followed = await Promise.all(Array.from({ length: 19 }, () => follow(user, run_id)));
  assert.ok(followed.every(({ status }) => status === 200));

  const refused = [
    await follow(user, run_id),
    await callFunction(user, "agent-planner", { body: { message: "One more" } }),
  ];
  for (const response of refused) {
    const { error } = await response.json();
    assert.deepEqual([response.status, error.kind], [429, "rate_limited"]);
    assert.match(response.headers.get("retry-after") ?? "", /^\d+$/);
  }
  const forged = { token: withClaims(user.token, {}, "another-secret-of-at-least-32-characters") };
  const told = await callFunction(forged, "agent-planner", { body: { message: "One more" } });
  assert.equal(told.status, 401, "a forged token learns nothing of it");
  await told.text();
  assert.equal((await user.client.from("agent_runs").select("id")).data?.length, 1, "no run was started");
  assert.equal((await chat(other, { message: "Hi" })).state.status, "completed");

  await followed[0]?.body?.cancel();
  const again = await whenThereIsRoom(() => follow(user, run_id));
  assert.equal(again.status, 200, "a reader that goes makes room");
  await script.release("answer");
  const readers = [started, again, ...followed.slice(1)];
  for (const reader of readers) assert.deepEqual((await readTurn(reader)).state.parts, ["Here."]);
  const after = await Promise.all(Array.from({ length: 20 }, () => follow(user, run_id)));
  assert.deepEqual(after.map(({ status }) => status), after.map(() => 200), "streams that end make room");
  for (const reader of after) await reader.text();
});
