// A request to the local REST API is answered although its connection never is.
import assert from "node:assert/strict";
import { begunInTime, NoConnection } from "../../dev/rest/begun_in_time.ts";
import { withPostgrestStatus } from "../../dev/rest/database_errors.ts";
import { fakeClock } from "../support/ports/fake_clock.ts";

Deno.test("work that has begun takes as long as it likes", async () => {
  const clock = fakeClock();
  const done = Promise.withResolvers<string>();
  const answer = begunInTime((begun) => {
    begun();
    return done.promise;
  }, clock);
  clock.advance(60_000);
  done.resolve("done");
  assert.equal(await answer, "done");
});

Deno.test("work that has not begun within ten seconds is given up, and does nothing when it begins later", async () => {
  const clock = fakeClock();
  const connected = Promise.withResolvers<void>();
  let written = false;
  const answer = begunInTime(async (begun) => {
    await connected.promise;
    begun();
    written = true;
  }, clock);
  const refused = assert.rejects(answer, NoConnection);
  clock.advance(10_000);
  await refused;
  connected.resolve();
  await connected.promise;
  await Promise.resolve();
  assert.equal(written, false);
});

Deno.test("what fails before it has begun fails as it does", async () => {
  const clock = fakeClock();
  await assert.rejects(begunInTime(() => Promise.reject(new Error("No route")), clock), {
    message: "No route",
  });
});

Deno.test("whoever gets no connection is told as PostgREST tells it", () => {
  assert.deepEqual(withPostgrestStatus(new NoConnection(), "anon"), {
    code: "PGRST",
    message: JSON.stringify({
      ...{ code: "PGRST003", message: "Timed out acquiring connection from connection pool." },
      ...{ details: null, hint: null },
    }),
    detail: JSON.stringify({ status: 504, headers: {} }),
  });
});
