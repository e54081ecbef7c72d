// What real hosts do to a stream, in the planner's own turn, over HTTP and through all processes: the stream
// ends in the right event, the rows say what happened, and the session is usable at once.
import assert from "node:assert/strict";
import { modelFailure } from "../../shared/contracts/model_failure.ts";
import { addUsage } from "../../shared/contracts/usage.ts";
import { REPORTED } from "../llm/fixtures/fixture.ts";
import { assertContract, chat, eventsOfType } from "../support/stack/calling.ts";
import { withPrompt } from "../support/models/prompt_tokens.ts";
import { answersIn, recordsOf } from "../support/rows/run_records.ts";
import { newUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";
import { answering, fixtureOf } from "../support/wire/wire_fixtures.ts";
import { forbidden, type WireFunctions, wireFunctions } from "../support/wire/wire_functions.ts";

let functions: WireFunctions;
Deno.test.beforeAll(async () => void (functions = await wireFunctions()));
Deno.test.afterAll(async () => await functions[Symbol.asyncDispose]());

const BREAK_THE_TURN = [
  "error_before_tokens_401",
  "error_before_tokens_429_ra_long",
  "error_before_tokens_500",
  "error_mid_stream_overflow",
  "error_mid_stream_openrouter",
  "error_mid_stream_vllm",
  "json200_error",
  "html200",
  "eof_mid_json",
  "malformed_frame",
  "stall_first_token",
  "stall_mid",
  "keepalive_forever_mid",
  "reset_mid",
  "five_mb_delta",
  "infinite_stream",
  "infinite_reasoning",
  "infinite_frame",
  "finish_content_filter",
  "finish_null_with_half_a_call",
  "blank_json_spaces",
  "dsml_in_content",
  "dsml_after_text",
  "tool_100_calls",
  "tool_args_too_long",
];

for (const name of BREAK_THE_TURN) {
  const { policy, turns, terminal } = fixtureOf(name);
  test(`planner, ${name}: ${policy}; the run fails in plain words`, async () => {
    assert.equal(terminal.type, "failed");
    const failure = terminal.type === "failed" ? modelFailure(terminal.kind) : null;
    const user = await newUser();
    await using host = await functions.host(user, [...turns, answering("Here I am.")]);

    const { events, state } = await chat(user, { message: "Show me my books" }, functions.url);

    assertContract(events);
    assert.deepEqual(state.error, failure);
    assert.doesNotMatch(JSON.stringify(events), forbidden);
    const records = await recordsOf(user, state.run_id);
    assert.equal(records.status, "failed");
    assert.deepEqual(records.error, failure);
    assert.deepEqual(records.usage, withPrompt(terminal.usage, host.requests.slice(0, turns.length)));
    const [asked, told] = records.messages;
    assert.deepEqual(asked, { role: "user", content: "Show me my books" });
    const said = state.parts.join("").trim();
    const beginning = said.length > 4_000 ? `${said.slice(0, 3_999)}…` : said;
    const ended = "This failed before it was finished. Nothing was changed.";
    assert.equal(told?.content, beginning === "" ? ended : `${beginning}\n\n${ended}`);
    assert.deepEqual(answersIn(records, null), [], "a turn that failed was stored as an answer");
    assert.doesNotMatch(records.text, forbidden);

    const next = await chat(user, { message: "Again", session_id: state.session_id }, functions.url);
    assert.equal(next.state.status, "completed");
    assert.deepEqual(next.state.parts, ["Here I am."]);
  });
}

const ANSWER_ALL_THE_SAME = [
  "error_before_tokens_429_ra",
  "error_first_frame",
  "comments_everywhere",
  "crlf_bytewise",
  "eof_mid_json_after_finish",
  "reset_after_finish",
  "finish_length",
  "finish_null",
  "model_substituted",
  "nul_and_surrogates",
  "half_surrogate_at_the_end",
  "text_reasoning_then_content",
  "thinking_eats_the_budget",
  "usage_missing",
  "usage_of_garbage",
  "usage_never_follows",
];

for (const name of ANSWER_ALL_THE_SAME) {
  const { policy, turns, terminal } = fixtureOf(name);
  test(`planner, ${name}: ${policy}; the run answers`, async () => {
    if (terminal.type !== "finished") throw new Error("This fixture does not finish");
    const user = await newUser();
    await using host = await functions.host(user, [...turns, answering("Here I am.")]);

    const { events, state } = await chat(user, { message: "Show me my books" }, functions.url);

    assertContract(events);
    assert.equal(state.status, "completed");
    assert.deepEqual(state.parts, [terminal.text]);
    const spent = withPrompt(terminal.usage, host.requests.slice(0, turns.length));
    assert.deepEqual(state.usage, spent);
    const records = await recordsOf(user, state.run_id);
    assert.equal(records.status, "completed");
    assert.deepEqual(records.usage, spent);
    assert.deepEqual(records.messages.map((message) => message.content), ["Show me my books", terminal.text]);
    const [answer, ...more] = answersIn(records, null);
    assert.deepEqual(more, []);
    assert.equal(answer?.content, terminal.text);
    assert.equal(answer?.reasoning ?? "", terminal.reasoning);
    assert.equal(answer?.model_used, terminal.model);
    assert.equal(answer?.output_tokens, spent.output_tokens);
    assert.equal(answer?.usage_estimated, terminal.usage.estimated);

    const next = await chat(user, { message: "Again", session_id: state.session_id }, functions.url);
    assert.deepEqual(next.state.parts, ["Here I am."]);
  });
}

const CALLS_ARE_NOT_RUN = [
  "tool_args_invalid",
  "tool_args_truncated_length",
  "tool_args_too_deep",
  "tool_args_nul_and_surrogates",
  "tool_unknown_name",
  "tool_64_calls",
  "dsml_in_arguments",
  "finish_null_with_tool_calls",
];

for (const name of CALLS_ARE_NOT_RUN) {
  const { policy, turns, terminal } = fixtureOf(name);
  test(`planner, ${name}: ${policy}; the run goes on`, async () => {
    if (terminal.type !== "finished") throw new Error("This fixture does not finish");
    const user = await newUser();
    await using host = await functions.host(user, [
      ...turns,
      answering("In words, then."),
      answering("Yes."),
    ]);

    const { events, state } = await chat(user, { message: "Show me my books" }, functions.url);

    assertContract(events);
    assert.equal(state.status, "completed");
    assert.equal(state.parts.at(-1), "In words, then.");
    assert.deepEqual(state.usage, addUsage(terminal.usage, REPORTED));
    assert.doesNotMatch(JSON.stringify(events), /\\u0000|\\ud[89a-f]/);
    const results = eventsOfType(events, "tool_result");
    assert.equal(results.length, terminal.tool_calls.length);
    assert.ok(results.every((result) => !result.ok));
    const { tool_calls } = await recordsOf(user, state.run_id);
    const recorded = tool_calls.map((call) => ({ name: call.tool_name, arguments: call.arguments }));
    const sent = terminal.tool_calls.map((call) => ({
      name: call.name,
      arguments: call.arguments.ok ? call.arguments.value : call.arguments.raw,
    }));
    assert.deepEqual(recorded.toSorted(byText), sent.toSorted(byText));
    assert.ok(tool_calls.every((call) => call.status === "failed" || call.status === "rejected"));
    // Broken arguments are never sent back.
    const replayed = JSON.stringify(host.requests[1]?.body.messages);
    for (const { arguments: args } of terminal.tool_calls) {
      if (!args.ok) assert.ok(!replayed.includes(JSON.stringify(args.raw).slice(1, -1)));
    }

    const next = await chat(user, { message: "Again", session_id: state.session_id }, functions.url);
    assert.deepEqual(next.state.parts, ["Yes."]);
  });
}

function byText(a: unknown, b: unknown): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}
