// What hosts refuse of what is sent, as data: their words, the field of the model's row that mends it, and
// what to set there. The log of a refused request names it, and so does `deno task models`.
import { parsedJson, readErrorBody } from "./error_body.ts";
import type { ModelRow } from "../models/model_row.ts";

/** What to change in the model's row: `field` of LLM_MODEL_TABLE, and in `why` a sentence with the value to set. */
export interface Mend {
  field: keyof ModelRow;
  why: string;
}

interface Refused extends Mend {
  words: RegExp;
}

/** "Not taken", as hosts say it, within a few words of the name of what isn't. */
function notTaken(name: string): RegExp {
  const no =
    "extra (?:inputs|fields)|extra_forbidden|unsupported|not (?:be )?(?:support|permit|allow)|unrecogni[sz]ed|unknown|unexpected|deprecated|not available|invalid|does not accept|additional propert";
  return new RegExp(`(?:${no}).{0,60}\\b${name}\\b|\\b${name}\\b.{0,60}(?:${no})`, "i");
}

/** Tried in this order: what names a value before what names a field, a message's field before the body's. */
const REFUSED: readonly Refused[] = [
  {
    // Mistral.
    words: /tool call id.{0,80}(?:length of 9|a-z, A-Z, 0-9)/i,
    field: "call_ids",
    why: 'the host takes no other ids of calls than nine letters and digits: set "nine"',
  },
  {
    // Bedrock; litellm; Anthropic: anomalyco/opencode#4698, vercel/ai#7537.
    words:
      /toolConfig field must be defined|without .{0,3}tools=|tool_result.{0,40}must (?:define|include|provide) tools|tools.{0,20}must be (?:set|defined|provided).{0,60}tool/i,
    field: "tool_choice_none",
    why: "the host refuses a history with tool calls and no tools beside it: set true",
  },
  {
    words:
      /tool_choice.{0,60}\bnone\b.{0,60}(?:not|unsupported|invalid)|(?:unsupported|invalid).{0,40}tool_choice/i,
    field: "tool_choice_none",
    why: 'the host does not know tool_choice "none": set false',
  },
  {
    // OpenAI gpt-5.6: tools want no thinking.
    words: /function tools? with reasoning_effort|set reasoning_effort to .{0,3}none/i,
    field: "think",
    why: 'the model takes tools only without thinking: set "reasoning_effort" and leave think_for empty',
  },
  {
    // Gemini: symfony/ai#1330, taylorwilsdon/google_workspace_mcp#1099.
    words:
      /proto field is not repeating|(?:function_declarations|tools\[\d+\]).{0,80}cannot find field|unknown name.{0,40}function_declarations|only 'enum' and 'date-time'/i,
    field: "tool_schemas",
    why: 'the host does not take JSON Schema for tools: set "openapi"',
  },
  {
    // Gemini 3: NousResearch/hermes-agent#20154.
    words: /thought_?signature/i,
    field: "echo",
    why: 'the host wants its thought signatures back with the calls: add "extra_content"',
  },
  {
    // Mistral: charmbracelet/crush#1590.
    words: /(?:reasoning(?:_content|_details)?)\W.{0,40}(?:extra inputs|not permitted|unsupported|unknown)/i,
    field: "echo",
    why: "the host takes no thinking back: set []",
  },
  {
    words: /reasoning_details/i,
    field: "echo",
    why: 'the host wants its reasoning_details back: add "reasoning_details"',
  },
  {
    // DeepSeek, Kimi: reasoning_content is missing in assistant tool call message.
    words: /reasoning_content.{0,80}(?:passed back|missing|required|must)|missing.{0,40}reasoning_content/i,
    field: "echo",
    why: 'the host wants the thinking back with the assistant\'s message: set ["reasoning_content"]',
  },
  {
    // vLLM's strict templates; Mistral; Perplexity: openai/openai-agents-python#442.
    words:
      /roles? must alternate|after .{0,30}role|unexpected role|must alternate between|(?:first|last) (?:message|role).{0,60}(?:user|assistant)|start with (?:a )?user|expected last role/i,
    field: "alternate_roles",
    why: "the host wants user and assistant to take turns: set true",
  },
  {
    words:
      /content.{0,60}(?:null|none(?:type)?)\b.{0,60}|(?:null|none) .{0,30}content|content.{0,40}valid string/i,
    field: "content_beside_calls",
    why: 'the host refuses null as the content beside tool calls: set ""',
  },
  {
    // Bedrock, Anthropic: anomalyco/opencode#17395.
    words:
      /content.{0,60}(?:non-?empty|must not be empty|cannot be empty|is blank|is empty|at least 1 char)/i,
    field: "content_beside_calls",
    why: "the host refuses empty content beside tool calls: set null",
  },
  {
    // OpenAI, Azure; litellm#… of gpt-5.
    words: /max_tokens.{0,80}use .{0,3}max_completion_tokens/i,
    field: "token_limit_field",
    why: 'set "max_completion_tokens"',
  },
  { words: notTaken("max_completion_tokens"), field: "token_limit_field", why: 'set "max_tokens"' },
  {
    // OpenAI, Kimi, Claude Opus 4.7: johny-b/llmcomp#69, UKGovernmentBEIS/inspect_ai#3721.
    words:
      /temperature.{0,80}(?:only|must be|may only|deprecated|not support|not allowed|default)|(?:unsupported|invalid|unknown|deprecated).{0,40}temperature/i,
    field: "temperature",
    why: "the model takes no temperature but its own: set null (or the one that the host names)",
  },
  {
    // Mistral; Bedrock's proxies: BerriAI/litellm#34569.
    words: /stream_options|include_usage/i,
    field: "stream_usage",
    why: "the host does not know stream_options: set false",
  },
  {
    // OpenAI's strict schemas.
    words:
      /invalid schema for function|additionalProperties.{0,40}(?:required|false)|\bstrict\b.{0,60}(?:not|invalid|unsupported|extra)/i,
    field: "strict_tools",
    why: "the host takes a tool's schema as strict or not at all: set false",
  },
  { words: notTaken("user_id"), field: "user_fields", why: 'leave out "user_id"' },
  { words: /body\.user\b/i, field: "user_fields", why: "the host takes no end user: set []" },
  {
    words: /(?:parameter|argument|field|input)s?\W{1,4}user\b(?! (?:id|role|message))/i,
    field: "user_fields",
    why: "the host takes no end user: set []",
  },
  {
    words: notTaken("(?:reasoning_effort|thinking|enable_thinking|chat_template_kwargs|reasoning)"),
    field: "think",
    why:
      'the host switches thinking in another way, or not at all: set "none", or the way its documentation names',
  },
  {
    // OpenRouter: a model that must think.
    words: /reasoning is mandatory|cannot (?:be )?disable[d]?.{0,20}(?:reasoning|thinking)/i,
    field: "think_for",
    why: 'the model always thinks: list both profiles, "balanced" and "speed"',
  },
  {
    // Ollama, OpenRouter.
    words: /(?:does not|doesn't) support (?:tools|tool use|function)|found that support tool use/i,
    field: "id",
    why: "the model can't use tools here: choose another in LLM_BALANCED_MODELS and LLM_SPEED_MODELS",
  },
  {
    // OpenRouter, `provider.require_parameters`.
    words: /no endpoints found that (?:can handle|support) the requested parameters/i,
    field: "extra_body",
    why:
      "no host of the model takes every parameter: set temperature to null, or provider.require_parameters to false in extra_body",
  },
  {
    // GitHub Copilot and gateways.
    words: /missing (?:required )?.{0,30}header/i,
    field: "extra_headers",
    why: "the host wants a header: add it",
  },
  {
    words:
      /model\b.{0,100}(?:not found|not exist|no access|not a valid|unknown)|(?:unknown|invalid|no such) model|not a valid model/i,
    field: "id",
    why: "the host has no such model, or not for this key: mend LLM_BALANCED_MODELS and LLM_SPEED_MODELS",
  },
];

/**
 * What mends a refusal in these words: a host's message, or the whole body of its answer as text. Null where it
 * is not known.
 */
export function mendOf(detail: string): Mend | null {
  const words = readErrorBody(parsedJson(detail) ?? detail).told;
  const found = REFUSED.find((refused) => refused.words.test(words));
  return found ? { field: found.field, why: found.why } : null;
}
