import assert from "node:assert/strict";
import fc from "fast-check";
import { fitPrompt, fittedPrompt } from "../../../shared/agents/loop/fit_prompt.ts";
import { resultRoom } from "../../../shared/agents/loop/result_room.ts";
import type { HistoryMessage } from "../../../shared/agents/store/records.ts";
import type { ToolSchema } from "../../../shared/contracts/model.ts";
import { estimateTokens } from "../../../shared/llm/tokens.ts";
import { type Entry, storedThread } from "../../support/agents/stored_thread.ts";

const tools: ToolSchema[] = [{
  name: "look",
  description: "Looks",
  parameters: { type: "object", properties: {} },
}];

const thread = (...entries: Entry[]) => ({ history: [], messages: storedThread(entries) });

const words = (n: number) => "several plain words ".repeat(n);
const system: Entry = ["prompt", { role: "system", content: "You plan." }];
const request: Entry = ["task", { role: "user", content: "What now?" }];

function turn(asked: string, answered: string): HistoryMessage[] {
  return [{ role: "user", content: asked }, { role: "assistant", content: answered }];
}

function round(n: number, size: number): Entry[] {
  return [
    ["turn", {
      role: "assistant",
      content: "",
      tool_calls: [{ id: `c${n}`, name: "look", arguments: "{}" }],
    }],
    ["result", { role: "tool", tool_call_id: `c${n}`, content: `result ${n} ${words(size)}` }],
  ];
}

/** A turn of two calls at once, of which the first is signed, as Gemini signs them. */
function signedRound(n: number, size: number, signature = "AY89a1+/=="): Entry[] {
  const ids = [`a${n}`, `b${n}`];
  const calls = ids.map((id, i) => ({
    ...{ id, name: "look", arguments: "{}" },
    ...(i === 0 && { extra_content: { google: { thought_signature: signature } } }),
  }));
  return [
    ["turn", { role: "assistant", content: "", tool_calls: calls, echo: { model: "m", fields: {} } }],
    ...ids.map((
      id,
    ): Entry => ["result", { role: "tool", tool_call_id: id, content: `${id} ${words(size)}` }]),
  ];
}

Deno.test("what a host wants back is sent with its message, and makes no room: the results stay whole", () => {
  const whole = thread(system, request, ...signedRound(1, 20, "x".repeat(20_000)), ...signedRound(2, 20));
  assert.deepEqual(
    fitPrompt(whole, tools, 900, estimateTokens),
    whole.messages.map((entry) => entry.message),
  );
  const room = resultRoom(whole, tools, { window: 900, results: 2 }, estimateTokens);
  assert.equal(room.fit(["one", "two ".repeat(200)])[1], JSON.stringify("two ".repeat(200)));
});

Deno.test("reasoning that goes back makes no room either, though it is counted where a call is reserved", () => {
  const [turn, ...results] = round(1, 20);
  assert.ok(turn?.[0] === "turn" && turn[1].role === "assistant");
  const whole = thread(system, request, ["turn", { ...turn[1], reasoning: words(500) }], ...results);
  const count: typeof estimateTokens = (messages, tools) =>
    estimateTokens(messages, tools) + (JSON.stringify(messages).includes("reasoning") ? 2_000 : 0);
  assert.deepEqual(fitPrompt(whole, tools, 500, count), whole.messages.map((entry) => entry.message));
});

Deno.test("calls that one turn signed together are left out together, or not at all", () => {
  const whole = thread(system, request, ...signedRound(1, 5), ...signedRound(2, 5), ...signedRound(3, 5));
  for (const budget of [10, 100, 150, 200, 250, 300, 350]) {
    const { messages, cut } = fittedPrompt(whole, tools, budget, estimateTokens);
    const calls = messages.flatMap((message) => message.role === "assistant" ? message.tool_calls ?? [] : []);
    const ids = calls.map(({ id }) => id);
    for (const n of [1, 2, 3]) {
      assert.equal(ids.includes(`a${n}`), ids.includes(`b${n}`), `${budget}: ${ids}`);
    }
    assert.deepEqual(ids.slice(-2), ["a3", "b3"]);
    assert.deepEqual(messages.flatMap((one) => one.role === "tool" ? [one.tool_call_id] : []), ids);
    const gone = cut.flatMap(({ what, call }) => what === "call" ? [call] : []);
    assert.deepEqual([...gone, ...ids], ["a1", "b1", "a2", "b2", "a3", "b3"]);
  }
});

Deno.test("a turn whose calls were left out says what it said, without what its host wants back", () => {
  const [turn, ...results] = signedRound(1, 5);
  assert.ok(turn?.[0] === "turn" && turn[1].role === "assistant");
  const spoken: Entry = ["turn", { ...turn[1], content: "Let me look." }];
  const whole = thread(system, request, spoken, ...results, ...signedRound(2, 5));
  const sent = fitPrompt(whole, tools, 150, estimateTokens);
  assert.deepEqual(sent[2], { role: "assistant", content: "Let me look." });
});

Deno.test("a prompt that fits is sent as the thread has it", () => {
  const whole = thread(system, request, ...round(1, 5));
  const sent = fitPrompt(whole, tools, 5_000, estimateTokens);
  assert.deepEqual(sent, whole.messages.map((entry) => entry.message));
});

Deno.test("the newest system prompt is sent, then the history that the thread was opened with, then its messages", () => {
  const history = turn("Before", "Yes.");
  const { messages } = thread(system, request, ["prompt", { role: "system", content: "You plan better." }]);
  assert.deepEqual(fitPrompt({ history, messages }, tools, 5_000, estimateTokens), [
    { role: "system", content: "You plan better." },
    ...history,
    { role: "user", content: "What now?" },
  ]);
});

Deno.test("the oldest turn of the history goes first, answer and all, and the newest stays", () => {
  const history = [...turn(`oldest ${words(100)}`, "its answer"), ...turn(`newest ${words(5)}`, "Good.")];
  const { messages } = thread(system, request, ...round(1, 20));
  const sent = fitPrompt({ history, messages }, tools, 300, estimateTokens);
  const text = JSON.stringify(sent);
  assert.equal(sent[1]?.role, "user");
  assert.match(sent[1].content, /^\(Older turns of this conversation are left out here.*\)\n\nnewest/);
  for (const cut of ["oldest", "its answer"]) assert.ok(!text.includes(cut), cut);
  for (const kept of ["newest", "What now?", "result 1", "You plan."]) assert.ok(text.includes(kept), kept);
});

Deno.test("when no history is left, the oldest tool results go next", () => {
  const messages = thread(system, request, ...round(1, 60), ...round(2, 60));
  const fitted = fitPrompt(messages, tools, 400, estimateTokens);
  const text = JSON.stringify(fitted);
  assert.ok(!text.includes("result 1"));
  assert.ok(text.includes("result 2"));
  assert.equal(fitted.length, messages.messages.length, "every call keeps an answer");
});

Deno.test("a turn of more calls than fit keeps its newest ones, each with its result", () => {
  const ids = Array.from({ length: 64 }, (_, i) => `c${i}`);
  const messages = thread(
    system,
    request,
    ["turn", {
      role: "assistant",
      content: "",
      tool_calls: ids.map((id) => ({ id, name: "look", arguments: "{}" })),
    }],
    ...ids.map((id): Entry => [
      "result",
      { role: "tool", tool_call_id: id, content: words(20) },
    ]),
  );
  const fitted = fitPrompt(messages, tools, 600, estimateTokens);
  assert.ok(estimateTokens(fitted, tools) <= 600);
  const calls = fitted.flatMap((message) =>
    message.role === "assistant" ? message.tool_calls?.map((call) => call.id) ?? [] : []
  );
  const results = fitted.flatMap((message) => message.role === "tool" ? [message.tool_call_id] : []);
  assert.deepEqual(calls, results);
  assert.ok(calls.length > 1);
  assert.deepEqual(calls, ids.slice(-calls.length));
});

Deno.test("what an agent wrote at length goes before any tool result, the oldest first", () => {
  const wrote = (n: number, args: string): Entry => [
    "turn",
    { role: "assistant", content: words(60), tool_calls: [{ id: `c${n}`, name: "look", arguments: args }] },
  ];
  const answered = (n: number): Entry => [
    "result",
    { role: "tool", tool_call_id: `c${n}`, content: `result ${n}` },
  ];
  const messages = thread(
    system,
    request,
    wrote(1, JSON.stringify({ oldest: words(20_000) })),
    answered(1),
    wrote(2, JSON.stringify({ newest: words(60) })),
    answered(2),
  );
  const fitted = fitPrompt(messages, tools, 1_000, estimateTokens);
  assert.ok(estimateTokens(fitted, tools) <= 1_000);
  const text = JSON.stringify(fitted);
  assert.ok(!text.includes("oldest"));
  for (const kept of ["newest", "result 1", "result 2", "What now?"]) assert.ok(text.includes(kept), kept);
});

Deno.test("the user's message and the tools are never cut, however long the message", () => {
  const long = words(4_000);
  const messages = thread(system, ["task", { role: "user", content: long }]);
  assert.deepEqual(fitPrompt(messages, tools, 500, estimateTokens).at(-1), { role: "user", content: long });
});

Deno.test("whatever the sizes, a prompt whose fixed parts fit stays within its budget", () => {
  const sizes = fc.array(fc.integer({ min: 0, max: 200 }), { maxLength: 12 });
  fc.assert(
    fc.property(sizes, sizes, (history, results) => {
      const whole = {
        ...thread(system, request, ...results.flatMap((size, i) => round(i, size))),
        history: history.flatMap((size) => turn(words(size), words(size / 2))),
      };
      const fitted = fitPrompt(whole, tools, 1_000, estimateTokens);
      assert.ok(estimateTokens(fitted, tools) <= 1_000);
      assert.ok(fitted.some((message) => message.content.endsWith("What now?")));
      const said = fitted.filter(({ role }) => role !== "system");
      assert.equal(said[0]?.role, "user");
      assert.ok(said.every(({ role }, i) => role !== "user" || said[i + 1]?.role !== "user"));
    }),
    { numRuns: 50 },
  );
});

Deno.test("what was cut is told message by message, in characters: from how many to how many", () => {
  const args = JSON.stringify({ query: words(60) });
  const calls = [{ id: "c1", name: "look", arguments: args }];
  const long: Entry = ["turn", { role: "assistant", content: words(60), tool_calls: calls }];
  const [, result] = round(1, 60);
  const [call, newest] = round(2, 5);
  assert.ok(result && call && newest);
  const history = turn("Before", words(9));
  const whole = { ...thread(system, request, long, result, call, newest), history };
  assert.deepEqual(fittedPrompt(whole, tools, 5_000, estimateTokens).cut, []);

  const { messages, cut } = fittedPrompt(whole, tools, 150, estimateTokens);
  const [from, to] = [words(60).length, 1_000];
  const of_result = result[1].content.length;
  assert.deepEqual(cut.slice(0, 2), [
    { what: "history", from: "Before".length + words(9).length, to: 0 },
    { what: "text", seq: 3, from, to },
  ]);
  const rest = cut.slice(2).map(({ what, seq, call, from }) => ({ what, seq, call, from }));
  assert.deepEqual(rest, [
    { what: "call", seq: 3, call: "c1", from: args.length },
    { what: "result", seq: 4, call: undefined, from: of_result },
    { what: "result", seq: 6, call: undefined, from: newest[1].content.length },
  ]);
  assert.deepEqual(messages.map(({ role }) => role), ["system", "user", "assistant", "assistant", "tool"]);
});
