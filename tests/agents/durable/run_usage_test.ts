// What a run spent is known however it ends: calls that failed, were cut off, or were followed by a fault of ours.
import assert from "node:assert/strict";
import { type Abilities, runLoop } from "../../../shared/agents/loop/agent_loop.ts";
import { createThread } from "../../../shared/agents/loop/thread.ts";
import { NO_USAGE, type Usage } from "../../../shared/contracts/usage.ts";
import { ids } from "../../../shared/db/ids.ts";
import { estimateTokens } from "../../../shared/llm/tokens.ts";
import { fakeClock } from "../../support/ports/fake_clock.ts";
import { meterPort } from "../../support/ports/meter_port.ts";
import { listedModel, type ListedTurn, toolCall } from "../../support/models/model_port.ts";

const spentOn = (output_tokens: number): Usage => ({
  ...NO_USAGE,
  model_calls: 1,
  input_tokens: 100,
  output_tokens,
  estimated: true,
});

const answered: Abilities["run"] = (calls) =>
  Promise.resolve(calls.map(({ call }) => ({ tool_call_id: call.id, content: null, ok: true })));

/** Runs a loop over the turns; gives what it reported call by call, and its outcome, if it had one. */
async function loop(turns: ListedTurn[], run: Abilities["run"] = answered) {
  const clock = fakeClock();
  const told: Usage[] = [];
  const model = listedModel(turns);
  const thread = createThread({ id: "t", agent: { id: "a", type: "planner" }, write() {}, clock, ids });
  thread.append({ kind: "task", sender: "user", message: { role: "user", content: "Go" } });
  const ended = await runLoop({
    model,
    profile: "balanced",
    user: "u",
    thread,
    abilities: () => ({ tools: [], run }),
    terminal: null,
    lastTurn: { tools: [], prompt: () => "Answer now." },
    onAnswer: () => null,
    // Text is the sign that a turn is under way: time is up then.
    ids,
    onText: () => clock.advance(1_000),
    onUsage: (usage) => told.push(usage),
    met: null,
    limits: { turns: 3, tool_calls: 9, wall_ms: 1_000, last_turn_ms: 1_000 },
    meter: (await meterPort()).meter,
    budget: 5_000,
    max_output_tokens: 100,
    count: estimateTokens,
    clock,
    signal: new AbortController().signal,
    handover: new AbortController().signal,
  }).catch((error: unknown) => ({ type: "threw" as const, error }));
  model.end();
  return { told, ended };
}

Deno.test("a call that failed counts, with the calls before it", async () => {
  const { told, ended } = await loop([
    { tool_calls: [toolCall("look")], usage: spentOn(10) },
    async function* () {
      yield { type: "failed", kind: "truncated_stream", retryable: true, model: "m", usage: spentOn(20) };
    },
  ]);
  assert.equal(ended.type, "failed");
  assert.deepEqual(told, [spentOn(10), spentOn(20)]);
});

Deno.test("a call that was cut off at the limit counts, and so does the last turn", async () => {
  const { told, ended } = await loop([
    async function* (signal) {
      yield { type: "text_delta", text: "Let me think" };
      assert.ok(signal.aborted);
      yield { type: "aborted", usage: spentOn(30) };
    },
    { text: "That is all.", usage: spentOn(5) },
  ]);
  assert.equal(ended.type, "answered");
  assert.deepEqual(told, [spentOn(30), spentOn(5)]);
});

Deno.test("calls that were followed by a fault of ours have been counted when it shows", async () => {
  const { told, ended } = await loop(
    [{ tool_calls: [toolCall("look")], usage: spentOn(10) }],
    () => Promise.reject(new Error("the database is gone")),
  );
  assert.equal(ended.type, "threw");
  assert.deepEqual(told, [spentOn(10)]);
});
