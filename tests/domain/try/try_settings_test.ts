import assert from "node:assert/strict";
import { trySettings } from "../../../dev/try/try_settings.ts";

const MODEL = {
  LLM_BASE_URL: "https://host.example/v1",
  LLM_API_KEY: "secret-key",
  LLM_BALANCED_MODELS: "one/big,one/other",
  LLM_SPEED_MODELS: "one/small",
};
const VARIABLES = Object.keys(MODEL);

for (const env of [{}, { ...MODEL, LLM_BASE_URL: "" }]) {
  Deno.test(`with ${JSON.stringify(env).slice(0, 30)} no model is configured: the four variables are named`, () => {
    const config = trySettings(env, "configured");
    assert.ok("problem" in config);
    for (const name of VARIABLES) assert.ok(config.problem.includes(name));
    assert.match(config.problem, /demo model works by rules and is no language model/);
  });
}

for (const missing of VARIABLES.slice(1)) {
  Deno.test(`a configuration without ${missing} is told as it is`, () => {
    const config = trySettings({ ...MODEL, [missing]: "" }, "configured");
    assert.ok("problem" in config);
    assert.match(config.problem, new RegExp(`${missing} is not set`));
  });
}

Deno.test("the stack gets the model and the run's budgets, wide quotas, and no database of the developer's", () => {
  const config = trySettings({
    ...MODEL,
    ...{ LLM_IDLE_TIMEOUT_MS: "9000", RUN_MAX_COST_USD: "2", USER_RUNS_PER_HOUR: "5", LLM_DEADLINE_MS: "" },
    ...{ DATABASE_URL: "postgres://developer", HOME: "/home/developer" },
  }, "configured");
  assert.ok(!("problem" in config));
  const { USER_RUNS_PER_HOUR, USER_TOKENS_PER_DAY, USER_RUNNING_RUNS, ...rest } = config.env;
  assert.ok(Number(USER_RUNS_PER_HOUR) >= 10_000 && Number(USER_TOKENS_PER_DAY) >= 1e9);
  assert.ok(Number(USER_RUNNING_RUNS) >= 100);
  assert.deepEqual(
    Object.keys(rest).toSorted(),
    [...VARIABLES, "LLM_IDLE_TIMEOUT_MS", "RUN_MAX_COST_USD", "USER_RUNS_PER_DAY", "USER_TOKENS_PER_HOUR"]
      .toSorted(),
  );
});

Deno.test("what is tried is told by its models and host, and never by its key", () => {
  const config = trySettings(MODEL, "configured");
  assert.ok(!("problem" in config));
  assert.equal(config.model, "one/big, one/other as the planner, one/small as executors, at host.example");
});

Deno.test("the demo model is run whatever model is configured", () => {
  const config = trySettings(MODEL, "demo");
  assert.ok(!("problem" in config));
  assert.deepEqual(Object.keys(config.env).filter((name) => name.startsWith("LLM_")), []);
  assert.match(config.model, /no language model/);
});
