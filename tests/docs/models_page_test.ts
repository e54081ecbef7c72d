// docs/models.md: every host with settings that work, and every field of a row.
import assert from "node:assert/strict";
import { readModelConfig } from "../../shared/llm/config.ts";
import { HOST_NAMES, HOSTS } from "../../shared/llm/models/hosts.ts";
import { FIELDS } from "../../shared/llm/models/model_row.ts";
import { codes, fences, pageAt, tableUnder } from "../support/docs/pages.ts";

const MODELS = "docs/models.md";
const rows = tableUnder(MODELS, "Your host").map((cells) => cells.map((cell) => codes(cell)));

Deno.test("the page has every host once, and no other", () => {
  assert.deepEqual(rows.map(([host]) => host?.[0] ?? "").toSorted(), HOST_NAMES.toSorted());
});

Deno.test("four lines of each host are settings, and name that host", () => {
  for (const row of rows) {
    const [host = "", url = "", model = ""] = row.map(([code = ""]) => code);
    const own = HOST_NAMES.some((name) => name === host && HOSTS[name].hostnames.length === 0) ||
      url.includes("127.0.0.1");
    const config = readModelConfig({
      LLM_BASE_URL: url,
      LLM_API_KEY: "key",
      LLM_BALANCED_MODELS: model,
      LLM_SPEED_MODELS: model,
      ...(own && { LLM_HOST: host }),
    });
    assert.ok(config.state === "ready", host);
    assert.equal(config.host, host);
  }
});

Deno.test("the page has every field of a row once, and no other", () => {
  const named = tableUnder(MODELS, "The row of a model").map(([field]) => codes(field)[0] ?? "");
  assert.deepEqual(named.toSorted(), FIELDS.row.toSorted());
});

Deno.test("what the page shows of .env can be copied", () => {
  const shown = fences(pageAt(MODELS)).filter(({ language }) => language === "text").flatMap(({ code }) =>
    [...code.matchAll(/^(\w+)=(.*)$/gm)].map(([, name = "", value = ""]) => [name, value] as const)
  );
  const config = readModelConfig(Object.fromEntries(shown));
  assert.equal(config.state, "ready", JSON.stringify(config));
});
