// Families of models, as data: what a model takes and whether it can be told not to think, wherever it is hosted. How
// that is said is the host's matter (hosts.ts). Sources are named by a public documentation page or by
// repository#number of a report; "assumed" where there is none.
import type { HostName } from "./hosts.ts";
import type { RowPart } from "./model_row.ts";

export interface Family {
  name: string;
  /** Matches the bare name of a model: `openai/gpt-oss-120b` and `gpt-oss:20b` are both `gpt-oss…`. */
  pattern: RegExp;
  /** `switch`: it can think or not. Two levels: only how much. `fixed`: it always does or never does. */
  thinks: "switch" | "fixed" | { on: string; off: string };
  /** The name of the switch in its chat template, where it is not `enable_thinking`. */
  template_switch?: string;
  row: RowPart;
  /** What is different at one host. */
  at?: Partial<Record<HostName, RowPart>>;
}

/** Reasoning models of OpenAI's take no temperature but 1 and no max_tokens (johny-b/llmcomp#69). */
const OPENAI_REASONING = {
  row: { temperature: null, token_limit_field: "max_completion_tokens" },
  // OpenRouter lists max_tokens for every model (openrouter.ai/docs/api-reference/parameters).
  at: { openrouter: { token_limit_field: "max_tokens" } },
} as const satisfies Pick<Family, "row" | "at">;

/** Claude's own API wants tools beside calls, and no empty text (aliasrobotics/cai#182, vxcontrol/pentagi#196). */
const CLAUDE = { tool_choice_none: true, content_beside_calls: null } as const satisfies RowPart;

/**
 * At every host, a call has to follow a user's message or a result (google-gemini/gemini-cli#11814), and a list of types
 * in a tool's schema is refused (netease-lcap/wave-agent#284, databricks/unity-gateway#491).
 */
const GEMINI = { alternate_roles: true, tool_schemas: "openapi" } as const satisfies RowPart;

/** The first that fits is a model's. */
export const FAMILIES: readonly Family[] = [
  // --- OpenAI -------------------------------------------------------------------------------------------------
  // inference-docs.cerebras.ai/capabilities/reasoning, console.groq.com/docs/reasoning: low, medium, high; never off.
  { name: "gpt-oss", pattern: /^gpt-oss/, thinks: { on: "medium", off: "low" }, row: {} },
  // It does not reason, but refuses what its family refuses (assumed).
  { name: "gpt-5 chat", pattern: /^gpt-5(\.\d+)?-chat/, thinks: "fixed", ...OPENAI_REASONING },
  // openai/codex#6647, CherryHQ/cherry-studio#10430: low is the least; the smaller one of gpt-5.1 takes no less than
  // medium (router-for-me/CLIProxyAPI#249).
  { name: "gpt-5.1 codex mini", pattern: /^gpt-5\.1-codex-mini/, thinks: "fixed", ...OPENAI_REASONING },
  {
    name: "gpt-5 codex",
    pattern: /^gpt-5(\.1)?-codex/,
    thinks: { on: "medium", off: "low" },
    ...OPENAI_REASONING,
  },
  // BerriAI/litellm#34569, livekit/agents#7169: with tools, an effort of none has to be said; "minimal" is refused.
  {
    name: "gpt-5.6 and later",
    pattern: /^gpt-(5\.[6-9]|[6-9])/,
    thinks: { on: "none", off: "none" },
    ...OPENAI_REASONING,
  },
  // pipecat-ai/pipecat#4043, charmbracelet/crush#2913, livekit/agents#7169: with tools, no effort may be said.
  { name: "gpt-5.2 to gpt-5.5", pattern: /^gpt-5\.[2-5]/, thinks: "fixed", ...OPENAI_REASONING },
  // livekit/agents#3966: none, low, medium, high.
  { name: "gpt-5.1", pattern: /^gpt-5\.1/, thinks: { on: "medium", off: "none" }, ...OPENAI_REASONING },
  // developers.openai.com/api/docs/models/gpt-5-pro: only high.
  { name: "gpt-5 pro", pattern: /^gpt-5-pro/, thinks: "fixed", ...OPENAI_REASONING },
  // ag2ai/ag2#2008, CIRISAI/CIRISAgent#769: minimal is the least.
  { name: "gpt-5", pattern: /^gpt-5/, thinks: { on: "medium", off: "minimal" }, ...OPENAI_REASONING },
  // developers.openai.com/api/docs/guides/reasoning: low is the least.
  { name: "o-series", pattern: /^o[1-9](-|$)/, thinks: { on: "medium", off: "low" }, ...OPENAI_REASONING },

  // --- Anthropic ----------------------------------------------------------------------------------------------
  // UKGovernmentBEIS/inspect_ai#3721, The-PR-Agent/pr-agent#2456: temperature is refused from 4.7 on. Claude thinks
  // only when told to, except on OpenRouter (oneshot-agent/oneshot-gtm#579).
  {
    name: "Claude 4.7 and later",
    pattern: /^claude-[a-z]+-(4[-.][7-9]|[5-9])(\D|$)/,
    thinks: "switch",
    row: { ...CLAUDE, temperature: null },
  },
  { name: "Claude", pattern: /^claude/, thinks: "switch", row: CLAUDE },

  // --- Google -------------------------------------------------------------------------------------------------
  // ai.google.dev/gemini-api/docs/openai#thinking: it can't be switched off; the guide wants the default temperature
  // (spring-projects/spring-ai#4911).
  {
    name: "Gemini 3 and later",
    pattern: /^gemini-[3-9]/,
    thinks: { on: "high", off: "low" },
    row: { ...GEMINI, temperature: null },
  },
  // ai.google.dev/gemini-api/docs/thinking: 2.5 Pro can't be switched off, 2.5 Flash can. Signatures are of use to
  // them, but only later models want one with each call.
  {
    name: "Gemini 2.5 Pro",
    pattern: /^gemini-2\.5-pro/,
    thinks: { on: "medium", off: "low" },
    row: GEMINI,
    // BerriAI/litellm#31102: there, reasoning_effort is refused for 2.5.
    at: { google: { echo: [] }, databricks: { think: "none" } },
  },
  {
    name: "Gemini 2.5 Flash",
    pattern: /^gemini-2\.5-flash/,
    thinks: "switch",
    row: GEMINI,
    at: { google: { echo: [] } },
  },
  { name: "Gemini", pattern: /^gemini/, thinks: "fixed", row: GEMINI, at: { google: { echo: [] } } },
  // Its template refuses two messages of one role, and a history that the assistant begins
  // (suitenumerique/conversations#197, dnakov/anon-kode#60).
  { name: "Gemma 4", pattern: /^gemma-?4/, thinks: "switch", row: { alternate_roles: true } },
  { name: "Gemma", pattern: /^gemma/, thinks: "fixed", row: { alternate_roles: true } },

  // --- DeepSeek -----------------------------------------------------------------------------------------------
  // api-docs.deepseek.com/guides/thinking_mode; docs.vllm.ai/en/latest/features/reasoning_outputs: `thinking`.
  {
    name: "DeepSeek V3.1 and later",
    pattern: /^deepseek-(flash|v3\.[1-9]|v3p[1-9]|v[4-9])/,
    thinks: "switch",
    template_switch: "thinking",
    row: {},
  },
  // vellum-ai/vellum-assistant#32428: R1 can't be told not to, but by Ollama's template (ollama/ollama#12180).
  {
    name: "DeepSeek R1",
    pattern: /^deepseek-r1/,
    thinks: "fixed",
    row: {},
    at: { ollama: { think: { on: {}, off: { reasoning_effort: "none" } } } },
  },
  { name: "DeepSeek", pattern: /^deepseek/, thinks: "fixed", row: {} },

  // --- Moonshot -----------------------------------------------------------------------------------------------
  // dev.to/aihubmix/kimi-k31-pro-migration-guide: temperature 1, can't be switched off, low is the least.
  {
    name: "Kimi K3 and later",
    pattern: /^kimi-k[3-9]/,
    thinks: { on: "high", off: "low" },
    row: { temperature: null },
  },
  // java.agentscope.io/v2/en/integration/model/kimi: it always thinks.
  { name: "Kimi K2.7 Code", pattern: /^kimi-k2[.p]7-code/, thinks: "fixed", row: { temperature: null } },
  // anomalyco/opencode#27796: temperature 1 (0.6 without thinking); platform.kimi.ai/docs/api/models-overview.
  {
    name: "Kimi K2.5 and later",
    pattern: /^kimi-k2[.p][5-9]/,
    thinks: "switch",
    template_switch: "thinking",
    row: { temperature: null },
    // reference.langchain.com, FIREWORKS_KIMI_EFFORTS: low is the least there.
    at: { fireworks: { think: { on: { reasoning_effort: "medium" }, off: { reasoning_effort: "low" } } } },
  },
  { name: "Kimi K2 Thinking", pattern: /^kimi-k2-thinking/, thinks: "fixed", row: { temperature: null } },
  // Other Kimi models have no such limits (assumed).
  {
    name: "Kimi",
    pattern: /^(kimi|moonshot)/,
    thinks: "fixed",
    row: {},
    at: { moonshot: { echo: [] } },
  },

  // --- Z.ai, MiniMax, Qwen -------------------------------------------------------------------------------------
  // docs.z.ai/guides/capabilities/thinking-mode
  {
    name: "GLM 4.5 and later",
    pattern: /^glm-?(4[.p][5-9]|[5-9])/,
    thinks: "switch",
    row: {},
    at: { zai: { echo: ["reasoning_content"] } },
  },
  // java.agentscope.io/v2/en/integration/model/minimax: M2 keeps thinking, M3 can be told not to.
  { name: "MiniMax M2", pattern: /^minimax-m2/, thinks: "fixed", row: {} },
  { name: "MiniMax", pattern: /^minimax-m[3-9]/, thinks: "switch", row: {} },
  // docs.vllm.ai, qwen3_reasoning_parser; huggingface.co/Qwen: the 2507 releases do one or the other.
  {
    name: "Qwen, one mode",
    pattern: /^(qwq|qwen3.*(thinking|instruct|coder|2507))/,
    thinks: "fixed",
    row: {},
  },
  // alibabacloud.com/help/en/model-studio/deep-thinking
  { name: "Qwen 3 and later", pattern: /^(qwen[3-9]|qwen-(plus|flash|turbo))/, thinks: "switch", row: {} },

  // --- Mistral, Meta, xAI ---------------------------------------------------------------------------------------
  // vllm-project/vllm#9019: its templates want nine letters and digits wherever it is hosted; and turns.
  {
    name: "Mistral",
    pattern: /^(open-)?(mistral|ministral|magistral|codestral|devstral|pixtral|mixtral)/,
    thinks: "fixed",
    row: { alternate_roles: true, call_ids: "nine" },
  },
  // Nothing that a host of it refuses is known (assumed).
  { name: "Llama", pattern: /^(meta-)?llama/, thinks: "fixed", row: {} },
  // npmjs.com/package/@ai-sdk/xai 3.0.97: none to high.
  {
    name: "Grok 4.3 and later",
    pattern: /^grok-(4\.[3-9](\D|$)|[5-9])/,
    thinks: { on: "medium", off: "none" },
    row: {},
  },
  // docs.x.ai/docs/guides/reasoning: low and high.
  { name: "Grok 3 mini", pattern: /^grok-3-mini/, thinks: { on: "high", off: "low" }, row: {} },
  // charmbracelet/catwalk#181, neavo/LinguaGacha#771: others refuse reasoning_effort.
  { name: "Grok", pattern: /^grok/, thinks: "fixed", row: {} },
];

/** The family of a model, by its id at any host. */
export function familyOf(id: string): Family | null {
  const name = bareName(id);
  return FAMILIES.find(({ pattern }) => pattern.test(name)) ?? null;
}

/**
 * `us.anthropic.claude-…`, `databricks-claude-…` and `anthropic/claude-…` are `claude-…`, `ft:gpt-5:…` is `gpt-5:…`;
 * `gpt-5-1`, as Databricks and many a deployment have it, is `gpt-5.1`, and `gpt-5-2025-08-07` has no such number.
 */
function bareName(id: string): string {
  return id.toLowerCase().replace(/^.*\//, "")
    .replace(
      /^(?:[a-z-]+\.)?(?:anthropic|amazon|meta|mistral|cohere|deepseek|qwen|openai|moonshot|xai)\.(?=[a-z])/,
      "",
    )
    .replace(/^(?:databricks-|system\.ai\.|zai-|ft:)/, "")
    .replace(/^((?:gpt|gemini|kimi-k|glm|minimax-m|grok)-?\d)-(\d{1,2})(?=-|$)/, "$1.$2");
}
