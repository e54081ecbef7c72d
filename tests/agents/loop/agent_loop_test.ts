// What a loop tells its agent: the contract of LoopEvent.
import assert from "node:assert/strict";
import type { LoopAgent } from "../../../shared/agents/loop/agent_loop.ts";
import type { LoopEvent } from "../../../shared/agents/loop/loop_events.ts";
import type { ModelEvent } from "../../../shared/contracts/model.ts";
import { NO_USAGE, type Usage } from "../../../shared/contracts/usage.ts";
import { estimateTokens } from "../../../shared/llm/tokens.ts";
import { loopEvents, openLoop } from "../../support/agents/loop_events.ts";
import { type FakeClock, fakeClock } from "../../support/ports/fake_clock.ts";
import { immediateIds } from "../../support/ports/immediate_ids.ts";
import { listedModel, type ListedTurn, toolCall } from "../../support/models/listed_model.ts";

const LOOK = { tool_calls: [toolCall("look")] };
const spentOn = (output_tokens: number): Usage => ({ ...NO_USAGE, model_calls: 1, output_tokens });
const types = (told: LoopEvent[]) => told.map(({ type }) => type);
const usages = (told: LoopEvent[]) => told.flatMap((event) => event.type === "usage" ? [event.usage] : []);

/** The time until the last turn. */
const onText = (clock: FakeClock) => clock.advance(1_000);

/** Speaks until it is cut off. */
const cutOff: ListedTurn = async function* (signal): AsyncGenerator<ModelEvent> {
  yield { type: "text_delta", text: "Let me think" };
  assert.ok(await Promise.resolve(signal.aborted));
  yield { type: "aborted", usage: spentOn(30) };
};

Deno.test("a loop tells what its model says, does and costs, and ends once", async () => {
  const { told } = await loopEvents({ turns: [LOOK, { text: "There." }] });
  assert.deepEqual(types(told), ["tool_call_started", "usage", "text", "usage", "ended"]);
  const end = told.at(-1);
  assert.deepEqual(end?.type === "ended" && end.outcome, { type: "answered", text: "There.", limit: null });
});

Deno.test("text names the message that its turn becomes", async () => {
  const { told, rows } = await loopEvents({ turns: [{ text: "Let me look.", ...LOOK }, { text: "There." }] });
  const spoken = told.flatMap((event) => event.type === "text" ? [event.message_id] : []);
  assert.deepEqual(spoken, rows.filter(({ kind }) => kind === "turn").map(({ id }) => id));
});

Deno.test("a turn that was cut off has no message, and the one in its place has another id", async () => {
  const { told, rows } = await loopEvents({ turns: [cutOff, { text: "That is all." }], onText });
  assert.deepEqual(types(told), ["text", "usage", "turn_cut_off", "text", "usage", "ended"]);
  const [void_id, , cut, said] = told.map((event) => "message_id" in event ? event.message_id : null);
  assert.equal(cut, void_id);
  assert.deepEqual(rows.map(({ kind, id }) => [kind, id === void_id, id === said]), [
    ["task", false, false],
    ["limit", false, false],
    ["turn", false, true],
  ]);
});

Deno.test("a limit is met once: where the thread has been told of it, the loop has its last turn only", async () => {
  const limit = { reason: "limit" as const, name: "3 model turns" };
  const { told, rows } = await loopEvents({
    turns: [{ text: "That is all." }],
    options: { point: { limit, nudged: false } },
  });
  const end = told.at(-1);
  assert.deepEqual(end?.type === "ended" && end.outcome.limit, limit);
  assert.deepEqual(rows.map(({ kind }) => kind), ["task", "turn"]);
});

for (
  const [name, limits] of Object.entries({
    "2 model turns": { turns: 2, tool_calls: 9 },
    "2 tool calls": { turns: 9, tool_calls: 2 },
  })
) {
  Deno.test(`after ${name} comes the last turn, which is told of the limit`, async () => {
    const { told, rows } = await loopEvents({
      turns: [LOOK, LOOK, { text: "That is all." }],
      options: { limits: { ...limits, wall_ms: 1_000, last_turn_ms: 1_000 } },
    });
    const end = told.at(-1);
    assert.deepEqual(end?.type === "ended" && end.outcome.limit, { reason: "limit", name });
    assert.deepEqual(rows.map(({ kind }) => kind), [
      ...["task", "turn", "result", "turn", "result", "limit", "turn"],
    ]);
  });
}

Deno.test("an agent is nudged once, whether by this loop or by the one before it", async () => {
  const agent = { nudge: "Submit.", terminal: "submit" };
  const here = await loopEvents({ turns: [{ text: "Here." }, { text: "I said it." }], agent });
  assert.deepEqual(here.rows.map(({ kind }) => kind), ["task", "turn", "nudge", "turn"]);
  const resumed = await loopEvents({
    turns: [{ text: "I said it." }],
    agent,
    options: { point: { limit: null, nudged: true } },
  });
  assert.deepEqual(resumed.rows.map(({ kind }) => kind), ["task", "turn"]);
});

const LOOKS = { name: "look", description: "Looks", parameters: { type: "object", properties: {} } };
const SUBMITS = { ...LOOKS, name: "submit" };

Deno.test("on a last turn without tools those of the turns before stay, and none may be called", async () => {
  const { events, model } = await openLoop({
    turns: [LOOK, LOOK, { text: "That is all." }],
    agent: { toolsForTurn: () => [LOOKS] },
    options: { limits: { turns: 2, tool_calls: 9, wall_ms: 1_000, last_turn_ms: 1_000 } },
  });
  for await (const _ of events);
  assert.deepEqual(model.requests.map(({ tools, tool_choice }) => [tools, tool_choice]), [
    [[LOOKS], undefined],
    [[LOOKS], undefined],
    [[LOOKS], "none"],
  ]);
});

Deno.test("on a last turn that may end with a tool that tool is offered, and may be called", async () => {
  const { events, model } = await openLoop({
    turns: [LOOK, { tool_calls: [toolCall("submit")] }],
    agent: {
      toolsForTurn: () => [LOOKS, SUBMITS],
      terminal: "submit",
      lastTurn: { tools: [SUBMITS], prompt: String },
    },
    options: { limits: { turns: 1, tool_calls: 9, wall_ms: 1_000, last_turn_ms: 1_000 } },
  });
  for await (const _ of events);
  assert.deepEqual(model.requests.map(({ tools, tool_choice }) => [tools, tool_choice]), [
    [[LOOKS, SUBMITS], undefined],
    [[SUBMITS], undefined],
  ]);
});

Deno.test("what a model calls on its last turn all the same is refused, and what it said is the answer", async () => {
  const refusals: (string | undefined)[] = [];
  const { told } = await loopEvents({
    turns: [{ text: "I have this much.", ...LOOK }, LOOK],
    agent: {
      toolsForTurn: () => [LOOKS],
      runCalls(calls) {
        refusals.push(...calls.map(({ refusal }) => refusal));
        return Promise.resolve(calls.map(({ call }) => ({ tool_call_id: call.id, content: null, ok: true })));
      },
    },
    options: { limits: { turns: 1, tool_calls: 9, wall_ms: 1_000, last_turn_ms: 1_000 } },
  });
  assert.deepEqual(refusals, [undefined, "The limit is reached, so this call was not run."]);
  const end = told.at(-1);
  assert.deepEqual(
    end?.type === "ended" && end.outcome.type === "answered" && end.outcome.text,
    "I have this much.",
  );
});

Deno.test("the prompt of a last turn keeps its budget with the tools that stay", async () => {
  const { events, model } = await openLoop({
    turns: [{ ...LOOK, text: "so many words ".repeat(300) }, { text: "That is all." }],
    agent: {
      toolsForTurn: () => [{ ...LOOKS, description: "Looks here and there. ".repeat(60) }],
      runCalls: (calls) =>
        Promise.resolve(calls.map(({ call }) => ({
          ...{ tool_call_id: call.id, ok: true },
          content: "what was found ".repeat(400),
        }))),
    },
    options: {
      call: { profile: "balanced", opening: 900, window: 900, max_output_tokens: 100, tool_calls: 5 },
      limits: { turns: 1, tool_calls: 9, wall_ms: 1_000, last_turn_ms: 1_000 },
    },
  });
  for await (const _ of events);
  const last = model.requests.at(-1);
  assert.ok(last?.tool_choice === "none");
  const tokens = estimateTokens(last.messages, last.tools);
  assert.ok(tokens <= 900 && estimateTokens([], last.tools) > 200, `${tokens} tokens`);
});

Deno.test("on its last turn an agent is not nudged: what it says is the answer", async () => {
  const { told, rows } = await loopEvents({
    turns: [{ text: "That is all." }],
    agent: { nudge: "Submit.", terminal: "submit" },
    options: { point: { limit: { reason: "limit", name: "3 model turns" }, nudged: false } },
  });
  const end = told.at(-1);
  assert.equal(end?.type === "ended" && end.outcome.type, "answered");
  assert.deepEqual(rows.map(({ kind }) => kind), ["task", "turn"]);
});

Deno.test("an answer that is there when hand-off falls due is finished; a call of a tool is left", async () => {
  const endOf = async (turn: ListedTurn) => {
    const due = new AbortController();
    const options = { hand_off_due: due.signal };
    const { told } = await loopEvents({ turns: [turn], options, onText: () => due.abort() });
    const end = told.at(-1);
    return end?.type === "ended" && end.outcome.type;
  };
  assert.equal(await endOf({ text: "There." }), "answered");
  assert.equal(await endOf({ text: "Let me look.", ...LOOK }), "suspended");
});

Deno.test("a call that failed counts, with the calls before it", async () => {
  const { told } = await loopEvents({
    turns: [{ ...LOOK, usage: spentOn(10) }, async function* () {
      yield { type: "failed", kind: "truncated_stream", retryable: true, model: "m", usage: spentOn(20) };
    }],
  });
  const end = told.at(-1);
  assert.equal(end?.type === "ended" && end.outcome.type, "failed");
  assert.deepEqual(usages(told), [spentOn(10), spentOn(20)]);
});

Deno.test("a call that was cut off at the limit counts, and so does the last turn", async () => {
  const { told } = await loopEvents({ turns: [cutOff, { text: "That is all.", usage: spentOn(5) }], onText });
  assert.deepEqual(usages(told), [spentOn(30), spentOn(5)]);
});

Deno.test("what a fault of ours broke off has told what it cost, and leaves no timer", async () => {
  const gone = new Error("the database is gone");
  const { told, threw, clock } = await loopEvents({
    turns: [{ ...LOOK, usage: spentOn(10) }],
    agent: { runCalls: () => Promise.reject(gone) },
  });
  assert.equal(threw, gone);
  assert.deepEqual(usages(told), [spentOn(10)]);
  assert.equal(clock.timers, 0);
});

Deno.test("whatever a turn comes to, readers are told once of each call that was made", async () => {
  const content = "what was found ".repeat(400);
  const made = { tool_call_id: "made", content, ok: true };
  const gone = new Error("the database is gone");
  const ends: Record<string, LoopAgent["runCalls"]> = {
    "one of its calls broke off": () => Promise.reject(gone),
    "a result is missing": () => Promise.resolve([]),
    "it waits for the next owner": () => Promise.resolve("suspended"),
    "its results can't be fitted": () => Promise.resolve([made]),
  };
  for (const [comes_to, end] of Object.entries(ends)) {
    const told: string[] = [];
    let fits = true;
    await loopEvents({
      turns: [],
      agent: {
        runCalls(calls, telling) {
          assert.ok(!telling.isSure(content));
          telling.later((whole) => told.push(whole));
          fits = !comes_to.includes("fitted");
          return end(calls, telling);
        },
      },
      options: {
        deps: {
          ...{ model: listedModel([LOOK]), ids: immediateIds(), clock: fakeClock(), user: "u" },
          log: { error() {} },
          count(...prompt) {
            if (!fits) throw gone;
            return estimateTokens(...prompt);
          },
        },
        call: { profile: "balanced", opening: 900, window: 900, max_output_tokens: 100, tool_calls: 5 },
      },
    });
    assert.deepEqual(told, ["whole"], comes_to);
  }
});

Deno.test("a loop that nobody listens to any more leaves no timer", async () => {
  const { events, clock } = await openLoop({ turns: [{ text: "Once" }] });
  for await (const event of events) if (event.type === "text") break;
  assert.equal(clock.timers, 0);
});
