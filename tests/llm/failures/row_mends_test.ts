// Which field of a model's row mends a refusal, in the words of the hosts that refuse.
import assert from "node:assert/strict";
import type { ModelRow } from "../../../shared/llm/model_table.ts";
import { mendOf } from "../../../shared/llm/failures/row_mends.ts";

const REFUSALS: [keyof ModelRow, RegExp, string[]][] = [
  ["temperature", /null/, [
    "Unsupported value: 'temperature' does not support 0.7 with this model. Only the default (1) value is supported.",
    "`temperature` is deprecated for this model.",
    "invalid temperature: only 1 is allowed for this model",
    "`temperature` may only be set to 1 when thinking is enabled.",
    "Unsupported parameter: 'temperature' is not supported with this model.",
    '{"type":"error","error":{"type":"invalid_request_error","message":"temperature is deprecated for this model."}}',
  ]],
  ["token_limit_field", /max_completion_tokens/, [
    "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
  ]],
  ["token_limit_field", /"max_tokens"/, [
    '{"object":"error","message":{"detail":[{"type":"extra_forbidden","loc":["body","max_completion_tokens"],"msg":"Extra inputs are not permitted","input":32000}]}}',
    "Unrecognized request argument supplied: max_completion_tokens",
  ]],
  ["stream_usage", /false/, [
    '{"detail":[{"type":"extra_forbidden","loc":["body","stream_options","include_usage"],"msg":"Extra inputs are not permitted","input":true}]}',
    "Unknown field: stream_options",
    'litellm.BadRequestError: BedrockException - {"message":"stream_options.include_usage: extraneous key is not permitted"}',
  ]],
  ["echo", /reasoning_content/, [
    "The `reasoning_content` in the thinking mode must be passed back to the API.",
    "thinking is enabled but reasoning_content is missing in assistant tool call message at index 2",
  ]],
  ["echo", /extra_content/, [
    "Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly.",
  ]],
  ["echo", /\[\]/, [
    '{"detail":[{"type":"extra_forbidden","loc":["body","messages",3,"assistant","reasoning_content"],"msg":"Extra inputs are not permitted","input":"Hm"}]}',
  ]],
  ["tool_choice_none", /true/, [
    "The toolConfig field must be defined when using toolUse and toolResult content blocks.",
    "litellm.UnsupportedParamsError: Bedrock doesn't support tool calling without `tools=` param specified.",
    "Requests which include `tool_use` or `tool_result` blocks must define tools",
  ]],
  ["tool_choice_none", /false/, ["tool_choice 'none' is not supported by this model"]],
  ["content_beside_calls", /null/, [
    "messages: text content blocks must be non-empty",
    "messages.4: The text field in the ContentBlock object at messages.4.content.0 is blank.",
    "messages.2.content: content cannot be empty",
  ]],
  ["content_beside_calls", /""/, [
    "Invalid value for 'content': expected a string, got null.",
    '{"detail":[{"loc":["body","messages",2,"content"],"msg":"Input should be a valid string","type":"string_type","input":null}]}',
  ]],
  ["alternate_roles", /true/, [
    "Conversation roles must alternate user/assistant/user/assistant/...",
    "After the optional system message, conversation roles must alternate user/assistant",
    "Unexpected role 'user' after role 'tool'",
    "Expected last role User or Tool (or Assistant with prefix True) for serving but got assistant",
    "The first message must use the user role",
  ]],
  ["call_ids", /nine/, [
    "Tool call id was call_0123 but must be a-z, A-Z, 0-9, with a length of 9.",
  ]],
  ["strict_tools", /false/, [
    "Invalid schema for function 'create_task': In context=(), 'additionalProperties' is required to be supplied and to be false.",
  ]],
  ["user_fields", /\[\]/, [
    '{"detail":[{"type":"extra_forbidden","loc":["body","user"],"msg":"Extra inputs are not permitted","input":"u"}]}',
    "Unsupported parameter: 'user'",
  ]],
  ["user_fields", /user_id/, ["Unrecognized request argument supplied: user_id"]],
  ["think", /none/, [
    "Unrecognized request argument supplied: reasoning_effort",
    "Unknown parameter: 'thinking'.",
    '{"detail":[{"type":"extra_forbidden","loc":["body","chat_template_kwargs"],"msg":"Extra inputs are not permitted"}]}',
  ]],
  ["think", /without thinking/, [
    "Function tools with reasoning_effort are not supported for gpt-5.6 in /v1/chat/completions. Please set reasoning_effort to 'none'.",
  ]],
  ["think_for", /both/, ["Reasoning is mandatory for this endpoint and cannot be disabled."]],
  ["extra_body", /require_parameters/, ["No endpoints found that can handle the requested parameters."]],
  ["extra_headers", /header/, ["bad request: missing Editor-Version header for IDE auth"]],
  ["id", /tools/, [
    "registry.ollama.ai/library/gemma:2b does not support tools",
    "No endpoints found that support tool use. To learn more about provider routing, visit the docs",
  ]],
  ["id", /LLM_BALANCED_MODELS/, [
    "The model `gpt-9` does not exist or you do not have access to it.",
    "x/y is not a valid model ID",
    'model "llama9" not found, try pulling it first',
    "Model Not Exist",
  ]],
];

for (const [field, why, details] of REFUSALS) {
  for (const detail of details) {
    Deno.test(`${field} mends: ${detail.slice(0, 90)}`, () => {
      const mend = mendOf(detail);
      assert.equal(mend?.field, field);
      assert.match(mend?.why ?? "", why);
    });
  }
}

Deno.test("what no field of a row mends has no mend", () => {
  for (
    const detail of [
      "",
      "no",
      "prompt is too long: 210000 tokens > 200000 maximum",
      "Your credit balance is too low to access the API",
      "Rate limit reached on tokens per minute",
      "The server had an error while processing your request",
      "Invalid user input",
      '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set',
      "max_tokens is too large: 32000. This model supports at most 16384 completion tokens",
    ]
  ) assert.equal(mendOf(detail), null, detail);
});
