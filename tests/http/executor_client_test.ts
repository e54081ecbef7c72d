// What an executor refuses, as its planner hears it over HTTP.
import assert from "node:assert/strict";
import { AgentError, RUN_BUDGET, RunBudgetError } from "../../shared/contracts/errors.ts";
import { createEngineClient } from "../../shared/db/clients.ts";
import { createStepInvoker } from "../../shared/http/executor_client.ts";

/** What the planner gets from an executor that answers with this error. */
async function refusal(status: number, error: Record<string, string>): Promise<unknown> {
  const config = { url: "http://127.0.0.1:1", publishable_key: "k" };
  const db = createEngineClient(config, "token", () => Promise.resolve(Response.json({ error }, { status })));
  const step = { plan_id: crypto.randomUUID(), step_number: 1 };
  const { signal } = new AbortController();
  return await Array.fromAsync(createStepInvoker(db)(step, { signal })).catch((thrown: unknown) => thrown);
}

Deno.test("a run's budget that is used up is told apart from a limit that passes", async () => {
  const said = { kind: "rate_limited", message: "Used up." };
  assert.ok(await refusal(429, { ...said, limit: RUN_BUDGET }) instanceof RunBudgetError);
  const passing = await refusal(429, said);
  assert.ok(passing instanceof AgentError && !(passing instanceof RunBudgetError));
  assert.equal(passing.kind, "rate_limited");
});

/** What the planner hears of an executor that streams these bytes, and then ends or breaks off. */
async function heard(pieces: readonly Uint8Array[], end: "ends" | "breaks") {
  const config = { url: "http://127.0.0.1:1", publishable_key: "k" };
  const left = [...pieces];
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const piece = left.shift();
      if (piece) controller.enqueue(piece);
      else if (end === "ends") controller.close();
      else controller.error(new TypeError("connection reset"));
    },
  });
  const headers = { "content-type": "text/event-stream" };
  const db = createEngineClient(config, "token", () => Promise.resolve(new Response(body, { headers })));
  const step = { plan_id: crypto.randomUUID(), step_number: 1 };
  const events: unknown[] = [];
  try {
    const invoke = createStepInvoker(db);
    for await (const event of invoke(step, new AbortController())) events.push(event);
  } catch (error) {
    return { events, error };
  }
  return { events, error: null };
}

const EVENTS = [
  { type: "tool_call", tool_call_id: "1", name: "list_books", arguments: { title: "Ö, ein Buch 📚" } },
  { type: "tool_result", tool_call_id: "1", ok: true, result: "“Ö”", duration_ms: 3 },
];
const BYTES = new TextEncoder().encode(
  EVENTS.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n: ping\n\n`).join(""),
);

Deno.test("an executor's events are the same however its stream is cut, in the middle of a letter too", async () => {
  for (const size of [1, 2, 7, 50, BYTES.length]) {
    const pieces = Array.from(
      { length: Math.ceil(BYTES.length / size) },
      (_, at) => BYTES.slice(at * size, (at + 1) * size),
    );
    assert.deepEqual(await heard(pieces, "ends"), { events: EVENTS, error: null });
  }
});

Deno.test("what came of a stream that breaks is heard, and half an event is none", async () => {
  const { events, error } = await heard([BYTES.slice(0, BYTES.length - 30)], "breaks");
  assert.deepEqual(events, EVENTS.slice(0, 1));
  assert.ok(error instanceof AgentError && error.retryable);
});
