// What hosts refuse, in their own words and with their own status, as rules for a strict host. The reports stand
// beside each rule.
import type { Rule, StrictBody } from "./strict_host.ts";

function invalid(message: string, more: Record<string, unknown> = {}) {
  return { status: 400, body: { error: { message, type: "invalid_request_error", ...more } } };
}

/** gpt-5 and later (johny-b/llmcomp#69): the only temperature is 1, and the limit has another name. */
export const gpt5: Rule = (body) => {
  if ("max_tokens" in body) {
    return invalid(
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      { param: "max_tokens", code: "unsupported_parameter" },
    );
  }
  if ("temperature" in body && body.temperature !== 1) {
    return invalid(
      `Unsupported value: 'temperature' does not support ${body.temperature} with this model. ` +
        "Only the default (1) value is supported.",
      { param: "temperature", code: "unsupported_value" },
    );
  }
  return null;
};

const MISTRAL_KNOWS = new Set([
  ...["model", "messages", "tools", "tool_choice", "max_tokens", "temperature", "top_p", "stream", "stop"],
  ...["random_seed", "response_format", "presence_penalty", "frequency_penalty", "n", "parallel_tool_calls"],
]);

/** Mistral names every field that it does not know (editor-code-assistant/eca#231). */
export const mistralFields: Rule = (body) => {
  const detail = Object.keys(body).filter((name) => !MISTRAL_KNOWS.has(name)).map((name) => ({
    type: "extra_forbidden",
    loc: ["body", name],
    msg: "Extra inputs are not permitted",
    input: body[name],
  }));
  if (detail.length === 0) return null;
  const message = { detail };
  return {
    status: 422,
    body: { object: "error", message, type: "invalid_request_error", param: null, code: null },
  };
};

/** Mistral's order of roles and its call ids (avante-corp/avante.nvim#2347, BerriAI/litellm#34569). */
export const mistralHistory: Rule = ({ messages }) => {
  const odd = messages.flatMap(({ tool_calls }) => tool_calls ?? []).find(({ id }) =>
    !/^[a-zA-Z0-9]{9}$/.test(id)
  );
  if (odd) {
    return {
      status: 422,
      body: {
        object: "error",
        message: `Tool call id was ${odd.id} but must be a-z, A-Z, 0-9, with a length of 9.`,
        type: "invalid_request_error",
        code: 3280,
      },
    };
  }
  const at = messages.findIndex(({ role }, i) => role === "user" && messages[i - 1]?.role === "tool");
  if (at < 0) return null;
  return {
    status: 400,
    body: {
      object: "error",
      message: "Unexpected role 'user' after role 'tool'",
      type: "invalid_request_message_order",
      code: "3230",
    },
  };
};

const hasCalls = ({ messages }: StrictBody) =>
  messages.some(({ tool_calls }) => (tool_calls?.length ?? 0) > 0);

/** Claude on Bedrock behind a proxy (vercel/ai#7537, NousResearch/hermes-agent#55092). */
export const bedrock: Rule = (body) => {
  const { tools, messages } = body;
  if (hasCalls(body) && (tools?.length ?? 0) === 0) {
    return {
      status: 400,
      body: {
        message: "The toolConfig field must be defined when using toolUse and toolResult content blocks.",
      },
    };
  }
  const at = messages.findIndex(({ content }) => content === "");
  if (at < 0) return null;
  return {
    status: 400,
    body: {
      message:
        `The text field in the ContentBlock object at messages.${at}.content.0 is blank. Add text to the ` +
        "text field, and try again.",
    },
  };
};

/** Usage in a stream is what some proxies of Bedrock don't know (HKUDS/nanobot#4967). */
export const noStreamOptions: Rule = (body) =>
  "stream_options" in body ? invalid("stream_options.include_usage: Extra inputs are not permitted") : null;

/** Gemini 3: a call without its thought signature (google/adk-python#1373). Its errors are lists. */
export const geminiSignature: Rule = ({ messages }) => {
  const call = messages.flatMap(({ tool_calls }) => tool_calls ?? []).find(({ extra_content }) =>
    !JSON.stringify(extra_content ?? null).includes("thought_signature")
  );
  if (!call) return null;
  const message =
    "Function call is missing a thought_signature in functionCall parts. This is required for tools " +
    "to work correctly, and missing thought_signature may lead to degraded model performance.";
  return { status: 400, body: [{ error: { code: 400, message, status: "INVALID_ARGUMENT" } }] };
};

/** Kimi K2.5 while it thinks (continuedev/continue#11711). */
export const kimiReasoning: Rule = ({ messages, thinking }) => {
  if (JSON.stringify(thinking ?? null).includes("disabled")) return null;
  const at = messages.findIndex(({ tool_calls, reasoning_content }) =>
    (tool_calls?.length ?? 0) > 0 && typeof reasoning_content !== "string"
  );
  if (at < 0) return null;
  return invalid(
    `thinking is enabled but reasoning_content is missing in assistant tool call message at index ${at}`,
  );
};

/** Two messages of users in a row, as Gemma's template on vLLM refuses them (block/buzz#3018). */
export const alternatingRoles: Rule = ({ messages }) => {
  const at = messages.findIndex(({ role }, i) =>
    role === "user" && ["user", "tool"].includes(messages[i - 1]?.role ?? "")
  );
  if (at < 0) return null;
  const message = "Conversation roles must alternate user/assistant/user/assistant/...";
  return { status: 400, body: { object: "error", message, type: "BadRequestError", param: null, code: 400 } };
};

/** The same from llama.cpp, which tells what its templates refuse with status 500. */
export const llamaRoles: Rule = (body) => {
  const refusal = alternatingRoles(body);
  return refusal && {
    status: 500,
    body: {
      error: {
        code: 500,
        message: "Conversation roles must alternate user/assistant/... at row 1",
        type: "server_error",
      },
    },
  };
};

/** gpt-5.6 with tools (livekit/agents#7169). */
export const toolsWithoutEffort: Rule = ({ tools, reasoning_effort }) =>
  tools === undefined || reasoning_effort === "none" ? null : invalid(
    "Function tools with reasoning_effort are not supported for this model in /v1/chat/completions. " +
      "Please use /v1/responses instead, or set reasoning_effort to 'none'.",
    { param: "reasoning_effort" },
  );

/** A field that a host does not know, in OpenAI's words. */
export function unknownField(name: string): Rule {
  return (body) =>
    name in body
      ? invalid(`Unknown parameter: '${name}'.`, { param: name, code: "unknown_parameter" })
      : null;
}

/** Mistral, where a message has more than it knows (charmbracelet/crush#1590). */
export const noReasoningBack: Rule = ({ messages }) => {
  const at = messages.findIndex((message) => "reasoning_content" in message);
  if (at < 0) return null;
  const loc = ["body", "messages", at, "assistant", "reasoning_content"];
  const detail = [{ type: "extra_forbidden", loc, msg: "Extra inputs are not permitted", input: "…" }];
  return { status: 422, body: { object: "error", message: { detail }, type: "invalid_request_error" } };
};

/** OpenAI, of a tool that asks for a strict schema which it can't be held to. */
export const noStrictTools: Rule = ({ tools }) =>
  (tools ?? []).some((tool) => tool.function.strict === true)
    ? invalid("Invalid schema for function 'get_weather': In context=(), 'additionalProperties' is required.")
    : null;

/** Hosts that read content as text (vLLM's older releases). */
export const noNullContent: Rule = ({ messages }) => {
  const at = messages.findIndex(({ content }) => content === null);
  if (at < 0) return null;
  const message = `[{'type': 'string_type', 'loc': ('body', 'messages', ${at}, 'content'), ` +
    "'msg': 'Input should be a valid string', 'input': None}]";
  return { status: 400, body: { object: "error", message, type: "BadRequestError", code: 400 } };
};

/** A host that knows no other tool_choice than auto. */
export const onlyAutoChoice: Rule = ({ tool_choice }) =>
  tool_choice === undefined || tool_choice === "auto" ? null : invalid(
    `Invalid value for tool_choice: "${tool_choice}" is not supported, only "auto" is.`,
    { param: "tool_choice" },
  );

/** A host that names nothing of what it refuses. */
export function unsaid(rule: Rule): Rule {
  return (body) => rule(body) && invalid("Bad request.");
}

/** A model that the host does not have. */
export function onlyModel(...ids: string[]): Rule {
  return ({ model }) =>
    ids.includes(model) ? null : {
      status: 404,
      body: {
        error: {
          message: `The model \`${model}\` does not exist or you do not have access to it.`,
          type: "invalid_request_error",
          code: "model_not_found",
        },
      },
    };
}

/** OpenRouter with `require_parameters`, where no host of the model lists them all (anomalyco/opencode#4698). */
export const noRouting: Rule = ({ provider }) => {
  if (!JSON.stringify(provider ?? null).includes('"require_parameters":true')) return null;
  const message = "No endpoints found that can handle the requested parameters.";
  return { status: 404, body: { error: { message, code: 404 } } };
};

/** An account without credit. */
export const noCredit: Rule = () => ({
  status: 402,
  body: { error: { message: "Insufficient Balance", type: "unknown_error", code: "invalid_request_error" } },
});

/** A page of some proxy in place of an answer. */
export const webPage: Rule = () => ({
  status: 200,
  body: "<!doctype html><html><body>Welcome</body></html>",
});
