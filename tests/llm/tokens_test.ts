// Estimates of a prompt's tokens. How near they come to a host's own count no test here can tell.
import assert from "node:assert/strict";
import type { ModelMessage } from "../../shared/contracts/model.ts";
import type { ModelRow } from "../../shared/llm/model_table.ts";
import { modelRow } from "../../shared/llm/model_table.ts";
import {
  estimateSentTokens,
  estimateTextTokens,
  estimateTokens,
  tokenCounter,
} from "../../shared/llm/tokens.ts";
import { toWire } from "../../shared/llm/sending/to_wire.ts";
import { request, settings } from "./support.ts";

const { messages, tools } = request();

const PLAIN = modelRow("m", []);

const ROUND: ModelMessage[] = [
  { role: "assistant", content: "", tool_calls: [{ id: "a", name: "get_tasks", arguments: "{}" }] },
  { role: "tool", tool_call_id: "a", content: "[]" },
];

Deno.test("an estimate covers the messages and the tool schemas", () => {
  const bare = estimateTokens(messages, []);
  assert.ok(bare >= estimateTextTokens("You help.") + estimateTextTokens("Show me my tasks"));
  assert.ok(estimateTokens(messages, tools) > bare);
});

Deno.test("a prompt counts as the JSON that is sent, give or take a few signs, however many messages it has", () => {
  const { messages, tools } = request({
    messages: [
      { role: "system", content: "You help." },
      ...Array.from(
        { length: 101 },
        (_, i): ModelMessage => ({
          role: i % 2 === 0 ? "user" : "assistant",
          content: `Message ${i}: "ok".`,
        }),
      ),
      ...ROUND,
    ],
  });
  const sent = estimateSentTokens(toWire(request({ messages, tools }), PLAIN));
  const counted = estimateTokens(messages, tools);
  assert.ok(Math.abs(counted - sent) <= 2, `${counted} and ${sent}`);
});

Deno.test("each message and each tool is read once, however often a prompt that has them is counted", () => {
  let reads = 0;
  const read = <Value>(value: Value): Value => {
    reads += 1;
    return value;
  };
  const said: ModelMessage = {
    role: "user",
    get content() {
      return read("x");
    },
  };
  const tool = {
    name: "a",
    get description() {
      return read("b");
    },
    parameters: {},
  };
  const first = estimateTokens([said], [tool]);
  const once = reads;
  assert.ok(once > 0);
  assert.equal(estimateTokens([said, ...ROUND], [...tools, tool]) > first, true);
  // Whether a message is empty is asked each time.
  assert.ok(reads <= once + 1);
});

Deno.test("a longer prompt is never estimated lower", () => {
  const longer = [...messages, { role: "assistant" as const, content: "x", tool_calls: [] }];
  assert.ok(estimateTokens(longer, tools) > estimateTokens(messages, tools));
});

Deno.test("what a host wants back counts, of a message and of its calls", () => {
  const said = { role: "assistant" as const, content: "x" };
  const call = { id: "a", name: "get_tasks", arguments: "{}" };
  const signature = "AY89a1+/".repeat(500);
  const plain = estimateTokens([...messages, { ...said, tool_calls: [call] }], tools);
  const fields = { reasoning_details: [{ data: signature }] };
  const signed = { ...call, extra_content: { google: { thought_signature: signature } } };
  const echo = { model: "m", fields };
  const one = estimateTokens([...messages, { ...said, tool_calls: [call], echo }], tools) - plain;
  const both = estimateTokens([...messages, { ...said, tool_calls: [signed], echo }], tools) - plain;
  assert.ok(one > 1_000 && both > 2 * 1_000, `${one} and ${both}`);
});

Deno.test("reasoning counts where one of the models is sent its own again, and not where none is", () => {
  const thought = [...messages, {
    role: "assistant" as const,
    content: "x",
    reasoning: "plain words ".repeat(500),
  }];
  const counted = (echo: ModelRow["echo"]) => {
    const [first, second] = [modelRow("first", []), modelRow("second", [{ id: "second", echo }])];
    const models = { balanced: [first], speed: [first, second] };
    return tokenCounter({ state: "ready", ...settings("http://localhost", { models }) })(thought, tools);
  };
  const plain = estimateTokens(thought, tools);
  assert.deepEqual([counted([]), counted(["reasoning_details"])], [plain, plain]);
  for (const field of ["reasoning_content", "reasoning"] as const) {
    assert.ok(counted([field]) >= plain + 800, field);
  }
  assert.equal(
    tokenCounter({ state: "incomplete", problem: "LLM_API_KEY is missing." })(thought, tools),
    plain,
  );
});

Deno.test("tools that a row leaves out of a request count for nothing of what was sent", () => {
  const last = request({ tool_choice: "none" });
  const [kept, left] = [true, false].map((tool_choice_none) => {
    const row = modelRow("m", [{ id: "m", tool_choice_none }]);
    return estimateSentTokens(toWire({ ...last, messages: [...messages, ...ROUND] }, row));
  });
  assert.ok(kept && left && kept > left);
});

Deno.test("no text has no tokens", () => {
  assert.equal(estimateTextTokens(""), 0);
});
