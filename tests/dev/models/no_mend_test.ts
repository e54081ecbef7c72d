// `deno task models <id>` where what is wrong is not in the model's row: it says where it is, and gives no advice about
// fields that the row has already, or that the host never spoke of.
import assert from "node:assert/strict";
import * as rules from "../../support/strict_host/rules.ts";
import {
  type Refusal,
  said,
  type StrictBody,
  strictHost,
  type StrictHostOptions,
} from "../../support/strict_host/strict_host.ts";
import { modelsTask } from "../../support/strict_host/models_task.ts";

const ID = "a-model";

async function judged(options: StrictHostOptions, env: Record<string, string> = {}) {
  await using host = strictHost(options);
  const settings = { LLM_BASE_URL: host.url, LLM_API_KEY: "sk-models", ...env };
  const run = await modelsTask([ID], { env: settings });
  return { ...run, calls: host.requests.length };
}

const always = (status: number, body: unknown): StrictHostOptions => ({ rules: [() => ({ status, body })] });
const withTools = (refusal: Refusal): StrictHostOptions => ({
  rules: [({ tools }) => tools ? refusal : null],
  models: [ID],
});

/** As servers tell of a path that they don't have. */
const NO_SUCH_PATH: Record<string, [status: number, body: unknown]> = {
  "nginx's page": [404, "<html><head><title>404 Not Found</title></head></html>"],
  "FastAPI's, such as vLLM's": [404, { detail: "Not Found" }],
  "Go's, such as Ollama's": [404, "404 page not found"],
  "llama.cpp's": [404, { error: { code: 404, message: "File Not Found", type: "not_found_error" } }],
  "OpenAI's": [404, {
    error: { message: "Invalid URL (POST /chat/completions)", type: "invalid_request_error" },
  }],
  "something that takes no POST": [405, { detail: "Method Not Allowed" }],
};

for (const [name, [status, body]] of Object.entries(NO_SUCH_PATH)) {
  Deno.test(`a path that leads nowhere is a matter of LLM_BASE_URL, told after one call: ${name}`, async () => {
    const { text, calls, code } = await judged(always(status, body));
    assert.match(text, /can't be used: LLM_BASE_URL does not lead to an OpenAI-compatible host/);
    assert.equal(calls, 1);
    assert.equal(code, 1);
  });
}

Deno.test("a 404 of a host that lists its models is no matter of LLM_BASE_URL", async () => {
  const { text } = await judged({ ...always(404, { error: { message: "No route." } }), models: [ID] });
  assert.doesNotMatch(text, /LLM_BASE_URL does not lead/);
});

/** As servers tell that tools are not to be had. */
const NO_TOOLS: Record<string, [status: number, message: string, advice: RegExp]> = {
  "vLLM without a parser": [
    400,
    '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set',
    /its host was started without tool calls.*--tool-call-parser NAME/,
  ],
  "llama.cpp without templates": [
    500,
    "tools param requires --jinja flag",
    /its host was started without tool calls.*llama\.cpp: --jinja/,
  ],
  "Ollama's model without tools": [
    400,
    "registry.ollama.ai/library/gemma3:4b does not support tools",
    /it can't use tools there/,
  ],
  "OpenRouter's": [404, "No endpoints found that support tool use.", /it can't use tools there/],
  "Bedrock's": [400, "This model doesn't support tool use.", /it can't use tools there/],
};

for (const [name, [status, message, advice]] of Object.entries(NO_TOOLS)) {
  Deno.test(`where no tools are to be had, it says so and tries no field: ${name}`, async () => {
    const { text, calls } = await judged(withTools({ status, body: { error: { message } } }));
    assert.match(text, new RegExp(`can't be used: ${advice.source}`));
    assert.doesNotMatch(text, / with temperature/);
    assert.ok(calls <= 3, `${calls} calls`);
  });
}

Deno.test("a field that has the value already is no advice, and a template without tools is named", async () => {
  const alternates = ({ messages }: StrictBody): Refusal | null =>
    messages.filter(({ role }) => role !== "system").every(({ role }, i) =>
        (role === "user") === (i % 2 === 0)
      )
      ? null
      : {
        status: 400,
        body: { message: "Conversation roles must alternate user/assistant/user/assistant/..." },
      };
  const { text } = await judged({ rules: [alternates] }, {
    LLM_MODEL_TABLE: JSON.stringify([{ id: ID, alternate_roles: true }]),
  });
  assert.doesNotMatch(text, /field alternate_roles/);
  assert.match(text, /knows no results of tools: start the host with one that does/);
});

Deno.test("a refusal that a proxy can be told to leave out is said so", async () => {
  const message =
    "litellm.UnsupportedParamsError: bedrock does not support parameters: ['tool_choice']. To drop " +
    "these, set `litellm.drop_params=True`";
  const { text } = await judged({
    rules: [
      ({ tool_choice }) => tool_choice === "none" ? { status: 400, body: { error: { message } } } : null,
      rules.bedrock,
    ],
  });
  assert.match(
    text,
    /no change of its row was found.*leaves out what its model does not take with drop_params: true/,
  );
});

Deno.test("the frames of an answer that fails later are no words about a field", async () => {
  const { text } = await judged({
    answer: () => [
      ...said("It is ", { role: "assistant", content: "", refusal: null }).slice(0, -1),
      {
        error: { code: 502, message: "Provider disconnected unexpectedly" },
        choices: [{ index: 0, delta: { content: "" }, finish_reason: "error" }],
      },
    ],
  });
  assert.match(text, /Provider disconnected unexpectedly/);
  assert.doesNotMatch(text, /field content_beside_calls/);
});

Deno.test("a connection that breaks after the first frame is not told as an address where nothing answers", async () => {
  const fetch = () => {
    const frame = { choices: [{ index: 0, delta: { reasoning_content: "Well," }, finish_reason: null }] };
    const body = new ReadableStream<Uint8Array>({
      start: (stream) => stream.enqueue(new TextEncoder().encode(`data: ${JSON.stringify(frame)}\n\n`)),
      pull: (stream) => stream.error(new TypeError("error reading a body from connection")),
    }, { highWaterMark: 0 });
    return Promise.resolve(new Response(body, { headers: { "content-type": "text/event-stream" } }));
  };
  const env = { LLM_BASE_URL: "http://127.0.0.1:1/v1", LLM_API_KEY: "sk-models" };
  const { text } = await modelsTask([ID], { env, fetch });
  assert.match(text, /broke off in the middle of the answer: error reading a body/);
  assert.doesNotMatch(text, /nothing answers/);
});
