// A run that waits for a person, as a client has it: the stream ends at the pause and goes on once it is decided.
import assert from "node:assert/strict";
import {
  AgentClientError,
  createAgentClient,
  initialRunState,
  reduceRun,
  resumableFetch,
} from "../../client/mod.ts";
import type { ReadEvent } from "../../shared/contracts/read_event.ts";
import { approval, CALLS, FIRST, PAUSED_LOG, SECOND } from "./paused_log.ts";
import { type Connection, hurriedClock, RUN_ID, scriptedPlanner, streamAfter } from "./scripted_planner.ts";

function clientOf(connections: Connection[], status?: string) {
  const { fetch, asked } = scriptedPlanner(connections, PAUSED_LOG, status);
  const client = createAgentClient({
    ...{ url: "http://planner.test", publishable_key: "key", token: "t", fetch },
    ...{ clock: hurriedClock, random: () => 0, new_key: () => "made-up" },
  });
  return { client, asked };
}

const all = <T>(items: AsyncIterable<T>) => Array.fromAsync(items);
const stateOf = (events: ReadEvent[]) => events.reduce(reduceRun, initialRunState(RUN_ID));
const upTo = (log: typeof PAUSED_LOG) => ({ kind: "stream" as const, log });
const decision = (call = "") => ({ tool_call_id: call, approved: true, arguments_sha256: "0".repeat(64) });
const DECISIONS = `/runs/${RUN_ID}/decisions`;

async function failureOf(work: Promise<unknown>): Promise<AgentClientError> {
  const thrown = await work.then(() => null, (error: unknown) => error);
  assert.ok(thrown instanceof AgentClientError, String(thrown));
  return thrown;
}

Deno.test("events end at the pause, and nobody reconnects", async () => {
  const { client, asked } = clientOf([upTo(FIRST)]);
  const run = await client.startRun({ message: "Hi" });
  const events = await all(run.events());
  assert.deepEqual(events, FIRST);
  assert.equal(stateOf(events).status, "awaiting_approval");
  assert.equal(asked.length, 1);
});

Deno.test("a pause that was decided long ago is an event like any other", async () => {
  const { client, asked } = clientOf([]);
  assert.deepEqual(await all(client.events(RUN_ID)), PAUSED_LOG);
  assert.equal(asked.length, 1);
});

Deno.test("a stream that breaks anywhere before a pause is read up to it, and no further", async () => {
  for (let bytes = 0; bytes <= streamAfter(0, FIRST).length; bytes += 3) {
    const { client, asked } = clientOf([{ kind: "stream", bytes, then: "break", log: FIRST }, upTo(FIRST)]);
    assert.deepEqual(await all(client.events(RUN_ID)), FIRST, `after ${bytes} bytes`);
    assert.equal(asked.length, 2);
  }
});

Deno.test("a stream that breaks anywhere around pauses that were decided is read to its end", async () => {
  const pauses = [FIRST, SECOND].map((log) => streamAfter(0, log).length);
  // What comes first behind a pause is a comment, which is no sign that the run went on.
  const ends = new Set(pauses.flatMap((length) => [length, length + ": ping\n\n".length]));
  for (let bytes = 0; bytes <= streamAfter(0, PAUSED_LOG).length; bytes++) {
    for (const then of ["break", "end"] as const) {
      if (bytes % 3 > 0 && !ends.has(bytes) || then === "end" && ends.has(bytes)) continue;
      const { client } = clientOf([{ kind: "stream", bytes, then }]);
      assert.deepEqual(await all(client.events(RUN_ID)), PAUSED_LOG, `${then} after ${bytes} bytes`);
    }
  }
});

Deno.test("a reader who has the pause already is told nothing, and waits for nothing", async () => {
  const { client, asked } = clientOf([upTo(FIRST), upTo(FIRST), upTo(FIRST)], "awaiting_approval");
  assert.deepEqual(await all(client.events(RUN_ID, { after: FIRST.length })), []);
  assert.equal(asked.length, 3);
});

/** A decision whose stream ends before its first event, and then one that has the old pause and nothing more. */
const SLOW = [{ ...upTo(FIRST), headers: { "x-run-after": "5" } }, upTo(FIRST)];

Deno.test("the pause that was decided ends no reading, though streams end before they have more to tell", async () => {
  const { client } = clientOf([upTo(FIRST), ...SLOW]);
  const run = await client.startRun({ message: "Hi" });
  const seen = await all(run.events());
  seen.push(...await all((await run.decide([decision(CALLS[0])])).events()));
  assert.deepEqual(seen, PAUSED_LOG);
});

Deno.test("a decision goes on with the events behind the pause, and a second pause is shown like the first", async () => {
  const { client, asked } = clientOf([upTo(FIRST), upTo(SECOND), upTo(PAUSED_LOG)]);
  let run = await client.startRun({ message: "Hi" });
  const seen: ReadEvent[] = await all(run.events());
  for (const call of CALLS) {
    const { status, approvals } = stateOf(seen);
    assert.equal(status, "awaiting_approval");
    assert.deepEqual(approvals.filter(({ open }) => open).map(({ tool_call_id }) => tool_call_id), [call]);
    run = await run.decide([decision(call)]);
    assert.deepEqual(run.open, []);
    seen.push(...await all(run.events()));
  }
  assert.deepEqual(seen, PAUSED_LOG);
  assert.equal(stateOf(seen).status, "completed");
  assert.deepEqual(asked.map(({ method, path, after }) => [method, path, after]), [
    ["POST", "", null],
    ["POST", DECISIONS, "5"],
    ["POST", DECISIONS, "10"],
  ]);
});

Deno.test("a decision is sent as it was made: edits, reason and scope", async () => {
  const { client, asked } = clientOf([]);
  const edited = {
    ...decision(CALLS[0]),
    arguments: { loan_id: "2" },
    reason: "The other one.",
    scope: "once" as const,
  };
  await client.decide(RUN_ID, [edited]);
  assert.deepEqual(asked.map(({ body, after }) => [body, after]), [[{ decisions: [edited] }, "0"]]);
});

Deno.test("while calls are open, a decision tells which, and the run's events end where they were", async () => {
  const open = [CALLS[1]];
  const { client, asked } = clientOf([
    { kind: "answer", status: 200, body: { run_id: RUN_ID, open } },
    ...[upTo(FIRST), upTo(FIRST), upTo(FIRST)],
  ], "awaiting_approval");
  const run = await client.decide(RUN_ID, [decision(CALLS[0])], { after: 5 });
  assert.deepEqual(run.open, open);
  assert.deepEqual(await all(run.events()), []);
  assert.deepEqual(asked.map(({ path }) => path), [DECISIONS, ...Array(3).fill(`/runs/${RUN_ID}/events`)]);
});

Deno.test("a decision that counts although its stream did not come is read on, and not sent again", async () => {
  const lost: Connection = {
    ...{ kind: "answer", status: 500 },
    body: {
      error: { kind: "internal", message: "No.", retryable: false, run_id: RUN_ID, status: "running" },
    },
  };
  const { client, asked } = clientOf([upTo(FIRST), lost]);
  const run = await client.startRun({ message: "Hi" });
  const seen: ReadEvent[] = await all(run.events());
  seen.push(...await all((await run.decide([decision(CALLS[0])])).events()));
  assert.deepEqual(seen, PAUSED_LOG);
  assert.deepEqual(asked.map(({ path, after }) => [path, after]), [["", null], [DECISIONS, "5"], [
    `/runs/${RUN_ID}/events`,
    "5",
  ]]);
});

Deno.test("what keeps a decision from counting is told: another was first, or edited arguments don't fit", async () => {
  const refusal = (status: number, error: object): Connection => ({
    ...{ kind: "answer", status },
    body: { error: { message: "No.", retryable: false, run_id: RUN_ID, ...error } },
  });
  const { client } = clientOf([
    refusal(409, { kind: "conflict" }),
    refusal(400, { kind: "bad_request", field: "decisions.0.arguments.loan_id" }),
  ]);
  const conflict = await failureOf(client.decide(RUN_ID, [decision()]));
  assert.deepEqual([conflict.kind, conflict.run_id, conflict.run_goes_on], ["conflict", RUN_ID, false]);
  const unfit = await failureOf(client.decide(RUN_ID, [decision()]));
  assert.deepEqual([unfit.kind, unfit.field], ["bad_request", "decisions.0.arguments.loan_id"]);
});

Deno.test("what is open in all runs is one list, and fields of a newer server pass", async () => {
  const open = { ...approval(CALLS[0]), run_id: RUN_ID, session_id: RUN_ID, mood: "new" };
  const { client, asked } = clientOf([
    { kind: "answer", status: 200, body: { approvals: [open] } },
    { kind: "answer", status: 200, body: { approvals: [{ ...open, session_id: null }] } },
  ]);
  assert.deepEqual(await client.approvals(), [open]);
  assert.match(
    (await failureOf(client.approvals())).message,
    /an answer from \S+ that this client can't read/,
  );
  assert.deepEqual(asked.map(({ method, path }) => [method, path]), Array(2).fill(["GET", "/approvals"]));
});

Deno.test("run answers with what the run waits for", async () => {
  const { client, asked } = clientOf([upTo(FIRST)]);
  const { status, answer, approvals, run_id } = await client.run({ message: "Hi" });
  assert.deepEqual({ status, answer, run_id }, { status: "awaiting_approval", answer: null, run_id: RUN_ID });
  assert.deepEqual(approvals, [approval(CALLS[0])]);
  assert.equal(asked.length, 1);
});

Deno.test("under any reader a stream ends at the pause, reads past one that was decided, and goes on after a decision", async () => {
  const planner = "http://planner.test/functions/v1/agent-planner";
  const read = async (connections: Connection[], path = "") => {
    const { fetch, asked } = scriptedPlanner(connections, PAUSED_LOG);
    const wrapped = resumableFetch(fetch, { clock: hurriedClock, random: () => 0 });
    const response = await wrapped(`${planner}${path}`, { method: "POST", body: "{}" });
    return { text: await response.text(), asked };
  };
  const text = (after: number, log = PAUSED_LOG) => new TextDecoder().decode(streamAfter(after, log));

  assert.equal((await read([upTo(FIRST)])).text, text(0, FIRST));
  assert.equal((await read([])).text, text(0));
  // The server says behind which event it goes on.
  const decided = { ...upTo(PAUSED_LOG.slice(5)), headers: { "x-run-after": "5" } };
  assert.equal((await read([decided], DECISIONS)).text, text(5));
  const going: Connection = { kind: "answer", status: 200, body: { status: "running" } };
  const silent = (read: string) => read.replaceAll(": ping\n\n", "");
  assert.equal(silent((await read([...SLOW, going], DECISIONS)).text), silent(text(5)));
  const { asked } = await read([{ ...decided, bytes: 9, then: "break" }], DECISIONS);
  assert.deepEqual([asked[1]?.path, asked[1]?.after], [`/runs/${RUN_ID}/events`, "5"], "behind the pause");
});
