// Whatever order messages come in, they are sent in one that strict hosts take.
import assert from "node:assert/strict";
import type { ModelMessage } from "../../shared/contracts/model.ts";
import { alternating } from "../../shared/llm/alternate.ts";

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
