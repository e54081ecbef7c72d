// The seam for faults: which points a boundary passes, and that a fault looks like the failure it stands for.
import assert from "node:assert/strict";
import type { StepInvoker, ToolSource } from "../../../shared/agents/ports.ts";
import { AgentError } from "../../../shared/contracts/errors.ts";
import type { StepEvent } from "../../../shared/contracts/events.ts";
import type { ModelEvent } from "../../../shared/contracts/model.ts";
import { ok } from "../../../shared/contracts/tool_result.ts";
import { toolPort } from "../ports/tool_port.ts";
import type { FaultPoint, Pass } from "./fault_point.ts";
import { faultyInvoke } from "./faulty_invoke.ts";
import { faultyModel } from "./faulty_model.ts";
import { faultyStore } from "./faulty_store.ts";
import { faultyTools } from "./faulty_tools.ts";
import { listedModel } from "../models/listed_model.ts";

/** Notes the points, and throws at one of them. */
function passing(bad?: FaultPoint): { pass: Pass; passed: string[] } {
  const passed: string[] = [];
  return {
    passed,
    pass: (point) => {
      passed.push(point);
      return point === bad ? Promise.reject(new Error("a fault")) : Promise.resolve();
    },
  };
}

const REQUEST = { profile: "speed" as const, messages: [], tools: [], max_output_tokens: 1, user: "u" };
const words = (count: number): ModelEvent[] =>
  Array.from({ length: count }, (_, i) => ({ type: "text_delta", text: `${i} ` }));

function speaking(count: number) {
  return listedModel([async function* () {
    yield* words(count);
    yield* listedModel([{ text: "" }]).streamTurn(REQUEST, { signal: AbortSignal.any([]) });
  }]);
}

function streamed(model: ReturnType<typeof faultyModel>): Promise<ModelEvent[]> {
  return Array.fromAsync(model.streamTurn(REQUEST, { signal: AbortSignal.any([]) }));
}

Deno.test("every method of a store is a boundary, whatever its name", async () => {
  const { pass, passed } = passing();
  const store = faultyStore({ add: (a: number, b: number) => Promise.resolve(a + b) }, pass);
  assert.equal(await store.add(1, 2), 3);
  assert.deepEqual(passed, ["store.add:before", "store.add:after"]);
});

Deno.test("a fault of the store is a connection that was lost, before the work or after it", async () => {
  for (const [point, done] of [["store.add:before", 0], ["store.add:after", 1]] as const) {
    let calls = 0;
    const store = faultyStore({ add: () => Promise.resolve(++calls) }, passing(point).pass);
    await assert.rejects(store.add(), (error) => {
      assert.ok(error instanceof AgentError);
      assert.deepEqual([error.kind, error.retryable], ["internal", true]);
      return true;
    });
    assert.equal(calls, done, point);
  }
});

Deno.test("a model's turn passes its beginning, its first event, every tenth, and its end", async () => {
  const { pass, passed } = passing();
  const events = await streamed(faultyModel(speaking(21), pass));
  assert.equal(events.length, 22);
  assert.deepEqual(passed, [
    "model:before",
    "model:first_event",
    "model:middle",
    "model:middle",
    "model:after",
  ]);
});

Deno.test("a fault of the model is a failed turn and never an exception", async () => {
  const cases = [
    ["model:before", 0, "network"],
    ["model:first_event", 0, "truncated_stream"],
    ["model:middle", 9, "truncated_stream"],
    ["model:after", 12, "truncated_stream"],
  ] as const;
  for (const [point, heard, kind] of cases) {
    const events = await streamed(faultyModel(speaking(12), passing(point).pass));
    const last = events.pop();
    assert.equal(events.length, heard, point);
    assert.ok(last?.type === "failed" && last.retryable);
    assert.equal(last.kind, kind, point);
  }
});

Deno.test("the turn that a fault cut off is not read on", async () => {
  let left = false;
  const model = listedModel([async function* () {
    try {
      yield* words(5);
    } finally {
      left = true;
    }
  }]);
  await streamed(faultyModel(model, passing("model:first_event").pass));
  assert.ok(left);
});

Deno.test("a fault in a tool breaks its promise never to throw, with its work done or not", async () => {
  for (const [point, done] of [["tool.create_book:before", 0], ["tool.create_book:after", 1]] as const) {
    let calls = 0;
    const source: ToolSource = {
      ...toolPort(),
      open: (options) => ({
        ...toolPort().open(options),
        dispatch: () => Promise.resolve(ok(++calls, "")),
      }),
    };
    const toolbox = faultyTools(source, passing(point).pass)
      .open({ permission: "read_write", names: [], time_zone: "UTC" });
    const call = { call_id: "c", name: "create_book", arguments: {} };
    await assert.rejects(toolbox.dispatch(call), /a fault/);
    assert.equal(calls, done, point);
  }
});

Deno.test("a fault on the way to the executor is an AgentError after the events that came", async () => {
  const event: StepEvent = { type: "error", kind: "internal", message: "", retryable: false };
  const invoke: StepInvoker = async function* () {
    yield event;
    yield event;
  };
  const step = { plan_id: "p", step_number: 1 };
  const cases = [["invoke:before", 0], ["invoke:first_event", 0], ["invoke:after", 2]] as const;
  for (const [point, heard] of cases) {
    const events: StepEvent[] = [];
    await assert.rejects(async () => {
      const stream = faultyInvoke(invoke, passing(point).pass)(step, { signal: AbortSignal.any([]) });
      for await (const one of stream) events.push(one);
    }, (error) => error instanceof AgentError && error.kind === "internal" && error.retryable);
    assert.equal(events.length, heard, point);
  }
});
