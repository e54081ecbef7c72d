import assert from "node:assert/strict";
import { createEngineClient } from "../../shared/db/clients.ts";
import { createSuccessor } from "../../shared/http/successor.ts";
import { fakeClock } from "../support/ports/fake_clock.ts";
import { passTime } from "../support/ports/pass_time.ts";

const CONFIG = { url: "http://127.0.0.1:1", publishable_key: "k" };

/** Hands a run over to a function that does as `fetcher` does. */
function handOff(fetcher: typeof fetch) {
  const clock = fakeClock();
  const began = clock.now();
  const handing = passTime(clock, createSuccessor(createEngineClient(CONFIG, "token", fetcher), clock)("r1"));
  return { handing, clock, took: () => clock.now() - began };
}

Deno.test("a run is handed off with one request, and no timer is left", async () => {
  const asked: string[] = [];
  const { handing, clock } = handOff((input, init) => {
    asked.push(`${init?.method} ${new URL(input instanceof Request ? input.url : input).pathname}`);
    return Promise.resolve(Response.json({ resumed: true }));
  });
  await handing;
  assert.deepEqual(asked, ["POST /functions/v1/agent-planner/runs/r1/resume"]);
  assert.equal(clock.timers, 0);
});

Deno.test("a hand-off that nobody answers is given up after ten seconds", async () => {
  const { handing, took } = handOff((_input, init) =>
    new Promise((_, reject) => {
      init?.signal?.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
    })
  );
  await assert.rejects(handing);
  assert.equal(took(), 10_000);
});
