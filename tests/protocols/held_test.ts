import assert from "node:assert/strict";
import fc from "fast-check";
import { JsonObject } from "../../shared/contracts/text.ts";
import { agUiProjection } from "../../shared/protocols/ag_ui/ag_ui_projection.ts";
import { heldIn, withoutHeld } from "../../shared/protocols/ag_ui/held.ts";
import { framesOf } from "../../shared/protocols/projection.ts";
import { randomLog } from "./random_log.ts";

const projection = agUiProjection({ thread_id: "thread-1", run_id: "run-1" });

/** What a client that adds all that comes to what it has holds then: texts and arguments, and how often each result. */
function added(has: ReadonlyMap<string, string>, frames: readonly { data: string }[]): Map<string, string> {
  const now = new Map(has);
  for (const { data } of frames) {
    const { type, messageId, toolCallId, delta = "" } = JsonObject.parse(JSON.parse(data));
    const id = String(type === "TOOL_CALL_ARGS" ? toolCallId : messageId);
    if (type === "TEXT_MESSAGE_CONTENT" || type === "TOOL_CALL_ARGS") {
      now.set(id, (now.get(id) ?? "") + delta);
    }
    if (type === "TOOL_CALL_RESULT") now.set(id, `${now.get(id) ?? ""}.`);
  }
  return now;
}

const asMessages = (has: ReadonlyMap<string, string>) =>
  [...has].flatMap(([id, content]) => [
    { id, role: "assistant", content },
    { id: `of ${id}`, role: "assistant", toolCalls: [{ id, function: { name: "x", arguments: content } }] },
  ]);

Deno.test("a client that has any beginning of a run has the same as one that was told it once, when it is told it again", () => {
  fc.assert(
    fc.property(randomLog, fc.nat(), (log, cut) => {
      const all = framesOf(projection, log);
      const whole = added(new Map(), all);
      const has = added(new Map(), all.slice(0, cut % (all.length + 1)));
      const again = framesOf(withoutHeld(projection, heldIn(asMessages(has))), log);
      assert.deepEqual(new Map([...added(has, again)].toSorted()), new Map([...whole].toSorted()));
    }),
    { numRuns: 200 },
  );
});

Deno.test("what a client has of others than agents, and what can't be read, takes nothing away", () => {
  const held = heldIn([null, { id: "u", role: "user", content: "Hi" }, { role: "assistant", content: "x" }, {
    id: "p",
    role: "assistant",
    content: [{ type: "text" }],
    toolCalls: "none",
  }]);
  assert.deepEqual(held, new Map([["p", 0]]));
});
