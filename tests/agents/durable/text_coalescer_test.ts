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

Deno.test("the first delta of a part goes at once, later ones gather: for 80 ms at first", () => {
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

Deno.test("a new part does not wait for the pause of the one before it, and begins with a short one again", () => {
  const { clock, sent, text } = stream();
  for (let ms = 0; ms < 2_000; ms += 10) {
    text.push(part(1), "a");
    clock.advance(10);
  }
  text.flush();
  sent.length = 0;
  text.push(part(2), "a");
  text.push(part(2), "b");
  assert.deepEqual(sent, [[2, "a"]]);
  clock.advance(80);
  assert.deepEqual(sent, [[2, "a"], [2, "b"]]);
});

/** How long after the one before it each piece of a part comes but the first, of which a letter is written each ms. */
function pauses(seconds: number) {
  const clock = fakeClock();
  const at: number[] = [];
  const text = createTextCoalescer(clock, () => at.push(clock.now()));
  for (let ms = 0; ms < seconds * 1_000; ms += 1) {
    text.push(part(1), "a");
    clock.advance(1);
  }
  return at.slice(1).map((ms, i) => ms - (at[i] ?? 0));
}

Deno.test("each pause is a third longer, up to 250 ms, and once its reader has a screen of it before them, up to half a second", () => {
  // A screen in two seconds, and no kilobyte in half of one.
  const all = pauses(6);
  const read = all.lastIndexOf(250);
  assert.deepEqual(all.slice(0, 5), [80, 107, 143, 191, 250]);
  assert.deepEqual([...new Set(all.slice(4, read + 1))], [250]);
  assert.deepEqual(all.slice(read + 1, read + 4), [333, 444, 500]);
  assert.deepEqual([...new Set(all.slice(read + 3))], [500]);
});

Deno.test("an answer of 120 words at the pace of a model is thirteen pieces", () => {
  // 20 ms a word.
  const { clock, sent, text } = stream();
  for (let word = 0; word < 120; word += 1) {
    text.push(part(1), "word ");
    clock.advance(20);
  }
  text.flush();
  assert.equal(sent.length, 13);
  assert.equal(sent.map(([, delta]) => delta).join(""), "word ".repeat(120));
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
