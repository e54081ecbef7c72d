import assert from "node:assert/strict";
import {
  MAX_SHOWN_DATA_BYTES,
  recordedEvents,
  toolCallEvent,
  toolResultEvent,
} from "../../../shared/agents/loop/tool_events.ts";
import { failed, ok } from "../../../shared/contracts/tool_result.ts";

const told = (data: Parameters<typeof ok>[0]) => toolResultEvent("c", ok(data, "Done."), 1);

Deno.test("data is shown up to 8 kB of its JSON in UTF-8, and one byte more is said to be cut", () => {
  // With its quotes.
  const longest = "ü".repeat(MAX_SHOWN_DATA_BYTES / 2 - 1);
  assert.deepEqual(told(longest), {
    ...{ type: "tool_result", tool_call_id: "c", ok: true, result: "Done.", duration_ms: 1 },
    data: longest,
  });
  assert.deepEqual(told(`${longest}x`), {
    ...{ type: "tool_result", tool_call_id: "c", ok: true, result: "Done.", duration_ms: 1 },
    cut: true,
  });
});

Deno.test("a call tells the tool's title and access, and neither of a tool that there is not", () => {
  const catalogue = [{ name: "look", title: "Look around", access: "read" as const }];
  assert.deepEqual(toolCallEvent({ id: "c", tool_name: "look", arguments: {} }, catalogue), {
    ...{ type: "tool_call", tool_call_id: "c", name: "look", title: "Look around", access: "read" },
    arguments: {},
  });
  assert.deepEqual(toolCallEvent({ id: "c", tool_name: "fly", arguments: {} }, catalogue), {
    ...{ type: "tool_call", tool_call_id: "c", name: "fly", arguments: {} },
  });
});

Deno.test("data is measured and shown as it is stored, so a call that is told again says the same", () => {
  const nul = "\u0000".repeat(MAX_SHOWN_DATA_BYTES);
  const live = told({ text: `${nul}Emma` });
  assert.deepEqual("data" in live && live.data, { text: "Emma" });
  const [, again] = recordedEvents({
    ...{ id: "c", tool_name: "look", status: "succeeded", duration_ms: 1, arguments: {}, decision: null },
    result: ok({ text: "Emma" }, "Done."),
  }, []);
  assert.deepEqual(again, live);
});

Deno.test("what failed has an error and no data; null is data", () => {
  const event = toolResultEvent("c", failed("not_found", "There is no such book."), 1);
  assert.deepEqual(event, {
    ...{
      type: "tool_result",
      tool_call_id: "c",
      ok: false,
      result: "There is no such book.",
      duration_ms: 1,
    },
    error: "There is no such book.",
  });
  assert.ok("data" in told(null));
});
