// Hosts that refuse by the rules of real ones and never say what: one field after the other, and then all of them at
// once, finds a row that they take.
import assert from "node:assert/strict";
import { modelsTask } from "../../support/strict_host/models_task.ts";
import { called, said, strictHost, wantsCall } from "../../support/strict_host/strict_host.ts";
import { MAKERS } from "../../support/wire/host_rules/makers.ts";
import { OTHERS } from "../../support/wire/host_rules/others.ts";

const OPENROUTER = "openrouter.ai";

/** What no host refuses: these rules hold what the table sends to one level of effort, which is a matter of price. */
const OF_EFFORT = /least effort|^gpt-5\.1$|^o-series$|levels of effort$/;

/** The models of these rules are not asked for by name, so that nothing is known of them but the host. */
const RULES = [...MAKERS, ...OTHERS].filter(({ who }) => !OF_EFFORT.test(who));

const signed = { extra_content: { google: { thought_signature: "c2lnbmF0dXJl" } } };

for (const { who, models, refuses } of RULES) {
  Deno.test(`a model of which nothing is known is made usable: ${who}`, async () => {
    await using host = strictHost({
      rules: [(body) => {
        const [first] = refuses(Object(body));
        return first === undefined ? null : { status: 400, body: { error: { message: "Bad request." } } };
      }],
      answer: (body) => wantsCall(body) ? called(body, { inside: signed }) : said("It is sunny."),
    });
    const env = {
      LLM_BASE_URL: host.url,
      LLM_API_KEY: "sk-models",
      LLM_HOST: models.some(([, at]) => at.includes(OPENROUTER)) ? "openrouter" : "",
    };
    const first = await modelsTask(["a-model"], { env });
    assert.equal(first.code, 0, first.lines.slice(first.lines.indexOf("Three small calls")).join("\n"));
    const second = await modelsTask(["a-model"], { env: { ...env, LLM_MODEL_TABLE: first.table ?? "" } });
    assert.match(second.text, /This model can be used as it is\./);
  });
}

Deno.test("the rules are those of many hosts", () => assert.ok(RULES.length > 25));
