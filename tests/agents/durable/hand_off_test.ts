import assert from "node:assert/strict";
import { createHandOff } from "../../../shared/agents/durable/hand_off.ts";
import { fakeClock } from "../../support/ports/fake_clock.ts";

function open(left_ms: number, stopping = new AbortController()) {
  const clock = fakeClock();
  const deadline_at = clock.now() + left_ms;
  const handOff = createHandOff({ clock, deadline_at, stopping: stopping.signal });
  return { clock, handOff, stopping };
}

Deno.test("before the deadline there is no hand-off, whatever has been stored", () => {
  const { clock, handOff } = open(1_000);
  handOff.progress();
  clock.advance(999);
  assert.equal(handOff.signal.aborted, false);
});

Deno.test("at the deadline an owner with a checkpoint hands off", () => {
  const { clock, handOff } = open(1_000);
  handOff.progress();
  clock.advance(1_000);
  assert.equal(handOff.signal.aborted, true);
});

Deno.test("an owner without a checkpoint makes one first, so that each owner of a chain commits at least one", () => {
  const { clock, handOff } = open(1_000);
  clock.advance(5_000);
  assert.equal(handOff.signal.aborted, false);
  handOff.progress();
  assert.equal(handOff.signal.aborted, true);
});

Deno.test("with a deadline of 0 an owner hands off whenever something has been stored", () => {
  const { clock, handOff } = open(0);
  assert.equal(handOff.signal.aborted, false);
  handOff.progress();
  assert.equal(handOff.signal.aborted, true);
  assert.equal(clock.timers, 0);
});

Deno.test("when the platform ends the process the hand-off does not wait for the deadline", () => {
  const { handOff, stopping } = open(1_000);
  handOff.progress();
  stopping.abort();
  assert.equal(handOff.signal.aborted, true);
});

Deno.test("a process that is ending already hands off after its first checkpoint", () => {
  const stopping = new AbortController();
  stopping.abort();
  const { handOff } = open(1_000, stopping);
  assert.equal(handOff.signal.aborted, false);
  handOff.progress();
  assert.equal(handOff.signal.aborted, true);
});

Deno.test("once stopped it holds no timer and listens to nobody", () => {
  const { clock, handOff, stopping } = open(1_000);
  handOff.progress();
  handOff.stop();
  assert.equal(clock.timers, 0);
  stopping.abort();
  assert.equal(handOff.signal.aborted, false);
});

Deno.test("an owner that comes to its run late in its own time has only the rest of it", () => {
  const clock = fakeClock();
  const deadline_at = clock.now() + 1_000;
  clock.advance(700);
  const { signal, progress } = createHandOff({ clock, deadline_at, stopping: new AbortController().signal });
  progress();
  clock.advance(299);
  assert.equal(signal.aborted, false);
  clock.advance(1);
  assert.equal(signal.aborted, true);
});
