// Filters, calls that could not be read, hosts that are down, and what is really wrong with a request.
import { errorsOf, openai } from "./host_error.ts";

export const REQUEST_ERRORS = [
  ...errorsOf("content_filtered", 400, {
    "Azure": openai(
      "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
      {
        code: "content_filter",
        innererror: {
          code: "ResponsibleAIPolicyViolation",
          content_filter_result: {
            hate: { filtered: true, severity: "high" },
            violence: { filtered: false },
          },
        },
      },
    ),
    "Azure, the filter's result alone": {
      error: {
        message: "Bad request",
        innererror: { content_filter_result: { jailbreak: { filtered: true, detected: true } } },
      },
    },
    "OpenAI": openai("Your request was rejected as a result of our safety system.", {
      code: "content_policy_violation",
    }),
    "OpenAI, thinking models": openai(
      "Invalid prompt: your prompt was flagged as potentially violating our usage policy. Please try again with a different prompt.",
      { code: "invalid_prompt" },
    ),
    "DashScope": {
      error: {
        code: "data_inspection_failed",
        type: "data_inspection_failed",
        message: "Input data may contain inappropriate content.",
      },
    },
    "DashScope, by its other name": {
      code: "DataInspectionFailed",
      message: "Output data may contain inappropriate content.",
    },
    "GLM": {
      contentFilter: [{ level: 1, role: "user" }],
      error: { code: "1301", message: "系统检测到输入或生成内容可能包含不安全或敏感内容" },
    },
    "DeepSeek": openai("Content Exists Risk"),
    "Kimi": {
      error: {
        message: "The request was rejected because it was considered high risk",
        type: "content_filter",
      },
    },
    "Anthropic": {
      type: "error",
      error: { type: "invalid_request_error", message: "Output blocked by content filtering policy" },
    },
    "Gemini": [{
      error: { code: 400, status: "INVALID_ARGUMENT", message: "The prompt was blocked: PROHIBITED_CONTENT" },
    }],
    "Volcengine": {
      error: { code: "InputTextSensitiveContentDetected", message: "The request failed", type: "BadRequest" },
    },
    "litellm": openai("litellm.ContentPolicyViolationError: AzureException - filtered", {
      code: "400",
      type: null,
    }),
  }),
  ...errorsOf("content_filtered", 400, {
    "a guardrail": { error: { message: "Guardrail was enforced", code: 400 } },
    "Kimi, in words only": {
      error: { message: "The request was rejected because it was considered high risk" },
    },
    "OpenAI, in words only": openai("Your request was rejected as a result of our safety system."),
    "Mistral": { object: "error", message: "The content was blocked by moderation", type: "x", code: "2" },
  }),
  ...errorsOf("content_filtered", 403, {
    "OpenRouter, in words only": {
      error: {
        code: 403,
        message: 'x requires moderation on Anthropic. Your input was flagged for "harassment".',
      },
    },
    "xAI": {
      code: "The caller does not have permission to execute the specified operation",
      error:
        "Content violates usage guidelines. Team: 1, API key ID: 2, Model: grok-4, Failed check: SAFETY_CHECK_TYPE_BIO",
    },
    "OpenRouter": {
      error: {
        code: 403,
        message: "Input requires review",
        metadata: { reasons: ["violence"], flagged_input: "Show me…", provider_name: "x", model_slug: "m" },
      },
    },
  }),
  ...errorsOf("malformed_tool_call", 400, {
    "Groq": openai(
      "Failed to call a function. Please adjust your prompt. See 'failed_generation' for more details.",
      {
        code: "tool_use_failed",
        failed_generation: "<function=get_tasks{}</function>",
      },
    ),
    "Groq, a tool that was not offered": openai(
      "Tool call validation failed: tool call validation failed: attempted to call tool 'json' which was not in request.tools",
      { code: "tool_use_failed" },
    ),
    "Groq behind OpenRouter": {
      error: {
        message: "Provider returned error",
        code: 400,
        metadata: {
          raw:
            '{"error":{"message":"Failed to call a function.","type":"invalid_request_error","code":"tool_use_failed"}}',
        },
      },
    },
    "SGLang": {
      object: "error",
      message: "Failed to parse tool call: Expecting ',' delimiter",
      type: "BadRequestError",
      code: 400,
    },
    "gpt-oss on vLLM": openai(
      'unexpected tokens remaining in message header: Some("to=functions.get_tasks")',
    ),
  }),
  ...errorsOf("malformed_tool_call", 500, {
    "Ollama": {
      error: {
        message: "error parsing tool call: raw='{\"n\":', err=unexpected end of JSON input",
        type: "api_error",
      },
    },
    "llama.cpp": {
      error: {
        code: 500,
        message: "Failed to parse tool call arguments as JSON: [json.exception.parse_error.101] parse error",
        type: "server_error",
      },
    },
    "llama.cpp, its own parser": {
      error: { code: 500, message: "Failed to parse input at pos 12: <tool_call>", type: "server_error" },
    },
  }),
  ...errorsOf("bad_request", 400, {
    "a limit of the answer beyond the model's": openai(
      "max_tokens is too large: 32000. This model supports at most 16384 completion tokens, whereas you provided 32000.",
      { param: "max_tokens" },
    ),
    "the same of Anthropic": {
      type: "error",
      error: {
        type: "invalid_request_error",
        message:
          "max_tokens: 64000 > 32000, which is the maximum allowed number of output tokens for claude-x",
      },
    },
    "the same of Groq, which names its context window": openai(
      "`max_tokens` must be less than or equal to `8192`, the maximum value for `max_tokens` is less than the `context_window` for this model",
    ),
    "the same of DashScope": {
      error: { code: "invalid_parameter_error", message: "Range of max_tokens should be [1, 8192]" },
    },
    "the same of DeepSeek": openai("Invalid max_tokens value, the valid range of max_tokens is [1, 8192]"),
    "the same of Bedrock": {
      message:
        "The maximum tokens you requested exceeds the model limit of 4096. Try again with a maximum tokens value that is lower than 4096.",
    },
    "the same of vLLM, beyond the whole window": openai(
      "'max_tokens' or 'max_completion_tokens' is too large: 8192. This model's maximum context length is 4096 tokens and your request has 50 input tokens (8192 > 4096 - 50).",
    ),
    "the same of Volcengine": {
      error: {
        code: "InvalidParameter",
        message:
          "The parameter `max_completion_tokens` specified in the request are not valid: integer above maximum value, expected a value <= 12288, but got 32000 instead.",
        param: "max_completion_tokens",
        type: "BadRequest",
      },
    },
    "a temperature": openai(
      "Unsupported value: 'temperature' does not support 0.7 with this model. Only the default (1) value is supported.",
      { code: "unsupported_value" },
    ),
    "DeepSeek, thinking left out": openai(
      "The `reasoning_content` in the thinking mode must be passed back to the API.",
    ),
    "vLLM started without tools": {
      object: "error",
      message: '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set',
      type: "BadRequestError",
      code: 400,
    },
    "a parameter that has the name of a filter": openai(
      "Invalid value for 'moderation': must be 'auto' or 'low'",
    ),
    "a link to a policy": openai(
      "Unknown field: user. See our usage policy and the content policy for more.",
    ),
    "a user's text, quoted": openai(
      "Invalid value for messages[1]: 'my code says that the maximum context length is 4096 tokens and the API key is invalid'",
    ),
    "a user's text, in a list of complaints": {
      detail: [{
        type: "string_type",
        loc: ["body", "messages", 0, "content"],
        msg: "Input should be a valid string",
        input: "prompt is too long",
      }],
    },
    "what the model wrote, in a field of its own": openai("Bad value", {
      failed_generation: "maximum context length is 5",
    }),
    "OpenRouter, no such model": { error: { message: "x/y is not a valid model ID", code: 400 } },
    "nothing at all": "",
    "an empty object": {},
    "null": null,
  }),
  ...errorsOf("bad_request", 404, {
    "Ollama": {
      error: {
        message: 'model "llama9" not found, try pulling it first',
        type: "api_error",
        param: null,
        code: null,
      },
    },
    "xAI": {
      code: "Some requested entity was not found",
      error: "The model grok-9 does not exist or your team does not have access to it.",
    },
    "OpenRouter, a parameter that no host takes": {
      error: { message: "No endpoints found that can handle the requested parameters.", code: 404 },
    },
    "FastAPI": { detail: "Not Found" },
    "Spring": {
      timestamp: "2026-11-22T10:00:00Z",
      status: 404,
      error: "Not Found",
      path: "/v1/chat/completions",
    },
    "a page": "<html><title>404 Not Found</title></html>",
  }),
  ...errorsOf("bad_request", 403, {
    "OpenAI, a model that the project has not": openai("Project `p` does not have access to model `m`", {
      code: "model_not_found",
    }),
  }),
  ...errorsOf("bad_request", 422, {
    "Mistral": {
      object: "error",
      message: {
        detail: [{
          type: "extra_forbidden",
          loc: ["body", "stream_options"],
          msg: "Extra inputs are not permitted",
          input: {},
        }],
      },
      type: "invalid_request_error",
      param: null,
      code: null,
    },
    "Mistral, as text": {
      object: "error",
      message:
        '{"detail":[{"type":"extra_forbidden","loc":["body","user"],"msg":"Extra inputs are not permitted","input":"u"}]}',
      type: "internal_error_proxy",
      code: "1000",
    },
  }),
  ...errorsOf("bad_request", 500, {
    "llama.cpp, a model's template": {
      error: {
        code: 500,
        message: "Conversation roles must alternate user/assistant/user/assistant/... at row 1, column 2",
        type: "server_error",
      },
    },
    "a gateway, of a class": openai("litellm.BadRequestError: OpenAIException - Unknown field"),
  }),
  ...errorsOf("overloaded", 503, {
    "llama.cpp": { error: { code: 503, message: "Loading model", type: "unavailable_error" } },
    "Gemini": [{
      error: {
        code: 503,
        message: "The model is overloaded. Please try again later.",
        status: "UNAVAILABLE",
      },
    }],
    "Cloudflare": "<html><title>503 Service Temporarily Unavailable</title></html>",
    "an explanation with many words": openai(
      "No capacity. If you see maximum context length is 5 or invalid API key, ignore it.",
    ),
  }),
  ...errorsOf("overloaded", 529, {
    "Anthropic": { type: "error", error: { type: "overloaded_error", message: "Overloaded" } },
  }),
  ...errorsOf("overloaded", 429, {
    "Kimi": {
      error: {
        message: "The engine is currently overloaded, please try again later",
        type: "engine_overloaded_error",
      },
    },
    "GLM": { error: { code: "1305", message: "The service may be temporarily overloaded" } },
  }),
  ...errorsOf("overloaded", 500, {
    "OpenAI": openai("The server had an error while processing your request. Sorry about that!", {
      type: "server_error",
    }),
    "litellm, the upstream is gone": openai(
      "litellm.APIConnectionError: OpenAIException - peer closed connection",
    ),
    "a plain text": "Internal Server Error",
    "an empty body": "",
    "Gemini": [{ error: { code: 500, message: "An internal error has occurred", status: "INTERNAL" } }],
  }),
  ...errorsOf("timeout", 504, {
    "Gemini": [{ error: { code: 504, message: "The request timed out.", status: "DEADLINE_EXCEEDED" } }],
    "nginx": "<html><head><title>504 Gateway Time-out</title></head></html>",
  }),
  ...errorsOf("timeout", 524, { "Cloudflare": "<html><title>A timeout occurred</title></html>" }),
  ...errorsOf("timeout", 500, {
    "litellm": openai("litellm.Timeout: APITimeoutError - Request timed out.", { type: null, code: "408" }),
  }),
];
