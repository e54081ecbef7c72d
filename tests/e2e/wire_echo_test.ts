// What a host wants back with the history goes back with it, byte for byte, also when the process that got it is killed
// and another takes over.
import assert from "node:assert/strict";
import { z } from "zod";
import { delta, DONE, finish, piece, stream, USAGE, usage } from "../llm/support.ts";
import { answerOf, initialRunState, reduceRun } from "../../shared/contracts/run_state.ts";
import type { Json } from "../../shared/contracts/text.ts";
import type { Worker } from "../support/short_lived/worker.ts";
import {
  shortLivedFunctions,
  type TestedShortLived,
} from "../support/short_lived/open_short_lived_functions.ts";
import { startAndRead } from "../support/stack/reading.ts";
import { newUser, type TestUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";
import { answering, planning, submitting } from "../support/wire/wire_fixtures.ts";
import { type Part, partOf } from "../support/wire/wire_functions.ts";
import { startWireRelay, type WireRelay } from "../support/wire/wire_relay.ts";
import { startWireServer, type WireServer, type WireTurn } from "../support/wire/wire_server.ts";

const ROW = { id: "signing", echo: ["reasoning_details", "extra_content"] };

const hosts = new Map<Part, WireServer>();
let relay: WireRelay;
let functions: TestedShortLived;
Deno.test.beforeAll(async () => {
  relay = startWireRelay((body) => {
    const url = hosts.get(partOf(body))?.url;
    return url === undefined ? null : Number(new URL(url).port);
  });
  functions = await shortLivedFunctions({
    limit_ms: Infinity,
    settings: {
      ...{ RUN_LEASE_SECONDS: "1.2", RUN_DEADLINE_SECONDS: "60" },
      ...{ LLM_BASE_URL: relay.url, LLM_BALANCED_MODELS: ROW.id, LLM_SPEED_MODELS: ROW.id },
      LLM_MODEL_TABLE: JSON.stringify([ROW]),
    },
  });
});
Deno.test.afterAll(async () => {
  await functions[Symbol.asyncDispose]();
  await relay.stop();
});

function host(part: Part, turns: WireTurn[]) {
  const server = startWireServer(turns);
  hosts.set(part, server);
  return {
    server,
    [Symbol.asyncDispose]: async () => {
      hosts.delete(part);
      await server.close();
    },
  };
}

const SIGNED = { google: { thought_signature: `${"AY89a1+/c3Ry".repeat(300)}==` } };
const DETAILS: Json[] = [
  { type: "reasoning.text", text: "I look — “first”.", signature: "c2ln+/==", format: "x", index: 0 },
  { type: "reasoning.encrypted", id: "call_a", data: "gAAAAB+/==", index: 1 },
];

/** Two calls at once, of which the first is signed. */
const signing = stream(
  delta({ reasoning_details: DETAILS }),
  piece({ index: 0, id: "call_a", function: { name: "list_books", arguments: "{}" }, extra_content: SIGNED }),
  piece({ index: 1, id: "call_b", function: { name: "list_books", arguments: '{"limit":1}' } }),
  finish("tool_calls"),
  usage(USAGE),
  DONE,
);

const Sent = z.array(z.looseObject({
  role: z.string(),
  reasoning_details: z.json().optional(),
  tool_calls: z.array(z.looseObject({ id: z.string(), extra_content: z.json().optional() })).optional(),
}));

/** Resolves when the turn that calls is a row: what is not stored when a process dies is asked for again. */
async function turnStored(user: TestUser): Promise<void> {
  for (let found = false; !found;) {
    const { data, error } = await user.client.from("agent_chat_messages").select("tool_calls").eq(
      "kind",
      "turn",
    );
    if (error) throw error;
    found = JSON.stringify(data).includes("call_a");
  }
}

/** The second request is held until its owner is dead; what was sent then, and what the next owner sent. */
async function killedOver(part: Part, worker: Worker["name"], last: WireTurn, planner: WireTurn[]) {
  const dead = Promise.withResolvers<void>();
  await using signer = host(part, [signing, { body: [{ until: dead.promise }] }, last]);
  await using _ = part === "planner" ? null : host("planner", planner);
  const user = await newUser();
  const killed = signer.server.received(1).then(() => turnStored(user))
    .then(() => functions.workers.findLast(({ request }) => request === `POST /${worker}`)?.kill())
    .finally(dead.resolve);
  const { events } = await startAndRead(user, functions.url);
  await killed;
  const answer = answerOf(events.reduce(reduceRun, initialRunState(events[0]?.run_id ?? "")));
  const [, before, after] = signer.server.requests.map(({ body }) => JSON.stringify(body.messages));
  return { answer, before, after };
}

function assertSentBack(messages: string | undefined) {
  const turn = Sent.parse(JSON.parse(messages ?? "[]")).find(({ tool_calls }) => tool_calls !== undefined);
  assert.deepEqual(turn?.tool_calls?.map(({ id, extra_content }) => [id, extra_content]), [
    ["call_a", SIGNED],
    ["call_b", undefined],
  ]);
  assert.deepEqual(turn?.reasoning_details, DETAILS);
}

test("a planner's thought signature is in its next request, and in the one of the process that takes over", async () => {
  const sent = await killedOver("planner", "agent-planner", answering("There."), []);
  assert.equal(sent.answer, "There.");
  assertSentBack(sent.before);
  assert.equal(sent.after, sent.before);
});

test("an executor's thought signature is in the next request of the one that goes on in its thread", async () => {
  const sent = await killedOver(1, "agent-executor", submitting("Found."), [
    planning({ step_number: 1 }),
    answering("It was found."),
  ]);
  assert.equal(sent.answer, "It was found.");
  assertSentBack(sent.before);
  assert.equal(sent.after, sent.before);
});
