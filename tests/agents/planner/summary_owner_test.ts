// Whose turn makes a summary: the owner's that opened the thread and answered, and when: once the answer was sent.
import assert from "node:assert/strict";
import { answerTurn, type Turn } from "../../../shared/agents/planner/planner.ts";
import type { PlannerDeps } from "../../../shared/agents/deps.ts";
import { StoreUnavailable } from "../../../shared/contracts/errors.ts";
import type { RunEvent } from "../../../shared/contracts/events.ts";
import { open } from "../../support/agents/planner_world.ts";
import { listedModel, type ListedTurn, toolCall } from "../../support/models/listed_model.ts";
import { passTime } from "../../support/ports/pass_time.ts";

const SUMMARY: ListedTurn = { text: "They greeted each other." };

/** A run whose session has turns that its prompt does not have. */
async function world() {
  const planner = await open();
  const { memory, deps, first, clock } = planner;
  const { owned } = first;
  const { session_id } = owned;
  memory.tables.chat_messages.unshift(
    { id: "1", run_id: "1", session_id, role: "user", content: "Hello ".repeat(500) },
    { id: "2", run_id: "1", session_id, role: "assistant", content: "Hello ".repeat(500) },
  );
  const due: Turn = {
    ...first,
    owned: { ...owned, opening: owned.opening && { ...owned.opening, history_cut: true } },
  };

  async function answerAs(turn: Turn, turns: ListedTurn[], change: Partial<PlannerDeps> = {}) {
    const model = listedModel(turns);
    const sent: RunEvent[] = [];
    const left = await passTime(
      clock,
      answerTurn(turn, { ...deps, model, ...change }, (event) => sent.push(event)),
    );
    return { left, sent, model };
  }
  /** What was reserved and not settled. */
  const open_calls = () =>
    memory.tables.reservations.filter(({ id }) => !memory.tables.settlements.some((one) => one.id === id))
      .length;
  return { ...planner, due, answerAs, open_calls };
}

Deno.test("the answer is sent before the model is called for a summary, which then stands in the next opening", async () => {
  const { answerAs, due, memory, clock, open_calls } = await world();
  const { left, sent, model } = await answerAs(due, [{ text: "Hi." }, SUMMARY]);
  assert.equal(sent.at(-1)?.type, "done");
  assert.equal(model.requests.length, 1);
  assert.equal(open_calls(), 1, "its call is reserved");
  await passTime(clock, left?.() ?? assert.fail("nothing is left to do"));
  model.end();
  assert.deepEqual(memory.tables.summaries.map(({ content, upto_seq }) => [content, upto_seq]), [[
    "They greeted each other.",
    2,
  ]]);
  assert.equal(open_calls(), 0);
});

Deno.test("a conversation that fits leaves nothing to do", async () => {
  const { answerAs, first, open_calls } = await world();
  const { left } = await answerAs(first, [{ text: "Hi." }]);
  assert.deepEqual([left, open_calls()], [null, 0]);
});

Deno.test("an owner that hands its run off gives the reservation back, and calls no model", async () => {
  const { answerAs, due, handedOff, clock, open_calls } = await world();
  const look = { tool_calls: [toolCall("look", { ok: true as const, value: {} })] };
  const { left, model } = await answerAs(due, [look], { deadline_at: 0 });
  assert.equal(handedOff.length, 1);
  await passTime(clock, left?.() ?? assert.fail("nothing is left to do"));
  model.end();
  assert.equal(open_calls(), 0);
});

Deno.test("an owner that takes over makes the summary that the one before found due, and reserves it itself", async () => {
  const { answerAs, due, next, store, memory, clock, open_calls } = await world();
  const look = { tool_calls: [toolCall("look", { ok: true as const, value: {} })] };
  // The first owner gets no further than its first checkpoint.
  const away = () => Promise.reject(new StoreUnavailable("away"));
  await answerAs(due, [look, { text: "Hi." }], { store: { ...store, finishRun: away, settleUsage: away } });
  const { left, model } = await answerAs(await next(), [{ text: "Hi." }, SUMMARY]);
  assert.equal(model.requests.length, 1);
  await passTime(clock, left?.() ?? assert.fail("nothing is left to do"));
  model.end();
  assert.equal(memory.tables.summaries.length, 1);
  assert.equal(open_calls(), 2, "what the first owner had reserved counts in full");
});
