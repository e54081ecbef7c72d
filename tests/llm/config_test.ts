// Settings from the environment: complete, or one sentence that names every variable to mend.
import assert from "node:assert/strict";
import fc from "fast-check";
import { readModelConfig } from "../../shared/llm/config.ts";

const ENV = {
  LLM_BASE_URL: "https://api.deepseek.com/v1",
  LLM_API_KEY: "sk-1",
  LLM_BALANCED_MODELS: "deepseek-v4-pro, deepseek-flash,",
  LLM_SPEED_MODELS: "deepseek-flash",
};

function problem(env: Record<string, string | undefined>): string {
  const config = readModelConfig(env);
  return config.state === "incomplete" ? config.problem : "";
}

Deno.test("four variables are enough", () => {
  const config = readModelConfig(ENV);
  assert.ok(config.state === "ready");
  assert.equal(config.base_url, ENV.LLM_BASE_URL);
  assert.equal(config.api_key, "sk-1");
  assert.deepEqual(config.models.balanced.map(({ id }) => id), ["deepseek-v4-pro", "deepseek-flash"]);
  assert.deepEqual(config.models.speed.map(({ id }) => id), ["deepseek-flash"]);
  assert.deepEqual(config.timeouts, { first_frame_ms: 30_000, idle_ms: 20_000, overall_ms: 90_000 });
});

Deno.test("every missing variable is named", () => {
  const text = problem({});
  for (const name of Object.keys(ENV)) assert.match(text, new RegExp(`${name} is not set`));
});

Deno.test("an empty variable counts as unset, as in a .env file that was not filled in", () => {
  assert.match(problem({ ...ENV, LLM_API_KEY: "" }), /LLM_API_KEY is not set/);
  assert.equal(problem({ ...ENV, LLM_DEADLINE_MS: "" }), "");
});

Deno.test("what is set wrongly is named with what would be right", () => {
  assert.match(
    problem({ ...ENV, LLM_BASE_URL: "api.deepseek.com" }),
    /LLM_BASE_URL must be an http or https URL/,
  );
  assert.match(problem({ ...ENV, LLM_BASE_URL: "ftp://x" }), /LLM_BASE_URL must be an http or https URL/);
  assert.match(problem({ ...ENV, LLM_API_KEY: "  " }), /LLM_API_KEY is empty/);
  assert.match(problem({ ...ENV, LLM_SPEED_MODELS: " , " }), /LLM_SPEED_MODELS names no model/);
  assert.match(problem({ ...ENV, LLM_IDLE_TIMEOUT_MS: "soon" }), /LLM_IDLE_TIMEOUT_MS must be a number/);
  assert.match(problem({ ...ENV, LLM_MODEL_TABLE: "{" }), /LLM_MODEL_TABLE must be a JSON array/);
});

const TABLE_FAULTS: [row: string, fault: RegExp][] = [
  [
    '{"id":"gpt-5","temprature":1}',
    /row 1 \(gpt-5\): there is no field temprature; did you mean temperature\?/,
  ],
  [
    '{"id":"x","tokenLimitField":"max_tokens"}',
    /there is no field tokenLimitField; did you mean token_limit_field\?/,
  ],
  ['{"id":"x","extra-headers":{}}', /there is no field extra-headers; did you mean extra_headers\?/],
  ['{"id":"x","call_id":"nine"}', /there is no field call_id; did you mean call_ids\?/],
  ['{"id":"x","q":1}', /there is no field q; the fields are id, temperature, token_limit_field/],
  [
    '{"id":"x","reasoning_effort":"high"}',
    /there is no field reasoning_effort; the fields are id, .*; what is for the host's eyes goes into extra_body/,
  ],
  ['{"id":"x","think":{"on":{},"of":{}}}', /there is no field of in think; did you mean off\?/],
  [
    '{"id":"x","price":{"input":1,"cashed_input":1,"output":1}}',
    /there is no field cashed_input in price; did you mean cached_input\?/,
  ],
  ['{"id":"x","extra_body":{"tools":[]}}', /extra_body may not name tools, which the request itself sets/],
  ['{"id":"x","think":{"on":{"model":"y"},"off":{}}}', /think\.on may not name model/],
  ['{"id":"x","extra_headers":{"Content-Type":"a"}}', /extra_headers may not name Content-Type/],
  ['{"id":"x","extra_headers":{"a b":"a"}}', /extra_headers\.a b must be the name of a header/],
  ['{"id":"x","extra_headers":{"a":1}}', /extra_headers\.a must be a text/],
  ['{"id":"x","extra_headers":{"a":"b\\nc: d"}}', /extra_headers\.a must be a text without line breaks/],
  [
    '{"id":"x","max_tokens_field":"max_tokens"}',
    /there is no field max_tokens_field; it is called token_limit_field/,
  ],
  ['{"id":"x","thinking":"deepseek"}', /there is no field thinking; it is called think/],
  ['{"id":"x","echo_reasoning":"none"}', /there is no field echo_reasoning; it is called echo, a list/],
  ['{"id":"x","routing":"none"}', /there is no field routing; say it with extra_body/],
  ['{"id":"x","json_mode":"none"}', /there is no field json_mode; leave it out/],
  ['{"id":"x","think":"hard"}', /think must be one of none, thinking, .*, or \{"on"/],
  ['{"id":"x","think":{"on":1,"off":{}}}', /think\.on must be a JSON object/],
  ['{"id":"x","temperature":"warm"}', /temperature must be a number, or null/],
  ['{"id":"x","temperature":3}', /temperature must be at most 2/],
  [
    '{"id":"x","token_limit_field":"tokens"}',
    /token_limit_field must be one of max_tokens, max_completion_tokens/,
  ],
  ['{"id":"x","stream_usage":"no"}', /stream_usage must be true or false/],
  ['{"id":"x","echo":["reasoning_contents"]}', /echo\.0 must be one of reasoning_content, reasoning,/],
  ['{"id":"x","echo":"reasoning"}', /echo must be a list of reasoning_content,/],
  ['{"id":"x","content_beside_calls":"x"}', /content_beside_calls must be "" or null/],
  ['{"id":"x","call_ids":9}', /call_ids must be one of free, nine/],
  ['{"id":"x","tool_schemas":"xml"}', /tool_schemas must be one of json_schema, openapi/],
  ['{"id":"x","price":7}', /price must be null or dollars per million tokens/],
  ['{"id":"x","price":{"input":-1,"cached_input":1,"output":1}}', /price\.input must be at least 0/],
  ['{"temperature":1}', /row 1: id must be the id of a model/],
  ["7", /row 1: it must be a JSON object, such as/],
];

for (const [row, fault] of TABLE_FAULTS) {
  Deno.test(`LLM_MODEL_TABLE with ${row} is told what to mend`, () => {
    const text = problem({ ...ENV, LLM_MODEL_TABLE: `[${row}]` });
    assert.match(text, /^The language model is not configured: LLM_MODEL_TABLE row 1/);
    assert.match(text, fault);
  });
}

Deno.test("a key that no header can carry is told, and not quoted", () => {
  for (const key of ["sk-…cut", "sk-one\nsk-two", "пароль"]) {
    const text = problem({ ...ENV, LLM_API_KEY: key });
    assert.match(text, /LLM_API_KEY must be one line of ASCII/);
    assert.ok(!text.includes(key));
  }
});

Deno.test("an address with a password is refused without showing it", () => {
  for (const login of ["me:hidden-word", "hidden-word"]) {
    const text = problem({ ...ENV, LLM_BASE_URL: `https://${login}@models.example/v1` });
    assert.match(text, /LLM_BASE_URL must hold no name and no password/);
    assert.doesNotMatch(text, /hidden-word/);
  }
});

Deno.test("broken JSON is told with what breaks it, and nothing of it is quoted", () => {
  const text = problem({ ...ENV, LLM_MODEL_TABLE: '[{"id":"a",temperature:1}]' });
  assert.match(text, /LLM_MODEL_TABLE must be a JSON array of rows.*, and is no JSON: .*position 11/);
  const secret = problem({ ...ENV, LLM_MODEL_TABLE: "sk-0123" });
  assert.match(secret, /is no JSON: Unexpected token 's'\. See/);
  assert.doesNotMatch(problem({ ...ENV, LLM_MODEL_TABLE: '{"id":"a"}' }), /is no JSON/);
});

Deno.test("a fault that asks ends in its own sign", () => {
  const text = problem({ ...ENV, LLM_MODEL_TABLE: '[{"id":"a","thinc":"none"}]' });
  assert.match(text, /did you mean think\? See \.env\.example\.$/);
  assert.match(problem({ ...ENV, LLM_HOST: "foo" }), /names no known host: foo; the hosts are openai, /);
});

Deno.test("all faults of all rows are told at once", () => {
  const rows = '[{"id":"a","price":null},{"id":"b","thinc":"none","ekko":[]},{"id":"c","call_ids":"ten"}]';
  const text = problem({ ...ENV, LLM_MODEL_TABLE: rows });
  assert.match(text, /row 2 \(b\): there is no field thinc; did you mean think\?/);
  assert.match(text, /row 2 \(b\): there is no field ekko; did you mean echo\?/);
  assert.match(text, /row 3 \(c\): call_ids must be one of/);
  assert.doesNotMatch(text, /row 1/);
});

Deno.test("faults of prices name the model and the field", () => {
  const of = (prices: string) => problem({ ...ENV, LLM_MODEL_PRICES: prices });
  assert.match(of("[]"), /LLM_MODEL_PRICES must be a JSON object of prices by model/);
  assert.match(
    of('{"x":{"input":1,"outptu":2}}'),
    /\(x\): there is no field outptu in price; did you mean output\?/,
  );
  assert.match(
    of('{"x":{"input":1,"output":"2"}}'),
    /LLM_MODEL_PRICES \(x\): price\.output must be a number/,
  );
});

Deno.test("a problem never holds the key", () => {
  assert.doesNotMatch(problem({ ...ENV, LLM_BASE_URL: "x" }), /sk-1/);
});

Deno.test("waits can be set", () => {
  const config = readModelConfig({
    ...ENV,
    LLM_FIRST_FRAME_TIMEOUT_MS: "1",
    LLM_IDLE_TIMEOUT_MS: "2",
    LLM_DEADLINE_MS: "3",
    LLM_BREAKER_FAILURES: "4",
    LLM_BREAKER_OPEN_MS: "5",
  });
  assert.ok(config.state === "ready");
  assert.deepEqual(config.timeouts, { first_frame_ms: 1, idle_ms: 2, overall_ms: 3 });
  assert.deepEqual(config.breaker, { failures: 4, open_ms: 5 });
});

Deno.test("the table changes the fields of known models and adds unknown ones", () => {
  const config = readModelConfig({
    ...ENV,
    LLM_SPEED_MODELS: "qwen3:14b",
    LLM_MODEL_TABLE: JSON.stringify([
      { id: "deepseek-v4-pro", think_for: ["balanced"] },
      { id: "qwen3:14b", price: { input: 0, cached_input: 0, output: 0 } },
    ]),
  });
  assert.ok(config.state === "ready");
  const [pro, flash] = config.models.balanced;
  assert.deepEqual(pro?.think_for, ["balanced"]);
  assert.equal(pro?.think, "thinking");
  assert.deepEqual(flash?.think_for, []);
  assert.deepEqual(config.models.speed[0]?.price, { input: 0, cached_input: 0, output: 0 });
});

Deno.test("the host is LLM_HOST, or the listed one at LLM_BASE_URL", () => {
  const host = (env: Record<string, string>) => {
    const config = readModelConfig({ ...ENV, ...env });
    return config.state === "ready" ? config.host : config.problem;
  };
  assert.equal(host({}), "deepseek");
  assert.equal(host({ LLM_BASE_URL: "https://openrouter.ai/api/v1" }), "openrouter");
  assert.equal(host({ LLM_BASE_URL: "https://openrouter.ai.example.com/v1" }), undefined);
  assert.equal(host({ LLM_BASE_URL: "http://10.0.0.5:8000/v1" }), undefined);
  assert.equal(host({ LLM_BASE_URL: "http://host.docker.internal:11434/v1" }), "ollama");
  assert.equal(host({ LLM_BASE_URL: "http://localhost:1234/v1" }), "lmstudio");
  assert.equal(host({ LLM_BASE_URL: "https://x.openai.azure.com/openai/v1" }), "azure");
  assert.equal(host({ LLM_BASE_URL: "https://openai.azure.com.example.com/v1" }), undefined);
  assert.equal(host({ LLM_HOST: "openrouter" }), "openrouter");
  assert.equal(host({ LLM_HOST: "LM Studio" }), "lmstudio");
  assert.equal(host({ LLM_HOST: "Llama.cpp" }), "llama.cpp");
  assert.match(
    host({ LLM_HOST: "openruter" }) ?? "",
    /LLM_HOST names no known host: openruter; did you mean openrouter\?/,
  );
  assert.match(host({ LLM_HOST: "__proto__" }) ?? "", /LLM_HOST names no known host/);
});

Deno.test("whatever the environment holds, reading it does not throw", () => {
  const names = [...Object.keys(ENV), "LLM_HOST", "LLM_MODEL_TABLE", "LLM_MODEL_PRICES", "LLM_DEADLINE_MS"];
  const value = fc.oneof(fc.string(), fc.json(), fc.array(fc.object()).map((rows) => JSON.stringify(rows)));
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names), value), (env) => {
      assert.match(readModelConfig({ ...ENV, ...env }).state, /^(ready|incomplete)$/);
    }),
  );
});
