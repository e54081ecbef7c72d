// The caller's own ends of a turn: a signal, or a reader that leaves.
import assert from "node:assert/strict";
import type { Clock } from "../../shared/async/clock.ts";
import { NO_USAGE } from "../../shared/contracts/usage.ts";
import { createModel } from "../../shared/llm/create_model.ts";
import { startWireServer } from "../support/wire/wire_server.ts";
import { estimated, REPORTED, unused } from "./fixtures/fixture.ts";
import {
  answer,
  CLOCK,
  collect,
  DONE,
  finish,
  frame,
  request,
  runTurn,
  settings,
  stream,
  text,
  USAGE,
  usage,
} from "./support.ts";

Deno.test("a turn whose signal is aborted already asks no host", async () => {
  const { events } = await runTurn([], { signal: AbortSignal.abort() });
  assert.deepEqual(events, [{ type: "aborted", usage: NO_USAGE }]);
});

Deno.test("an abort before the headers ends the turn and the request, which may have cost its prompt", async () => {
  const server = startWireServer([{ stall: "before_headers", body: [] }]);
  const controller = new AbortController();
  const running = collect(server.url, { signal: controller.signal });
  await server.received(0);
  controller.abort();
  assert.deepEqual((await running).events, [{ type: "aborted", usage: estimated("") }]);
  await server.ended(0);
  await server.close();
});

Deno.test("an abort in the middle of the text ends the turn and the request, and estimates what it cost", async () => {
  const server = startWireServer([{ body: [{ send: text("Good") }, { stall: true }] }]);
  const { events } = await collect(server.url, { abortAt: (event) => event.type === "text_delta" });
  assert.deepEqual(events, [{ type: "text_delta", text: "Good" }, {
    type: "aborted",
    usage: estimated("Good"),
  }]);
  await server.ended(0);
  await server.close();
});

Deno.test("an abort after the finish reason is an abort, with the reported usage", async () => {
  const last = frame({
    choices: [{ index: 0, delta: { content: "Hi." }, finish_reason: "stop" }],
    usage: USAGE,
  });
  const { events } = await runTurn([stream(last, DONE)], { abortAt: (event) => event.type === "text_delta" });
  assert.deepEqual(events, [{ type: "text_delta", text: "Hi." }, { type: "aborted", usage: REPORTED }]);
});

Deno.test("an abort during the wait before a retry ends the turn at once", async () => {
  const controller = new AbortController();
  const clock: Clock = {
    now: CLOCK.now,
    after(ms, fn) {
      // The wait that the host asked for has begun.
      if (ms === 9_000) queueMicrotask(() => controller.abort());
      return CLOCK.after(ms, fn);
    },
  };
  const { events } = await runTurn([answer(503, "busy", { "retry-after": "9" })], {
    signal: controller.signal,
    clock,
  });
  assert.deepEqual(events, [{ type: "aborted", usage: unused(1) }]);
});

Deno.test("a reader that leaves ends the request", async () => {
  const server = startWireServer([{ body: [{ send: text("Good") }, { stall: true }] }]);
  const model = createModel({ state: "ready", ...settings(server.url) }, {
    fetch,
    clock: CLOCK,
    log: { error: () => {} },
    random: () => 0,
  });
  for await (const event of model.streamTurn(request(), { signal: new AbortController().signal })) {
    assert.deepEqual(event, { type: "text_delta", text: "Good" });
    break;
  }
  await server.ended(0);
  await server.close();
});

Deno.test("every delta is passed on before the next one is sent", async () => {
  const first_seen = Promise.withResolvers<void>();
  const server = startWireServer([{
    body: [{ send: text("One ") }, { until: first_seen.promise }, {
      send: text("two.") + finish("stop") + usage(USAGE),
    }],
  }]);
  const { terminal } = await collect(server.url, {
    abortAt(event) {
      if (event.type === "text_delta") first_seen.resolve();
      return false;
    },
  });
  assert.ok(terminal.type === "finished");
  assert.deepEqual(terminal.usage, REPORTED);
  await server.close();
});
