// What a client asks about runs besides their events, and what it makes of a start that went wrong.
import assert from "node:assert/strict";
import { AgentClientError, createAgentClient } from "../../client/mod.ts";
import { type Connection, hurriedClock, LOG, READABLE, RUN_ID, scriptedPlanner } from "./scripted_planner.ts";

function clientOf(connections: Connection[], log = LOG) {
  const { fetch, asked } = scriptedPlanner(connections, log);
  const client = createAgentClient({
    ...{ url: "http://planner.test", publishable_key: "key", token: () => "t", fetch },
    ...{ clock: hurriedClock, random: () => 0, new_key: () => "made-up" },
  });
  return { client, asked };
}

const ROW = {
  ...{ id: RUN_ID, session_id: RUN_ID, request_key: null, status: "running", abandoned: false },
  ...{
    strategy: null,
    usage: null,
    finished_reason: null,
    error: null,
    created_at: "2026-11-22T12:00:00Z",
    finished_at: null,
  },
};
const WHOLE = {
  ...{ ...ROW, request: { message: "Hi" }, time_zone: "UTC", cancel_requested_at: null, purged_at: null },
  ...{ messages: [], agents: [], plans: [], executions: [], threads: [], tool_calls: [] },
};

const failing = (status: number, error: Record<string, unknown>): Connection => ({
  ...{ kind: "answer", status },
  body: { error: { kind: "internal", message: "It broke.", retryable: true, ...error } },
});

async function failureOf(work: Promise<unknown>): Promise<AgentClientError> {
  const thrown = await work.then(() => null, (error: unknown) => error);
  assert.ok(thrown instanceof AgentClientError, String(thrown));
  return thrown;
}

Deno.test("cancelling, resuming, one run and the list are asked for where the planner serves them", async () => {
  const { client, asked } = clientOf([
    { kind: "answer", status: 202, body: { run_id: RUN_ID, status: "running" } },
    { kind: "answer", status: 202, body: { run_id: RUN_ID, resumed: true } },
    { kind: "answer", status: 200, body: WHOLE },
    { kind: "answer", status: 200, body: { runs: [ROW], next_cursor: "there" } },
    { kind: "answer", status: 200, body: { runs: [], next_cursor: null } },
  ]);
  assert.deepEqual(await client.cancel(RUN_ID), { run_id: RUN_ID, status: "running" });
  assert.deepEqual(await client.resume(RUN_ID), { run_id: RUN_ID, resumed: true });
  assert.deepEqual(await client.getRun(RUN_ID), WHOLE);
  assert.deepEqual(await client.listRuns({ status: "unfinished", limit: 1 }), {
    runs: [ROW],
    next_cursor: "there",
  });
  assert.deepEqual(await client.listRuns({ cursor: "there" }), { runs: [], next_cursor: null });
  assert.deepEqual(asked.map((one) => [one.method, one.path]), [
    ["POST", `/runs/${RUN_ID}/cancel`],
    ["POST", `/runs/${RUN_ID}/resume`],
    ["GET", `/runs/${RUN_ID}`],
    ["GET", "/runs?status=unfinished&limit=1"],
    ["GET", "/runs?cursor=there"],
  ]);
});

Deno.test("rows with new columns and new statuses are read, and one without its status is not", async () => {
  const newer = { ...ROW, status: "handed_over", mood: { of: "the run" } };
  const { client } = clientOf([
    { kind: "answer", status: 200, body: { runs: [newer], next_cursor: null, more: 1 } },
    { kind: "answer", status: 200, body: { runs: [{ ...ROW, status: null }], next_cursor: null } },
  ]);
  assert.deepEqual((await client.listRuns()).runs, [newer]);
  assert.match(
    (await failureOf(client.listRuns())).message,
    /an answer from \S+ that this client can't read/,
  );
});

Deno.test("a start that was accepted although its answer is an error is read on and not sent again", async () => {
  for (
    const [status, run_status] of Object.entries({
      401: "running",
      500: "running",
      503: "completed",
      504: "new",
    })
  ) {
    const { client, asked } = clientOf(
      [failing(Number(status), { run_id: RUN_ID, status: run_status })].flatMap((one) =>
        status === "401" ? [one, one] : [one]
      ),
    );
    const run = await client.startRun({ message: "Hi" });
    assert.equal(run.run_id, RUN_ID);
    assert.deepEqual(await Array.fromAsync(run.events()), READABLE);
    const posts = asked.filter((one) => one.method === "POST");
    assert.deepEqual(new Set(posts.map(({ body }) => JSON.stringify(body))).size, 1);
    assert.equal(posts.length, status === "401" ? 2 : 1, "a refused token is asked for once more");
    assert.deepEqual(asked.at(-1)?.path, `/runs/${RUN_ID}/events`);
  }
});

Deno.test("a run that stands in the way of a new one is not taken for it, whatever its status", async () => {
  const { client } = clientOf([failing(409, { kind: "conflict", run_id: RUN_ID, status: "running" })]);
  const failure = await failureOf(client.startRun({ message: "Hi" }));
  assert.deepEqual([failure.kind, failure.run_id, failure.run_goes_on], ["conflict", RUN_ID, false]);
});

Deno.test("an error tells whether its run goes on", async () => {
  const { client } = clientOf([
    failing(400, { kind: "bad_request", retryable: false, run_id: RUN_ID, status: "running" }),
    failing(404, { kind: "not_found", retryable: false }),
  ]);
  const { run_id, run_status, run_goes_on } = await failureOf(client.getRun(RUN_ID));
  assert.deepEqual([run_id, run_status, run_goes_on], [RUN_ID, "running", true]);
  const { run_goes_on: unknown } = await failureOf(client.getRun(RUN_ID));
  assert.equal(unknown, false);
});

Deno.test("run waits for the end over connections that break, and gives what stream: false answers", async () => {
  const { client, asked } = clientOf([{ kind: "stream", bytes: 700, then: "break" }]);
  const { answer, status, run_id, finished_reason, plan } = await client.run({ message: "Hi" });
  assert.deepEqual([status, run_id, finished_reason, plan], ["completed", RUN_ID, "answered", null]);
  assert.equal(answer, "Grüße, 世界 👋\n\ndata: not a field\r\nid: 99");
  assert.equal(asked.filter((one) => one.method === "POST").length, 1);
});

Deno.test("run throws what a run that failed says, with its id and status", async () => {
  const failed = { type: "error", kind: "new_kind", message: "Too slow.", retryable: true };
  const end = { ...LOG[0], ...failed, seq: LOG.length };
  const { client } = clientOf([], [...LOG.slice(0, -1), end]);
  const failure = await failureOf(client.run({ message: "Hi" }));
  assert.deepEqual([failure.message, failure.kind, failure.retryable], ["Too slow.", "new_kind", true]);
  assert.deepEqual([failure.run_id, failure.run_status, failure.run_goes_on], [RUN_ID, "failed", false]);
});

Deno.test("a run that is over and has no more to tell ends its stream, with nothing that was stored left out", async () => {
  const ended = LOG.map((event) => event.type === "done" ? { ...event, type: "new_end" } : event);
  const { fetch, asked } = scriptedPlanner([], ended);
  let statuses = 0;
  const client = createAgentClient({
    ...{ url: "http://planner.test", publishable_key: "key", token: () => "t" },
    ...{ clock: hurriedClock, random: () => 0 },
    async fetch(input, init) {
      if (!String(input).endsWith(`/runs/${RUN_ID}`)) return await fetch(input, init);
      statuses++;
      return Response.json({ status: "completed" });
    },
  });
  assert.deepEqual(await Array.fromAsync(client.events(RUN_ID)), READABLE.slice(0, -1));
  assert.equal(statuses, 1);
  assert.ok(asked.length <= 4, `${asked.length} streams`);
  assert.match(
    (await failureOf(client.run({ message: "Hi" }))).message,
    /an end of the run that this client can't read/,
  );
});
