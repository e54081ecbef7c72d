import assert from "node:assert/strict";
import { resumableFetch } from "../../client/mod.ts";
import { readGoldenLogs } from "../golden/golden_log.ts";
import { eventsOfLog, PROJECTIONS } from "../protocols/recording.ts";
import { CUTS, readCutStreams } from "./cut_streams.ts";
import { projectedPlanner } from "./projected_planner.ts";
import { hurriedClock } from "./scripted_planner.ts";

const LOGS = await readGoldenLogs();
const BASE = "http://planner.test/functions/v1/agent-planner/ai-sdk";

function planner(every?: number | ((nth: number) => number), protocol = "ai_sdk_6") {
  const projected = PROJECTIONS.find(({ name }) => name === protocol);
  const [log] = LOGS.filter(({ name }) => name === "plan");
  assert.ok(projected && log);
  const { fetch, asked } = projectedPlanner(projected, eventsOfLog(log), every);
  return { fetch: resumableFetch(fetch, { clock: hurriedClock, random: () => 0 }), asked };
}

Deno.test("streams of the AI SDK and AG-UI that are cut in the middle of a line are what they are uncut, byte for byte", async () => {
  const some = LOGS.filter(({ name }) => /^(approvals|failed|plan)$/.test(name));
  assert.equal(some.length, 3);
  assert.equal(await readCutStreams(some), some.length * PROJECTIONS.length * CUTS.length);
});

Deno.test("a chat's stream goes on at the run's events, in the same set of chunks, whole at its end", async () => {
  const whole = await (await planner().fetch(BASE, { method: "POST" })).text();
  assert.match(whole, /data: \[DONE\]\nid: \d+\n\n$/);
  const { fetch, asked } = planner(5);
  assert.equal(await (await fetch(`${BASE}/chat-1/stream?set=6`)).text(), whole);
  assert.deepEqual(asked.slice(0, 2).map((one) => one.replace(/[\da-f-]{36}/, "ID")), [
    "GET /ai-sdk/chat-1/stream?set=6",
    "GET /ai-sdk/runs/ID/events?set=6",
  ]);
});

Deno.test("a reader who has some frames of an event is given the rest of them", async () => {
  const url = `${BASE}/runs/6f9a3f6e-30f5-4c0c-9b0e-6f2f4b3f4d11/events`;
  const whole = await (await planner().fetch(BASE, { method: "POST" })).text();
  const [, sub = ""] = /id: (\d+\.\d+)\n/.exec(whole) ?? [];
  const rest = whole.slice(whole.indexOf(`id: ${sub}\n\n`) + `id: ${sub}\n\n`.length);
  for (const every of [undefined, 1]) {
    const response = await planner(every).fetch(url, { headers: { "last-event-id": sub } });
    assert.equal((await response.text()).replaceAll(": ping\n\n", ""), rest.replaceAll(": ping\n\n", ""));
  }
});

Deno.test("connections that break before anything of them is read, between those that bring a few frames, cost no more than themselves", async () => {
  for (const { name } of PROJECTIONS) {
    const whole = await (await planner(undefined, name).fetch(BASE, { method: "POST" })).text();
    for (const some of [1, 2, 3]) {
      const { fetch, asked } = planner((nth) => nth % 2 === 0 ? some : 0, name);
      const read = await (await fetch(BASE, { method: "POST" })).text();
      assert.equal(read.replaceAll(": ping\n\n", ""), whole.replaceAll(": ping\n\n", ""));
      const frames = whole.split("\nid: ").length - 1;
      assert.ok(asked.length <= 2 * Math.ceil(frames / some), `${asked.length} for ${frames} frames`);
    }
  }
});

Deno.test("a chat without an unfinished run is an answer without a body, which passes as it is", async () => {
  const fetch = resumableFetch(() => Promise.resolve(new Response(null, { status: 204 })));
  const response = await fetch(`${BASE}/chat-1/stream`);
  assert.deepEqual([response.status, response.body], [204, null]);
});
