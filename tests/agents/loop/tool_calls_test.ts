import assert from "node:assert/strict";
import type { StoredCall } from "../../../shared/agents/store/records.ts";
import type { ToolCallRow, Verdict } from "../../../shared/agents/store/rows.ts";
import { createThread } from "../../../shared/agents/loop/thread.ts";
import type { ToolSource } from "../../../shared/agents/ports.ts";
import type { BuiltInTool } from "../../../shared/agents/loop/tool_call_options.ts";
import { runToolCalls } from "../../../shared/agents/loop/tool_calls.ts";
import type { NumberedCall } from "../../../shared/agents/loop/turn_call.ts";
import { createTurnTelling } from "../../../shared/agents/loop/turn_telling.ts";
import type { EventBody } from "../../../shared/contracts/events.ts";
import { isUnfinished } from "../../../shared/agents/loop/loop_events.ts";
import { storableJson } from "../../../shared/contracts/storable_json.ts";
import { inStoredOrder } from "../../../shared/contracts/text.ts";
import { failed, ok } from "../../../shared/contracts/tool_result.ts";
import { fakeClock } from "../../support/ports/fake_clock.ts";
import { toolCall } from "../../support/models/listed_model.ts";
import { AGENT_ID, THREAD_ID } from "../../support/agents/owned_run.ts";
import { messageId } from "../../support/agents/stored_thread.ts";
import { immediateIds } from "../../support/ports/immediate_ids.ts";
import { toolPort } from "../../support/ports/tool_port.ts";
import { verdictOf } from "../../support/agents/verdicts.ts";

const MESSAGE_ID = messageId(3);
const ids = immediateIds();
const idOf = (index: number) => ids.derived(MESSAGE_ID, index);

interface Options {
  tools?: ReturnType<typeof toolPort>;
  builtIn?: BuiltInTool[];
  recorded?: StoredCall[];
  /** What is done before the verdict is given. */
  stored?: () => Promise<void>;
  verdict?: Verdict["status"];
  /** What the database says of a call that it refuses. */
  result?: Verdict["result"];
  /** Hears of every result. */
  onResult?: (controller: AbortController) => void;
}

/** Runs the calls of one turn, by name or as they are. */
async function run(calls: (string | Partial<NumberedCall>)[], options: Options = {}) {
  const {
    tools = toolPort(),
    builtIn = [],
    recorded = [],
    stored = () => Promise.resolve(),
    verdict = "approved",
    onResult = () => {},
  } = options;
  const clock = fakeClock();
  const controller = new AbortController();
  const written: ToolCallRow[] = [];
  const events: EventBody[] = [];
  const agent = { id: AGENT_ID, type: "planner" as const };
  const numbered = calls.map((one, index) => ({
    call: toolCall(typeof one === "string" ? one : "look"),
    message_id: MESSAGE_ID,
    index,
    ...(typeof one === "string" ? {} : one),
  }));
  const results = await runToolCalls(numbered, {
    thread: createThread({ id: THREAD_ID, agent, write() {}, clock, ids }),
    toolbox: tools.open({
      permission: "read_write",
      names: ["look", "look_long", "change"],
      time_zone: "UTC",
    }),
    builtIn,
    catalogue: tools.catalogue,
    telling: createTurnTelling(() => true),
    emit(event) {
      events.push(event);
      if (event.type === "tool_result") onResult(controller);
    },
    write: (row) => written.push(row),
    recorded,
    pending: [],
    guarded_reads: [],
    async propose(rows) {
      written.push(...rows);
      await stored();
      return Object.fromEntries(
        rows.map(({ id }) => [id, verdictOf(verdict, { result: options.result ?? null })]),
      );
    },
    clock,
    ids,
    signal: controller.signal,
  });
  const rows = written.filter(({ status }) => status !== "proposed");
  const told = isUnfinished(results) ? [] : results;
  return { results: told, end: results, ran: tools.ran, rows, written, events };
}

const storedCall = async (index: number, change: Partial<StoredCall> = {}): Promise<StoredCall> => ({
  id: await idOf(index),
  tool_name: "change",
  status: "succeeded",
  result: ok("changed", "It was changed before."),
  duration_ms: 12,
  arguments: {},
  decision: null,
  ...change,
});

Deno.test("reads that stand next to each other start together, and a write has its place to itself", async () => {
  const { events } = await run(["look", "look_long", "change", "look"]);
  assert.deepEqual(
    events.map((event) => event.type === "tool_call" ? `start ${event.name}` : "end"),
    ["start look", "start look_long", "end", "end", "start change", "end", "start look", "end"],
  );
});

Deno.test("after a cancel no call starts, and those that did not are on record as refused", async () => {
  const { ran, rows } = await run(["change", "change", "look"], {
    onResult: (controller) => controller.abort(),
  });
  assert.deepEqual(ran, ["change"]);
  assert.deepEqual(rows.map((row) => row.status), ["succeeded", "rejected", "rejected"]);
});

Deno.test("a call's id follows from where it stands, so the same call of the same turn has it again", async () => {
  const first = await run(["look", "look"]);
  const again = await run(["look", "look"]);
  const [one, other] = first.rows;
  assert.deepEqual([one?.id, other?.id], [await idOf(0), await idOf(1)]);
  assert.notEqual(one?.id, other?.id);
  assert.deepEqual(first.rows.map(({ id }) => id), again.rows.map(({ id }) => id));
});

Deno.test("that a call can be undone is told to readers, again where it is recorded, and not to the model", async () => {
  const port = toolPort();
  const tools: typeof port = {
    ...port,
    open(options) {
      const toolbox = port.open(options);
      return {
        ...toolbox,
        dispatch: async (call) => ({ ...await toolbox.dispatch(call), undoable: true as const }),
      };
    },
  };
  const recorded = [await storedCall(0, { undoable: true }), await storedCall(1)];
  const { results, rows, events } = await run(["change", "change", "change"], { tools, recorded });
  const told = events.flatMap((event) => event.type === "tool_result" ? [event.undoable] : []);
  assert.deepEqual(told, [true, undefined, true]);
  assert.ok(!/undoable/.test(JSON.stringify([results, rows])));
});

Deno.test("the model is told a result in the same words by the process that has it and by one that finds its row", async () => {
  const port = toolPort();
  const found = ok({ total: 1, has_more: false, events: [{ title: "Lunch\u0000", id: "e" }] }, "1 event.");
  const tools: typeof port = {
    ...port,
    open: (options) => ({ ...port.open(options), dispatch: () => Promise.resolve(found) }),
  };
  const first = await run(["look"], { tools });
  const data = inStoredOrder(storableJson(found.ok ? found.data : null));
  const recorded = [await storedCall(0, { result: ok(data, found.message) })];
  const next = await run(["look"], { recorded });
  const words = ({ results }: typeof first) => JSON.stringify(results.map(({ content }) => content));
  assert.equal(words(next), words(first));
});

Deno.test("a call whose outcome is recorded is told again, and neither run nor recorded again", async () => {
  const { results, ran, rows, events } = await run(["change", "change"], { recorded: [await storedCall(0)] });
  assert.deepEqual(ran, ["change"], "only the other one");
  assert.deepEqual(rows.map(({ id }) => id), [await idOf(1)]);
  assert.deepEqual(results[0]?.content, ok("changed", "It was changed before."));
  const [call, result] = events;
  assert.equal(call?.type, "tool_call", "it is announced as ever: the log leaves out what it has");
  assert.deepEqual(result?.type === "tool_result" && [result.result, result.duration_ms], [
    "It was changed before.",
    12,
  ]);
});

Deno.test("a write is a row before it is made, and once more with its outcome; a read is a row once", async () => {
  const order: string[] = [];
  const { written } = await run(["look", "change", "unknown"], {
    stored: () => Promise.resolve(void order.push("stored")),
  });
  assert.deepEqual(written.map(({ tool_name, status }) => `${tool_name} ${status}`), [
    "look succeeded",
    "change proposed",
    "change succeeded",
    "unknown rejected",
  ]);
  const [, before, after] = written;
  assert.equal(before?.id, after?.id);
  assert.equal(order.length, 1, "nothing waits but the write");
});

Deno.test("a call that failed on record stays failed", async () => {
  const result = failed("conflict", "It has changed since.");
  const { results, ran } = await run(["change"], {
    recorded: [await storedCall(0, { status: "failed", result })],
  });
  assert.deepEqual(ran, []);
  assert.deepEqual([results[0]?.ok, results[0]?.content], [false, result]);
});

Deno.test("a write waits until the message that asks for it is stored; a read does not", async () => {
  const tools = toolPort();
  const ranBefore: string[][] = [];
  await run(["look", "change"], {
    tools,
    stored: () => Promise.resolve(void ranBefore.push([...tools.ran])),
  });
  assert.deepEqual(ranBefore, [["look"]]);
  assert.deepEqual(tools.ran, ["look", "change"]);
});

Deno.test("a write whose message can't be stored is not made", async () => {
  const lost = new Error("The lease is lost.");
  const tools = toolPort();
  await assert.rejects(run(["change"], { tools, stored: () => Promise.reject(lost) }), lost);
  assert.deepEqual(tools.ran, []);
});

Deno.test("an agent's own tool shows by events of its own, and is recorded like any other", async () => {
  const plan: BuiltInTool = {
    name: "plan",
    run: (_args, call_id) => Promise.resolve(ok(call_id, "Planned.")),
  };
  const { results, rows, events } = await run([{ call: toolCall("plan") }], { builtIn: [plan] });
  assert.deepEqual(events, []);
  assert.deepEqual(rows.map(({ tool_name, access, status }) => [tool_name, access, status]), [[
    "plan",
    null,
    "succeeded",
  ]]);
  assert.deepEqual(results[0]?.content, ok(await idOf(0), "Planned."), "it is given the call's id");
});

Deno.test("a call that was suspended leaves no record and no result, and no call after it starts", async () => {
  const plan: BuiltInTool = { name: "plan", run: () => Promise.resolve("suspended") };
  const { end, rows, ran } = await run([{ call: toolCall("plan") }, "change"], { builtIn: [plan] });
  assert.equal(end, "suspended");
  assert.deepEqual([rows, ran], [[], []]);
});

Deno.test("what was refused, or came with broken arguments, is recorded and not run", async () => {
  const broken = toolCall("change", { ok: false, raw: "{", problem: "unexpected end" });
  const { rows, ran, results } = await run([{ refusal: "Not now." }, { call: broken }, {
    call: toolCall("fly"),
  }]);
  assert.deepEqual(ran, []);
  assert.deepEqual(rows.map(({ status, access }) => [status, access]), [
    ["rejected", "read"],
    ["failed", "write"],
    ["rejected", null],
  ]);
  assert.equal(rows[1]?.arguments, "{", "as they came");
  assert.deepEqual(results.map(({ ok }) => ok), [false, false, false]);
});

Deno.test("a write is made only where the database says that it may be; else the model reads that it was not done", async () => {
  for (const verdict of ["approved", "executing"] as const) {
    assert.deepEqual((await run(["change"], { verdict })).ran, ["change"]);
  }
  for (const verdict of ["rejected", "failed", "succeeded"] as const) {
    const { ran, results } = await run(["change"], { verdict });
    assert.deepEqual(ran, [], verdict);
    assert.match(JSON.stringify(results[0]?.content), /it was not done/);
  }
  const result = failed("not_allowed", "A rule forbids it.");
  const { results } = await run(["change"], { verdict: "rejected", result });
  assert.deepEqual(results[0]?.content, result, "what the database says of it");
});

Deno.test("a call is told, proposed and made with its arguments as its tool reads them", async () => {
  const tools = toolPort();
  const open: ToolSource["open"] = (options) => ({
    ...tools.open(options),
    argumentsOf: () => ({ mended: true }),
  });
  const call = { call: toolCall("change", { ok: true, value: { mended: "true" } }) };
  const { rows, events } = await run([call], { tools: { ...tools, open } });
  assert.deepEqual(rows.map((row) => row.arguments), [{ mended: true }]);
  const told = events.find((event) => event.type === "tool_call");
  assert.deepEqual(told?.type === "tool_call" && told.arguments, { mended: true });
});
