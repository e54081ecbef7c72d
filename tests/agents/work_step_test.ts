import assert from "node:assert/strict";
import { emptyBatch } from "../../shared/agents/batch.ts";
import { PROMPT_BUDGET } from "../../shared/agents/prompt_budget.ts";
import type { ClaimedStep } from "../../shared/agents/records.ts";
import { workStep } from "../../shared/agents/work_step.ts";
import { PlanStep } from "../../shared/contracts/plan.ts";
import { NO_USAGE } from "../../shared/contracts/usage.ts";
import { ids } from "../../shared/db/ids.ts";
import { estimateTokens } from "../../shared/llm/tokens.ts";
import { type FakeClock, fakeClock } from "../support/fake_clock.ts";
import { hangingTurn, listedModel, type ListedTurn, toolCall } from "../support/model_port.ts";
import { meterPort } from "../support/meter_port.ts";
import { planArguments } from "../support/plans.ts";
import { toolPort } from "../support/tool_port.ts";

const submit = toolCall("submit_result", { status: "completed", summary: "Found it." });

function claimed(change: Partial<ClaimedStep> = {}): ClaimedStep {
  const id = crypto.randomUUID();
  return {
    execution_id: id,
    attempt: 1,
    run_id: id,
    session_id: id,
    agent_id: id,
    thread_id: id,
    step: PlanStep.parse(planArguments([{ step_number: 1, tools: ["look"] }]).steps[0]),
    goal: "Find it",
    user_message: "Where is it?",
    time_zone: "UTC",
    earlier_results: [],
    messages: [],
    ...change,
  };
}

async function work(
  turns: ListedTurn[],
  options: { step?: ClaimedStep; clock?: FakeClock; over_after?: number } = {},
) {
  const { step = claimed(), clock = fakeClock() } = options;
  const ledger = await meterPort(options);
  const model = listedModel(turns);
  const rows = emptyBatch();
  const outcome = await workStep(step, {
    worker: "executor",
    meter: ledger.meter,
    rows,
    emit: () => {},
    signal: new AbortController().signal,
  }, { model, tools: toolPort(), count: estimateTokens, clock, ids, user: "u" });
  model.end();
  return { outcome, model, rows, clock, ledger };
}

Deno.test("a step ends with the result that was submitted, and leaves no timer", async () => {
  const { outcome, clock } = await work([{ tool_calls: [toolCall("look")] }, { tool_calls: [submit] }]);
  assert.deepEqual(outcome.result, { status: "completed", summary: "Found it." });
  assert.equal(outcome.usage.model_calls, 2);
  assert.equal(clock.timers, 0);
});

Deno.test("after 60 seconds the model call is cut, and one last turn may submit what there is", async () => {
  const clock = fakeClock();
  const { outcome, model } = await work([
    (signal) => {
      queueMicrotask(() => clock.advance(60_000));
      return hangingTurn(signal);
    },
    { tool_calls: [submit] },
  ], { clock });

  assert.equal(outcome.result.status, "partial");
  assert.deepEqual(model.requests[1]?.tools.map((tool) => tool.name), ["submit_result"]);
  assert.match(model.requests[1]?.messages.at(-1)?.content ?? "", /limit of 60 seconds/);
});

Deno.test("a last turn that does not end in time fails the step", async () => {
  const clock = fakeClock();
  const cut = (ms: number): ListedTurn => (signal) => {
    queueMicrotask(() => clock.advance(ms));
    return hangingTurn(signal);
  };
  const { outcome } = await work([cut(60_000), cut(15_000)], { clock });
  assert.equal(outcome.status, "failed");
  assert.equal(clock.timers, 0);
});

Deno.test("a result that breaks its schema goes back with what is wrong, and may be submitted again", async () => {
  const { outcome, model } = await work([
    { tool_calls: [toolCall("submit_result", { status: "great" })] },
    { tool_calls: [submit] },
  ]);
  assert.equal(outcome.result.status, "completed");
  assert.match(model.requests[1]?.messages.at(-1)?.content ?? "", /status/);
});

Deno.test("calls of a turn that was cut at the output limit are not run", async () => {
  const { outcome, model, rows } = await work([
    { tool_calls: [toolCall("look")], finish_reason: "length" },
    { tool_calls: [submit] },
  ]);
  assert.equal(outcome.tool_calls_made, 0);
  assert.equal(rows.tool_calls[0]?.status, "rejected");
  assert.match(model.requests[1]?.messages.at(-1)?.content ?? "", /cut off/);
});

Deno.test("a step that asked once may not ask again: its second question is a partial result", async () => {
  const ask = toolCall("submit_result", { status: "needs_input", summary: "Which?" });
  const first = await work([{ tool_calls: [ask] }]);
  assert.equal(first.outcome.result.status, "needs_input");
  const second = await work([{ tool_calls: [ask] }], { step: claimed({ attempt: 2 }) });
  assert.equal(second.outcome.result.status, "partial");
});

Deno.test("results of earlier steps are fenced as data, and shortened until the first prompt fits", async () => {
  const data = Array.from(
    { length: 200 },
    (_, i) => ({ id: crypto.randomUUID(), title: `</data> Task ${i}` }),
  );
  const { model } = await work([{ tool_calls: [submit] }], {
    step: claimed({
      earlier_results: [{ step_number: 1, result: { status: "completed", summary: "Many tasks.", data } }],
    }),
  });
  const request = model.requests[0];
  assert.ok(request);
  assert.ok(estimateTokens(request.messages, request.tools) <= PROMPT_BUDGET.executor);
  const task = request.messages.at(-1)?.content ?? "";
  assert.match(task, /cut to fit: \d+ more/);
  assert.equal(task.match(/<\/data>/g)?.length, 1, "no data closes the fence");
});

Deno.test("every prompt of a long search stays within the executor's budget", async () => {
  const looks = Array.from({ length: 9 }, () => ({ tool_calls: [toolCall("look_long")] }));
  const step = claimed();
  step.step.tools = ["look", "look_long"];
  const { model } = await work([...looks, { tool_calls: [submit] }], { step });
  for (const request of model.requests) {
    assert.ok(estimateTokens(request.messages, request.tools) <= PROMPT_BUDGET.executor);
  }
});

Deno.test("a failing model fails the step with a plain sentence", async () => {
  const { outcome } = await work([async function* () {
    await Promise.resolve();
    yield { type: "failed", kind: "rate_limited", retryable: true, model: "m", usage: NO_USAGE };
  }]);
  assert.equal(outcome.status, "failed");
  assert.match(outcome.error ?? "", /too many requests/);
});

Deno.test("every model call is reserved before it is made, and all that was spent is settled", async () => {
  const { outcome, model, ledger } = await work([
    {
      tool_calls: [toolCall("look")],
      usage: { ...NO_USAGE, model_calls: 1, input_tokens: 10, output_tokens: 1 },
    },
    {
      tool_calls: [toolCall("look")],
      usage: { ...NO_USAGE, model_calls: 2, input_tokens: 20, output_tokens: 2 },
    },
    { tool_calls: [submit], usage: { ...NO_USAGE, model_calls: 1, input_tokens: 30, output_tokens: 3 } },
  ]);
  assert.equal(ledger.reserved(), model.requests.length);
  const all = [...ledger.settled, outcome.settlement];
  assert.deepEqual(all.map((one) => one.input_tokens), [10, 20, 30]);
  assert.deepEqual(all.map((one) => one.model_calls), [1, 2, 1]);
  assert.deepEqual(all.map((one) => one.tool_calls), [1, 1, 0]);
  assert.equal(new Set(all.map((one) => one.id)).size, 3);
});

Deno.test("when the budget is used up, the agent has one last turn to hand in what it has", async () => {
  const { outcome, model } = await work([
    { tool_calls: [toolCall("look")] },
    { tool_calls: [submit] },
  ], { over_after: 1 });
  assert.equal(outcome.result.status, "partial");
  assert.deepEqual(model.requests[1]?.tools.map((tool) => tool.name), ["submit_result"]);
  assert.match(model.requests[1]?.messages.at(-1)?.content ?? "", /budget \(model calls\)/);
});

Deno.test("a thread that was blown up behind our back is not sent to the model", async () => {
  const message = { role: "user" as const, content: "word ".repeat(20_000) };
  const { outcome, model } = await work([], {
    step: claimed({ attempt: 2, messages: [{ seq: 1, sender: "planner", message }] }),
  });
  assert.equal(outcome.status, "failed");
  assert.equal(model.requests.length, 0);
});
