// Settings from the environment: complete, or one sentence that names every variable to mend.
import assert from "node:assert/strict";
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
  assert.match(
    problem({ ...ENV, LLM_MODEL_TABLE: '[{"id":"x","thinking":"hard"}]' }),
    /LLM_MODEL_TABLE \(0\.thinking\)/,
  );
  assert.match(problem({ ...ENV, LLM_MODEL_TABLE: '[{"id":"x","colour":"red"}]' }), /LLM_MODEL_TABLE \(0\)/);
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
  assert.equal(pro?.thinking, "deepseek");
  assert.deepEqual(flash?.think_for, []);
  assert.deepEqual(config.models.speed[0]?.price, { input: 0, cached_input: 0, output: 0 });
});
