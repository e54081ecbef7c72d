// The example settings are settings that work: newcomers copy them.
import assert from "node:assert/strict";
import { readBudget } from "../../shared/contracts/budget.ts";
import { readLeaseSettings } from "../../shared/contracts/lease_settings.ts";
import { readPromptWindows } from "../../shared/contracts/prompt_windows.ts";
import { readModelConfig } from "../../shared/llm/config.ts";

const EXAMPLE = await Deno.readTextFile(new URL("../../.env.example", import.meta.url));

/** The commented settings of the file, block by block. */
const BLOCKS = EXAMPLE.split(/^# --- .*$/m).slice(1).map((block) =>
  Object.fromEntries(
    [...block.matchAll(/^# ([A-Z]\w+)=(.*)$/gm)].map(([, name = "", value = ""]) => [name, value]),
  )
);

Deno.test("every block of .env.example that names a host is a complete configuration", () => {
  const hosts = BLOCKS.filter((block) => "LLM_BASE_URL" in block);
  assert.equal(hosts.length, 5);
  for (const block of hosts) assert.equal(readModelConfig(block).state, "ready");
});

Deno.test("the optional settings of .env.example are the defaults", () => {
  const host = BLOCKS[0] ?? {};
  const { LLM_MODEL_TABLE, ...defaults } = BLOCKS.at(-3) ?? {};
  assert.ok(Object.keys(defaults).length >= 5);
  assert.deepEqual(readModelConfig({ ...host, ...defaults }), readModelConfig(host));
  assert.equal(readModelConfig({ ...host, LLM_MODEL_TABLE }).state, "ready");
});

Deno.test("the budgets of .env.example are the defaults", () => {
  const budgets = blockOf("RUN_MAX_MS");
  const read = (env: typeof budgets) => [readBudget(env), readPromptWindows(env)];
  assert.equal(Object.keys(budgets).length, read({}).flatMap((part) => Object.keys(part)).length);
  assert.deepEqual(read(budgets), read({}));
});

Deno.test("the lifetimes of .env.example are the defaults", () => {
  const lifetimes = blockOf("RUN_LEASE_SECONDS");
  assert.equal(Object.keys(lifetimes).length, Object.keys(readLeaseSettings({})).length);
  assert.deepEqual(readLeaseSettings(lifetimes), readLeaseSettings({}));
});

Deno.test("no model that was switched off stands in .env.example", () => {
  const lists = BLOCKS.flatMap((block) => [block.LLM_BALANCED_MODELS ?? "", block.LLM_SPEED_MODELS ?? ""]);
  for (const id of lists.flatMap((list) => list.split(","))) {
    assert.doesNotMatch(id, /^deepseek-(chat|reasoner|coder)$/);
  }
});

function blockOf(variable: string): Record<string, string> {
  return BLOCKS.find((block) => variable in block) ?? {};
}
