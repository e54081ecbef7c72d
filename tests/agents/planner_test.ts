import assert from "node:assert/strict";
import { answerTurn } from "../../shared/agents/planner.ts";
import type { Batch, RunOutcome, StartedRun } from "../../shared/agents/records.ts";
import type { RunEvent } from "../../shared/contracts/events.ts";
import { AgentError, type Failure } from "../../shared/contracts/errors.ts";
import { ids } from "../../shared/db/ids.ts";
import { estimateTokens } from "../../shared/llm/tokens.ts";
import { fakeClock } from "../support/fake_clock.ts";
import { listedModel, type ListedTurn, toolCall } from "../support/model_port.ts";
import { meterPort } from "../support/meter_port.ts";
import { assertContract, typesOf } from "../support/planner.ts";
import { toolPort } from "../support/tool_port.ts";

async function turn(turns: ListedTurn[], fault?: "record" | "finish") {
  const id = crypto.randomUUID();
  const started: StartedRun = {
    existing: false,
    run_id: id,
    session_id: id,
    user_message_id: id,
    agent_id: id,
    thread_id: id,
    at: "2026-11-22T12:00:00.000Z",
    history: [],
    overview: {},
    entity: null,
    summary: null,
  };
  const events: RunEvent[] = [];
  const batches: Batch[] = [];
  const outcomes: RunOutcome[] = [];
  const failures: Failure[] = [];
  const model = listedModel(turns);
  const refuse = (method: string) => Promise.reject(new Error(`${method} must not be called`));
  const outcome = await answerTurn({
    started,
    meter: (await meterPort()).meter,
    message: "Hello",
    time_zone: "UTC",
    deliver: (event) => events.push(event),
  }, {
    model,
    tools: toolPort(),
    count: estimateTokens,
    clock: fakeClock(),
    ids,
    user: "u",
    wall_ms: 300_000,
    log: { error: () => {} },
    // deno-lint-ignore require-yield -- it fails before it has anything to yield
    invoke: async function* () {
      throw await Promise.resolve(new AgentError("internal", "No executor here."));
    },
    store: {
      startRun: () => refuse("startRun"),
      claimStep: () => refuse("claimStep"),
      finishStep: () => refuse("finishStep"),
      answerStep: () => refuse("answerStep"),
      failRun(_run_id, error) {
        failures.push(error);
        return Promise.resolve();
      },
      cancelRequested: () => Promise.resolve(false),
      reserveUsage: () => refuse("reserveUsage"),
      settleUsage: () => refuse("settleUsage"),
      recordProgress(_run_id, batch) {
        if (fault === "record") return Promise.reject(new AgentError("conflict", "The run has ended."));
        batches.push(batch);
        return Promise.resolve();
      },
      finishRun(_run_id, outcome, batch) {
        if (fault === "finish") return Promise.reject(new Error("connection refused at 10.1.2.3"));
        outcomes.push(outcome);
        batches.push(batch);
        return Promise.resolve();
      },
    },
  });
  return { events, batches, outcomes, failures, outcome, model };
}

Deno.test("a simple turn is one transaction after its start", async () => {
  const { batches, outcomes, events } = await turn([{ text: "Hi." }]);
  assertContract(events);
  assert.equal(batches.length, 1);
  assert.equal(outcomes[0]?.answer, "Hi.");
});

Deno.test("the strategy is announced once a level, and only moves up", async () => {
  const { events } = await turn([
    { text: "Let me look.", tool_calls: [toolCall("look")] },
    { text: "Again.", tool_calls: [toolCall("look")] },
    { text: "There." },
  ]);
  const strategies = events.flatMap((event) => event.type === "analysis" ? [event.strategy] : []);
  assert.deepEqual(strategies, ["simple", "tool_use"]);
});

Deno.test("text before a tool call is its own part, and the answer is the last", async () => {
  const { events, outcomes } = await turn([
    { text: "Let me look.", tool_calls: [toolCall("look")] },
    { text: "There." },
  ]);
  const parts = events.flatMap((event) => event.type === "text" ? [[event.part, event.delta]] : []);
  assert.deepEqual(parts, [[1, "Let me look."], [2, "There."]]);
  assert.equal(outcomes[0]?.answer, "There.");
});

Deno.test("a plan that can't be stored ends the run in one error event", async () => {
  const plan = toolCall(
    "create_plan",
    JSON.parse(
      '{"goal":"g","steps":[{"step_number":1,"title":"t","task":"t","executor_required":true,"tools":["look"]}]}',
    ),
  );
  const { events, outcome } = await turn([{ tool_calls: [plan] }], "record");
  assertContract(events);
  assert.deepEqual(typesOf(events), ["session", "analysis", "plan_created", "error"]);
  assert.equal(outcome.usage.model_calls, 1, "what was spent before the fault is not lost");
});

Deno.test("when the end can't be stored the user hears so, and nothing of the database", async () => {
  const { events, failures } = await turn([{ text: "Hi." }], "finish");
  assertContract(events);
  assert.equal(failures.length, 1, "the run does not stay open");
  const last = events.at(-1);
  assert.equal(last?.type, "error");
  assert.ok(!JSON.stringify(events).includes("10.1.2.3"));
});

Deno.test("an executor that can't be reached fails its step, and the planner is told", async () => {
  const plan = toolCall(
    "create_plan",
    JSON.parse(
      '{"goal":"g","steps":[{"step_number":1,"title":"t","task":"t","executor_required":true,"tools":["look"]}]}',
    ),
  );
  const { events, model } = await turn([{ tool_calls: [plan] }, { text: "It failed." }]);
  assertContract(events);
  assert.match(model.requests[1]?.messages.at(-1)?.content ?? "", /No executor here/);
  assert.equal(events.at(-1)?.type, "done");
});
