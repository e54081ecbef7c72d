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

Deno.test("the first delta goes at once, later ones gather: for 80 ms in a part's first second", () => {
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

/** How long after the one before it each piece of a part comes, which is written at this pace. */
function intervals({ chars_per_delta, seconds }: { chars_per_delta: number; seconds: number }) {
  const { clock, sent, text } = stream();
  const at: number[] = [];
  const began = clock.now();
  for (let ms = 0; ms < seconds * 1_000; ms += 10) {
    const before = sent.length;
    text.push(part(1), "a".repeat(chars_per_delta));
    clock.advance(10);
    if (sent.length > before) at.push(clock.now() - began);
  }
  return at.map((ms, i) => ({ ms, after: ms - (at[i - 1] ?? 0) }));
}

Deno.test("then for 250 ms, and once its reader has a screen of it before them, for half a second", () => {
  // 400 characters a second: a screen in five seconds.
  const pieces = intervals({ chars_per_delta: 4, seconds: 20 });
  const between = (
    from: number,
    to: number,
  ) => [...new Set(pieces.filter(({ ms }) => ms > from && ms <= to).map(({ after }) => after))];
  assert.deepEqual(between(100, 1_000), [80]);
  assert.deepEqual(between(1_300, 5_000), [250]);
  assert.deepEqual(between(6_000, 20_000), [500]);
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
