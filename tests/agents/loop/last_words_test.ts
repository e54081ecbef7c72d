// How a loop ends whose model has nothing more to say, or more than it may.
import assert from "node:assert/strict";
import type { LoopEvent } from "../../../shared/agents/loop/loop_events.ts";
import { NO_USAGE } from "../../../shared/contracts/usage.ts";
import { loopEvents } from "../../support/agents/loop_events.ts";
import { type ListedTurn, toolCall } from "../../support/models/listed_model.ts";

const LOOK = { tool_calls: [toolCall("look")] };
const SAID_AND_LOOKED = { text: "It is done.", ...LOOK };

const empty: ListedTurn = async function* () {
  yield { type: "failed", kind: "empty_response", retryable: true, model: "m", usage: NO_USAGE };
};

function endOf(told: LoopEvent[]) {
  const end = told.at(-1);
  assert.ok(end?.type === "ended");
  return end.outcome;
}

Deno.test("text beside a call, and then an empty turn: the text is the answer", async () => {
  const { told } = await loopEvents({ turns: [SAID_AND_LOOKED, empty] });
  assert.deepEqual(endOf(told), { type: "answered", text: "It is done.", limit: null });
});

Deno.test("the text may be some turns back, and the last of several counts", async () => {
  const turns = [{ text: "I look.", ...LOOK }, SAID_AND_LOOKED, LOOK, empty];
  const { told } = await loopEvents({ turns });
  const outcome = endOf(told);
  assert.equal(outcome.type === "answered" && outcome.text, "It is done.");
});

Deno.test("an empty last turn after a limit leaves what was said before it, and so does one that calls tools", async () => {
  const limit = { reason: "limit" as const, name: "1 model turns" };
  for (const last of [empty, LOOK]) {
    const { told } = await loopEvents({
      turns: [SAID_AND_LOOKED, last],
      options: { limits: { turns: 1, tool_calls: 9, wall_ms: 1_000, last_turn_ms: 1_000 } },
    });
    assert.deepEqual(endOf(told), { type: "answered", text: "It is done.", limit });
  }
});

Deno.test("where nothing was said at all, an empty turn fails", async () => {
  for (const turns of [[empty], [LOOK, empty], [{ text: "\u200b\n", ...LOOK }, empty]]) {
    assert.equal(endOf((await loopEvents({ turns })).told).type, "failed");
  }
});

Deno.test("other failures are no empty turns", async () => {
  const broken: ListedTurn = async function* () {
    yield { type: "failed", kind: "network", retryable: true, model: "m", usage: NO_USAGE };
  };
  assert.equal(endOf((await loopEvents({ turns: [SAID_AND_LOOKED, broken] })).told).type, "failed");
});

Deno.test("where a result is wanted, what was said on the way to it is none", async () => {
  const agent = { nudge: "Submit.", terminal: "submit" };
  assert.equal(endOf((await loopEvents({ turns: [SAID_AND_LOOKED, empty], agent })).told).type, "failed");
});

Deno.test("an answer that was cut at the output limit says so, and its message keeps it", async () => {
  const { told, rows } = await loopEvents({ turns: [{ text: "Once upon", finish_reason: "length" }] });
  assert.deepEqual(endOf(told), { type: "answered", text: "Once upon", cut_off: true, limit: null });
  assert.equal(rows.at(-1)?.cut_off, true);
});

Deno.test("calls that were cut off leave the text before them whole", async () => {
  const { told } = await loopEvents({ turns: [{ ...SAID_AND_LOOKED, finish_reason: "length" }, empty] });
  assert.deepEqual(endOf(told), { type: "answered", text: "It is done.", limit: null });
});
