// What is sent: the same bytes for the same request, and each host's own way of saying things, from its row.
import assert from "node:assert/strict";
import type { ModelMessage } from "../../../shared/contracts/model.ts";
import { modelRow } from "../../../shared/llm/model_table.ts";
import { toWire, wireHeaders } from "../../../shared/llm/sending/to_wire.ts";
import { wireMessages } from "../../../shared/llm/sending/wire_messages.ts";
import { request } from "../support.ts";

const PLAIN = modelRow("some-model", []);

const CONVERSATION: ModelMessage[] = [
  { role: "system", content: "You help." },
  { role: "user", content: "Tasks?" },
  {
    role: "assistant",
    content: "",
    reasoning: "Look them up.",
    tool_calls: [{ id: "a", name: "get_tasks", arguments: '{"status":"todo"}' }],
  },
  { role: "tool", tool_call_id: "a", content: "[]" },
  { role: "assistant", content: "None." },
];

Deno.test("the body has what a plain OpenAI-compatible host takes, and nothing else", () => {
  assert.deepEqual(toWire(request({ messages: CONVERSATION }), PLAIN), {
    model: "some-model",
    messages: [
      { role: "system", content: "You help." },
      { role: "user", content: "Tasks?" },
      {
        role: "assistant",
        content: "",
        tool_calls: [{
          id: "a",
          type: "function",
          function: { name: "get_tasks", arguments: '{"status":"todo"}' },
        }],
      },
      { role: "tool", tool_call_id: "a", content: "[]" },
      { role: "assistant", content: "None." },
    ],
    tools: [{
      type: "function",
      function: { name: "get_tasks", description: "Tasks.", parameters: { type: "object", properties: {} } },
    }],
    max_tokens: 500,
    temperature: 0.7,
    stream: true,
    stream_options: { include_usage: true },
    user: "pseudonym",
  });
});

Deno.test("the planner's profile is warmer than the executors'", () => {
  assert.equal(toWire(request({ profile: "balanced" }), PLAIN).temperature, 0.7);
  assert.equal(toWire(request({ profile: "speed" }), PLAIN).temperature, 0.3);
});

Deno.test("the same tools in another order give the same bytes", () => {
  const tools = ["b", "a", "c"].map((name) => ({ name, description: name, parameters: {} }));
  const one = JSON.stringify(toWire(request({ tools }), PLAIN));
  const other = JSON.stringify(toWire(request({ tools: tools.toReversed() }), PLAIN));
  assert.equal(one, other);
  assert.deepEqual(toWire(request({ tools }), PLAIN).tools?.map((tool) => tool.function.name), [
    "a",
    "b",
    "c",
  ]);
});

Deno.test("a longer conversation begins with the bytes of the shorter one", () => {
  const bytes = (messages: ModelMessage[]) =>
    JSON.stringify(toWire(request({ messages }), PLAIN).messages).slice(0, -1);
  assert.ok(bytes(CONVERSATION).startsWith(bytes(CONVERSATION.slice(0, 3))));
});

Deno.test("without tools there is no tools field, which some hosts refuse when empty", () => {
  assert.ok(!("tools" in toWire(request({ tools: [] }), PLAIN)));
});

Deno.test("arguments that are no JSON object are never sent back", () => {
  for (const broken of ['{"status":"to', "", "[1]", "null", "7"]) {
    const messages: ModelMessage[] = [
      { role: "user", content: "Tasks?" },
      { role: "assistant", content: "", tool_calls: [{ id: "a", name: "get_tasks", arguments: broken }] },
    ];
    const sent = toWire(request({ messages }), PLAIN).messages[1];
    assert.equal(sent?.role === "assistant" && sent.tool_calls?.[0]?.function.arguments, "{}");
  }
});

Deno.test("DeepSeek's models are told not to think, and know the user by both names", () => {
  const body = toWire(request(), modelRow("deepseek-flash", []));
  assert.deepEqual(body.thinking, { type: "disabled" });
  assert.equal(body.user_id, "pseudonym");
  assert.equal(body.user, "pseudonym");
});

Deno.test("OpenRouter is told not to think and to leave out hosts that would drop the tools", () => {
  const body = toWire(request(), modelRow("deepseek/deepseek-v4.1-flash", []));
  assert.deepEqual(body.reasoning, { enabled: false });
  assert.deepEqual(body.provider, { require_parameters: true });
  assert.ok(!("user_id" in body));
});

Deno.test("a model thinks only for the profiles its row names", () => {
  const row = modelRow("deepseek-v4-pro", [{ id: "deepseek-v4-pro", think_for: ["balanced"] }]);
  assert.deepEqual(toWire(request({ profile: "balanced" }), row).thinking, { type: "enabled" });
  assert.deepEqual(toWire(request({ profile: "speed" }), row).thinking, { type: "disabled" });
});

function assistants(row: ReturnType<typeof modelRow>) {
  return toWire(request({ messages: CONVERSATION }), row).messages.filter((message) =>
    message.role === "assistant"
  );
}

Deno.test("reasoning goes back under the name that the model's host knows", () => {
  assert.ok(
    assistants(modelRow("deepseek-flash", [])).some((message) =>
      message.reasoning_content === "Look them up."
    ),
  );
  assert.ok(
    assistants(modelRow("deepseek/deepseek-v3.2", [])).some((message) =>
      message.reasoning === "Look them up."
    ),
  );
});

Deno.test("while a model thinks, every assistant message carries reasoning, and none is empty", () => {
  const row = modelRow("deepseek-flash", [{ id: "deepseek-flash", think_for: ["balanced"] }]);
  assert.deepEqual(assistants(row).map((message) => message.reasoning_content), ["Look them up.", " "]);
});

Deno.test("strict tools and the newer token limit field are a matter of the row", () => {
  const row = modelRow("x", [{
    id: "x",
    strict_tools: true,
    token_limit_field: "max_completion_tokens",
    user_fields: [],
  }]);
  const body = toWire(request(), row);
  assert.equal(body.tools?.[0]?.function.strict, true);
  assert.equal(body.max_completion_tokens, 500);
  assert.ok(!("max_tokens" in body) && !("user" in body));
});

Deno.test("a name that no tool may have goes back in a form that a host takes", () => {
  const tool_calls = ["drop tables;", "工具", "x".repeat(200)].map((name) => ({
    id: "a",
    name,
    arguments: "{}",
  }));
  const messages: ModelMessage[] = [
    { role: "user", content: "Go" },
    { role: "assistant", content: "", tool_calls },
  ];
  const [, message] = wireMessages(messages, PLAIN, "off");
  assert.deepEqual(
    message?.role === "assistant" && message.tool_calls?.map((call) => call.function.name),
    ["drop_tables_", "__", "x".repeat(64)],
  );
});

const ROUND: ModelMessage[] = [
  { role: "user", content: "Show me my tasks" },
  { role: "assistant", content: "", tool_calls: [{ id: "a", name: "get_tasks", arguments: "{}" }] },
  { role: "tool", tool_call_id: "a", content: "[]" },
];
const KEEPS = modelRow("keeps", [{ id: "keeps", tool_choice_none: true }]);

Deno.test("where none may be called, the tools stay beside a history with calls, at hosts that want them", () => {
  const body = toWire(request({ messages: ROUND, tool_choice: "none" }), KEEPS);
  assert.equal(body.tool_choice, "none");
  assert.deepEqual(body.tools, toWire(request(), KEEPS).tools);
});

Deno.test("where none may be called, they are left out without such a history, and at every other host", () => {
  const unasked = { tool_choice: "none" as const };
  const bodies = [
    toWire(request({ ...unasked }), KEEPS),
    toWire(request({ ...unasked, messages: ROUND }), modelRow("plain", [])),
  ];
  for (const body of bodies) assert.ok(!("tools" in body) && !("tool_choice" in body));
});

Deno.test("where they may be called, nothing is said of it", () => {
  assert.ok(!("tool_choice" in toWire(request({ messages: ROUND }), KEEPS)));
});

Deno.test("a request without tools offers those of its history by name, at hosts that want them", () => {
  const body = toWire(request({ messages: ROUND, tools: [] }), KEEPS);
  assert.deepEqual(body.tools?.map((tool) => tool.function.name), ["get_tasks"]);
  assert.equal(body.tool_choice, "none");
});

const row = (fields: Omit<Parameters<typeof modelRow>[1][number], "id">) =>
  modelRow("m", [{ id: "m", ...fields }]);

Deno.test("a temperature of a row's own stands in place of the profile's, and none is sent where it is null", () => {
  assert.equal(toWire(request(), row({ temperature: 1 })).temperature, 1);
  assert.ok(!("temperature" in toWire(request(), row({ temperature: null }))));
});

Deno.test("usage is not asked for where the row says so", () => {
  assert.ok(!("stream_options" in toWire(request(), row({ stream_usage: false }))));
});

Deno.test("the body's additions stand over everything else, objects within objects too", () => {
  const body = toWire(
    request(),
    row({
      think: "chat_template_kwargs",
      extra_body: { temperature: 0.1, top_k: 20, chat_template_kwargs: { style: "short" }, user: null },
    }),
  );
  assert.equal(body.temperature, 0.1);
  assert.equal(body.top_k, 20);
  assert.deepEqual(body.chat_template_kwargs, { enable_thinking: false, style: "short" });
  assert.equal(body.user, null);
});

Deno.test("each way to switch thinking is told on and off", () => {
  const said = (think: Parameters<typeof row>[0]["think"]) =>
    (["balanced", "speed"] as const).map((profile) => {
      const body = toWire(request({ profile }), row({ think, think_for: ["balanced"] }));
      const plain = toWire(request({ profile }), row({}));
      return Object.fromEntries(Object.entries(body).filter(([name]) => !(name in plain)));
    });
  assert.deepEqual(said("none"), [{}, {}]);
  assert.deepEqual(said("thinking"), [{ thinking: { type: "enabled" } }, { thinking: { type: "disabled" } }]);
  assert.deepEqual(said("reasoning"), [{ reasoning: { enabled: true } }, { reasoning: { enabled: false } }]);
  assert.deepEqual(said("reasoning_effort"), [{ reasoning_effort: "medium" }, { reasoning_effort: "none" }]);
  assert.deepEqual(said("enable_thinking"), [{ enable_thinking: true }, { enable_thinking: false }]);
  assert.deepEqual(said("chat_template_kwargs"), [
    { chat_template_kwargs: { enable_thinking: true } },
    { chat_template_kwargs: { enable_thinking: false } },
  ]);
  assert.deepEqual(said({ on: { a: 1 }, off: { b: { c: 2 } } }), [{ a: 1 }, { b: { c: 2 } }]);
});

Deno.test("content beside calls is what the row says, and words stay words", () => {
  const spoken = (content: string) =>
    toWire(
      request({
        messages: [
          { role: "user", content: "a" },
          { role: "assistant", content, tool_calls: [{ id: "1", name: "look", arguments: "{}" }] },
          { role: "tool", tool_call_id: "1", content: "[]" },
        ],
      }),
      row({ content_beside_calls: null }),
    ).messages[1]?.content;
  assert.deepEqual([spoken(""), spoken(" \n"), spoken("Let me look.")], [null, null, "Let me look."]);
});

Deno.test("reasoning_content goes along wherever the model may have thought", () => {
  const messages: ModelMessage[] = [
    { role: "user", content: "a" },
    { role: "assistant", content: "b" },
    { role: "user", content: "c" },
  ];
  const sent = (fields: Parameters<typeof row>[0]) => {
    const said = toWire(request({ messages }), row({ echo: ["reasoning_content"], ...fields })).messages[1];
    return said && "reasoning_content" in said;
  };
  assert.equal(sent({ think: "none" }), true, "it can't be switched off");
  assert.equal(sent({ think: { on: {}, off: { reasoning_effort: "low" } } }), true, "it thinks a little");
  assert.equal(sent({ think: "thinking", think_for: ["balanced"] }), true, "it is switched on");
  assert.equal(sent({ think: "thinking" }), false, "it is switched off");
});

Deno.test("details go back in place of the reasoning that they hold", () => {
  const details = [{ type: "reasoning.text", text: "Hm." }];
  const said: ModelMessage = {
    role: "assistant",
    content: "b",
    reasoning: "Hm.",
    echo: { model: "m", fields: { reasoning_details: details } },
  };
  const messages: ModelMessage[] = [{ role: "user", content: "a" }, said, { role: "user", content: "c" }];
  const both = row({ echo: ["reasoning", "reasoning_details"] });
  assert.deepEqual(toWire(request({ messages }), both).messages[1], {
    role: "assistant",
    content: "b",
    reasoning_details: details,
  });
  const other = modelRow("n", [{ id: "n", echo: ["reasoning", "reasoning_details"] }]);
  assert.deepEqual(toWire(request({ messages }), other).messages[1], {
    role: "assistant",
    content: "b",
    reasoning: "Hm.",
  });
});

Deno.test("a row's headers go along; one that carries the key on purpose stands in its place", () => {
  assert.deepEqual(wireHeaders(row({ extra_headers: { "x-title": "chat" } })), { "x-title": "chat" });
  assert.deepEqual(wireHeaders(row({ extra_headers: { "API-Key": "k" } })), {
    authorization: null,
    "API-Key": "k",
  });
});
