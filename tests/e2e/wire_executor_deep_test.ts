// What real hosts do to a stream, inside the steps of a plan: the step fails in plain words or is mended, the
// other steps go on, and the run answers.
import assert from "node:assert/strict";
import { modelFailure } from "../../shared/contracts/model_failure.ts";
import { addUsage, NO_USAGE, type Usage } from "../../shared/contracts/usage.ts";
import { REPORTED } from "../llm/fixtures/fixture.ts";
import { assertContract, chat, eventsOfType } from "../support/stack/calling.ts";
import { withPrompt } from "../support/models/prompt_tokens.ts";
import { answersIn, recordsOf } from "../support/rows/run_records.ts";
import { newUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";
import { answering, fixtureOf, planning, submitting } from "../support/wire/wire_fixtures.ts";
import { forbidden, type WireFunctions, wireFunctions } from "../support/wire/wire_functions.ts";

let functions: WireFunctions;
Deno.test.beforeAll(async () => void (functions = await wireFunctions()));
Deno.test.afterAll(async () => await functions[Symbol.asyncDispose]());

const WORKERS = { executor: true, planner: false } as const;

const BREAK_A_STEP: [name: string, worker: keyof typeof WORKERS][] = [
  ["error_mid_stream_openrouter", "executor"],
  ["error_mid_stream_plain", "planner"],
  ["stall_mid", "executor"],
  ["stall_mid", "planner"],
  ["blank_json_spaces", "executor"],
  ["error_before_tokens_429_ra_long", "executor"],
  ["dsml_in_content", "executor"],
  ["dsml_after_text", "planner"],
  ["five_mb_delta", "executor"],
  ["infinite_stream", "executor"],
  ["finish_null_with_half_a_call", "executor"],
  ["reset_mid", "executor"],
  ["html200", "executor"],
];

for (const [name, worker] of BREAK_A_STEP) {
  const { policy, turns, terminal } = fixtureOf(name);
  test(`step of the ${worker}, ${name}: ${policy}; the step fails and the plan goes on`, async () => {
    if (terminal.type !== "failed") throw new Error("This fixture does not fail");
    const failure = modelFailure(terminal.kind);
    const user = await newUser();
    await using planner = await functions.host(user, [
      planning(
        { step_number: 1, executor_required: WORKERS[worker] },
        { step_number: 2 },
        { step_number: 3, depends_on: [1] },
      ),
      answering("Step 1 failed."),
      answering("Here I am."),
    ]);
    await using broken = await functions.host(user, turns, 1);
    await using _ = await functions.host(user, [submitting("Two is done.")], 2);

    const { events, state } = await chat(user, { message: "Look at all of it" }, functions.url);

    assertContract(events);
    assert.equal(state.status, "completed");
    assert.deepEqual(state.parts, ["Step 1 failed."]);
    assert.deepEqual(state.plan?.steps.map((step) => step.state), ["failed", "completed", "skipped"]);
    assert.equal(state.plan?.steps[0]?.error, failure.message);
    assert.doesNotMatch(JSON.stringify(events), forbidden);
    assert.match(
      JSON.stringify(planner.requests[1]?.body.messages),
      new RegExp(failure.message.slice(0, 40)),
    );

    const records = await recordsOf(user, state.run_id);
    const spent = withPrompt(terminal.usage, broken.requests);
    assert.deepEqual(records.plans.map((plan) => plan.status), ["failed"]);
    assert.deepEqual(
      records.executions.map(({ status, error }) => ({ status, error })),
      [
        { status: "failed", error: failure.message },
        { status: "completed", error: null },
        { status: "skipped", error: "Step 1 (Step 1) did not complete." },
      ],
    );
    assert.deepEqual(records.executions[0]?.usage, spent);
    assert.deepEqual(state.usage, total(REPORTED, spent, REPORTED, REPORTED));
    assert.deepEqual(records.usage, state.usage);
    assert.deepEqual(answersIn(records, 1), [], "a turn that failed was stored as an answer");
    assert.doesNotMatch(records.text, forbidden);

    const next = await chat(user, { message: "Again", session_id: state.session_id }, functions.url);
    assert.deepEqual(next.state.parts, ["Here I am."]);
  });
}

const MENDED: [name: string, worker: keyof typeof WORKERS][] = [
  ["tool_args_invalid", "executor"],
  ["tool_args_invalid", "planner"],
  ["tool_args_truncated_length", "executor"],
  ["tool_args_nul_and_surrogates", "executor"],
  ["tool_unknown_name", "executor"],
  ["finish_length", "executor"],
  ["model_substituted", "executor"],
  ["nul_and_surrogates", "executor"],
  ["usage_missing", "executor"],
  ["usage_missing", "planner"],
  ["error_before_tokens_429_ra", "executor"],
];

for (const [name, worker] of MENDED) {
  const { policy, turns, terminal } = fixtureOf(name);
  test(`step of the ${worker}, ${name}: ${policy}; the step is mended`, async () => {
    if (terminal.type !== "finished") throw new Error("This fixture does not finish");
    const user = await newUser();
    await using _ = await functions.host(user, [
      planning({ step_number: 1, executor_required: WORKERS[worker] }),
      answering("All done."),
      answering("Here I am."),
    ]);
    await using host = await functions.host(user, [...turns, submitting("Done.")], 1);

    const { events, state } = await chat(user, { message: "Look at it" }, functions.url);

    assertContract(events);
    assert.deepEqual(state.parts, ["All done."]);
    assert.deepEqual(state.plan?.steps.map((step) => [step.state, step.summary]), [["completed", "Done."]]);
    const results = eventsOfType(events, "tool_result");
    assert.equal(results.length, terminal.tool_calls.length);
    assert.ok(results.every((result) => !result.ok));

    const records = await recordsOf(user, state.run_id);
    const spent = withPrompt(terminal.usage, host.requests.slice(0, turns.length));
    assert.deepEqual(records.executions[0]?.usage, total(spent, REPORTED));
    assert.deepEqual(state.usage, total(REPORTED, spent, REPORTED, REPORTED));
    assert.deepEqual(records.usage, state.usage);
    const [first] = answersIn(records, 1);
    assert.equal(first?.content, terminal.text);
    assert.equal(first?.model_used, terminal.model);
    assert.equal(first?.usage_estimated, terminal.usage.estimated);
    assert.deepEqual(
      records.tool_calls.filter((call) => !["create_plan", "submit_result"].includes(call.tool_name)).map((
        call,
      ) => call.tool_name).toSorted(),
      terminal.tool_calls.map((call) => call.name).toSorted(),
    );

    const next = await chat(user, { message: "Again", session_id: state.session_id }, functions.url);
    assert.deepEqual(next.state.parts, ["Here I am."]);
  });
}

function total(...usages: Usage[]): Usage {
  return usages.reduce(addUsage, NO_USAGE);
}
