// What those refuse who host other people's models. The reports stand beside the rules.
import { anyTemperature, assistants, at, callsOf, claudeHistory, COMMON, thinksUnless } from "./rule.ts";
import { turns, unknownFields } from "./rule.ts";
import type { HostRule } from "./rule.ts";

const OPENROUTER = "https://openrouter.ai/api/v1";

/** What OpenRouter lists of a model; these are no parameters in its sense. */
const ALWAYS = ["model", "messages", "stream", "stream_options", "user", "provider"];

const listing = (id: string, ...parameters: string[]): HostRule => ({
  who: `OpenRouter lists for ${id}: ${parameters.join(", ")}`,
  models: [[id, OPENROUTER]],
  *refuses(body) {
    if (at(body, "provider", "require_parameters") !== true) yield "may drop the tools silently";
    yield* unknownFields(body, [...ALWAYS, "tools", "tool_choice", ...parameters]);
  },
});

export const OTHERS: readonly HostRule[] = [
  // openrouter.ai/docs/api-reference/parameters: a parameter that no host of a model lists ends in 404.
  listing("openai/gpt-5", "max_tokens", "reasoning"),
  listing("openai/gpt-5.6", "max_tokens", "reasoning"),
  listing("anthropic/claude-opus-4.7", "max_tokens", "reasoning"),
  listing("meta-llama/llama-3.3-70b-instruct", "max_tokens", "temperature"),
  listing("deepseek/deepseek-r1", "max_tokens", "temperature"),
  listing("deepseek/deepseek-v3.2", "max_tokens", "temperature", "reasoning"),
  listing("x-ai/grok-4", "max_tokens", "temperature"),
  {
    // CIRISAI/CIRISAgent#769, vellum-ai/vellum-assistant#32428
    who: "OpenRouter: reasoning that is mandatory",
    models: ["openai/gpt-5", "google/gemini-3-pro-preview", "openai/gpt-oss-120b", "minimax/minimax-m2.5"]
      .map((id) => [id, OPENROUTER] as const),
    *refuses(body) {
      if (at(body, "reasoning", "enabled") === false || at(body, "reasoning", "effort") === "none") {
        yield "can't be told not to think";
      }
    },
  },
  {
    who: "OpenRouter: models that think unless told not to",
    models: ["qwen/qwen3-14b", "z-ai/glm-5", "moonshotai/kimi-k2.6", "anthropic/claude-sonnet-5"]
      .map((id) => [id, OPENROUTER] as const),
    refuses: (body) => thinksUnless(body, (sent) => at(sent, "reasoning", "enabled") === false),
  },
  {
    // tashfeenahmed/freellmapi#1070, karthink/gptel#774, console.groq.com/docs/reasoning
    who: "Groq: reasoning in messages, levels of effort",
    models: [
      ["qwen/qwen3-32b", "https://api.groq.com/openai/v1"],
      ["openai/gpt-oss-120b", "https://api.groq.com/openai/v1"],
      ["llama-3.3-70b-versatile", "https://api.groq.com/openai/v1"],
    ],
    *refuses(body) {
      for (const said of assistants(body)) yield* unknownFields(said, ["role", "content", "tool_calls"]);
      const wanted = body.model.startsWith("qwen")
        ? "none"
        : body.model.includes("gpt-oss")
        ? "low"
        : undefined;
      if (body.reasoning_effort !== wanted) yield `is at effort ${body.reasoning_effort}`;
    },
  },
  {
    // inference-docs.cerebras.ai/capabilities/reasoning
    who: "Cerebras: levels of effort",
    models: [["gpt-oss-120b", "https://api.cerebras.ai/v1"], ["zai-glm-4.7", "https://api.cerebras.ai/v1"]],
    *refuses(body) {
      if (body.reasoning_effort !== (body.model === "zai-glm-4.7" ? "none" : "low")) yield "effort";
    },
  },
  {
    // docs.together.ai/docs/inference/chat/reasoning
    who: "Together: a switch for hybrid models, levels for gpt-oss, nothing for others",
    models: ["Qwen/Qwen3.5-9B", "zai-org/GLM-5", "openai/gpt-oss-20b", "MiniMaxAI/MiniMax-M2.7"]
      .map((id) => [id, "https://api.together.xyz/v1"] as const),
    *refuses(body) {
      const hybrid = /Qwen3\.|GLM/.test(body.model);
      if (hybrid !== (at(body, "reasoning", "enabled") === false)) yield "the switch";
      if (body.model.includes("gpt-oss") !== (body.reasoning_effort === "low")) yield "the level";
    },
  },
  {
    // docs.fireworks.ai/tools-sdks/nim-compatibility, docs.fireworks.ai/guides/reasoning
    who: "Fireworks: unknown fields; thinking off",
    models: [
      ["accounts/fireworks/models/glm-5", "https://api.fireworks.ai/inference/v1"],
      ["accounts/fireworks/models/deepseek-v3p2", "http://10.0.0.5:4000/v1"],
      ["accounts/fireworks/models/kimi-k2p6", "fireworks"],
    ],
    *refuses(body) {
      yield* unknownFields(body, [...COMMON, "stream_options", "user", "reasoning_effort"]);
      if (!["none", "low"].includes(String(body.reasoning_effort))) yield "thinks";
    },
  },
  {
    // anomalyco/opencode#4698, vxcontrol/pentagi#196, NousResearch/hermes-agent#55092, danny-avila/LibreChat#14231
    who: "Bedrock behind proxies",
    models: [
      ["us.anthropic.claude-sonnet-4-5-20250929-v1:0", "http://10.0.0.5:4000/v1"],
      ["amazon.nova-pro-v1:0", "bedrock"],
      ["bedrock/qwen.qwen3-32b-v1:0", "http://10.0.0.5:4000/v1"],
      ["openai.gpt-oss-120b-1:0", "https://bedrock-runtime.us-west-2.amazonaws.com/openai/v1"],
    ],
    *refuses(body) {
      yield* unknownFields(body, COMMON);
      yield* claudeHistory(body);
      yield* turns(body);
      for (const { id } of callsOf(body)) if (!/^[\w-]{1,64}$/.test(id)) yield `takes no id ${id}`;
    },
  },
  {
    // continuedev/continue#12936, anomalyco/opencode#4698
    who: "Databricks: unknown fields",
    models: [
      ["databricks-claude-sonnet-4-5", "https://adb-1.2.azuredatabricks.net/serving-endpoints"],
      ["databricks-meta-llama-3-3-70b-instruct", "https://x.cloud.databricks.com/serving-endpoints"],
      ["databricks-gpt-oss-120b", "http://10.0.0.5:4000/v1"],
      ["databricks-gpt-5-1", "https://x.cloud.databricks.com/serving-endpoints"],
      ["databricks-gemini-2-5-pro", "https://x.cloud.databricks.com/serving-endpoints"],
    ],
    *refuses(body) {
      yield* unknownFields(body, [...COMMON, "max_completion_tokens", "reasoning_effort"]);
      // openai/openai-agents-python#2089; BerriAI/litellm#31102
      if (/gpt-5-1/.test(body.model) && body.reasoning_effort === "minimal") yield "takes no effort minimal";
      if (/gemini-2/.test(body.model) && "reasoning_effort" in body) yield "takes no effort";
      yield* turns(body);
      for (const [i, said] of assistants(body).entries()) if (said.content === "") yield `wants text in ${i}`;
    },
  },
  {
    // suitenumerique/conversations#197, dnakov/anon-kode#60, microsoft/autogen#3597, block/buzz#3018
    who: "strict templates on somebody's own server",
    models: [
      ["google/gemma-3-27b-it", "vllm"],
      ["gemma3:27b", "ollama"],
      ["google/gemma-3-12b-it", OPENROUTER],
      ["some-finetune", "http://10.0.0.5:8000/v1"],
      ["some-finetune", "sglang"],
      ["some-finetune", "llama.cpp"],
      ["some-finetune", "LM Studio"],
    ],
    refuses: turns,
  },
  {
    // vllm-project/vllm#9019
    who: "Mistral's templates on somebody's own server",
    models: [["mistralai/Mistral-Small-3.2-24B-Instruct-2506", "vllm"], ["mistral-small3.2:24b", "ollama"]],
    *refuses(body) {
      yield* turns(body);
      for (const { id } of callsOf(body)) if (!/^[a-zA-Z0-9]{9}$/.test(id)) yield `takes no id ${id}`;
    },
  },
  {
    // ollama/ollama#14820, lmstudio-ai/lmstudio-bug-tracker#2057
    who: "Ollama and LM Studio: thinking off",
    models: [
      ["qwen3:14b", "http://127.0.0.1:11434/v1"],
      ["deepseek-v3.1:671b", "ollama"],
      ["qwen3.6-35b-a3b", "lmstudio"],
      ["gemma-4-12b-it", "lmstudio"],
    ],
    refuses: (body) => thinksUnless(body, (sent) => sent.reasoning_effort === "none"),
  },
  {
    // docs.vllm.ai/en/latest/features/reasoning_outputs
    who: "templates on vLLM, SGLang and llama.cpp: thinking off",
    models: [
      ["Qwen/Qwen3-32B", "http://10.0.0.5:8000/v1"],
      ["Qwen/Qwen3.5-397B-A17B", "sglang"],
      ["zai-org/GLM-4.6", "vllm"],
      ["qwen3-14b", "llama.cpp"],
      ["deepseek-ai/DeepSeek-V3.2", "vllm"],
      ["moonshotai/Kimi-K2.6", "sglang"],
    ],
    refuses: (body) =>
      thinksUnless(body, (sent) => {
        const name = /deepseek|kimi/i.test(body.model) ? "thinking" : "enable_thinking";
        return at(sent, "chat_template_kwargs", name) === false;
      }),
  },
  {
    who: "gpt-oss: the least effort, in each host's place for it",
    models: [["openai/gpt-oss-120b", "vllm"], ["gpt-oss:20b", "ollama"], ["gpt-oss-20b", "llama.cpp"]],
    *refuses(body) {
      const effort = body.reasoning_effort ?? at(body, "chat_template_kwargs", "reasoning_effort");
      if (effort !== "low") yield `is at effort ${effort}`;
    },
  },
  {
    // Kimi's weights have its limits wherever they are (assumed).
    who: "Kimi at other hosts: temperature",
    models: [["moonshotai/kimi-k2.6", OPENROUTER], ["moonshotai/Kimi-K2.5", "https://api.together.xyz/v1"]],
    refuses: anyTemperature,
  },
];
