// Which family a model is of, and which host its id gives away, however hosts write it.
import assert from "node:assert/strict";
import { familyOf } from "../../../shared/llm/models/families.ts";
import { hostOfId } from "../../../shared/llm/models/hosts.ts";

const IDS: [id: string, family: string | null, host: string | null][] = [
  ["gpt-5", "gpt-5", "openai"],
  ["gpt-5-mini-2025-08-07", "gpt-5", "openai"],
  ["ft:gpt-5:acme::abc", "gpt-5", null],
  ["openai/gpt-5.1", "gpt-5.1", null],
  ["azure/gpt-5.4", "gpt-5.2 to gpt-5.5", null],
  ["gpt-5.6-sol", "gpt-5.6 and later", "openai"],
  ["gpt-4o", null, "openai"],
  ["openai/gpt-oss-120b", "gpt-oss", null],
  ["gpt-oss:20b", "gpt-oss", "ollama"],
  ["openai.gpt-oss-120b-1:0", "gpt-oss", "bedrock"],
  ["o3-mini", "o-series", "openai"],
  ["claude-sonnet-4-20250514", "Claude", "anthropic"],
  ["claude-3-7-sonnet-20250219", "Claude", "anthropic"],
  ["claude-opus-4-1", "Claude", "anthropic"],
  ["claude-opus-4-7", "Claude 4.7 and later", "anthropic"],
  ["anthropic/claude-opus-4.8", "Claude 4.7 and later", null],
  ["us.anthropic.claude-opus-4-7-20260416-v1:0", "Claude 4.7 and later", "bedrock"],
  ["eu.anthropic.claude-3-5-sonnet-20241022-v2:0", "Claude", "bedrock"],
  ["databricks-claude-sonnet-5", "Claude 4.7 and later", "databricks"],
  ["google/gemini-3-pro-preview", "Gemini 3 and later", "openrouter"],
  ["models/gemini-2.5-flash-lite", "Gemini 2.5 Flash", "google"],
  ["gemini-2.0-flash", "Gemini", "google"],
  ["google/gemma-3-27b-it", "Gemma", null],
  ["gemma4:12b", "Gemma 4", "ollama"],
  ["deepseek-ai/DeepSeek-V3.2", "DeepSeek V3.1 and later", "vllm"],
  ["deepseek-ai/DeepSeek-V3-0324", "DeepSeek", "vllm"],
  ["deepseek/deepseek-chat", "DeepSeek", null],
  ["deepseek-r1:14b", "DeepSeek", "ollama"],
  ["kimi-k2.6", "Kimi K2.5 and later", "moonshot"],
  ["accounts/fireworks/models/kimi-k2p6", "Kimi K2.5 and later", "fireworks"],
  ["moonshotai/Kimi-K2-Instruct-0905", "Kimi", "vllm"],
  ["zai-glm-4.7", "GLM 4.5 and later", "cerebras"],
  ["z-ai/glm-5", "GLM 4.5 and later", "openrouter"],
  ["MiniMaxAI/MiniMax-M2", "MiniMax M2", "vllm"],
  ["qwen3:4b-instruct", "Qwen, one mode", "ollama"],
  ["Qwen/Qwen3-235B-A22B-Thinking-2507", "Qwen, one mode", "vllm"],
  ["Qwen/Qwen3-Coder-480B-A35B-Instruct", "Qwen, one mode", "vllm"],
  ["Qwen/Qwen2.5-72B-Instruct", null, "vllm"],
  ["qwen-plus-latest", "Qwen 3 and later", "dashscope"],
  ["qwen-max", null, "dashscope"],
  ["mistralai/Mistral-Small-3.2-24B-Instruct-2506", "Mistral", "vllm"],
  ["magistral-medium-latest", "Mistral", "mistral"],
  ["mistral-small-2603", "Mistral", "mistral"],
  ["grok-4.20-0309-reasoning", "Grok", "xai"],
  ["x-ai/grok-4.3", "Grok 4.3 and later", "openrouter"],
  ["grok-3-mini-fast", "Grok 3 mini", "xai"],
  ["llama3.3:70b", "Llama", "ollama"],
  ["meta-llama/Llama-3.3-70B-Instruct", "Llama", "vllm"],
  ["my-model", null, null],
  ["", null, null],
  ["__proto__", null, null],
];

for (const [id, family, host] of IDS) {
  Deno.test(`${id || "no id"} is of ${family ?? "no known family"}, and at ${host ?? "no host in particular"}`, () => {
    assert.equal(familyOf(id)?.name ?? null, family);
    assert.equal(hostOfId(id), host);
  });
}
