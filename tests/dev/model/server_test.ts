import assert from "node:assert/strict";
import OpenAI from "openai";
import { MODEL_ID } from "../../../dev/model/reply.ts";
import { ScriptReport } from "../../../dev/model/script.ts";
import { think } from "../../../dev/model/brain/think.ts";
import { modelApp } from "../../../dev/model/server.ts";

/** The server on a free port, with the official client of its API. */
function startModel() {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    modelApp({ first_token_ms: 0, tokens_per_second: 0 }, think).fetch,
  );
  const origin = `http://127.0.0.1:${server.addr.port}`;
  const client = new OpenAI({ baseURL: `${origin}/v1`, apiKey: "none", maxRetries: 0 });
  return {
    client,
    async script(method: string, path: string, body?: unknown): Promise<unknown> {
      const response = await fetch(`${origin}/_script/${path}`, {
        method,
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      return await response.json();
    },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

const STATUS = { type: "string", enum: ["backlog", "in_progress", "blocked", "done"] };
const TOOLS = [{
  type: "function" as const,
  function: {
    name: "list_tasks",
    description: "Lists tasks",
    parameters: { type: "object", properties: { status: { type: "array", items: STATUS } } },
  },
}];

function ask(content: string, user = "u1") {
  return { model: "any", user, messages: [{ role: "user" as const, content }] };
}

Deno.test("a stream carries a role, text by tokens, a finish reason and the usage", async () => {
  await using model = startModel();
  const stream = await model.client.chat.completions.create({ ...ask("Hello"), stream: true });
  const chunks = await Array.fromAsync(stream);
  assert.equal(chunks[0]?.choices[0]?.delta.role, "assistant");
  const pieces = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").filter((piece) => piece !== "");
  assert.ok(pieces.length > 10);
  assert.match(pieces.join(""), /^I have no rule for that: .*not a language model\./);
  assert.deepEqual(chunks.flatMap((chunk) => chunk.choices[0]?.finish_reason ?? []), ["stop"]);
  const usage = chunks.at(-1)?.usage;
  assert.ok((usage?.prompt_tokens ?? 0) > 0 && (usage?.completion_tokens ?? 0) > 0);
  assert.ok(chunks.every((chunk) => chunk.model === MODEL_ID));
});

Deno.test("a tool call comes as its id and name first and its arguments piece by piece", async () => {
  await using model = startModel();
  const stream = await model.client.chat.completions.create({
    ...ask("Show me my open tasks"),
    tools: TOOLS,
    stream: true,
  });
  const deltas = (await Array.fromAsync(stream)).flatMap((chunk) => chunk.choices[0]?.delta.tool_calls ?? []);
  const [head, ...rest] = deltas;
  assert.equal(head?.function?.name, "list_tasks");
  assert.match(head?.id ?? "", /^call_/);
  assert.equal(head?.function?.arguments, "");
  assert.ok(rest.length > 1 && rest.every((delta) => delta.index === 0 && delta.id === undefined));
  assert.deepEqual(JSON.parse(rest.map((delta) => delta.function?.arguments).join("")), {
    status: ["backlog", "in_progress", "blocked"],
  });
});

Deno.test("the answer without a stream is the same", async () => {
  await using model = startModel();
  const answer = await model.client.chat.completions.create({ ...ask("Show me my tasks"), tools: TOOLS });
  assert.equal(answer.choices[0]?.finish_reason, "tool_calls");
  const [call] = answer.choices[0]?.message.tool_calls ?? [];
  assert.equal(call?.type === "function" && call.function.name, "list_tasks");
});

Deno.test("cached tokens are the prefix shared with an earlier request of the same user", async () => {
  await using model = startModel();
  const cached = async (content: string, user: string) => {
    const answer = await model.client.chat.completions.create(ask(content, user));
    return answer.usage?.prompt_tokens_details?.cached_tokens;
  };
  const long = "a prompt of many words ".repeat(20);
  assert.equal(await cached(long, "u1"), 0);
  assert.ok((await cached(`${long} and more`, "u1") ?? 0) > 50);
  assert.equal(await cached(`${long} and more`, "u2"), 0);
});

Deno.test("a script answers its user turn by turn, and only that user", async () => {
  await using model = startModel();
  await model.script("POST", "u1", {
    turns: [
      { when: { contains: "second" }, text: "2" },
      { text: "1", reasoning: "because", usage: { prompt_tokens: 7 }, model: "another-model" },
    ],
  });
  const first = await model.client.chat.completions.create(ask("first"));
  assert.deepEqual([first.choices[0]?.message.content, first.model, first.usage?.prompt_tokens], [
    "1",
    "another-model",
    7,
  ]);
  const other = await model.client.chat.completions.create(ask("second", "u2"));
  assert.notEqual(other.choices[0]?.message.content, "2");
  const second = await model.client.chat.completions.create(ask("second"));
  assert.equal(second.choices[0]?.message.content, "2");
  const report = ScriptReport.parse(await model.script("GET", "u1"));
  assert.deepEqual([report.requests.length, report.unused, report.unexpected.length], [2, 0, 0]);
});

Deno.test("a turn may answer several requests, or any number, and is unused only while it answered none", async () => {
  await using model = startModel();
  const say = async (content: string) => {
    const answer = await model.client.chat.completions.create(ask(content));
    return answer.choices[0]?.message.content;
  };
  const unused = async () => ScriptReport.parse(await model.script("GET", "u1")).unused;
  await model.script("POST", "u1", {
    turns: [{ text: "twice", times: 2 }, { text: "always, {{use}}", times: "any" }],
  });
  assert.equal(await unused(), 2);
  assert.equal(await say("a"), "twice");
  assert.equal(await unused(), 1);
  assert.equal(await say("b"), "twice");
  assert.equal(await say("c"), "always, 1", "no two answers need be the same");
  assert.equal(await say("d"), "always, 2");
  assert.equal(await unused(), 0);
});

Deno.test("a turn may ask who wrote the last message", async () => {
  await using model = startModel();
  await model.script("POST", "u1", {
    turns: [{ when: { last: "assistant" }, text: "2" }, { when: { last: "user" }, text: "1", times: "any" }],
  });
  const said = async (role: "user" | "assistant") => {
    const messages = [...ask("Hello").messages, { role, content: "Well" }];
    const answer = await model.client.chat.completions.create({ ...ask("Hello"), messages });
    return answer.choices[0]?.message.content;
  };
  assert.deepEqual([await said("user"), await said("assistant"), await said("user")], ["1", "2", "1"]);
});

Deno.test("a request that no turn expects is answered 500 and kept for the test to see", async () => {
  await using model = startModel();
  await model.script("POST", "u1", { turns: [{ when: { tool: "list_tasks" }, text: "x" }] });
  await assert.rejects(model.client.chat.completions.create(ask("hello")), { status: 500 });
  const report = ScriptReport.parse(await model.script("DELETE", "u1"));
  assert.deepEqual([report.unused, report.unexpected.length], [1, 1]);
  assert.equal((await model.client.chat.completions.create(ask("hello"))).model, MODEL_ID);
});

Deno.test("a scripted failure of the host arrives with its status, headers and body", async () => {
  await using model = startModel();
  await model.script("POST", "u1", {
    turns: [{
      error: { status: 429, body: { error: { message: "slow down" } }, headers: { "retry-after": "3" } },
    }],
  });
  await assert.rejects(model.client.chat.completions.create(ask("hello")), (error) => {
    assert.ok(error instanceof OpenAI.RateLimitError);
    assert.equal(error.headers.get("retry-after"), "3");
    return true;
  });
});

Deno.test("a turn with a hold waits until the test releases it", async () => {
  await using model = startModel();
  await model.script("POST", "u1", { turns: [{ text: "held", hold: "gate" }, { text: "free" }] });
  const held = model.client.chat.completions.create(ask("one"));
  const order: (string | null | undefined)[] = [];
  const noted = held.then((answer) => void order.push(answer.choices[0]?.message.content));
  await model.script("GET", "u1/reached/gate");
  assert.deepEqual(ScriptReport.parse(await model.script("GET", "u1")).waiting, ["gate"]);
  order.push((await model.client.chat.completions.create(ask("two"))).choices[0]?.message.content);
  await model.script("POST", "u1/release/gate");
  await noted;
  assert.deepEqual(order, ["free", "held"]);
});

Deno.test("a request that is none gets a 400 with the reason", async () => {
  await using model = startModel();
  await assert.rejects(model.client.chat.completions.create({ ...ask("x"), messages: [] }), { status: 400 });
});
