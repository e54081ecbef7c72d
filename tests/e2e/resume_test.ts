import assert from "node:assert/strict";
import { callFunction, chat, readTurn } from "../support/stack/calling.ts";
import { answerTurn, planTurn, submitTurn } from "../support/agents/plans.ts";
import { scriptModel } from "../support/models/script.ts";
import { newUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

const follow = (
  user: { token: string },
  run_id: string,
  init: { after?: string; headers?: Record<string, string> },
) =>
  callFunction(
    user,
    `agent-planner/runs/${run_id}/events${init.after === undefined ? "" : `?after=${init.after}`}`,
    {
      method: "GET",
      headers: init.headers,
    },
  );

test("a reader who resumes anywhere gets exactly the rest of the stream", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, [
    planTurn([{ step_number: 1 }]),
    submitTurn(1),
    answerTurn("Done."),
  ]);
  const { events, state } = await chat(user, { message: "Plan" });

  for (let last = 0; last < events.length; last++) {
    const byQuery = await readTurn(await follow(user, state.run_id, { after: String(last) }));
    assert.deepEqual(byQuery.events, events.slice(last));
    const byHeader = await readTurn(
      await follow(user, state.run_id, { headers: { "last-event-id": String(last) } }),
    );
    assert.deepEqual(byHeader.events, events.slice(last));
  }
});

test("a reader who has the whole stream already gets an empty one that ends", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, [{ text: "Done." }]);
  const { events, state } = await chat(user, { message: "Hi" });
  const rest = await readTurn(await follow(user, state.run_id, { after: String(events.length) }));
  assert.deepEqual(rest.events, []);
});

test("a reader who names an event that the run does not have is refused, with the last one's number", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [{ text: "Done.", hold: "answer" }]);
  const response = await callFunction(user, "agent-planner", { body: { message: "Hi" } });
  const run_id = response.headers.get("x-run-id") ?? "";
  await script.reached("answer");
  const refusal = async () => {
    const refused = await follow(user, run_id, { headers: { "last-event-id": "500" } });
    return { code: refused.status, ...(await refused.json()).error };
  };

  const running = await refusal();
  await script.release("answer");
  const { events } = await readTurn(response);
  const ended = await refusal();

  for (const error of [running, ended]) {
    assert.deepEqual([error.code, error.field, error.run_id, error.retryable], [400, "after", run_id, false]);
  }
  assert.equal(running.last, "1", "while it runs");
  assert.equal(ended.last, String(events.length), "when it has ended");
});

test("a run goes on when its caller goes away, and can be read afterwards", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [{ text: "Still here.", hold: "answer" }]);
  const response = await callFunction(user, "agent-planner", { body: { message: "Hi" } });
  const run_id = response.headers.get("x-run-id") ?? "";
  await script.reached("answer");
  await response.body?.cancel();
  await script.release("answer");

  const { state } = await readTurn(await follow(user, run_id, {}));

  assert.equal(state.status, "completed");
  assert.deepEqual(state.parts, ["Still here."]);
});

test("the events of another user's run are not there, and a cursor that is no number is refused", async () => {
  const [owner, other] = [await newUser(), await newUser()];
  await using _ = await scriptModel(owner.id, [{ text: "Mine." }]);
  const { state } = await chat(owner, { message: "Hi" });
  const foreign = await follow(other, state.run_id, {});
  await foreign.text();
  assert.equal(foreign.status, 404);
  for (const after of ["-1", "x", "1.5"]) {
    const refused = await follow(owner, state.run_id, { after });
    assert.equal(refused.status, 400, after);
    assert.equal((await refused.json()).error.field, "after");
  }
});
