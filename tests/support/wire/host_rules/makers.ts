// What the makers of models refuse at their own hosts. The reports stand beside the rules.
import { anyTemperature, assistants, at, callsOf, claudeHistory, COMMON, thinksUnless } from "./rule.ts";
import { turns, unknownFields } from "./rule.ts";
import type { HostRule } from "./rule.ts";

const OPENAI = "https://api.openai.com/v1";
const OPENAI_FIELDS = [...COMMON, "max_completion_tokens", "stream_options", "user", "reasoning_effort"];

function* openai(body: Parameters<HostRule["refuses"]>[0]): Generator<string> {
  yield* anyTemperature(body);
  yield* unknownFields(body, OPENAI_FIELDS);
  if ("max_tokens" in body) yield "takes no max_tokens";
}

export const MAKERS: readonly HostRule[] = [
  {
    // johny-b/llmcomp#69, ag2ai/ag2#2008
    who: "gpt-5: the least effort is minimal",
    models: [["gpt-5", OPENAI], ["gpt-5-mini", OPENAI], ["gpt-5-nano-2025-08-07", "azure"]],
    *refuses(body) {
      yield* openai(body);
      if (body.reasoning_effort !== "minimal") yield `is at effort ${body.reasoning_effort}`;
    },
  },
  {
    // livekit/agents#3966
    who: "gpt-5.1",
    models: [["gpt-5.1", OPENAI], ["gpt-5.1", "azure"]],
    *refuses(body) {
      yield* openai(body);
      if (body.reasoning_effort !== "none") yield `is at effort ${body.reasoning_effort}`;
    },
  },
  {
    // pipecat-ai/pipecat#4043, charmbracelet/crush#2913
    who: "gpt-5.2 to 5.5: no effort beside tools",
    models: [["gpt-5.2", OPENAI], ["gpt-5.4-mini", OPENAI], ["gpt-5.5", "azure"], [
      "gpt-5-chat-latest",
      OPENAI,
    ]],
    *refuses(body) {
      yield* openai(body);
      if ("reasoning_effort" in body) yield "takes no reasoning_effort beside tools";
    },
  },
  {
    // BerriAI/litellm#34569
    who: "gpt-5.6: effort none beside tools",
    models: [["gpt-5.6", OPENAI], ["gpt-5.6-terra", OPENAI], ["gpt-5.6-luna", "http://10.0.0.5:4000/v1"]],
    *refuses(body) {
      yield* openai(body);
      if (body.tools && body.reasoning_effort !== "none") yield "wants reasoning_effort none beside tools";
    },
  },
  {
    who: "o-series",
    models: [["o3", OPENAI], ["o4-mini", OPENAI]],
    *refuses(body) {
      yield* openai(body);
      if (!["low", "medium", "high"].includes(String(body.reasoning_effort))) yield "wants an effort";
    },
  },
  {
    // UKGovernmentBEIS/inspect_ai#3721, The-PR-Agent/pr-agent#2456
    who: "Claude 4.7 and later: temperature",
    models: [
      ["claude-opus-4-7", "https://api.anthropic.com/v1"],
      ["claude-opus-4-8-20260528", "https://api.anthropic.com/v1"],
      ["claude-sonnet-5", "anthropic"],
      ["us.anthropic.claude-opus-4-7-v1:0", "bedrock"],
      ["databricks-claude-opus-4-7", "databricks"],
    ],
    *refuses(body) {
      if ("temperature" in body) yield "takes no temperature";
      yield* claudeHistory(body);
    },
  },
  {
    // aliasrobotics/cai#182
    who: "Claude: tools beside calls, no empty text",
    models: [
      ["claude-sonnet-4-5", "https://api.anthropic.com/v1"],
      ["claude-haiku-4-5-20251001", "http://10.0.0.5:4000/v1"],
      ["anthropic/claude-sonnet-4.5", "https://openrouter.ai/api/v1"],
    ],
    refuses: claudeHistory,
  },
  {
    // google/adk-python#1373, google-gemini/gemini-cli#11814, IBM/AI-SDK-Db2-IBMi#32
    who: "Gemini 3: signatures, calls behind a user's message or a result, no unknown field",
    models: [
      ["gemini-3-pro-preview", "https://generativelanguage.googleapis.com/v1beta/openai/"],
      ["gemini-3.5-flash", "google"],
      ["models/gemini-3-flash-preview", "google"],
    ],
    *refuses(body) {
      yield* unknownFields(body, [...COMMON, "stream_options", "reasoning_effort"]);
      yield* turns(body);
      if (body.reasoning_effort === "none") yield "can't be told not to think";
      if (/"type":\[/.test(JSON.stringify(body.tools ?? []))) yield "takes no list of types";
      for (const { tool_calls: [first] = [] } of assistants(body)) {
        if (first && typeof at({ ...first }, "extra_content", "google", "thought_signature") !== "string") {
          yield `wants a thought_signature with ${first.id}`;
        }
      }
    },
  },
  {
    // anomalyco/opencode#27796, continuedev/continue#11711
    who: "Kimi K2.5, K2.6: temperature, reasoning_content beside calls",
    models: [["kimi-k2.5", "https://api.moonshot.ai/v1"], ["kimi-k2.6", "https://api.moonshot.cn/v1"]],
    *refuses(body) {
      const thinks = at(body, "thinking", "type") !== "disabled";
      if ("temperature" in body && body.temperature !== (thinks ? 1 : 0.6)) yield "takes no such temperature";
      for (const said of assistants(body)) {
        if (thinks && said.tool_calls && said.reasoning_content === undefined) {
          yield "wants reasoning_content";
        }
      }
    },
  },
  {
    // dev.to/aihubmix/kimi-k31-pro-migration-guide
    who: "Kimi K3, K2 Thinking: always think, and want reasoning_content beside calls",
    models: [["kimi-k3.1-pro", "moonshot"], ["kimi-k2-thinking", "https://api.moonshot.ai/v1"]],
    *refuses(body) {
      yield* anyTemperature(body);
      if ("thinking" in body || body.reasoning_effort === "none") yield "can't be told not to think";
      for (const said of assistants(body)) {
        if (said.tool_calls && said.reasoning_content === undefined) yield "wants reasoning_content";
      }
    },
  },
  {
    // openai/openai-agents-python#442, avante-corp/avante.nvim#2347, BerriAI/litellm#6323, anomalyco/opencode#1680
    who: "Mistral: unknown fields, a user's message behind a result, ids",
    models: [
      ["mistral-large-latest", "https://api.mistral.ai/v1"],
      ["mistral-small-2603", "http://10.0.0.5:4000/v1"],
      ["devstral-medium-latest", "mistral"],
    ],
    *refuses(body) {
      yield* unknownFields(body, COMMON);
      yield* turns(body);
      for (const { id } of callsOf(body)) if (!/^[a-zA-Z0-9]{9}$/.test(id)) yield `takes no id ${id}`;
      for (const said of assistants(body)) yield* unknownFields(said, ["role", "content", "tool_calls"]);
    },
  },
  {
    // api-docs.deepseek.com/guides/thinking_mode
    who: "DeepSeek, told not to think",
    models: [["deepseek-flash", "https://api.deepseek.com/v1"], [
      "deepseek-v4-pro",
      "http://10.0.0.5:4000/v1",
    ]],
    refuses: (body) => thinksUnless(body, (sent) => at(sent, "thinking", "type") === "disabled"),
  },
  {
    // docs.z.ai/guides/capabilities/thinking-mode
    who: "GLM, told not to think",
    models: [["glm-4.7", "https://api.z.ai/api/paas/v4"], ["glm-5", "https://open.bigmodel.cn/api/paas/v4"]],
    refuses: (body) => thinksUnless(body, (sent) => at(sent, "thinking", "type") === "disabled"),
  },
  {
    // alibabacloud.com/help/en/model-studio/deep-thinking
    who: "Qwen at DashScope, told not to think",
    models: [["qwen-plus", "https://dashscope-intl.aliyuncs.com/compatible-mode/v1"], [
      "qwen3-32b",
      "dashscope",
    ]],
    refuses: (body) => thinksUnless(body, (sent) => sent.enable_thinking === false),
  },
  {
    // charmbracelet/catwalk#181, neavo/LinguaGacha#771, docs.x.ai/docs/guides/reasoning
    who: "xAI: fields that its reasoning models refuse",
    models: [
      ["grok-4", "https://api.x.ai/v1"],
      ["grok-4.20-0309-non-reasoning", "xai"],
      ["grok-code-fast-1", "https://api.x.ai/v1"],
    ],
    *refuses(body) {
      for (const field of ["presence_penalty", "frequency_penalty", "stop", "reasoning_effort"]) {
        if (field in body) yield `takes no ${field}`;
      }
    },
  },
  {
    who: "Grok 4.3, told not to think",
    models: [["grok-4.3", "https://api.x.ai/v1"]],
    refuses: (body) => thinksUnless(body, (sent) => sent.reasoning_effort === "none"),
  },
  {
    // platform.minimax.io/docs/api-reference/text-openai-api
    who: "MiniMax: the name of the limit, a temperature in (0, 1]",
    models: [["MiniMax-M2.7", "https://api.minimax.io/v1"], ["MiniMax-M3", "minimax"]],
    *refuses(body) {
      if ("max_tokens" in body) yield "takes no max_tokens";
      if (body.temperature !== undefined && !(body.temperature > 0 && body.temperature <= 1)) {
        yield "temperature";
      }
    },
  },
];
