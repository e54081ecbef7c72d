// What a user sees of hosts' quirks, over HTTP and through all processes: nothing.
import assert from "node:assert/strict";
import { z } from "zod";
import type { JsonObject } from "../../shared/contracts/text.ts";
import { delta, DONE, finish, frame, piece, stream, text, USAGE, usage } from "../llm/support.ts";
import { assertContract, chat } from "../support/stack/calling.ts";
import { answersIn, recordsOf } from "../support/rows/run_records.ts";
import { newUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";
import { answering, calling, planning, submitting } from "../support/wire/wire_fixtures.ts";
import { type WireFunctions, wireFunctions } from "../support/wire/wire_functions.ts";
import type { WireTurn } from "../support/wire/wire_server.ts";

/** The budget of a run. */
const MODEL_CALLS = 6;

let functions: WireFunctions;
Deno.test.beforeAll(async () => {
  functions = await wireFunctions({
    ...{ LLM_BALANCED_MODELS: "first,second", LLM_SPEED_MODELS: "first,second" },
    ...{
      RUN_MAX_MODEL_CALLS: `${MODEL_CALLS}`,
      LLM_MODEL_TABLE: JSON.stringify([{ id: "first", tool_choice_none: true, alternate_roles: true }]),
    },
  });
});
Deno.test.afterAll(async () => await functions[Symbol.asyncDispose]());

const PLAN = [planning({ step_number: 1 }), answering("All done.")];
const LOOK = { name: "list_books", arguments: { limit: 1 } };
const LOOKED = { name: LOOK.name, arguments: JSON.stringify(LOOK.arguments) };
const ended = (reason: string) => [finish(reason), usage(USAGE), DONE];

/** Plays the turns in the planner's own thread, or with a plan around them in an executor's, and reads what is left. */
async function play(worker: "planner" | "executor", turns: WireTurn[]) {
  const user = await newUser();
  await using planner = await functions.host(user, worker === "planner" ? turns : PLAN);
  await using executor = worker === "planner" ? null : await functions.host(user, turns, 1);
  const { events, state } = await chat(user, { message: "Show me my books" }, functions.url);
  assertContract(events);
  const records = await recordsOf(user, state.run_id);
  return {
    ...{ state, records, streamed: JSON.stringify(events) },
    requests: (executor ?? planner).requests,
    turns: answersIn(records, worker === "planner" ? null : 1),
  };
}

const THOUGHT = "<think>Secret plan: look it up.</think>\n\n";
const pieces = (said: string) => Array.from(said.match(/[^]{1,3}/g) ?? [], text);

test("planner: what a model thinks in its content reaches neither the stream nor any text of the rows", async () => {
  const { state, records, streamed, turns } = await play("planner", [
    stream(
      ...pieces(`${THOUGHT}Let me look.`),
      piece({ index: 0, id: "a", function: LOOKED }),
      ...ended("tool_calls"),
    ),
    stream(...pieces(`${THOUGHT}Here they are.`), ...ended("stop")),
  ]);
  assert.deepEqual(state.parts.map((part) => part.trim()), ["Let me look.", "Here they are."]);
  assert.doesNotMatch(streamed, /Secret|think>/);
  assert.deepEqual(turns.map(({ content }) => content.trim()), ["Let me look.", "Here they are."]);
  for (const { reasoning } of turns) assert.match(reasoning ?? "", /Secret plan: look it up\./);
  assert.doesNotMatch(JSON.stringify(records.messages), /Secret/);
});

test("executor: what a model thinks in its content is no part of a step's thread either", async () => {
  const { state, streamed, turns } = await play("executor", [
    stream(...pieces(THOUGHT), piece({ index: 0, id: "a", function: LOOKED }), ...ended("tool_calls")),
    submitting("Found."),
  ]);
  assert.deepEqual(state.plan?.steps.map(({ summary }) => summary), ["Found."]);
  assert.doesNotMatch(streamed, /Secret|think>/);
  assert.deepEqual(turns.map(({ content }) => content.trim()), ["", ""]);
});

const LEAKED = {
  "gpt-oss's": '<|channel|>commentary to=functions.list_books<|message|>{"limit": 1}<|call|>',
  "Qwen's": '<tool_call>\n{"name": "list_books", "arguments": {}}\n</tool_call>',
};

for (const [whose, markup] of Object.entries(LEAKED)) {
  for (const worker of ["planner", "executor"] as const) {
    test(`${worker}: a call that leaked as ${whose} markup is tried again, and what comes then counts`, async () => {
      const good = worker === "planner" ? answering("Here they are.") : submitting("Here they are.");
      const { state, records, streamed, turns } = await play(worker, [
        stream(...pieces(markup), ...ended("stop")),
        good,
      ]);
      const [step] = state.plan?.steps ?? [];
      assert.equal(worker === "planner" ? state.parts.join("") : step?.summary, "Here they are.");
      assert.doesNotMatch(`${streamed}${records.text}`, /tool_call>|channel\|/);
      assert.equal(turns.length, 1);
      assert.equal(turns[0]?.input_tokens, USAGE.prompt_tokens * 2, "both attempts were paid");
    });
  }
}

const died = (thought: string): WireTurn =>
  stream(
    delta({ reasoning_content: thought }),
    frame({ error: { code: 402, message: "Insufficient credits" } }),
  );

for (const worker of ["planner", "executor"] as const) {
  test(`${worker}: a model that dies while it thinks leaves nothing in the row of the one that answers`, async () => {
    const said = worker === "planner" ? text("There.") : piece({
      ...{ index: 0, id: "a" },
      function: { name: "submit_result", arguments: '{"status":"completed","summary":"There."}' },
    });
    const { state, streamed, turns, requests } = await play(worker, [
      died("A first thought."),
      stream(delta({ reasoning_content: "Another thought." }), said, ...ended("stop")),
    ]);
    assert.equal(state.status, "completed");
    assert.doesNotMatch(streamed, /thought/);
    assert.deepEqual(requests.map(({ body }) => body.model), ["first", "second"]);
    const [turn, ...more] = turns;
    assert.deepEqual(more, [], "one turn is one message");
    assert.equal(turn?.reasoning, "Another thought.");
    assert.equal(turn?.model_used, "served-model");
    assert.ok((turn?.input_tokens ?? 0) > USAGE.prompt_tokens, "both attempts were paid");
  });
}

test("a refusal is an answer, in the model's words, and stored as one", async () => {
  const { state, records } = await play("planner", [
    stream(
      delta({ content: null, refusal: "I can't help " }),
      delta({ refusal: "with that." }),
      ...ended("stop"),
    ),
  ]);
  assert.deepEqual([state.status, state.parts.join("")], ["completed", "I can't help with that."]);
  assert.equal(records.messages.at(-1)?.content, "I can't help with that.");
});

const Messages = z.array(z.looseObject({ role: z.string() }));

/** As Bedrock behind proxies and Mistral's templates: tools beside a history with calls, and roles that take turns. */
function refuses(body: JsonObject): string | null {
  const roles = Messages.parse(body.messages).map(({ role }) => role);
  const tools = Array.isArray(body.tools) ? body.tools : [];
  if (roles.includes("tool") && tools.length === 0) {
    return "toolConfig must be defined when using toolUse content blocks.";
  }
  const turn = roles.findIndex((role, i) =>
    (role === roles[i - 1] && role !== "tool") || (role === "user" && roles[i - 1] === "tool")
  );
  return turn < 0 && roles[1] === "user" ? null : `Conversation roles must alternate, message ${turn}`;
}
const strict = (turn: WireTurn): WireTurn => ({ ...turn, refuses });

test("planner: the last turn of a run over its budget is taken by a host that wants tools beside calls", async () => {
  const { state, requests } = await play("planner", [
    ...Array.from({ length: MODEL_CALLS }, () => strict(calling(LOOK))),
    strict(answering("This is what I have.")),
  ]);
  assert.deepEqual([state.status, state.finished_reason], ["completed", "budget"]);
  assert.equal(state.parts.at(-1), "This is what I have.");
  const [first, last] = [requests[0]?.body, requests.at(-1)?.body];
  assert.deepEqual([first?.tool_choice, last?.tool_choice], [undefined, "none"]);
  assert.deepEqual(last?.tools, first?.tools);
});

test("planner: what a model calls on that turn in spite of it is not run, and what it said is the answer", async () => {
  const { state, records } = await play("planner", [
    stream(text("I have one book."), piece({ index: 0, id: "a", function: LOOKED }), ...ended("tool_calls")),
    ...Array.from({ length: MODEL_CALLS - 1 }, () => strict(calling(LOOK))),
    strict(calling(LOOK)),
  ]);
  assert.deepEqual([state.status, state.finished_reason], ["completed", "budget"]);
  assert.equal(records.messages.at(-1)?.content, "I have one book.");
  assert.deepEqual(records.tool_calls.map(({ status }) => status).toSorted(), [
    "rejected",
    ...Array(MODEL_CALLS).fill("succeeded"),
  ]);
});

for (const worker of ["planner", "executor"] as const) {
  test(`${worker}: a model that dies while it writes a call has made none, and the one that answers is asked`, async () => {
    const good = worker === "planner" ? answering("There.") : submitting("There.");
    const begun = piece({ index: 0, id: "a", function: { name: "create_book", arguments: '{"title":' } });
    const { state, records, streamed } = await play(worker, [
      stream(begun, frame({ error: { code: 402, message: "Insufficient credits" } })),
      good,
    ]);
    assert.equal(worker === "planner" ? state.parts[0] : state.plan?.steps[0]?.summary, "There.");
    assert.doesNotMatch(`${streamed}${JSON.stringify(records.tool_calls)}`, /create_book/);
  });
}

test("after runs that failed the next message is taken by a host that wants roles to take turns", async () => {
  const user = await newUser();
  const refused: WireTurn = { status: 401, body: [{ send: '{"error":{"message":"No."}}' }] };
  await using host = await functions.host(user, [
    ...Array.from({ length: 4 }, () => refused),
    strict(calling(LOOK)),
    strict(answering("Here I am.")),
  ]);
  const first = await chat(user, { message: "One" }, functions.url);
  const { session_id } = first.state;
  const second = await chat(user, { message: "Two", session_id }, functions.url);
  assert.deepEqual([first.state.status, second.state.status], ["failed", "failed"]);
  const third = await chat(user, { message: "Three", session_id }, functions.url);
  assert.deepEqual(third.state.parts, ["Here I am."]);
  assert.match(JSON.stringify(host.requests.at(-1)?.body.messages), /One.*Two.*Three/);
});
