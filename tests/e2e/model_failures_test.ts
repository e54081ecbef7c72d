// A model that can't be reached or does not behave: the user hears a plain sentence, keeps the message, and can
// go on at once.
import assert from "node:assert/strict";
import { otherFunctions } from "../support/stack/functions.ts";
import { assertContract, callFunction, chat } from "../support/stack/calling.ts";
import { type ScriptedTurnInput, scriptModel } from "../support/models/script.ts";
import { newUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

type Host = Extract<ScriptedTurnInput, { error: unknown }>["error"];

const HOSTS: Record<string, { host: Host; kind: string }> = {
  "401": {
    host: { status: 401, body: { error: { message: "bad key sk-secret" } } },
    kind: "model_misconfigured",
  },
  "429": { host: { status: 429, body: { error: { message: "slow down" } } }, kind: "model_rate_limited" },
  "500": {
    host: { status: 500, body: { error: { message: "boom at 10.0.0.7" } } },
    kind: "model_unavailable",
  },
  "HTML": {
    host: { status: 200, body: "<html>hello</html>", content_type: "text/html" },
    kind: "model_failed",
  },
};

for (const [name, { host, kind }] of Object.entries(HOSTS)) {
  test(`a model host that answers ${name} ends the run in an error event, and the session goes on`, async () => {
    const user = await newUser();
    // As many as the retries may take; the test looks at the outcome and not at their number.
    const script = await scriptModel(user.id, Array.from({ length: 12 }, () => ({ error: host })));

    const { events, state } = await chat(user, { message: "Hello?" });

    assertContract(events);
    assert.equal(state.status, "failed");
    assert.match(state.error?.kind ?? "", /^model_/);
    assert.equal(state.error?.kind, kind);
    const said = JSON.stringify(events);
    for (const secret of ["sk-secret", "10.0.0.7", "<html>", "slow down"]) {
      assert.ok(!said.includes(secret), secret);
    }
    const runs = await user.client.from("agent_runs").select("status, error");
    assert.equal(runs.data?.[0]?.status, "failed");
    const messages = await user.client.from("chat_messages").select("role, content").order("seq");
    assert.deepEqual(messages.data, [
      { role: "user", content: "Hello?" },
      { role: "assistant", content: "This failed before it was finished. Nothing was changed." },
    ]);

    await script.end().catch(() => {});
    await using _ = await scriptModel(user.id, [{ text: "Here I am." }]);
    const next = await chat(user, { message: "Again", session_id: state.session_id });
    assert.deepEqual(next.state.parts, ["Here I am."]);
  });
}

test("a caller who does not stream gets the failure as a status with the run's ids", async () => {
  const user = await newUser();
  const script = await scriptModel(user.id, [{ error: { status: 401, body: "{}" } }]);
  const response = await callFunction(user, "agent-planner", { body: { message: "Hi", stream: false } });
  assert.equal(response.status, 502);
  const { error } = await response.json();
  assert.equal(error.kind, "model_misconfigured");
  const { data } = await user.client.from("agent_runs").select("id, session_id").single();
  assert.equal(error.run_id, data?.id);
  assert.equal(error.session_id, data?.session_id);
  await script.end().catch(() => {});
});

test("a model endpoint that can't be reached ends the run in an error event, and says nothing of where it is", async () => {
  const key = `sk-canary-${crypto.randomUUID()}`;
  await using functions = await otherFunctions({
    settings: {
      LLM_BASE_URL: "http://127.0.0.1:9/v1",
      LLM_API_KEY: key,
      LLM_BALANCED_MODELS: "nobody",
      LLM_SPEED_MODELS: "nobody",
    },
  });
  const user = await newUser();

  const { events, state } = await chat(user, { message: "Hello?" }, functions.url);

  assertContract(events);
  assert.equal(state.error?.kind, "model_unavailable");
  assert.equal(state.error?.retryable, true);
  const runs = await user.client.rpc("get_run", { p_run_id: state.run_id });
  for (const said of [JSON.stringify(events), JSON.stringify(runs.data), functions.lines.join("\n")]) {
    assert.ok(!said.includes(key), "the key leaked");
  }
  assert.ok(!JSON.stringify(events).includes("127.0.0.1"));
});

test("functions without any model settings start, and say what is missing only to their operator", async () => {
  await using functions = await otherFunctions({ settings: {} });
  const user = await newUser();

  const { state } = await chat(user, { message: "Hello?" }, functions.url);

  assert.equal(state.error?.kind, "model_misconfigured");
  assert.match(functions.lines.join("\n"), /LLM_BASE_URL/);
});

for (const tokens of [1e300, 3e9, -5]) {
  test(`a host that reports ${tokens} tokens neither breaks the run nor the process`, async () => {
    const user = await newUser();
    await using _ = await scriptModel(user.id, [{ text: "Fine.", usage: { prompt_tokens: tokens } }, {
      text: "Still.",
    }]);
    const { state } = await chat(user, { message: "Hi" });
    assert.equal(state.status, "completed");
    assert.equal(state.usage?.estimated, true);
    const next = await chat(user, { message: "And now?", session_id: state.session_id });
    assert.equal(next.state.status, "completed");
  });
}
