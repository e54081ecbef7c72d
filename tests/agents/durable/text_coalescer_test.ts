import assert from "node:assert/strict";
import { createTextCoalescer } from "../../../shared/agents/durable/text_coalescer.ts";
import { messageId } from "../../support/agents/stored_thread.ts";
import { fakeClock } from "../../support/ports/fake_clock.ts";

const part = (part: number) => ({ part, message_id: messageId(part) });

function stream() {
  const clock = fakeClock();
  const sent: [number, string][] = [];
  return { clock, sent, text: createTextCoalescer(clock, ({ part }, delta) => sent.push([part, delta])) };
}

Deno.test("the first delta goes at once, later ones gather for 80 ms", () => {
  const { clock, sent, text } = stream();
  text.push(part(1), "a");
  text.push(part(1), "b");
  text.push(part(1), "c");
  assert.deepEqual(sent, [[1, "a"]]);
  clock.advance(80);
  assert.deepEqual(sent, [[1, "a"], [1, "bc"]]);
  clock.advance(1_000);
  assert.equal(sent.length, 2);
});

Deno.test("a kilobyte does not wait", () => {
  const { sent, text } = stream();
  text.push(part(1), "a");
  text.push(part(1), "b".repeat(1_024));
  assert.equal(sent.length, 2);
});

Deno.test("flush sends what waits, once, and leaves no timer", () => {
  const { clock, sent, text } = stream();
  text.push(part(1), "a");
  text.push(part(1), "b");
  text.flush();
  text.flush();
  assert.deepEqual(sent, [[1, "a"], [1, "b"]]);
  assert.equal(clock.timers, 0);
});

Deno.test("the text of two parts never mixes", () => {
  const { sent, text } = stream();
  text.push(part(1), "a");
  text.push(part(1), "b");
  text.push(part(2), "c");
  text.flush();
  assert.deepEqual(sent, [[1, "a"], [1, "b"], [2, "c"]]);
});
