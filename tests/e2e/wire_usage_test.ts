// What a run spent, down to calls that failed, were repeated, went to another model, or answered an executor's
// question in vain: all of it is in the run's usage, estimated where the host never said.
import assert from "node:assert/strict";
import { addUsage, NO_USAGE, type Usage } from "../../shared/contracts/usage.ts";
import { estimated, REPORTED, unused } from "../llm/fixtures/fixture.ts";
import { answer, DONE, finish, frame, stream, text, USAGE, usage } from "../llm/support.ts";
import { assertContract, chat, eventsOfType } from "../support/stack/calling.ts";
import { withPrompt } from "../support/models/prompt_tokens.ts";
import { answersIn, recordsOf } from "../support/rows/run_records.ts";
import { newUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";
import { answering, calling, planning, submitting } from "../support/wire/wire_fixtures.ts";
import { type WireFunctions, wireFunctions } from "../support/wire/wire_functions.ts";

let functions: WireFunctions;
Deno.test.beforeAll(async () =>
  void (functions = await wireFunctions({
    LLM_BALANCED_MODELS: "first,second",
    LLM_MODEL_TABLE: JSON.stringify([{ id: "second", price: { input: 1, cached_input: 0.1, output: 2 } }]),
  }))
);
Deno.test.afterAll(async () => await functions[Symbol.asyncDispose]());

const BROKEN = stream(text("I am about"), frame({ error: { message: "upstream is gone", code: 502 } }));
const BLANK = stream(text("   "), finish("stop"), usage(USAGE), DONE);

function total(...usages: Usage[]): Usage {
  return usages.reduce(addUsage, NO_USAGE);
}

test("a run that breaks off in its second turn has spent both, the second by estimate", async () => {
  const user = await newUser();
  await using host = await functions.host(user, [calling({ name: "list_books", arguments: {} }), BROKEN]);

  const { events, state } = await chat(user, { message: "Show me my books" }, functions.url);

  assertContract(events);
  assert.equal(state.error?.kind, "model_unavailable");
  const broken = withPrompt(estimated("I am about"), host.requests.slice(1));
  const records = await recordsOf(user, state.run_id);
  assert.deepEqual(records.usage, total(REPORTED, broken));
  assert.equal(answersIn(records, null).length, 1);
});

test("attempts in vain count with the one that answered, and the model that answered is recorded", async () => {
  const user = await newUser();
  await using host = await functions.host(user, [BLANK, BLANK, stream(text("Hi."), finish("stop"), DONE)]);

  const { state } = await chat(user, { message: "Hello" }, functions.url);

  assert.deepEqual(host.requests.map((request) => request.body.model), ["first", "first", "second"]);
  assert.deepEqual(state.parts, ["Hi."]);
  const { input_tokens, output_tokens, ...last } = withPrompt(estimated("Hi."), host.requests.slice(2));
  const cost_usd = (input_tokens * 1 + output_tokens * 2) / 1e6;
  assert.deepEqual(
    state.usage,
    total(REPORTED, REPORTED, { ...last, input_tokens, output_tokens, cost_usd, cost_estimated: true }),
  );
  const records = await recordsOf(user, state.run_id);
  assert.deepEqual(records.usage, state.usage);
  const [answered] = answersIn(records, null);
  // As the frames name it.
  assert.equal(answered?.model_used, "served-model");
  assert.equal(answered?.usage_estimated, true);
});

test("calls that a host refused are counted as calls, and cost nothing", async () => {
  const user = await newUser();
  await using _ = await functions.host(user, [answer(401, "{}"), answer(402, "{}")]);

  const { state } = await chat(user, { message: "Hello" }, functions.url);

  assert.equal(state.error?.kind, "model_misconfigured");
  assert.deepEqual((await recordsOf(user, state.run_id)).usage, unused(2));
});

test("a run that breaks off after its plan has spent what its executors spent", async () => {
  const user = await newUser();
  await using host = await functions.host(user, [planning({ step_number: 1 }, { step_number: 2 }), BROKEN]);
  await using one = await functions.host(user, [BROKEN], 1);
  await using _ = await functions.host(user, [submitting("Two is done.")], 2);

  const { state } = await chat(user, { message: "Look at all of it" }, functions.url);

  assert.equal(state.status, "failed");
  const records = await recordsOf(user, state.run_id);
  const step = withPrompt(estimated("I am about"), one.requests);
  const end = withPrompt(estimated("I am about"), host.requests.slice(1));
  assert.deepEqual(records.executions.map((execution) => execution.usage), [step, REPORTED]);
  assert.deepEqual(records.usage, total(REPORTED, step, REPORTED, end));
});

test("a question that the planner's model answers in vain is paid for, and the step goes on without", async () => {
  const user = await newUser();
  const question = { status: "needs_input", summary: "Which one?", open_questions: ["Which one?"] };
  await using host = await functions.host(user, [
    planning({ step_number: 1 }),
    BROKEN,
    answering("All done."),
  ]);
  await using _ = await functions.host(user, [
    calling({ name: "submit_result", arguments: question }),
    submitting("I took the first."),
  ], 1);

  const { events, state } = await chat(user, { message: "Look at it" }, functions.url);

  assertContract(events);
  assert.deepEqual(state.parts, ["All done."]);
  assert.deepEqual(eventsOfType(events, "step_start").map((event) => event.attempt), [1, 2]);
  const asked = withPrompt(estimated("I am about"), host.requests.slice(1, 2));
  assert.deepEqual(state.usage, total(REPORTED, REPORTED, asked, REPORTED, REPORTED));
  assert.deepEqual((await recordsOf(user, state.run_id)).usage, state.usage);
});
