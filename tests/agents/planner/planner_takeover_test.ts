import assert from "node:assert/strict";
import { plannerLimit } from "../../../shared/agents/loop/prompts.ts";
import { failed } from "../../../shared/contracts/tool_result.ts";
import { assertContract, eventsOfType, typesOf } from "../../support/stack/calling.ts";
import {
  ASKED,
  open,
  parts,
  PLAN_ARGUMENTS,
  run,
  type Stored,
  stored,
  strategies,
} from "../../support/agents/planner_world.ts";
import { emptyBatch } from "../../../shared/agents/store/rows.ts";
import { messageId } from "../../support/agents/stored_thread.ts";

Deno.test("a run that was lost before its thread began is begun again", async () => {
  const world = await open();
  const { model } = await world.answer([{ text: "Hi." }], await world.next());
  assertContract(world.log());
  assert.deepEqual(model.requests[0]?.messages.map(({ role }) => role), ["system", "user"]);
  assert.deepEqual(parts(world.log()), [[1, "Hi."]]);
});

Deno.test("text of a call that was lost is withdrawn before the call speaks again, under another number", async () => {
  const world = await open();
  await stored(world, [["analysis", { strategy: "simple" }], ["text", {
    part: 1,
    message_id: messageId(1),
    delta: "Let me",
  }]]);
  await world.answer([{ text: "Hi." }], await world.next());
  const log = world.log();
  assertContract(log);
  assert.deepEqual(log.slice(1).map(({ type }) => type), [
    "analysis",
    "text",
    "taken_over",
    "text_withdrawn",
    "text",
    "done",
  ]);
  assert.deepEqual(parts(log), [[1, "Let me"], [2, "Hi."]]);
});

Deno.test("text whose call was stored is not withdrawn", async () => {
  const world = await open();
  const call = { id: "c", name: "look", arguments: "{}" };
  await stored(
    world,
    [["analysis", { strategy: "tool_use" }], ["text", {
      part: 1,
      message_id: messageId(1),
      delta: "Let me look.",
    }]],
    [
      ...ASKED,
      { id: messageId(1), content: "Let me look.", tool_calls: [call] },
    ],
  );
  const { model } = await world.answer([{ text: "There." }], await world.next());
  assertContract(world.log());
  assert.ok(!typesOf(world.log()).includes("text_withdrawn"));
  assert.deepEqual(parts(world.log()), [[1, "Let me look."], [2, "There."]]);
  assert.equal(
    model.requests[0]?.messages.at(-1)?.role,
    "tool",
    "the tool ran before the model was asked again",
  );
});

Deno.test("text of a later call that was lost is withdrawn, and that of the calls before it stays", async () => {
  const world = await open();
  const texts: Stored[] = [["text", { part: 1, message_id: messageId(1), delta: "Let me look." }], ["text", {
    part: 2,
    message_id: messageId(2),
    delta: "The",
  }]];
  await stored(world, [["analysis", { strategy: "tool_use" }], ...texts], [
    ...ASKED,
    { id: messageId(1), content: "Let me look.", tool_calls: [{ id: "c", name: "look", arguments: "{}" }] },
    { kind: "result", role: "tool", sender_type: "tool", tool_call_id: "c", content: "{}" },
  ]);
  await world.answer([{ text: "There." }], await world.next());
  assertContract(world.log());
  assert.deepEqual(eventsOfType(world.log(), "text_withdrawn").map(({ part }) => part), [2]);
  assert.deepEqual(parts(world.log()), [[1, "Let me look."], [2, "The"], [3, "There."]]);
});

Deno.test("a step whose end was told is not worked on again, though it left no row", async () => {
  const world = await open();
  const { owned } = world.first;
  const tool_call = { id: "c", name: "create_plan", arguments: JSON.stringify(PLAN_ARGUMENTS) };
  const plan_id = await world.deps.ids.derived(await world.deps.ids.derived(messageId(3), 0), "plan");
  const plan = { id: plan_id, revision: 1, ...PLAN_ARGUMENTS };
  const error = "No executor here.";
  await stored(
    world,
    [
      ["plan_created", { plan }],
      ["step_start", { step_number: 1, attempt: 1, title: "t" }],
      ["step_complete", { step_number: 1, attempt: 1, status: "failed", summary: error, error }],
    ],
    [...ASKED, { id: messageId(3), tool_calls: [tool_call] }],
    [{ ...plan, planner_agent_id: owned.agent_id, user_message: "Hello" }],
  );
  const { model } = await world.answer([{ text: "It failed." }], await world.next(), {
    invoke: () => assert.fail("the executor is not called again"),
  });
  assertContract(world.log());
  assert.match(model.requests[0]?.messages.at(-1)?.content ?? "", /No executor here/);
});

Deno.test("a plan whose steps have ended is carried out to its end, though nothing is left for tool calls", async () => {
  const world = await open();
  const { owned } = world.first;
  const tool_call = { id: "c", name: "create_plan", arguments: JSON.stringify(PLAN_ARGUMENTS) };
  const plan_id = await world.deps.ids.derived(await world.deps.ids.derived(messageId(3), 0), "plan");
  const plan = { id: plan_id, revision: 1, ...PLAN_ARGUMENTS };
  await stored(
    world,
    [
      ["plan_created", { plan }],
      ["step_start", { step_number: 1, attempt: 1, title: "t" }],
      ["step_complete", { step_number: 1, attempt: 1, status: "completed", summary: "Looked." }],
    ],
    [...ASKED, { id: messageId(3), tool_calls: [tool_call] }],
    [{ ...plan, planner_agent_id: owned.agent_id, user_message: "Hello" }],
  );
  // What owners that died have reserved stands.
  const spent = { broken_budget: "tool calls", allowed: true, tool_calls: 0 };
  const { owned: taken, first } = await world.next();
  const { model } = await world.answer([{ text: "Done." }], {
    owned: taken,
    first: { ...first, reserved: spent },
  }, {
    store: { ...world.store, reserveUsage: () => Promise.resolve(spent) },
  });
  assertContract(world.log());
  const told = model.requests[0]?.messages.findLast(({ role }) => role === "tool");
  assert.match(told?.content ?? "", /Every step completed/);
  assert.deepEqual(world.memory.tables.plans.map(({ status }) => status), ["completed"]);
});

Deno.test("a write that was proposed is made by the next owner, though nothing is left for tool calls", async () => {
  const world = await open();
  const { owned } = world.first;
  const call = { id: "c", name: "change", arguments: '{"n":1}' };
  await stored(world, [["analysis", { strategy: "tool_use" }]], [...ASKED, {
    id: messageId(3),
    tool_calls: [call],
  }]);
  const row = {
    ...{ id: await world.deps.ids.derived(messageId(3), 0), agent_id: owned.agent_id, tool_call_id: call.id },
    ...{
      agent_session_id: owned.thread_id,
      tool_name: call.name,
      access: "write" as const,
      arguments: { n: 1 },
    },
    ...{ status: "proposed" as const, result: null, created_at: new Date(world.clock.now()).toISOString() },
  };
  await world.memory.recordProgress(owned, { ...emptyBatch(), tool_calls: [row] });
  const spent = { broken_budget: "tool calls", allowed: true, tool_calls: 0 };
  const { owned: taken, first } = await world.next();
  await world.answer([{ text: "Done." }], { owned: taken, first: { ...first, reserved: spent } }, {
    store: { ...world.store, reserveUsage: () => Promise.resolve(spent) },
  });
  assert.deepEqual(world.memory.tables.tool_calls.map(({ id, status }) => [id, status]), [[
    row.id,
    "succeeded",
  ]]);
});

Deno.test("the next owner sends the history that the thread was opened with", async () => {
  const world = await open();
  const { owned } = world.first;
  const history = [{ role: "user", content: "Before" }, { role: "assistant", content: "Yes." }];
  const openings = [{ thread_id: owned.thread_id, initial_context: { history } }];
  await world.memory.recordProgress(owned, { ...emptyBatch(), openings });
  await stored(world, [], ASKED);
  const { model } = await world.answer([{ text: "Hi." }], await world.next());
  assert.deepEqual(
    model.requests[0]?.messages.slice(1).map(({ content }) => content),
    ["Before", "Yes.", "Hello"],
  );
});

Deno.test("a limit that was met stays met: the next owner has the last turn, and nothing else", async () => {
  const world = await open();
  const limit = {
    kind: "limit" as const,
    detail: { reason: "limit" as const, name: "12 model turns" },
    role: "user" as const,
    sender_type: "system" as const,
    content: plannerLimit("12 model turns"),
  };
  await stored(world, [["analysis", { strategy: "tool_use" }]], [...ASKED, limit]);
  const { model } = await world.answer([{ text: "That is all." }], await world.next());
  assert.equal(model.requests[0]?.tool_choice, "none");
  assert.equal(run(world).finished_reason, "limit");
});

Deno.test("a plan that was refused twice is not offered by the next owner, either", async () => {
  const world = await open();
  const asks = (id: string) => ({ tool_calls: [{ id, name: "create_plan", arguments: "{}" }] });
  const refused = (tool_call_id: string) => ({
    kind: "result" as const,
    role: "tool" as const,
    sender_type: "tool" as const,
    tool_call_id,
  });
  await stored(world, [["analysis", { strategy: "complex" }]], [
    ...ASKED,
    asks("a"),
    refused("a"),
    asks("b"),
    refused("b"),
  ]);
  const { owned } = world.first;
  const at = new Date(world.clock.now()).toISOString();
  await world.memory.recordProgress(owned, {
    ...emptyBatch(),
    tool_calls: ["a", "b"].map((tool_call_id) => ({
      id: crypto.randomUUID(),
      agent_id: owned.agent_id,
      agent_session_id: owned.thread_id,
      tool_call_id,
      tool_name: "create_plan",
      access: null,
      arguments: {},
      status: "failed" as const,
      result: { ...failed("invalid_arguments", "No.") },
      duration_ms: 1,
      created_at: at,
      finished_at: at,
    })),
  });
  const { model } = await world.answer([{ text: "Without a plan, then." }], await world.next());
  assert.ok(!model.requests[0]?.tools.some(({ name }) => name === "create_plan"));
});

Deno.test("a part is withdrawn once, however many takeovers there are", async () => {
  const world = await open();
  await stored(world, [["text", { part: 1, message_id: messageId(1), delta: "Let me" }], ["text_withdrawn", {
    part: 1,
  }]]);
  await world.answer([{ text: "Hi." }], await world.next());
  assert.equal(eventsOfType(world.log(), "text_withdrawn").length, 1);
});

Deno.test("an answer that was stored before its owner was lost is not asked for again", async () => {
  const world = await open();
  await stored(world, [["analysis", { strategy: "simple" }], ["text", {
    part: 1,
    message_id: messageId(1),
    delta: "Hi.",
  }]], [
    ...ASKED,
    { id: messageId(1), content: "Hi." },
  ]);
  await world.answer([], await world.next());
  assertContract(world.log());
  assert.equal(world.memory.tables.chat_messages.at(-1)?.content, "Hi.");
});

Deno.test("the strategy that was announced is kept by the next owner", async () => {
  const world = await open();
  await stored(world, [["analysis", { strategy: "tool_use" }]], ASKED);
  await world.answer([{ text: "Hi." }], await world.next());
  assert.deepEqual(strategies(world.log()), ["tool_use"]);
  assert.equal(run(world).strategy, "tool_use");
});
