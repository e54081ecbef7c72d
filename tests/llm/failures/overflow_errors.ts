// An overlong prompt, in the words of each host.
import { errorsOf, openai } from "./host_error.ts";

export const OVERFLOW_ERRORS = [
  ...errorsOf("context_overflow", 400, {
    "Cloudflare": {
      errors: [{
        code: 5021,
        message:
          "AiError: The estimated number of input and maximum output tokens (30000) exceeded this model context window limit (24000).",
      }],
    },
    "a host that names the window alone": openai(
      "The model's context length is 32768 tokens, your prompt has 40000",
    ),
    "OpenAI": openai(
      "Your input exceeds the context window of this model. Please adjust your input and try again.",
      {
        code: "context_length_exceeded",
      },
    ),
    "OpenAI, older": openai(
      "This model's maximum context length is 8192 tokens. However, you requested 8256 tokens (64 in the messages, 8192 in the completion). Please reduce the length of the messages or completion.",
    ),
    "OpenAI, one message beyond all bounds": openai(
      "Invalid 'messages[1].content': string too long. Expected a string with maximum length 1048576, but got a string with length 2000000 instead.",
      { code: "string_above_max_length", param: "messages[1].content" },
    ),
    "Anthropic": {
      type: "error",
      error: { type: "invalid_request_error", message: "prompt is too long: 209303 tokens > 200000 maximum" },
      request_id: "req_1",
    },
    "Anthropic, compatible endpoint": openai(
      "input length and `max_tokens` exceed context limit: 195000 + 8192 > 200000, decrease input length or `max_tokens` and try again",
      { code: "invalid_request_error" },
    ),
    "Gemini, in a list": [{
      error: {
        code: 400,
        message: "The input token count (1100000) exceeds the maximum number of tokens allowed (1048576).",
        status: "INVALID_ARGUMENT",
      },
    }],
    "vLLM": {
      object: "error",
      message:
        "The decoder prompt (length 5000) is longer than the maximum model length of 4096. Make sure that `max_model_len` is no smaller than the number of text tokens.",
      type: "BadRequestError",
      param: null,
      code: 400,
    },
    "vLLM, nested since 0.11": {
      error: {
        message:
          "This model's maximum context length is 32768 tokens. However, your request has 40000 input tokens. Please reduce the length of the input messages.",
        type: "BadRequestError",
        param: "input_tokens",
        code: 400,
      },
    },
    "vLLM, the window filled but for the answer": {
      error: {
        message:
          "'max_tokens' or 'max_completion_tokens' is too large: 500. This model's maximum context length is 4096 tokens and your request has 4000 input tokens (500 > 4096 - 4000).",
        type: "BadRequestError",
        param: "max_tokens",
        code: 400,
      },
    },
    "vLLM, nothing left for the answer": openai("max_tokens must be at least 1, got -904."),
    "SGLang": {
      object: "error",
      message: "The input (5000 tokens) is longer than the model's context length (4096 tokens).",
      type: "BadRequestError",
      param: null,
      code: 400,
    },
    "SGLang, with the answer counted": {
      object: "error",
      message:
        "Requested token count exceeds the model's maximum context length of 4096 tokens. You requested a total of 5000 tokens: 4500 tokens from the input messages and 500 tokens for the completion.",
      type: "BadRequestError",
      code: 400,
    },
    "llama.cpp": {
      error: {
        code: 400,
        message: "request (13392 tokens) exceeds the available context size (8192 tokens), try increasing it",
        type: "exceed_context_size_error",
        n_prompt_tokens: 13392,
        n_ctx: 8192,
      },
    },
    "llama-cpp-python": {
      error: { message: "Requested tokens (2285) exceed context window of 2048", code: 400 },
    },
    "LM Studio": {
      error:
        "The number of tokens to keep from the initial prompt is greater than the context length. Try to load the model with a larger context length, or provide a shorter input",
    },
    "LM Studio, loaded too small": {
      error:
        "Trying to keep the first 5000 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens, which is not enough.",
    },
    "Ollama": {
      error: {
        message: "prompt too long; exceeded max context length by 4 tokens",
        type: "invalid_request_error",
      },
    },
    "Groq": openai("Please reduce the length of the messages or completion.", {
      code: "context_length_exceeded",
    }),
    "Cerebras": {
      message:
        "Please reduce the length of the messages or completion. Current length is 8193 while limit is 8192",
      type: "invalid_request_error",
      param: "messages",
      code: "context_length_exceeded",
    },
    "Together": openai(
      "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 8193. Given: 9000 `inputs` tokens and 500 `max_new_tokens`",
    ),
    "Fireworks": {
      error: {
        object: "error",
        type: "invalid_request_error",
        message: "The prompt is too long: 140000, model maximum context length: 131071",
      },
    },
    "xAI": {
      code: "Client specified an invalid argument",
      error: "This model's maximum prompt length is 131072 but the request contains 537812 tokens.",
    },
    "Mistral": {
      object: "error",
      message:
        "Prompt contains 65673 tokens and 0 draft tokens, too large for model with 32768 maximum context length",
      type: "invalid_request_prompt",
      param: null,
      code: "3051",
    },
    "Kimi": {
      error: {
        message: "Invalid request: Your request exceeded model token limit: 262144 (requested: 270000)",
        type: "invalid_request_error",
      },
    },
    "GLM": { error: { code: "1261", message: "Prompt exceeds max length" } },
    "GLM, in Chinese": { error: { code: "1210", message: "输入的 Prompt 超长" } },
    "MiniMax": {
      type: "error",
      error: {
        type: "bad_request_error",
        message: "invalid params, context window exceeds limit (2013)",
        http_code: "400",
      },
    },
    "Bedrock": { message: "Input is too long for requested model." },
    "Bedrock Mantle": {
      error: {
        code: "validation_error",
        message: "prompt tokens (400007) exceed model maximum (278528) for openai.gpt-5.5",
        type: "invalid_request_error",
      },
    },
    "Bedrock, by characters": {
      message:
        "Malformed input request: expected maxLength: 512000, actual: 900000, please reformat your input and try again.",
    },
    "Databricks": {
      error_code: "BAD_REQUEST",
      message:
        "Bad request: prompt token count (140000) + max_tokens (2000) exceeds the model's context length of 131072",
    },
    "Azure": openai(
      "Input tokens exceed the configured limit of 272000 tokens. Your messages resulted in 509178 tokens. Please reduce the length of the messages.",
      { code: "context_length_exceeded" },
    ),
    "Copilot": {
      error: {
        message: "prompt token count of 70000 exceeds the limit of 64000",
        code: "model_max_prompt_tokens_exceeded",
      },
    },
    "MiniMax, of messages": {
      type: "error",
      error: { type: "bad_request_error", message: "invalid params, messages token count exceeds limit" },
    },
    "Volcengine": {
      error: {
        code: "InvalidParameter",
        message: "Total tokens of image and text exceed max message tokens",
        type: "BadRequest",
      },
    },
    "Baichuan": openai("Requested 40000 tokens, but the max is 32768"),
    "DashScope": {
      error: {
        code: "invalid_parameter_error",
        message: "<400> InternalError.Algo.InvalidParameter: Range of input length should be [1, 983616]",
        type: "invalid_request_error",
      },
    },
    "SiliconFlow": {
      code: 20015,
      message: "length of prompt_tokens (40000) must be less than max_seq_len (32768).",
      data: null,
    },
    "OpenRouter, of a host's own endpoint": {
      error: {
        message:
          'This endpoint\'s maximum context length is 65536 tokens. However, you requested about 70000 tokens. Please reduce the length of either one, or use the "middle-out" transform to compress your prompt automatically.',
        code: 400,
      },
    },
    "OpenRouter, of an upstream": {
      error: {
        message: "Provider returned error",
        code: 400,
        metadata: {
          raw:
            '{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 210000 tokens > 200000 maximum"}}',
          provider_name: "Anthropic",
        },
      },
    },
    "litellm, of Bedrock": openai(
      'litellm.BadRequestError: BedrockException - {"message":"The model returned the following errors: {\\"type\\":\\"error\\",\\"error\\":{\\"type\\":\\"invalid_request_error\\",\\"message\\":\\"prompt is too long: 209303 tokens > 200000 maximum\\"}}"}',
      { type: null, code: "400" },
    ),
    "litellm, by its class": openai(
      "litellm.ContextWindowExceededError: litellm.BadRequestError: OpenAIException - too long. Received Model Group=gpt",
      { type: null, code: "400" },
    ),
    "litellm, in Python's writing": openai(
      "litellm.BadRequestError: OpenAIException - Error code: 400 - {'error': {'message': \"This model's maximum context length is 4096 tokens.\", 'type': 'invalid_request_error', 'param': None, 'code': None}}",
      { type: null, code: "400" },
    ),
    "a body that is cut off":
      '{"error":{"message":"prompt is too long: 210000 tokens > 200000 maximum","type":"invalid_req',
    "a body that is cut off in its message": '{"error":{"message":"prompt is too long: 210000 tok',
    "an event with a status": 'event: error\ndata: {"error":{"message":"prompt is too long for me"}}\n\n',
    "two events with a status":
      'data: {"error":{"message":"prompt is too long for me"}}\n\ndata: {"error":{"message":"the end"}}\n\n',
    "a page of text": "Bad Request\nprompt is too long: 9 tokens > 8 maximum\n{}",
    "a gateway that puts the whole body into detail": {
      detail:
        '{"error":{"code":400,"message":"request (9000 tokens) exceeds the available context size (8192 tokens)","type":"exceed_context_size_error"}}',
    },
  }),
  ...errorsOf("context_overflow", 413, {
    "Anthropic, by bytes": {
      type: "error",
      error: { type: "request_too_large", message: "Request exceeds the maximum size" },
    },
    "a proxy before the host": "<html><head><title>413 Request Entity Too Large</title></head></html>",
    "a body without anything": "",
  }),
  ...errorsOf("context_overflow", 422, {
    "TGI": {
      error: "Input validation error: `inputs` must have less than 4096 tokens. Given: 5000",
      error_type: "validation",
    },
  }),
  ...errorsOf("context_overflow", 500, {
    "llama.cpp before October 2025": {
      error: {
        code: 500,
        message:
          "the request exceeds the available context size. try increasing the context size or enable context shift",
        type: "exceed_context_size_error",
      },
    },
    "a gateway that makes a 500 of everything": {
      error: { message: "Upstream: prompt is too long: 9 tokens > 8 maximum", type: "server_error" },
    },
  }),
];
