import assert from "node:assert/strict";
import { emptyBatch } from "../../shared/agents/batch.ts";
import { createThread } from "../../shared/agents/thread.ts";
import { runToolCalls } from "../../shared/agents/tool_calls.ts";
import type { EventBody } from "../../shared/contracts/events.ts";
import { ids } from "../../shared/db/ids.ts";
import { fakeClock } from "../support/fake_clock.ts";
import { toolCall } from "../support/model_port.ts";
import { toolPort } from "../support/tool_port.ts";

/** The real ids are made in a thread pool, whose order is no one's. */
const inOrder = { ...ids, derived: (...parts: (string | number)[]) => Promise.resolve(parts.join(":")) };

/** Runs calls by name; `onResult` hears of every result. */
async function run(names: string[], onResult: (controller: AbortController) => void = () => {}) {
  const clock = fakeClock();
  const controller = new AbortController();
  const tools = toolPort();
  const rows = emptyBatch();
  const events: EventBody[] = [];
  const thread = createThread({
    id: crypto.randomUUID(),
    agent: { id: crypto.randomUUID(), type: "planner" },
    write() {},
    clock,
    ids,
  });
  await runToolCalls(names.map((name, index) => ({ call: toolCall(name), seq: 3, index })), {
    thread,
    toolbox: tools.open({
      permission: "read_write",
      names: ["look", "look_long", "change"],
      time_zone: "UTC",
    }),
    own: [],
    catalogue: tools.catalogue,
    emit(event) {
      events.push(event);
      if (event.type === "tool_result") onResult(controller);
    },
    write: (row) => rows.tool_calls.push(row),
    clock,
    ids: inOrder,
    signal: controller.signal,
  });
  return { ran: tools.ran, rows: rows.tool_calls, events };
}

Deno.test("reads that stand next to each other start together, and a write has its place to itself", async () => {
  const { events } = await run(["look", "look_long", "change", "look"]);
  assert.deepEqual(
    events.map((event) => event.type === "tool_call" ? `start ${event.name}` : "end"),
    ["start look", "start look_long", "end", "end", "start change", "end", "start look", "end"],
  );
});

Deno.test("after a cancel no call starts, and those that did not are on record as refused", async () => {
  const { ran, rows } = await run(["change", "change", "look"], (controller) => controller.abort());
  assert.deepEqual(ran, ["change"]);
  assert.deepEqual(rows.map((row) => row.status), ["succeeded", "rejected", "rejected"]);
});

Deno.test("the same call of the same turn has the same id, and two calls of one turn have two", async () => {
  const { rows } = await run(["look", "look"]);
  assert.equal(new Set(rows.map((row) => row.id)).size, 2);
});
