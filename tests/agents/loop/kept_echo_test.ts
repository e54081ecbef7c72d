// What a model's host wants back is kept as it came, or not at all.
import assert from "node:assert/strict";
import fc from "fast-check";
import { ECHO_LIMITS, withKeptEcho } from "../../../shared/agents/loop/kept_echo.ts";
import { assistantMessage } from "../../../shared/agents/loop/thread.ts";
import type { FinishedTurn } from "../../../shared/contracts/model.ts";
import type { Json } from "../../../shared/contracts/text.ts";
import { NO_USAGE } from "../../../shared/contracts/usage.ts";
import { loopEvents, openLoop } from "../../support/agents/loop_events.ts";
import { meterPort } from "../../support/ports/meter_port.ts";
import { type ListedTurn, toolCall } from "../../support/models/listed_model.ts";

function turn(change: Partial<FinishedTurn>): FinishedTurn {
  return {
    ...{ type: "finished", text: "", tool_calls: [], reasoning: "", finish_reason: "stop" } as const,
    ...{ model: "served", usage: NO_USAGE },
    ...change,
  };
}

const echoOf = (reasoning_details: Json) => ({ model: "row", fields: { reasoning_details } });
const nested = (levels: number): Json => levels === 0 ? "x" : [nested(levels - 1)];
const SIGNED = { google: { thought_signature: "AY89a1/+c3Ry==" } };

Deno.test("a turn's echo and what its calls carry stand in its message", () => {
  const call = { ...toolCall("look"), extra_content: SIGNED };
  const kept = withKeptEcho(turn({ tool_calls: [call, toolCall("list")], echo: echoOf([{ data: "gA==" }]) }));
  assert.equal(kept.state, "kept");
  const message = assistantMessage(kept.turn);
  assert.ok(message.role === "assistant");
  assert.deepEqual(message.echo, echoOf([{ data: "gA==" }]));
  assert.deepEqual(message.tool_calls?.map((one) => one.extra_content), [SIGNED, undefined]);
});

Deno.test("a turn without any has none in its message", () => {
  const { turn: kept, state } = withKeptEcho(turn({ tool_calls: [toolCall("look")], reasoning: "Hm." }));
  assert.equal(state, "kept");
  assert.deepEqual(assistantMessage(kept), {
    role: "assistant",
    content: "",
    tool_calls: [{ id: "call_look", name: "look", arguments: "{}" }],
    reasoning: "Hm.",
  });
});

const TOO_LARGE: Record<string, Partial<FinishedTurn>> = {
  "of many characters": { echo: echoOf("x".repeat(ECHO_LIMITS.characters)) },
  "that is too large with the calls only": {
    echo: echoOf("x".repeat(ECHO_LIMITS.characters / 2)),
    tool_calls: [{ ...toolCall("look"), extra_content: "x".repeat(ECHO_LIMITS.characters / 2) }],
  },
  "of too many levels": { echo: echoOf(nested(ECHO_LIMITS.depth)) },
  "of more levels than the stack has": { echo: echoOf(JSON.parse("[".repeat(50_000) + "]".repeat(50_000))) },
};

for (const [what, change] of Object.entries(TOO_LARGE)) {
  Deno.test(`an echo ${what} is left out whole, with nothing else of the turn`, () => {
    const whole = turn({ text: "Let me look.", reasoning: "Hm.", ...change });
    const { turn: kept, state } = withKeptEcho(whole);
    assert.equal(state, "too large");
    const { echo: _, ...rest } = whole;
    const tool_calls = rest.tool_calls.map(({ extra_content: _, ...call }) => call);
    assert.deepEqual(kept, { ...rest, tool_calls });
  });
}

Deno.test("the largest that is kept is kept", () => {
  const { turn: kept, state } = withKeptEcho(turn({
    echo: echoOf("x".repeat(ECHO_LIMITS.characters - 300)),
    tool_calls: [{ ...toolCall("look"), extra_content: nested(ECHO_LIMITS.depth) }],
  }));
  assert.equal(state, "kept");
  assert.ok(kept.echo && kept.tool_calls[0]?.extra_content);
});

Deno.test("what is kept has the same values, and is the same text however the host orders its keys", () => {
  const values = fc.jsonValue({ maxDepth: 4 }).map((value): Json => JSON.parse(JSON.stringify(value)))
    .filter((value) =>
      JSON.stringify(value).isWellFormed() && !/\\u0|__proto__|\\ud|\x7f/.test(JSON.stringify(value))
    );
  fc.assert(
    fc.property(
      fc.dictionary(fc.stringMatching(/^[a-z_]{1,8}$/), values, { noNullPrototype: true }),
      (object) => {
        const kept = (value: Json) =>
          withKeptEcho(turn({ echo: echoOf(value) })).turn.echo?.fields.reasoning_details;
        assert.deepEqual(kept(object), object);
        const turned = Object.fromEntries(Object.entries(object).toReversed());
        assert.equal(JSON.stringify(kept(turned)), JSON.stringify(kept(object)));
      },
    ),
  );
});

Deno.test("an echo beyond every budget is sent all the same, and is reserved for", async () => {
  const data = "AY89a1+/".repeat(10_000);
  const { meter, longest_prompt } = await meterPort();
  const { events, model } = await openLoop({
    turns: [{ tool_calls: [toolCall("look")], echo: echoOf([{ data }]) }, { text: "There." }],
    options: {
      meter,
      call: { profile: "balanced", opening: 500, window: 500, max_output_tokens: 100, tool_calls: 5 },
    },
  });
  for await (const _ of events);
  assert.equal(model.requests.length, 2);
  assert.ok(JSON.stringify(model.requests[1]?.messages).includes(data));
  assert.ok(longest_prompt() > data.length / 4, `${longest_prompt()} tokens`);
});

Deno.test("a loop that can't keep an echo goes on without it, and the log says so", async () => {
  const log: string[] = [];
  const signed: ListedTurn = { tool_calls: [{ ...toolCall("look"), extra_content: nested(100) }] };
  const { told, rows } = await loopEvents({
    turns: [{ ...signed, echo: { model: "row", fields: {} } }, { text: "There." }],
    log: { error: (message) => void log.push(message) },
  });
  const end = told.at(-1);
  assert.equal(end?.type === "ended" && end.outcome.type, "answered");
  assert.ok(!JSON.stringify(rows).includes("extra_content"));
  assert.deepEqual(log, ["what a host wants back is too large to keep; its next call goes without"]);
});
