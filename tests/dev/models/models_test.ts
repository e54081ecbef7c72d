// `deno task models`: what it lists, what it shows of a model without a call, what it tells of calls, how it ends.
import assert from "node:assert/strict";
import { called, said, strictHost, wantsCall } from "../../support/strict_host/strict_host.ts";
import { modelsTask } from "../../support/strict_host/models_task.ts";

const KEY = "sk-nobody-reads-this";

Deno.test("without an id it lists the configured models, and the hosts and families that the table knows", async () => {
  const env = {
    LLM_BASE_URL: "https://openrouter.ai/api/v1",
    LLM_API_KEY: KEY,
    LLM_BALANCED_MODELS: "one/big, two/big",
    LLM_SPEED_MODELS: "one/small",
  };
  const run = await modelsTask([], { env });
  assert.match(
    run.text,
    /balanced one\/big, two\/big speed one\/small at https:\/\/openrouter\.ai\S+ \(openrouter\)/,
  );
  assert.match(run.text, /deepseek api\.deepseek\.com/);
  assert.match(run.text, /Gemini 3 and later/);
  assert.equal(run.code, 0);
});

const STRAY = {
  ...{ LLM_BASE_URL: "https://openrouter.ai/api/v1", LLM_API_KEY: KEY },
  ...{ LLM_BALANCED_MODELS: "gpt-5.1", LLM_SPEED_MODELS: "one/small" },
  LLM_MODEL_TABLE: '[{"id":"gpt5.1","temperature":1},{"id":"elsewhere"},{"id":"one/small"}]',
  LLM_MODEL_PRICES: '{"one/smal":{"input":1,"output":2}}',
};

Deno.test("the list tells which ids of the table and of the prices are no model's", async () => {
  const { text } = await modelsTask([], { env: STRAY });
  assert.match(text, /LLM_MODEL_TABLE names gpt5\.1, which is no model of yours.* Did you mean gpt-5\.1\?/);
  assert.match(text, /LLM_MODEL_TABLE names elsewhere, which is no model of yours/);
  assert.match(text, /LLM_MODEL_PRICES names one\/smal, .* Did you mean one\/small\?/);
  assert.doesNotMatch(text, /names one\/small,/);
});

Deno.test("a model is told of the row that was meant for it, and not of other models' rows", async () => {
  const { text } = await modelsTask(["--show", "gpt-5.1"], { env: STRAY });
  assert.match(text, /LLM_MODEL_TABLE names gpt5\.1, .* Did you mean gpt-5\.1\?/);
  assert.doesNotMatch(text, /elsewhere|names one\/small,/);
});

Deno.test("blanks around an id are none of it", async () => {
  const { lines } = await modelsTask(["--show", " gpt-5.1 "], { env: STRAY });
  assert.match(lines[0] ?? "", /^gpt-5\.1 at/);
});

Deno.test("a host that only the id tells is named as that", async () => {
  const env = { LLM_BASE_URL: "http://10.0.0.5:9/v1", LLM_API_KEY: KEY };
  const { lines } = await modelsTask(["--show", "qwen3:14b"], { env });
  assert.equal(lines[0], "qwen3:14b at http://10.0.0.5:9/v1 (ollama, by its id)");
});

Deno.test("a host's words do not steer the terminal", async () => {
  await using host = strictHost({
    rules: [() => ({ status: 400, body: { error: { message: "\u001b[2J\u0007Gone" } } })],
  });
  const { text } = await modelsTask(["a-model"], { env: { LLM_BASE_URL: host.url, LLM_API_KEY: KEY } });
  assert.match(text, /\[2J Gone/);
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(text, /[\u001b\u0007]/);
});

Deno.test("the list is there without any setting, and says which are missing", async () => {
  const run = await modelsTask([]);
  assert.match(run.text, /not configured: LLM_BASE_URL is not set/);
  assert.match(run.text, /openrouter openrouter\.ai/);
  assert.equal(run.code, 0);
});

Deno.test("without a key it shows what is sent, says where each field comes from, and calls nobody", async () => {
  const env = { LLM_MODEL_TABLE: '[{"id":"deepseek-flash","temperature":null}]' };
  const unused = () => Promise.reject(new Error("a call was made"));
  const run = await modelsTask(["deepseek-flash"], { env, fetch: unused });
  assert.match(run.text, /temperature LLM_MODEL_TABLE not sent/);
  assert.match(run.text, /think family DeepSeek V3\.1 and later thinking/);
  assert.match(run.text, /call_ids default free/);
  assert.match(run.text, /price id \{ "input": 0\.3/);
  assert.match(run.text, /"thinking": \{ "type": "disabled" \}/);
  assert.match(run.text, /Nothing was called: set LLM_BASE_URL and LLM_API_KEY/);
  assert.equal(run.code, 0);
});

Deno.test("what it shows is the body that a call sends, to the last field", async () => {
  await using host = strictHost();
  const env = { LLM_BASE_URL: host.url, LLM_API_KEY: KEY };
  const run = await modelsTask(["a-model"], { env });
  const from = run.lines.indexOf("  {");
  const shown = JSON.parse(run.lines.slice(from, run.lines.indexOf("  }") + 1).join("\n"));
  const last = host.requests.at(-1);
  const without = ({ messages: _, ...rest }: Record<string, unknown>) => rest;
  assert.deepEqual(without(shown), without(last ?? {}));
  assert.deepEqual(shown.messages.map(roleOf), last?.messages.map(roleOf));
});

const roleOf = ({ role }: { role: string }) => role;

Deno.test("what differs for the executors is told", async () => {
  const env = { LLM_MODEL_TABLE: '[{"id":"m","think":"reasoning_effort","think_for":["balanced"]}]' };
  const run = await modelsTask(["m"], { env });
  assert.match(
    run.text,
    /For the profile speed, instead of that \{ "temperature": 0\.3, "reasoning_effort": "none" \}/,
  );
});

Deno.test("the key is in no line, whatever the host answers", async () => {
  await using host = strictHost({
    rules: [() => ({ status: 400, body: { error: { message: `Your key ${KEY} may not do this` } } })],
  });
  const run = await modelsTask(["a-model"], { env: { LLM_BASE_URL: host.url, LLM_API_KEY: KEY } });
  assert.match(run.text, /authorization: Bearer \(LLM_API_KEY\)/);
  assert.match(run.text, /may not do this/);
  assert.ok(!run.text.includes(KEY));
});

Deno.test("no secret of a row is in a line where the host tells the whole request back", async () => {
  const secret = "9f8e7d6c5b4a39281706f5e4d3c2b1a0";
  await using host = strictHost({
    rules: [() => ({ status: 200, body: { ok: true, padding: "x".repeat(280), "api-key": secret } })],
  });
  const row = { id: "a-model", extra_headers: { "api-key": secret } };
  const run = await modelsTask(["a-model"], {
    env: { LLM_BASE_URL: host.url, LLM_API_KEY: KEY, LLM_MODEL_TABLE: JSON.stringify([row]) },
  });
  assert.match(run.text, /what came is no answer of a model/);
  assert.ok(!run.text.includes(secret.slice(0, 8)));
});

Deno.test("a header that may hold a key is named and not shown", async () => {
  const row = { id: "m", extra_headers: { "api-key": "az-hidden-value", "x-title": "chat" } };
  const run = await modelsTask(["m"], { env: { LLM_MODEL_TABLE: JSON.stringify([row]) } });
  assert.match(run.text, /"api-key": "\(hidden\)", "x-title": "chat"/);
  assert.match(run.text, /api-key: \(hidden\)/);
  assert.match(run.text, /x-title: chat/);
  assert.ok(!run.text.includes("az-hidden-value"));
});

Deno.test("thinking of a model whose family always thinks is told, and is nothing to mend", async () => {
  const before = [{ reasoning_content: "They want to know the weather." }];
  await using host = strictHost({
    answer: (body) => wantsCall(body) ? called(body, { before }) : said("It is sunny.", ...before),
  });
  const env = { LLM_BASE_URL: host.url, LLM_API_KEY: KEY };
  const run = await modelsTask(["openai/gpt-oss-120b"], { env });
  assert.match(run.text, /thought before it answered/);
  assert.match(run.text, /This model can be used as it is\.$/);
  assert.equal(host.requests.length, 3);
});

Deno.test("a model that does not think although its row asks for it is told, and is usable", async () => {
  await using host = strictHost();
  const row = { id: "a-model", think: "thinking", think_for: ["balanced"] };
  const env = { LLM_BASE_URL: host.url, LLM_API_KEY: KEY, LLM_MODEL_TABLE: JSON.stringify([row]) };
  const run = await modelsTask(["a-model"], { env });
  assert.match(run.text, /thought of nothing that its host tells, although think_for asks for it/);
  assert.equal(run.code, 0);
  const speed = await modelsTask(["a-model", "--profile", "speed"], { env });
  assert.doesNotMatch(speed.text, /although think_for asks/);
});

Deno.test("it tells what came of each of the three calls", async () => {
  await using host = strictHost();
  const run = await modelsTask(["a-model"], { env: { LLM_BASE_URL: host.url, LLM_API_KEY: KEY } });
  assert.match(run.text, /3 calls when all is well, at most \d+/);
  assert.match(run.text, /Words said "It is sunny\." took \d+ ms to the first frame/);
  assert.match(run.text, /called get_weather\(\{"city":"Paris"\}\)/);
  assert.match(run.text, /usage 40 tokens in \(12 cached\), 8 out; reported by the host/);
  assert.match(run.text, /answered by served-model/);
  assert.match(run.text, /This model can be used as it is\.$/);
  assert.equal(host.requests.length, 3);
  assert.equal(run.code, 0);
});

Deno.test("usage that the host does not report, and thinking in its text, are told", async () => {
  await using host = strictHost({
    answer: (body) =>
      (wantsCall(body) ? called(body) : said("<think>Paris, then.</think>It is sunny."))
        .filter((frame) => !JSON.stringify(frame).includes('"usage"')),
  });
  const run = await modelsTask(["a-model"], { env: { LLM_BASE_URL: host.url, LLM_API_KEY: KEY } });
  assert.match(run.text, /estimated: the host does not report it/);
  assert.match(run.text, /thought before it answered/);
  assert.match(run.text, /not shown "<think>Paris, then\.<\/think>It is sunny\." came as its text/);
  assert.match(run.text, /none of the known switches keeps it from that/);
  assert.equal(run.code, 0);
});

Deno.test("a host that has no time at the moment is asked once more", async () => {
  let first = true;
  const busy = { status: 503, body: { error: { message: "Busy." } } };
  await using host = strictHost({
    rules: [() => {
      const refusal = first ? busy : null;
      first = false;
      return refusal;
    }],
  });
  const run = await modelsTask(["a-model"], { env: { LLM_BASE_URL: host.url, LLM_API_KEY: KEY } });
  assert.match(run.text, /the host is not available: .*Once more, since that may pass by itself\./);
  assert.match(run.text, /can be used as it is/);
});

Deno.test("a mend is laid into the table that is there already, and nothing of it is lost", async () => {
  await using host = strictHost({
    rules: [
      ({ temperature }) =>
        temperature === undefined ? null : { status: 400, body: { error: { message: "No temperature." } } },
    ],
  });
  const rows = [{ id: "another", think: "none" }, { id: "a-model", extra_body: { top_k: 3 } }];
  const env = { LLM_BASE_URL: host.url, LLM_API_KEY: KEY, LLM_MODEL_TABLE: JSON.stringify(rows) };
  const run = await modelsTask(["a-model"], { env });
  assert.deepEqual(JSON.parse(run.table ?? "null"), [rows[0], { ...rows[1], temperature: null }]);
});

Deno.test("a host that is not there is told as such", async () => {
  const { port, close } = freePort();
  close();
  const env = { LLM_BASE_URL: `http://127.0.0.1:${port}/v1`, LLM_API_KEY: KEY };
  const run = await modelsTask(["a-model"], { env });
  assert.match(run.text, /could not be reached.*Is the address right, and the host running\?/);
  assert.equal(run.code, 1);
});

function freePort() {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return { port: listener.addr.port, close: () => listener.close() };
}

Deno.test("a model that only the executors use is called as they call it, and --profile decides otherwise", async () => {
  await using host = strictHost();
  const env = {
    LLM_BASE_URL: host.url,
    LLM_API_KEY: KEY,
    LLM_BALANCED_MODELS: "big",
    LLM_SPEED_MODELS: "small",
  };
  await modelsTask(["small"], { env });
  assert.equal(host.requests.at(-1)?.temperature, 0.3);
  await modelsTask(["--profile", "balanced", "small"], { env });
  assert.equal(host.requests.at(-1)?.temperature, 0.7);
});

Deno.test("--show makes no call although there is a key", async () => {
  await using host = strictHost();
  const run = await modelsTask(["--show", "a-model"], { env: { LLM_BASE_URL: host.url, LLM_API_KEY: KEY } });
  assert.match(run.text, /POST http:\S+\/v1\/chat\/completions/);
  assert.equal(host.requests.length, 0);
  assert.equal(run.code, 0);
});

Deno.test("a signal ends it in the middle of a call, with 130", async () => {
  const interrupted = new AbortController();
  await using host = strictHost({
    rules: [() => {
      interrupted.abort();
      return null;
    }],
  });
  const env = { LLM_BASE_URL: host.url, LLM_API_KEY: KEY };
  const run = await modelsTask(["a-model"], { env, signal: interrupted.signal });
  assert.match(run.text, /Interrupted\.$/);
  assert.equal(run.code, 130);
});

for (const words of [["--nonsense"], ["a", "b"], ["a,b"], ["--profile", "fast", "a"]]) {
  Deno.test(`wrong words end with 2, and the right ones are shown: ${words.join(" ")}`, async () => {
    const run = await modelsTask(words);
    assert.match(run.text, /Usage: deno task models/);
    assert.equal(run.code, 2);
  });
}

Deno.test("settings that can't be read are told with what to mend, and nothing is called", async () => {
  const env = { LLM_MODEL_TABLE: '[{"id":"m","temprature":1}]' };
  const run = await modelsTask(["m"], { env });
  assert.match(run.text, /temprature.*did you mean temperature\?/);
  assert.equal(run.code, 1);
});

Deno.test("every line but those to be copied fits 80 columns, and has no colour where nobody sees it", async () => {
  await using host = strictHost();
  const run = await modelsTask(["a-model"], { env: { LLM_BASE_URL: host.url, LLM_API_KEY: KEY } });
  for (const line of run.lines) assert.ok(line.length <= 80, line);
  assert.ok(!run.text.includes("\u001b"));
});
