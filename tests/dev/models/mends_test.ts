// `deno task models <id>` against hosts that refuse: what it tells to add to .env is what makes the model usable, and
// what no row can mend is said so.
import assert from "node:assert/strict";
import * as rules from "../../support/strict_host/rules.ts";
import {
  called,
  said,
  type StrictBody,
  strictHost,
  type StrictHostOptions,
  wantsCall,
} from "../../support/strict_host/strict_host.ts";
import { modelsTask } from "../../support/strict_host/models_task.ts";

interface Mended {
  host: StrictHostOptions;
  env?: Record<string, string>;
  /** What LLM_MODEL_TABLE says of the model at first. */
  row?: Record<string, unknown>;
  /** The fields that it tells to set. */
  mend: Record<string, unknown>;
}

/** What a host of which nothing is known is spared from the start, a listed one is sent. */
const TAKES_ANY_ORDER = { LLM_HOST: "together" };

const signed = { extra_content: { google: { thought_signature: "c2lnbmF0dXJl" } } };

/** Thinks unless the request says this. */
function thinksUnless(isOff: (body: StrictBody) => boolean): Required<Pick<StrictHostOptions, "answer">> {
  return {
    answer: (body) => {
      const before = isOff(body) ? [] : [{ reasoning_content: "They want to know the weather." }];
      return wantsCall(body) ? called(body, { before }) : said("It is sunny.", ...before);
    },
  };
}

const says = (fields: Record<string, unknown>) => (body: StrictBody) =>
  Object.entries(fields).every(([name, value]) => JSON.stringify(body[name]) === JSON.stringify(value));

const MENDED: Record<string, Mended> = {
  "gpt-5's temperature and limit": {
    host: { rules: [rules.gpt5] },
    mend: { temperature: null, token_limit_field: "max_completion_tokens" },
  },
  "a host that does not say what it refuses": {
    host: { rules: [rules.unsaid(rules.gpt5)] },
    mend: { temperature: null, token_limit_field: "max_completion_tokens" },
  },
  "Mistral's unknown fields, ids of calls and order of roles": {
    host: { rules: [rules.mistralFields, rules.mistralHistory] },
    env: TAKES_ANY_ORDER,
    mend: { stream_usage: false, user_fields: [], call_ids: "nine", alternate_roles: true },
  },
  "a proxy of Bedrock": {
    host: { rules: [rules.noStreamOptions, rules.bedrock] },
    mend: { stream_usage: false, tool_choice_none: true, content_beside_calls: null },
  },
  "Gemini's signatures": {
    host: {
      rules: [rules.geminiSignature],
      answer: (body) => wantsCall(body) ? called(body, { inside: signed }) : said("It is sunny."),
    },
    row: { echo: [] },
    mend: { echo: ["extra_content"] },
  },
  "Kimi, which thinks and wants its thinking back": {
    host: { rules: [rules.kimiReasoning], ...thinksUnless(says({ thinking: { type: "disabled" } })) },
    mend: { think: "thinking" },
  },
  "Kimi, when nothing keeps it from thinking": {
    host: { rules: [rules.kimiReasoning], ...thinksUnless(() => false) },
    row: { echo: [] },
    mend: { think_for: ["balanced", "speed"], echo: ["reasoning_content"] },
  },
  "a strict template's order of roles": {
    host: { rules: [rules.alternatingRoles] },
    env: TAKES_ANY_ORDER,
    mend: { alternate_roles: true },
  },
  "OpenRouter, where no host takes every parameter": {
    host: { rules: [rules.noRouting] },
    env: { LLM_HOST: "openrouter" },
    mend: { extra_body: { provider: { require_parameters: false } } },
  },
  "thinking that a template switches": {
    host: thinksUnless(says({ chat_template_kwargs: { enable_thinking: false } })),
    mend: { think: "chat_template_kwargs" },
  },
  "thinking that an effort switches": {
    host: thinksUnless(says({ reasoning_effort: "none" })),
    mend: { think: "reasoning_effort" },
  },
  "thinking that DashScope's field switches": {
    host: thinksUnless(says({ enable_thinking: false })),
    mend: { think: "enable_thinking" },
  },
  "llama.cpp, which refuses with status 500": {
    host: { rules: [rules.llamaRoles] },
    env: TAKES_ANY_ORDER,
    mend: { alternate_roles: true },
  },
  "tools that want no thinking": {
    host: { rules: [rules.toolsWithoutEffort] },
    mend: { think: "reasoning_effort" },
  },
  "a switch of thinking that the host does not know": {
    host: { rules: [rules.unknownField("enable_thinking")] },
    row: { think: "enable_thinking" },
    mend: { think: "none" },
  },
  "thinking that the host does not take back": {
    host: { rules: [rules.noReasoningBack], ...thinksUnless(() => false) },
    row: { think_for: ["balanced", "speed"], echo: ["reasoning_content"] },
    mend: { echo: [] },
  },
  "strict tools": {
    host: { rules: [rules.noStrictTools] },
    row: { strict_tools: true },
    mend: { strict_tools: false },
  },
  "null beside calls": {
    host: { rules: [rules.noNullContent] },
    row: { content_beside_calls: null },
    mend: { content_beside_calls: "" },
  },
  "a choice of tools that the host does not know": {
    host: { rules: [rules.onlyAutoChoice] },
    row: { tool_choice_none: true },
    mend: { tool_choice_none: false },
  },
  "a model that calls whatever it is told": {
    host: { answer: (body) => body.tools ? called(body) : said("It is sunny.") },
    row: { tool_choice_none: true },
    mend: { tool_choice_none: false },
  },
  "a refusal in words about the model, at a host that lists it": {
    host: {
      rules: [({ user }) =>
        user === undefined ? null : {
          status: 400,
          body: { error: { message: "Invalid model input.", code: 400 } },
        }],
      models: ["a-model"],
    },
    mend: { user_fields: [] },
  },
  "thinking that eats the whole answer": {
    host: {
      answer: (body) =>
        body.reasoning_effort === "none"
          ? wantsCall(body) ? called(body) : said("It is sunny.")
          : said("", { reasoning_content: "Well, well." }),
    },
    mend: { think: "reasoning_effort" },
  },
};

for (const [name, { host: options, env = {}, row, mend }] of Object.entries(MENDED)) {
  Deno.test(`what it tells to paste makes the model usable: ${name}`, async () => {
    await using host = strictHost(options);
    const table = row ? JSON.stringify([{ id: "a-model", ...row }]) : "";
    const settings = { LLM_BASE_URL: host.url, LLM_API_KEY: "sk-models", ...env };
    const first = await modelsTask(["a-model"], { env: { ...settings, LLM_MODEL_TABLE: table } });
    const told = first.lines.slice(first.lines.indexOf("Three small calls")).join("\n");
    assert.deepEqual(JSON.parse(first.table ?? "null"), [{ id: "a-model", ...row, ...mend }], told);
    assert.equal(first.code, 0);

    const before = host.requests.length;
    const second = await modelsTask(["a-model"], {
      env: { ...settings, LLM_MODEL_TABLE: first.table ?? "" },
    });
    assert.match(second.text, /This model can be used as it is\./);
    assert.equal(second.code, 0);
    assert.equal(host.requests.length - before, 3);
  });
}

Deno.test("the field that the host's words name is tried first, with the value that they ask for", async () => {
  await using host = strictHost(MENDED["Gemini's signatures"]?.host);
  const env = {
    LLM_BASE_URL: host.url,
    LLM_API_KEY: "sk-models",
    LLM_MODEL_TABLE: '[{"id":"a-model","echo":[]}]',
  };
  const run = await modelsTask(["a-model"], { env });
  assert.match(
    run.text,
    /field echo: .* with echo \["extra_content"\]: it passes mend echo \["extra_content"\]/,
  );
  // Words, a call, the last turn refused and mended, and then the first two again, with the mended row.
  const kind = ({ messages, tools }: StrictBody) =>
    messages.some(({ role }) => role === "tool") ? "result" : tools ? "call" : "text";
  assert.deepEqual(host.requests.map(kind), ["text", "call", "result", "result", "text", "call"]);
});

Deno.test("two refusals, one behind the other, are mended one by one", async () => {
  await using host = strictHost({ rules: [rules.gpt5] });
  const run = await modelsTask(["a-model"], { env: { LLM_BASE_URL: host.url, LLM_API_KEY: "sk-models" } });
  assert.match(run.text, /mend token_limit_field max_completion_tokens .*mend temperature null/);
  // Refused, mended and refused otherwise, refused, mended; then the other two calls.
  assert.equal(host.requests.length, 6);
});

interface Unusable {
  host: StrictHostOptions;
  says: RegExp;
  /** How many completions it may ask for. */
  calls: number;
}

const leaked = '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Paris"}}\n</tool_call>';

const UNUSABLE: Record<string, Unusable> = {
  "a wrong key": { host: { key: "sk-another" }, says: /can't be used: .*Mend LLM_API_KEY/, calls: 0 },
  "an empty account": {
    host: { rules: [rules.noCredit] },
    says: /can't be used: top up the account/,
    calls: 1,
  },
  "an unknown model": {
    host: { rules: [rules.onlyModel("b-model")], models: ["gemma-7b", "b-model", "whisper-large"] },
    says: /does not have it under this id\. Nearest to it are b-model, /,
    calls: 1,
  },
  "an unknown model at a host that tells of none": {
    host: { rules: [rules.onlyModel("b-model")] },
    says: /does not have it under this id, and does not tell what it has/,
    calls: 1,
  },
  "a web page": { host: { rules: [rules.webPage] }, says: /LLM_BASE_URL does not lead to/, calls: 2 },
  "calls that are left in the text": {
    host: { answer: (body) => said(wantsCall(body) ? leaked : "It is sunny.") },
    says: /wrote its call as text.*<tool_call>.*leaves its tool calls in its text.*--tool-call-parser/,
    calls: 3,
  },
  "a model that never calls": {
    host: { answer: () => said("It is sunny.") },
    says: /does not call tools, and the agents do nothing else/,
    calls: 10,
  },
  "a host that refuses everything": {
    host: { rules: [rules.unsaid(() => ({ status: 400, body: {} }))] },
    says:
      /no change of its row was found.* Where LLM_BASE_URL is a proxy's, LLM_HOST says whose rules hold\.$/,
    calls: 20,
  },
  "a host that refuses everything, and lists other ids": {
    host: { rules: [rules.unsaid(() => ({ status: 400, body: {} }))], models: ["b-model"] },
    says: /no change of its row was found.* The host does not list this id\. Nearest to it is b-model\.$/,
    calls: 20,
  },
};

for (const [name, { host: options, says, calls }] of Object.entries(UNUSABLE)) {
  Deno.test(`what no row can mend is said, and the task ends with 1: ${name}`, async () => {
    await using host = strictHost(options);
    const run = await modelsTask(["a-model"], { env: { LLM_BASE_URL: host.url, LLM_API_KEY: "sk-models" } });
    assert.match(run.text, says);
    assert.equal(run.code, 1);
    assert.equal(run.table, null);
    assert.ok(host.requests.length <= calls, `${host.requests.length} calls`);
  });
}
