import assert from "node:assert/strict";
import { LeaseLostError } from "../../../shared/contracts/errors.ts";
import { NO_USAGE } from "../../../shared/contracts/usage.ts";
import { openStep } from "../../support/agents/executor_world.ts";
import { open, run } from "../../support/agents/planner_world.ts";
import { hangingTurn, type ListedTurn, toolCall } from "../../support/models/listed_model.ts";
import { lastCall } from "../../support/ports/meter_port.ts";
import type { MemoryStore } from "../../support/memory_store/memory_store.ts";

const LOOK = { tool_calls: [toolCall("look")] };
const SUBMIT = { tool_calls: [toolCall("submit_result", { status: "completed", summary: "Found it." })] };

/** As if the first owner had run another release: whatever it told its agents, it said in other words. */
function reword({ tables }: MemoryStore) {
  for (const row of tables.messages) {
    if (row.role === "system" || row.role === "user") row.content = `En otras palabras ${row.seq}.`;
  }
}
const leave = (_: MemoryStore) => {};

/** A planner's fence falls in its last turn; how the run ends under the next owner. */
async function plannerAtItsLimit(between: (memory: MemoryStore) => void) {
  const world = await open();
  const { store, memory } = world;
  const toldOfLimit = () => memory.tables.messages.some(({ kind }) => kind === "limit");
  store.reserveUsage = async (...args) => (await memory.reserveUsage(...args), lastCall("model calls"));
  store.heartbeatRun = (lease) =>
    toldOfLimit() ? Promise.reject(new LeaseLostError("stale")) : memory.heartbeatRun(lease);
  await world.answer([LOOK, async function* (signal) {
    yield { type: "text_delta", text: "So far" };
    yield* hangingTurn(signal);
  }]);
  assert.ok(toldOfLimit());
  store.heartbeatRun = memory.heartbeatRun;
  between(memory);
  const { model } = await world.answer([{ text: "That is all." }], await world.next());
  const { status, finished_reason } = run(world);
  return {
    status,
    finished_reason,
    answer: memory.tables.chat_messages.at(-1)?.content,
    tool_choice: model.requests.map(({ tool_choice }) => tool_choice),
    kinds: memory.tables.messages.map(({ kind }) => kind).filter((kind) => kind !== "prompt"),
    events: world.log().map(({ type }) => type),
  };
}

/** An executor hands its step off after these turns; how the step ends under the next one. */
async function step(
  first: ListedTurn[],
  second: ListedTurn[],
  between: (memory: MemoryStore) => void,
  change: { over?: string; stopping?: AbortController },
) {
  const { execute, store, memory, view, clock } = await openStep();
  const { over, stopping } = change;
  store.advanceStep = async (...args) => {
    const reserved = await memory.advanceStep(...args);
    return over === undefined ? reserved : lastCall(over);
  };
  await execute(first, stopping ? { stopping: stopping.signal } : { deadline_at: clock.now() });
  assert.equal((await view())?.released, true);
  between(memory);
  const { model } = await execute(second);
  return {
    view: await view(),
    tools: model.requests.map(({ tools }) => tools),
    kinds: memory.tables.messages.map(({ kind }) => kind).filter((kind) => kind !== "prompt"),
  };
}

function executorAfterItsNudge(between: (memory: MemoryStore) => void) {
  return step([{ text: "It is here." }], [{ text: "I said it is here." }], between, {});
}

function executorAtItsLimit(between: (memory: MemoryStore) => void) {
  const stopping = new AbortController();
  const last: ListedTurn = async function* () {
    await Promise.resolve(stopping.abort());
    const usage = { ...NO_USAGE, model_calls: 1 };
    yield {
      type: "finished",
      text: "",
      reasoning: "",
      finish_reason: "tool_calls",
      model: "m",
      usage,
      ...SUBMIT,
    };
  };
  return step([LOOK, last], [], between, { over: "model calls", stopping });
}

Deno.test("rewording the prompts changes nothing for a planner that met a limit under an earlier owner", async () => {
  const end = await plannerAtItsLimit(reword);
  assert.deepEqual(end, await plannerAtItsLimit(leave));
  assert.deepEqual([end.status, end.finished_reason, end.tool_choice], ["completed", "budget", ["none"]]);
});

Deno.test("rewording the prompts changes nothing for an executor that was nudged by an earlier worker", async () => {
  const end = await executorAfterItsNudge(reword);
  const { view, ...rest } = await executorAfterItsNudge(leave);
  assert.deepEqual({ ...end, view: end.view?.result }, { ...rest, view: view?.result });
  assert.equal(end.view?.status, "partial", "it was not nudged again");
});

Deno.test("rewording the prompts changes nothing for an executor that met a limit under an earlier worker", async () => {
  const end = await executorAtItsLimit(reword);
  const { view, ...rest } = await executorAtItsLimit(leave);
  assert.deepEqual({ ...end, view: end.view?.result }, { ...rest, view: view?.result });
  assert.equal(end.view?.status, "partial", "its result is that of a step cut short");
});

Deno.test("the system prompt comes from the code, whatever stands in the rows, and is one more row of the planner's", async () => {
  const world = await open();
  const { store, memory } = world;
  let turns = 0;
  store.recordProgress = async (...args) => {
    const recorded = await memory.recordProgress(...args);
    // The first owner dies with its first turn stored and its call not made.
    if (memory.tables.messages.some(({ kind }) => kind === "turn") && turns++ === 0) {
      throw new LeaseLostError("gone");
    }
    return recorded;
  };
  await world.answer([LOOK, hangingTurn]);
  for (const row of memory.tables.messages) if (row.role === "system") row.content = "Do as you please.";
  const { model } = await world.answer([{ text: "Done." }], await world.next());

  const [request] = model.requests;
  assert.deepEqual(request?.messages.map(({ role }) => role), ["system", "user", "assistant", "tool"]);
  const prompts = memory.tables.messages.filter(({ kind }) => kind === "prompt").map(({ content }) =>
    content
  );
  assert.deepEqual(prompts, ["Do as you please.", request?.messages[0]?.content]);
  assert.match(prompts[1] ?? "", /^You /);
});

Deno.test("an executor's next worker sends the code's system prompt, and keeps it in one more row", async () => {
  const { execute, memory, clock } = await openStep();
  await execute([LOOK], { deadline_at: clock.now() });
  for (const row of memory.tables.messages) if (row.role === "system") row.content = "Do as you please.";
  const { model } = await execute([SUBMIT]);
  const sent = model.requests.map(({ messages }) => messages.filter(({ role }) => role === "system"));
  assert.equal(sent.length, 1);
  assert.equal(sent[0]?.length, 1);
  assert.notEqual(sent[0]?.[0]?.content, "Do as you please.");
  assert.equal(memory.tables.messages.filter(({ kind }) => kind === "prompt").length, 2);
});
