// The hosts, as data: how each one differs from a plain OpenAI-compatible endpoint. Sources are named by a public
// documentation page or by repository#number of a report; "assumed" where there is none. As of November 2026; no host
// was asked.
import type { RowPart, ThinkSwitch } from "./model_row.ts";

export interface Host {
  /** The hosts of its base URLs, with a port where that alone tells; `*` stands for any part of one. */
  hostnames: readonly string[];
  /** Ids that models have nowhere else: they tell the host where it is none of the listed ones, such as a proxy. */
  ids?: RegExp;
  row: RowPart;
  /** How it is told whether to think: by a switch, where the model has one, or by a level of effort. */
  says: { switch: ThinkSwitch; level: LevelField };
}

/** Where a host takes the level of effort. */
export type LevelField = "reasoning_effort" | "reasoning" | "chat_template_kwargs" | "none";

const NOTHING: Host["says"] = { switch: "none", level: "none" };
const EFFORT: Host["says"] = { switch: "reasoning_effort", level: "reasoning_effort" };
const LEVELS: Host["says"] = { switch: "none", level: "reasoning_effort" };

export const HOSTS = {
  // developers.openai.com/api/reference/chat/create: max_tokens is deprecated and refused by reasoning models.
  openai: {
    hostnames: ["api.openai.com", "*.api.openai.com"],
    ids: /^(gpt-(?!oss)|chatgpt-|o[1-9](-|$))/,
    row: { token_limit_field: "max_completion_tokens", tool_choice_none: true },
    says: LEVELS,
  },
  // learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle: the v1 endpoint takes the key as bearer or as
  // `api-key`; ids are the names of deployments.
  azure: {
    hostnames: ["*.openai.azure.com", "*.services.ai.azure.com", "*.cognitiveservices.azure.com"],
    row: { token_limit_field: "max_completion_tokens", tool_choice_none: true },
    says: LEVELS,
  },
  // platform.claude.com/docs/en/api/openai-sdk: user, reasoning_effort and strict are ignored. Its own API wants tools
  // beside a history with calls, and no empty text (aliasrobotics/cai#182).
  anthropic: {
    hostnames: ["api.anthropic.com"],
    ids: /^claude-/,
    row: { tool_choice_none: true, content_beside_calls: null, alternate_roles: true },
    says: NOTHING,
  },
  // ai.google.dev/gemini-api/docs/openai and /thought-signatures. Unknown fields are refused (IBM/AI-SDK-Db2-IBMi#32);
  // a call has to follow a user's message or a result (google-gemini/gemini-cli#11814).
  google: {
    // Vertex's global endpoint has no region in front of its name.
    hostnames: [
      "generativelanguage.googleapis.com",
      "aiplatform.googleapis.com",
      "*-aiplatform.googleapis.com",
    ],
    ids: /^(models\/)?gemini-/,
    row: {
      user_fields: [],
      echo: ["extra_content"],
      tool_choice_none: true,
      alternate_roles: true,
      tool_schemas: "openapi",
    },
    says: EFFORT,
  },
  // api-docs.deepseek.com/guides/thinking_mode: while it thinks, reasoning_content has to come back. R1 refused two
  // messages of one role (deepseek-ai/DeepSeek-R1#21; assumed to be wise with its successors).
  deepseek: {
    hostnames: ["api.deepseek.com"],
    ids: /^deepseek-(flash|v\d[\w.-]*)$/,
    row: { echo: ["reasoning_content"], user_fields: ["user", "user_id"], alternate_roles: true },
    says: { switch: "thinking", level: "none" },
  },
  // platform.kimi.ai/docs/api/models-overview; continuedev/continue#11711 (reasoning_content beside calls), an empty
  // one is enough (Lapis0x0/obsidian-yolo#243).
  moonshot: {
    hostnames: ["api.moonshot.ai", "api.moonshot.cn", "api.kimi.com"],
    ids: /^(kimi|moonshot)-/,
    row: { echo: ["reasoning_content"] },
    says: { switch: "thinking", level: "reasoning_effort" },
  },
  // docs.z.ai/guides/capabilities/thinking-mode; bigmodel.cn is the same API.
  zai: {
    hostnames: ["api.z.ai", "open.bigmodel.cn"],
    ids: /^glm-\d/,
    row: {},
    says: { switch: "thinking", level: "none" },
  },
  // platform.minimax.io/docs/api-reference/text-openai-api. Without reasoning_split, thinking is in the content, in
  // tags; with it, the page's own example reads pieces that repeat what came before.
  minimax: {
    hostnames: ["api.minimax.io", "api.minimaxi.com", "api.minimax.chat"],
    ids: /^MiniMax-/,
    row: { token_limit_field: "max_completion_tokens" },
    says: {
      switch: { on: { thinking: { type: "adaptive" } }, off: { thinking: { type: "disabled" } } },
      level: "none",
    },
  },
  // alibabacloud.com/help/en/model-studio/deep-thinking: enable_thinking.
  dashscope: {
    hostnames: ["dashscope.aliyuncs.com", "dashscope-intl.aliyuncs.com", "dashscope-us.aliyuncs.com"],
    ids: /^(qwen[\d.]*-(max|plus|flash|turbo)|qwq-plus)/,
    row: {},
    says: { switch: "enable_thinking", level: "none" },
  },
  // Unknown fields are refused (openai/openai-agents-python#442, avante-corp/avante.nvim#2347), a user's message right
  // behind a result too (BerriAI/litellm#6323), and ids that are not nine letters and digits (anomalyco/opencode#1680).
  mistral: {
    hostnames: ["api.mistral.ai", "codestral.mistral.ai"],
    ids: /^(open-)?(mistral|ministral|magistral|codestral|devstral|pixtral|mixtral)-[\w.-]*(latest|\d{4})$/,
    row: { stream_usage: false, user_fields: [], alternate_roles: true, call_ids: "nine" },
    says: NOTHING,
  },
  // docs.x.ai/docs/guides/reasoning: its reasoning models refuse presence_penalty, frequency_penalty and stop (none of
  // which is sent); docs.x.ai/docs/api-reference: max_tokens is deprecated.
  xai: {
    hostnames: ["api.x.ai", "*.api.x.ai"],
    ids: /^grok-/,
    row: { token_limit_field: "max_completion_tokens" },
    says: LEVELS,
  },
  // openrouter.ai/docs/use-cases/reasoning-tokens, /docs/features/provider-routing: require_parameters keeps a model's
  // hosts away that would silently drop the tools; a parameter that none of them lists ends in 404.
  openrouter: {
    hostnames: ["openrouter.ai"],
    ids: /^((x-ai|z-ai)\/|deepseek\/deepseek-v\d|google\/gemini-)/,
    row: { echo: ["reasoning", "reasoning_details"], extra_body: { provider: { require_parameters: true } } },
    says: { switch: "reasoning", level: "reasoning" },
  },
  // console.groq.com/docs/reasoning: Qwen takes none and default. Messages with reasoning_content or reasoning are
  // refused (tashfeenahmed/freellmapi#1070, karthink/gptel#774).
  groq: {
    hostnames: ["api.groq.com"],
    row: { token_limit_field: "max_completion_tokens" },
    says: {
      switch: {
        on: { reasoning_effort: "default", reasoning_format: "parsed" },
        off: { reasoning_effort: "none" },
      },
      level: "reasoning_effort",
    },
  },
  // inference-docs.cerebras.ai/capabilities/reasoning: GLM takes none, gpt-oss only levels.
  cerebras: {
    hostnames: ["api.cerebras.ai"],
    ids: /^zai-glm-/,
    row: { token_limit_field: "max_completion_tokens" },
    says: { switch: { on: {}, off: { reasoning_effort: "none" } }, level: "reasoning_effort" },
  },
  // docs.together.ai/docs/inference/chat/reasoning
  together: {
    hostnames: ["api.together.xyz", "api.together.ai"],
    row: {},
    says: { switch: "reasoning", level: "reasoning_effort" },
  },
  // docs.fireworks.ai/guides/reasoning; unknown fields are refused (docs.fireworks.ai/tools-sdks/nim-compatibility).
  fireworks: {
    hostnames: ["api.fireworks.ai"],
    ids: /^accounts\/fireworks\//,
    row: {},
    says: {
      switch: { on: { reasoning_effort: "high" }, off: { reasoning_effort: "none" } },
      level: "reasoning_effort",
    },
  },
  // Proxies of Amazon's Converse API, such as LiteLLM: tools beside a history with calls (vxcontrol/pentagi#196), no
  // empty text (NousResearch/hermes-agent#55092), no include_usage (anomalyco/opencode#4698), turns, and ids of calls
  // of letters, digits, _ and - (docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolUseBlock.html).
  // Converse has no tool_choice none (boto/boto3#4687); a LiteLLM proxy drops it where its drop_params is true
  // (BerriAI/litellm#37980).
  bedrock: {
    hostnames: ["bedrock-runtime.*.amazonaws.com", "bedrock-mantle.*.api.aws"],
    ids:
      /^(bedrock\/|([a-z-]+\.)?(anthropic|amazon|meta|mistral|cohere|ai21|deepseek|qwen|openai|moonshot)\.[a-z])/,
    row: {
      stream_usage: false,
      user_fields: [],
      tool_choice_none: true,
      content_beside_calls: null,
      alternate_roles: true,
      call_ids: "nine",
    },
    says: NOTHING,
  },
  // stream_options is an unknown field (continuedev/continue#12936, anomalyco/opencode#4698), other unknown ones are
  // refused too; docs.databricks.com/aws/en/machine-learning/model-serving/query-reason-models: reasoning_effort.
  databricks: {
    hostnames: ["*.cloud.databricks.com", "*.azuredatabricks.net", "*.gcp.databricks.com"],
    ids: /^(databricks-|system\.ai\.)/,
    row: { stream_usage: false, user_fields: [], content_beside_calls: null, alternate_roles: true },
    says: LEVELS,
  },
  // ollama/ollama#14820: models that can think do so unless reasoning_effort is none; only gpt-oss takes another level,
  // others refuse it (ollama/ollama#12561). tool_choice is not known to it (docs.ollama.com/api/openai-compatibility).
  ollama: {
    hostnames: ["ollama.com", "*:11434"],
    ids: /^(hf\.co\/[\w./-]+|[\w.-]+):[\w.-]+$/,
    row: {},
    says: { switch: { on: {}, off: { reasoning_effort: "none" } }, level: "reasoning_effort" },
  },
  // docs.vllm.ai/en/latest/features/reasoning_outputs: chat_template_kwargs; templates of many models want the user and
  // the assistant to take turns (microsoft/autogen#3597, suitenumerique/conversations#197).
  vllm: {
    hostnames: [],
    ids: /^[\w.-]+\/[\w.-]*[A-Z][\w.-]*$/,
    row: { alternate_roles: true },
    says: { switch: "chat_template_kwargs", level: "reasoning_effort" },
  },
  // docs.sglang.ai/advanced_features/separate_reasoning: chat_template_kwargs.
  sglang: {
    hostnames: [],
    row: { alternate_roles: true },
    says: { switch: "chat_template_kwargs", level: "reasoning_effort" },
  },
  // github.com/ggml-org/llama.cpp/tree/master/tools/server: chat_template_kwargs, reasoning_effort within them.
  "llama.cpp": {
    hostnames: [],
    row: { alternate_roles: true },
    says: { switch: "chat_template_kwargs", level: "chat_template_kwargs" },
  },
  // lmstudio-ai/lmstudio-bug-tracker#2057: reasoning_effort none and medium.
  lmstudio: {
    hostnames: ["*:1234"],
    row: { alternate_roles: true },
    says: EFFORT,
  },
} as const satisfies Record<string, Host>;

export type HostName = keyof typeof HOSTS;
export const HOST_NAMES = Object.keys(HOSTS).filter((name): name is HostName => Object.hasOwn(HOSTS, name));

/** The host of this name, however it is written: `LM Studio`, `llama.cpp`, `OpenRouter`. */
export function hostNamed(name: string): HostName | null {
  return HOST_NAMES.find((known) => bare(known) === bare(name)) ?? null;
}

/** The host at this base URL, or null where it is none of the listed ones. */
export function hostAt(base_url: string): HostName | null {
  if (!URL.canParse(base_url)) return null;
  const { hostname, host } = new URL(base_url);
  const isAt = (known: string) => fits(hostname, known) || fits(host, known);
  return HOST_NAMES.find((name) => listed(name).hostnames.some(isAt)) ?? null;
}

/** The host that alone has such ids, if there is one. */
export function hostOfId(id: string): HostName | null {
  return HOST_NAMES.find((name) => listed(name).ids?.test(id)) ?? null;
}

function listed(name: HostName): Host {
  return HOSTS[name];
}

function bare(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, "");
}

function fits(hostname: string, known: string): boolean {
  const [start = "", end] = known.split("*");
  if (end === undefined) return hostname === known;
  return hostname.length > start.length + end.length && hostname.startsWith(start) && hostname.endsWith(end);
}
