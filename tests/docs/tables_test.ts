// The tables of the pages say what the code has: events, errors, routes, fields, settings, log messages.
import assert from "node:assert/strict";
import { compose } from "../../shared/compose.ts";
import { ERROR_STATUS } from "../../shared/contracts/errors.ts";
import { RunEvent } from "../../shared/contracts/events.ts";
import { chatRequest } from "../../shared/contracts/request.ts";
import type { ModelFailureKind } from "../../shared/contracts/model.ts";
import { modelFailure } from "../../shared/contracts/model_failure.ts";
import { domain } from "../../shared/domain/domain.ts";
import { ATTEMPTS } from "../../shared/llm/failures/retry_policy.ts";
import { executorRoutes } from "../../supabase/functions/agent-executor/routes.ts";
import { plannerRoutes } from "../../supabase/functions/agent-planner/routes.ts";
import { codes, REPOSITORY, tableUnder } from "../support/docs/pages.ts";

const API = "docs/api.md";
const OPERATIONS = "docs/operations.md";

Deno.test("the table of events has every type of the union once, and no other", () => {
  const types = RunEvent.options.map((option) => option.shape.type.value);
  const named = tableUnder(API, "Events").flatMap(([type]) => codes(type));
  assert.deepEqual(named.toSorted(), types.toSorted());
});

Deno.test("the table of errors has every kind with its status", () => {
  const rows = tableUnder(API, "Errors").map(([kind, status]) => [codes(kind)[0], Number(status)]);
  assert.deepEqual(rows.toSorted(), Object.entries(ERROR_STATUS).toSorted());
});

Deno.test("the table of a model's failures has every kind with its attempts, and who acts where no repetition mends it", () => {
  const rows = tableUnder("docs/models.md", "When a call fails");
  const named = rows.map(([kind, , attempts]) => [codes(kind)[0], Number(attempts)]);
  assert.deepEqual(named.toSorted(), Object.entries(ATTEMPTS).toSorted());
  for (const [cell, , , who] of rows) {
    const [kind = ""] = codes(cell);
    assert.ok(isFailureKind(kind));
    const { kind: told, retryable } = modelFailure(kind);
    const mends = told === "model_misconfigured" ? "the operator" : "the user";
    assert.equal(who, retryable ? "nobody" : mends, kind);
  }
});

function isFailureKind(word: string): word is ModelFailureKind {
  return Object.hasOwn(ATTEMPTS, word);
}

Deno.test("the table of a message's fields has every field that a body may hold", () => {
  const named = tableUnder(API, "The body of a message").flatMap(([field]) => codes(field));
  assert.deepEqual(named.toSorted(), Object.keys(chatRequest([]).shape).toSorted());
});

Deno.test("the table of routes has every route of both functions", () => {
  const composition = compose({ SUPABASE_URL: "http://127.0.0.1", SUPABASE_ANON_KEY: "key" }, domain);
  const apps = { "agent-planner": plannerRoutes(composition), "agent-executor": executorRoutes(composition) };
  const routes = Object.entries(apps).flatMap(([name, { routes }]) =>
    routes.filter(({ method }) => method !== "ALL")
      .map(({ method, path }) => `${name} ${method} ${path.slice(`/${name}`.length) || "/"}`)
  );
  const named = tableUnder(API, "Routes").map(([name, route]) => `${codes(name)[0]} ${codes(route)[0]}`);
  assert.deepEqual(named.toSorted(), routes.toSorted());
});

Deno.test("the table of settings has every variable of .env.example with its default", () => {
  const example = Deno.readTextFileSync(`${REPOSITORY}.env.example`);
  const optional = example.slice(example.indexOf("# --- Optional"));
  const assigned = (text: string) =>
    [...text.matchAll(/^# ([A-Z]\w+)=(.*)$/gm)].map(([, name = "", value = ""]) => [name, value] as const);
  const defaults = new Map(assigned(optional));
  const expected = new Map(assigned(example).map(([name]) => [name, defaults.get(name) ?? ""]));
  // It has an example and no default.
  expected.set("LLM_MODEL_TABLE", "");

  const rows = tableUnder(OPERATIONS, "Settings").map(([name, value = ""]) => [codes(name)[0] ?? "", value]);
  assert.deepEqual(Object.fromEntries(rows), Object.fromEntries(expected));
});

Deno.test("the table of log messages has every message that the functions log", () => {
  const logged = new Set(
    [...sources("shared")].flatMap((source) =>
      [...source.matchAll(/\blog\.error\(\s*["`]([^"`]+)["`]/g)].map(([, message = ""]) =>
        message.replace(/\$\{[^}]*\}/g, "…")
      )
    ),
  );
  const named = tableUnder(OPERATIONS, "Logs").flatMap(([message]) => codes(message));
  assert.deepEqual(named.toSorted(), [...logged].toSorted());
});

function* sources(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(`${REPOSITORY}${folder}`)) {
    if (isDirectory) yield* sources(`${folder}/${name}`);
    else if (name.endsWith(".ts")) yield Deno.readTextFileSync(`${REPOSITORY}${folder}/${name}`);
  }
}
