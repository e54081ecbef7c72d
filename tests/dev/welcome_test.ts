import assert from "node:assert/strict";
import { configuredModel } from "../../dev/model_words.ts";
import { welcome } from "../../dev/welcome.ts";

const ENV = {
  LLM_BASE_URL: "https://models.example/v1",
  LLM_API_KEY: "sk-nobody-reads-this",
  LLM_BALANCED_MODELS: "big, other",
  LLM_SPEED_MODELS: "small",
};

function told(
  env: Record<string, string>,
  kept_in: string | null = null,
  start: { project?: string; unserved?: string[] } = {},
): string {
  const kind = env.LLM_BASE_URL === undefined ? "demo" as const : "external" as const;
  const stack = {
    ...{ url: "http://127.0.0.1:1", publishable_key: "sb_publishable_x", database_url: "postgres://x" },
    ...{
      demo_user: { email: "demo@example.com", password: "x" },
      problems: {},
      stop: () => Promise.resolve(),
    },
    model: { kind, url: env.LLM_BASE_URL ?? "http://127.0.0.1:2/v1" },
    kept_in,
  };
  return welcome(stack, configuredModel(env), { took_ms: 1_000, ...start });
}

Deno.test("the start of the stack tells which models answer, and no key", () => {
  const text = told(ENV);
  assert.match(text, /Model +big, other as the planner, small as executors, at models\.example\n/);
  assert.ok(!text.includes(ENV.LLM_API_KEY));
});

Deno.test("a setting of the model that can't be read is told at the start, not at the first message", () => {
  const text = told({ ...ENV, LLM_MODEL_TABLE: '[{"id":"big","temprature":1}]' });
  assert.match(text, /did you mean temperature\?/);
  assert.match(text, /Until it is, messages are answered with an error\./);
  assert.match(
    told({ LLM_BASE_URL: ENV.LLM_BASE_URL }),
    /LLM_API_KEY is not set; LLM_BALANCED_MODELS is not set/,
  );
});

Deno.test("a password in the model's address is not shown", () => {
  const text = told({ ...ENV, LLM_BASE_URL: "https://me:hidden-word@models.example/v1" });
  assert.match(text, /LLM_BASE_URL must hold no name and no password/);
  assert.doesNotMatch(text, /hidden-word/);
});

Deno.test("without a model the demo is told to be none", () => {
  assert.match(told({}), /Model +a demo that follows rules, NOT a language model/);
});

Deno.test("the start says whether data outlive the stack, where they are, and how to begin anew", () => {
  assert.match(told({}), /Its data go with it, unless it is started with --keep\.[^]*Data +not kept\n/);
  assert.match(
    told({}, "/app/.dev/stack"),
    /until it is started with --fresh\.[^]*Data +kept in \/app\/\.dev\/stack\n/,
  );
});

Deno.test("of another project the start names the command that asks it, and the functions that are not served", () => {
  const text = told({}, null, { project: "../Anna's app", unserved: ["hello", "stripe"] });
  assert.match(text, /deno task ask --project '\.\.\/Anna'\\''s app' --port 1 "What is there\?"\n/);
  assert.match(text, /Only the agents' functions are served here, not hello, stripe\./);
  assert.match(told({}), /deno task ask --port 1 "Show me my tasks"\n/);
});
