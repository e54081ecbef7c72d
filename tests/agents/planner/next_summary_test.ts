// A conversation's next summary: reserved while the run is under way, made after it, and left to a later turn where
// anything fails.
import { lastCall, UNPRICED } from "../../support/ports/meter_port.ts";
import assert from "node:assert/strict";
import { SUMMARY_LENGTH } from "../../../shared/agents/limits.ts";
import { createNextSummary } from "../../../shared/agents/planner/next_summary.ts";
import type { PlannerDeps } from "../../../shared/agents/deps.ts";
import type { ModelEvent } from "../../../shared/contracts/model.ts";
import { StoreUnavailable } from "../../../shared/contracts/errors.ts";
import { NO_USAGE } from "../../../shared/contracts/usage.ts";
import { open } from "../../support/agents/planner_world.ts";
import { hangingTurn, listedModel, type ListedTurn } from "../../support/models/listed_model.ts";
import { passTime } from "../../support/ports/pass_time.ts";

const SPENT = { ...NO_USAGE, model_calls: 1, input_tokens: 90, output_tokens: 9 };
const SUMMARY: ListedTurn = { text: "Fact 1.", model: "speedy", usage: SPENT };
const ROOM = 60;

/** A run that has ended in a session of ten turns, and what its planner summarises them with. */
async function world() {
  const planner = await open();
  const { memory, deps, first, clock } = planner;
  const { run_id, session_id } = first.owned;
  memory.tables.chat_messages.unshift(
    ...Array.from({ length: 20 }, (_, i) => ({
      ...{ id: crypto.randomUUID(), run_id: crypto.randomUUID(), session_id },
      ...{ role: i % 2 === 0 ? "user" as const : "assistant" as const, content: `Message ${i + 1} of many.` },
    })),
  );

  /** As the owner of the run does: reserves, and finishes it once the run has ended. */
  async function make(
    turns: ListedTurn[],
    { change = {}, end = "answered" as "answered" | "not answered" }: {
      change?: Partial<PlannerDeps>;
      end?: "answered" | "not answered";
    } = {},
  ) {
    const model = listedModel(turns);
    const summary = createNextSummary(run_id, { ...deps, model, ...change });
    summary.reserve(ROOM);
    const afterRun = summary.afterRun(end);
    assert.ok(afterRun);
    await passTime(clock, afterRun());
    model.end();
    return model;
  }

  /** The reservations for summaries, as they were settled. */
  const settled = () => {
    const own = memory.tables.reservations.filter(({ id }) => id !== first.first?.row.id);
    return own.map(({ id }) => {
      const { model_calls, input_tokens, output_tokens } = memory.tables.settlements.find((one) =>
        one.id === id
      ) ??
        assert.fail("a reservation is open");
      return { model_calls, input_tokens, output_tokens };
    });
  };
  return { ...planner, make, settled, run_id };
}

const COST = { model_calls: 1, input_tokens: 90, output_tokens: 9 };
const GIVEN_BACK = { model_calls: 0, input_tokens: 0, output_tokens: 0 };

Deno.test("the oldest turns become a summary by the speed model, which is asked for no tools, and paid for", async () => {
  const { make, settled, memory, logged } = await world();
  const { requests } = await make([SUMMARY]);
  assert.deepEqual(requests.map(({ profile, tools }) => [profile, tools]), [["speed", []]]);
  assert.deepEqual(memory.tables.summaries.map(({ session_id: _, ...row }) => row), [{
    ...{ number: 1, content: "Fact 1.", upto_seq: 20, model_used: "speedy" },
    ...{ input_tokens: 90, output_tokens: 9 },
  }]);
  assert.deepEqual(settled(), [COST]);
  assert.deepEqual(logged, []);
});

Deno.test("where none is due nothing is reserved, and nothing is left to do", async () => {
  const { deps, memory, run_id } = await world();
  assert.equal(createNextSummary(run_id, deps).afterRun("answered"), null);
  assert.equal(memory.tables.reservations.length, 1);
});

Deno.test("a run that did not answer calls no model, and gives the reservation back", async () => {
  const { make, settled, memory } = await world();
  await make([], { end: "not answered" });
  assert.deepEqual([settled(), memory.tables.summaries], [[GIVEN_BACK], []]);
});

Deno.test("a user over quota gets no call, and no summary", async () => {
  const { make, memory, store } = await world();
  await make([], {
    change: { store: { ...store, reserveUsage: () => Promise.resolve(lastCall("user quota")) } },
  });
  assert.deepEqual(memory.tables.summaries, []);
});

async function* failingTurn(): AsyncGenerator<ModelEvent> {
  yield await Promise.resolve({
    ...{ type: "failed" as const, kind: "overloaded" as const, retryable: true, model: "speedy" },
    usage: { ...NO_USAGE, ...COST },
  });
}

const LONG = "word ".repeat(SUMMARY_LENGTH.taken_tokens * 4 / 5 + 100);
const USELESS: Record<string, ListedTurn> = {
  "that fails": failingTurn,
  "without a word": { ...SUMMARY, text: "  \n" },
  "cut at the output limit": { ...SUMMARY, finish_reason: "length" },
  "that is too long": { ...SUMMARY, text: LONG },
};

for (const [what, turn] of Object.entries(USELESS)) {
  Deno.test(`an answer ${what} is no summary, and is paid for; the next turn tries again`, async () => {
    const { make, settled, memory, logged } = await world();
    await make([turn]);
    assert.deepEqual([memory.tables.summaries, settled()], [[], [COST]]);
    assert.deepEqual(logged, ["a summary was not made; a later turn makes it"]);
    await make([SUMMARY]);
    assert.deepEqual(memory.tables.summaries.map(({ number, content }) => [number, content]), [[
      1,
      "Fact 1.",
    ]]);
  });
}

Deno.test("a model that takes too long is left, and so is one whose process is to end", async () => {
  const { make, memory, settled } = await world();
  await make([hangingTurn]);
  const process = new AbortController();
  const ending: ListedTurn = (signal) => {
    queueMicrotask(() => process.abort());
    return hangingTurn(signal);
  };
  await make([ending], { change: { stopping: process.signal } });
  assert.deepEqual(memory.tables.summaries, []);
  assert.equal(settled().length, 2);
});

Deno.test("a model without settings, and a database that is away, end in the log and nowhere else", async () => {
  const { make, memory, logged, store } = await world();
  const model = {
    models: { balanced: [], speed: [] },
    prices: UNPRICED,
    streamTurn() {
      throw new Error("misconfigured");
    },
  };
  await make([], { change: { model } });
  const away = () => Promise.reject(new StoreUnavailable("away"));
  for (const method of ["reserveUsage", "readUnsummarised", "settleUsage"] as const) {
    await make([], {
      change: { store: { ...store, [method]: away } },
      end: method === "settleUsage" ? "not answered" : "answered",
    });
  }
  await make([SUMMARY], { change: { store: { ...store, addSummary: away } } });
  assert.deepEqual(memory.tables.summaries, []);
  assert.equal(new Set(logged).size, 1);
});

Deno.test("of two that are made of the same part at the same time one is kept, and both are paid for", async () => {
  const { make, memory, settled, run_id, store } = await world();
  const read = await store.readUnsummarised(run_id);
  const late = { ...store, readUnsummarised: () => Promise.resolve(read) };
  await make([SUMMARY]);
  await make([{ ...SUMMARY, text: "Late." }], { change: { store: late } });
  assert.deepEqual(memory.tables.summaries.map(({ content }) => content), ["Fact 1."]);
  assert.deepEqual(settled(), [COST, COST]);
});

Deno.test("where all turns are new enough no model is called", async () => {
  const { make, memory, settled, first } = await world();
  memory.tables.chat_messages = memory.tables.chat_messages.filter((one) =>
    one.run_id === first.owned.run_id
  );
  await make([]);
  assert.deepEqual(settled(), [GIVEN_BACK]);
});
