// Whatever order messages come in, they are sent in one that hosts take: each its own.
import assert from "node:assert/strict";
import type { ModelMessage } from "../../../shared/contracts/model.ts";
import { alternating, inOrder } from "../../../shared/llm/sending/alternate.ts";

const system: ModelMessage = { role: "system", content: "You help." };
const user = (content: string): ModelMessage => ({ role: "user", content });
const says = (content: string, ...ids: string[]): ModelMessage => ({
  role: "assistant",
  content,
  ...(ids.length > 0 && { tool_calls: ids.map((id) => ({ id, name: "look", arguments: "{}" })) }),
});
const result = (tool_call_id: string): ModelMessage => ({ role: "tool", tool_call_id, content: "[]" });
const READ = says("I have read the results.");

const CASES: [policy: string, from: ModelMessage[], to: ModelMessage[]][] = [
  [
    "a thread in order stays as it is",
    [system, user("a"), says("", "1", "2"), result("1"), result("2"), says("b"), user("c")],
    [system, user("a"), says("", "1", "2"), result("1"), result("2"), says("b"), user("c")],
  ],
  ["two messages of the user's are one", [system, user("a"), user("b")], [system, user("a\n\nb")]],
  [
    "what a model said twice in a row is one",
    [system, user("a"), says("b"), says("c", "1"), result("1")],
    [system, user("a"), says("b\n\nc", "1"), result("1")],
  ],
  [
    "between a result and a user's message stands the assistant",
    [system, user("a"), says("", "1"), result("1"), user("b")],
    [system, user("a"), says("", "1"), result("1"), READ, user("b")],
  ],
  ["what comes before the user is left out", [system, says("b"), user("a")], [system, user("a")]],
  ["empty messages are left out", [system, user("a"), says(" \u200b"), user(" "), user("b")], [
    system,
    user("a\n\nb"),
  ]],
  [
    "a call without a result is left out, and a result without a call",
    [system, user("a"), says("b", "1", "2"), result("2"), result("3"), user("c"), result("4")],
    [system, user("a"), says("b", "2"), result("2"), READ, user("c")],
  ],
  [
    "results stand in the order of their calls",
    [system, user("a"), says("", "1", "2"), result("2"), result("1")],
    [system, user("a"), says("", "1", "2"), result("1"), result("2")],
  ],
  ["calls that were just made are kept", [system, user("a"), says("", "1")], [
    system,
    user("a"),
    says("", "1"),
  ]],
];

for (const [policy, from, to] of CASES) {
  Deno.test(policy, () => {
    assert.deepEqual(alternating(from), to);
    assert.deepEqual(alternating(to), to, "once is enough");
  });
}

Deno.test("messages that become one keep what was thought", () => {
  const thought = (reasoning: string): ModelMessage => ({ role: "assistant", content: "x", reasoning });
  assert.deepEqual(alternating([user("a"), thought("b"), thought("c")]).at(-1), {
    role: "assistant",
    content: "x\n\nx",
    reasoning: "b\n\nc",
  });
});

Deno.test("a host that takes any order gets what was said as it was said", () => {
  const thread = [
    system,
    says("b"),
    user("a"),
    user("b"),
    says("c"),
    says("", "1"),
    result("1"),
    user("d"),
  ];
  assert.deepEqual(inOrder(thread), thread);
});

Deno.test("also there the system prompt is first, nothing is empty, and calls stand with their results", () => {
  assert.deepEqual(
    inOrder([
      user("a"),
      system,
      says(""),
      says("", "1", "2"),
      user(" "),
      result("2"),
      result("1"),
      result("3"),
    ]),
    [system, user("a"), says("", "1", "2"), result("1"), result("2")],
  );
});

Deno.test("messages that become one keep what their host wants back", () => {
  const echo = { model: "m", fields: { reasoning_details: [{ type: "reasoning.text", text: "b" }] } };
  const spoken: ModelMessage = { role: "assistant", content: "x", echo };
  assert.deepEqual(alternating([user("a"), spoken, says("c")]).at(-1), {
    role: "assistant",
    content: "x\n\nc",
    echo,
  });
});
