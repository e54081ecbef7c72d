// A check of tools waits for nothing for ever.
import assert from "node:assert/strict";
import { answeredInTime } from "../../dev/check_tools/patience.ts";
import { fakeClock } from "../support/ports/fake_clock.ts";

Deno.test("a call that is not answered ends in a sentence that names it", async () => {
  const clock = fakeClock();
  const answer = answeredInTime(new Promise(() => {}), "A call of list_books", clock);
  const ended = assert.rejects(answer, {
    message: "A call of list_books has not been answered within 90 seconds.",
  });
  clock.advance(90_000);
  await ended;
});

Deno.test("a call that is answered, well or badly, is so at once", async () => {
  const clock = fakeClock();
  assert.equal(await answeredInTime(Promise.resolve("yes"), "A call", clock), "yes");
  await assert.rejects(answeredInTime(Promise.reject(new Error("no")), "A call", clock), { message: "no" });
});
