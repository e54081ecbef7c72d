// Estimates of a prompt's tokens. How near they come to a host's own count no test here can tell.
import assert from "node:assert/strict";
import { estimateTextTokens, estimateTokens } from "../../shared/llm/tokens.ts";
import { request } from "./support.ts";

const { messages, tools } = request();

Deno.test("an estimate covers the messages and the tool schemas", () => {
  const bare = estimateTokens(messages, []);
  assert.ok(bare >= estimateTextTokens("You help.") + estimateTextTokens("Show me my tasks"));
  assert.ok(estimateTokens(messages, tools) > bare);
});

Deno.test("a longer prompt is never estimated lower", () => {
  const longer = [...messages, { role: "assistant" as const, content: "x", tool_calls: [] }];
  assert.ok(estimateTokens(longer, tools) > estimateTokens(messages, tools));
});

Deno.test("no text has no tokens", () => {
  assert.equal(estimateTextTokens(""), 0);
});
