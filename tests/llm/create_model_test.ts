// The policy over a list of models: what is repeated, what goes on to the next model, and what is given up.
import assert from "node:assert/strict";
import { AgentError } from "../../shared/contracts/errors.ts";
import type { ModelEvent } from "../../shared/contracts/model.ts";
import { createModel } from "../../shared/llm/create_model.ts";
import { modelRow } from "../../shared/llm/model_table.ts";
import { startWireServer } from "../support/wire/wire_server.ts";
import type { WireTurn } from "../support/wire/wire_server.ts";
import { failed, finished, IMPATIENT, REPORTED, unused } from "./fixtures/fixture.ts";
import {
  answer,
  CLOCK,
  collect,
  DONE,
  finish,
  request,
  runTurn,
  settings,
  stream,
  text,
  USAGE,
  usage,
} from "./support.ts";

const OK = stream(text("Hi."), finish("stop"), usage(USAGE), DONE);
const TWO = { models: { balanced: [modelRow("first", []), modelRow("second", [])], speed: [] } };
const refusal = (status: number, headers: Record<string, string> = {}): WireTurn =>
  answer(status, "no", headers);

function asked(requests: { body: Record<string, unknown> }[]): unknown[] {
  return requests.map(({ body }) => body.model);
}

for (const status of [400, 401, 402, 403, 404, 422]) {
  Deno.test(`${status} is not repeated on the same model, the next one is asked`, async () => {
    const { terminal, requests } = await runTurn([refusal(status), OK], { settings: TWO });
    assert.deepEqual(asked(requests), ["first", "second"]);
    assert.deepEqual(terminal, finished({ text: "Hi.", usage: { ...REPORTED, model_calls: 2 } }));
  });
}

Deno.test("a model that stays overloaded is tried three times before the next one is asked", async () => {
  const { requests } = await runTurn([refusal(500), refusal(500), refusal(500), OK], { settings: TWO });
  assert.deepEqual(asked(requests), ["first", "first", "first", "second"]);
});

Deno.test("a host that asks for a long wait is left for the next model", async () => {
  const { requests } = await runTurn([refusal(429, { "retry-after": "7" }), OK], { settings: TWO });
  assert.deepEqual(asked(requests), ["first", "second"]);
});

Deno.test("a model that hangs is left for the next one", async () => {
  const { requests } = await runTurn([{ stall: "before_headers", body: [] }, OK], {
    settings: { ...TWO, ...IMPATIENT },
  });
  assert.deepEqual(asked(requests), ["first", "second"]);
});

Deno.test("when every model failed the last of equal failures is told, with the usage of all", async () => {
  const { terminal } = await runTurn([refusal(402), refusal(401)], { settings: TWO });
  assert.deepEqual(terminal, failed("auth", { model: "second", usage: unused(2) }));
});

Deno.test("a failure that passes is told before one of another model that an operator has to mend", async () => {
  for (
    const turns of [
      [refusal(401), refusal(503), refusal(503), refusal(503)],
      [refusal(503), refusal(503), refusal(503), refusal(401)],
    ]
  ) {
    const { terminal } = await runTurn(turns, { settings: TWO });
    assert.equal(terminal.type === "failed" && terminal.kind, "overloaded");
  }
});

Deno.test("after text was shown what broke it off is told, whatever the model before failed of", async () => {
  const { terminal } = await runTurn(
    [refusal(503), refusal(503), refusal(503), stream(text("Hi"), 'data: {"error":{"code":401}}\n\n')],
    { settings: TWO },
  );
  assert.equal(terminal.type === "failed" && terminal.kind, "auth");
});

Deno.test("a model that is left alone counts as one that failed for a while", async () => {
  const server = startWireServer([refusal(500), refusal(400)]);
  const model = createModel(
    {
      state: "ready",
      ...settings(server.url),
      models: { balanced: [modelRow("first", []), modelRow("second", [])], speed: [modelRow("first", [])] },
      breaker: { failures: 1, open_ms: 60_000 },
    },
    { fetch, clock: CLOCK, log: { error: () => {} }, random: () => 0 },
  );
  const kinds: unknown[] = [];
  for (const profile of ["speed", "balanced"] as const) {
    const turn = model.streamTurn(request({ profile }), { signal: new AbortController().signal });
    const terminal = (await Array.fromAsync(turn)).at(-1);
    kinds.push(terminal?.type === "failed" && [terminal.kind, terminal.model]);
  }
  assert.deepEqual(kinds, [["overloaded", "first"], ["overloaded", "first"]]);
  await server.close();
});

Deno.test("nothing is repeated once a word was shown", async () => {
  const { terminal } = await runTurn([stream('data: {"choices":[{"delta":{"content":"Hi"}}]}\n\n')], {
    settings: TWO,
  });
  assert.equal(terminal.type === "failed" && terminal.kind, "truncated_stream");
});

Deno.test("a turn of which only thoughts and the first sign of a call were seen is tried again", async () => {
  const beginnings = [
    'data: {"choices":[{"delta":{"content":"  "}}]}\n\n',
    'data: {"choices":[{"delta":{"content":"<think>Hm"}}]}\n\n',
    'data: {"choices":[{"delta":{"content":"Hm.\\n</think>\\n"}}]}\n\n',
    'data: {"choices":[{"delta":{"reasoning":"Hm"}}]}\n\n',
    'data: {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"name":"get_tasks"}}]}}]}\n\n',
  ];
  for (const beginning of beginnings) {
    const { terminal } = await runTurn([stream(beginning), OK], { settings: TWO });
    assert.equal(terminal.type === "finished" && terminal.text, "Hi.");
  }
});

Deno.test("a turn that grew beyond its limits is not repeated, even where nothing was shown", async () => {
  const { terminal } = await runTurn([stream(text("x".repeat(1_000_001)))], { settings: TWO });
  assert.equal(terminal.type === "failed" && terminal.kind, "output_limit");
});

Deno.test("a host that can't be reached is a network failure after three attempts", async () => {
  const server = startWireServer([]);
  await server.close();
  const { terminal } = await collect(server.url, {});
  assert.deepEqual(terminal, failed("network", { model: "first", usage: unused(3) }));
});

Deno.test("each profile asks its own models", async () => {
  const { requests } = await runTurn([OK], { request: request({ profile: "speed" }) });
  assert.deepEqual(asked(requests), ["quick"]);
});

Deno.test("a call carries its key, and nothing of another account from the environment", async () => {
  Deno.env.set("OPENAI_ORG_ID", "org-else");
  Deno.env.set("OPENAI_PROJECT_ID", "proj-else");
  try {
    const { requests } = await runTurn([OK]);
    const headers = requests[0]?.headers;
    assert.equal(headers?.get("authorization"), "Bearer sk-wire-test");
    assert.equal(headers?.get("openai-organization"), null);
    assert.equal(headers?.get("openai-project"), null);
    assert.equal(requests[0]?.path, "/v1/chat/completions");
  } finally {
    Deno.env.delete("OPENAI_ORG_ID");
    Deno.env.delete("OPENAI_PROJECT_ID");
  }
});

Deno.test("a failure is logged with the host's generation id", async () => {
  const { log } = await runTurn([{ headers: { "x-generation-id": "gen-77" }, body: [{ send: text("Hi") }] }]);
  assert.equal(log[0]?.details.generation_id, "gen-77");
});

Deno.test("incomplete settings are told at the first use, with the variable to set", () => {
  const model = createModel({ state: "incomplete", problem: "LLM_BASE_URL is not set" }, {
    fetch,
    clock: CLOCK,
    log: { error: () => {} },
    random: () => 0,
  });
  assert.throws(
    () => model.streamTurn(request(), { signal: new AbortController().signal }),
    (thrown) =>
      thrown instanceof AgentError && thrown.kind === "model_misconfigured" &&
      /LLM_BASE_URL/.test(thrown.message),
  );
});

Deno.test("a host that is down is tried by the first calls only, and again after the pause", async () => {
  let now = 1_000_000;
  const server = startWireServer([refusal(500), refusal(500), refusal(500), OK, OK]);
  const model = createModel(
    { state: "ready", ...settings(server.url), breaker: { failures: 3, open_ms: 15_000 } },
    { fetch, clock: { ...CLOCK, now: () => now }, log: { error: () => {} }, random: () => 0 },
  );
  async function last(): Promise<ModelEvent | undefined> {
    const events = await Array.fromAsync(
      model.streamTurn(request(), { signal: new AbortController().signal }),
    );
    return events.at(-1);
  }
  assert.deepEqual(await last(), failed("overloaded", { model: "first", usage: unused(3) }));
  now += 5_000;
  assert.deepEqual(
    await last(),
    failed("overloaded", { model: "first", usage: unused(0), retry_after_ms: 10_000 }),
  );
  assert.equal(server.requests.length, 3);
  now += 10_000;
  assert.deepEqual(await last(), finished({ text: "Hi." }));
  assert.deepEqual(await last(), finished({ text: "Hi." }));
  await server.close();
});

Deno.test("while one model is left alone the next one of the list answers", async () => {
  const server = startWireServer([refusal(500), OK, OK]);
  const model = createModel(
    { state: "ready", ...settings(server.url), ...TWO, breaker: { failures: 1, open_ms: 60_000 } },
    { fetch, clock: CLOCK, log: { error: () => {} }, random: () => 0 },
  );
  for (let turn = 0; turn < 2; turn += 1) {
    const events = await Array.fromAsync(
      model.streamTurn(request(), { signal: new AbortController().signal }),
    );
    assert.equal(events.at(-1)?.type, "finished");
  }
  assert.deepEqual(asked(server.requests), ["first", "second", "second"]);
  await server.close();
});

Deno.test("a host that still writes when the time is up is not down", async () => {
  const server = startWireServer([{ body: [{ repeat: text("on "), every_ms: 2 }] }, OK]);
  const model = createModel(
    {
      state: "ready",
      ...settings(server.url),
      timeouts: { first_frame_ms: 2_000, idle_ms: 2_000, overall_ms: 60 },
      breaker: { failures: 1, open_ms: 60_000 },
    },
    { fetch, clock: CLOCK, log: { error: () => {} }, random: () => 0 },
  );
  const ends: unknown[] = [];
  for (let turn = 0; turn < 2; turn += 1) {
    const events = await Array.fromAsync(
      model.streamTurn(request(), { signal: new AbortController().signal }),
    );
    const last = events.at(-1);
    ends.push(last?.type === "failed" ? last.kind : last?.type);
  }
  assert.deepEqual(ends, ["timeout", "finished"]);
  await server.close();
});
