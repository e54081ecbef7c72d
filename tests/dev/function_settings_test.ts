// What the functions read of their environment reaches them on the local stack, too.
import assert from "node:assert/strict";
import { functionSettings, modelSettings, ownSettings } from "../../dev/function_settings.ts";
import { compose } from "../../shared/compose.ts";
import { test_domain } from "../support/domain/test_domain.ts";

const EXAMPLE = await Deno.readTextFile(new URL("../../.env.example", import.meta.url));
const NAMED = [...EXAMPLE.matchAll(/^# ([A-Z][A-Z0-9_]+)=/gm)].map(([, name = ""]) => name);

Deno.test("every setting of .env.example reaches the functions", () => {
  assert.ok(NAMED.includes("PLANNER_WINDOW_TOKENS") && NAMED.includes("AUTH_ISSUERS"));
  const all = Object.fromEntries(NAMED.map((name) => [name, "1"]));
  assert.deepEqual(functionSettings(all), all);
  assert.deepEqual({ ...modelSettings(all), ...ownSettings(all) }, all);
});

Deno.test("whatever the functions look up in their environment is a setting, or the platform's", () => {
  const given: Record<string, string> = {
    SUPABASE_URL: "http://127.0.0.1",
    SUPABASE_PUBLISHABLE_KEYS: '{"default":"key"}',
  };
  const read = new Set<string>();
  const env = new Proxy(given, {
    get(target, name) {
      if (typeof name === "string") read.add(name);
      return typeof name === "string" ? target[name] : undefined;
    },
  });
  compose(env, test_domain);
  const own = [...read].filter((name) => /^[A-Z_]+$/.test(name) && !name.startsWith("SUPABASE_"));
  assert.ok(own.includes("RUN_LEASE_SECONDS") && own.includes("EXECUTOR_WINDOW_TOKENS"), own.join());
  assert.deepEqual(own.filter((name) => !(name in functionSettings({ [name]: "1" }))), []);
});

Deno.test("nothing else of the developer's reaches them, and what is empty is not set", () => {
  const env = { DATABASE_URL: "postgres://x", RUN_SECRET: "x", LLM_WHATEVER: "x", HOME: "/", RUN_MAX_MS: "" };
  assert.deepEqual(functionSettings(env), {});
});
