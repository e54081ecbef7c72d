import { CALLS } from "../../support/agents/default_calls.ts";
import assert from "node:assert/strict";
import type { StepInvoker } from "../../../shared/agents/ports.ts";
import type { PlannerAnswer, Settlement, StepView } from "../../../shared/agents/store/records.ts";
import { runRemoteStep } from "../../../shared/agents/planner/remote_step.ts";
import { knownEvents } from "../../../shared/agents/durable/event_dedup.ts";
import { createRunLog } from "../../../shared/agents/durable/run_log.ts";
import { AgentError, CancelledError, RunBudgetError } from "../../../shared/contracts/errors.ts";
import type { StepEvent } from "../../../shared/contracts/events.ts";
import { type Plan, PlanStep, type StepResult } from "../../../shared/contracts/plan.ts";
import { NO_USAGE } from "../../../shared/contracts/usage.ts";
import { fakeClock } from "../../support/ports/fake_clock.ts";
import { memoryStore } from "../../support/memory_store/memory_store.ts";
import { listedModel, type ListedTurn, toolCall } from "../../support/models/listed_model.ts";
import { AGENT_ID, ownedRun, RUN_ID } from "../../support/agents/owned_run.ts";
import { passTime } from "../../support/ports/pass_time.ts";
import { planArguments } from "../../support/agents/plans.ts";
import { immediateIds } from "../../support/ports/immediate_ids.ts";
import { DONE, PENDING, stepEvents, stepView } from "../../support/agents/step_view.ts";
import { granted } from "../../support/ports/meter_port.ts";
import { toolPort } from "../../support/ports/tool_port.ts";

const STEP = PlanStep.parse(planArguments([{ step_number: 1, tools: ["look"] }]).steps[0]);
const PLAN: Plan = { id: RUN_ID, revision: 1, goal: "g", steps: [STEP] };
const SPAWNED = stepEvents(1).slice(0, 1);
const UNREACHABLE = new AgentError("internal", "The executor can't be reached.", { retryable: true });

/** An executor's answer to a call: these events, and then its end, an error, or a silence until it is given up. */
type Call = { events?: StepEvent[]; then?: Error | "silence" };

interface Stop {
  cancel: AbortController;
  handing: AbortController;
}

interface Script {
  calls?: Call[];
  /** The answer to every call after these. */
  always?: Call;
  /** How the step looks, one look after the other; the last one stays. Nobody has claimed it where there is none. */
  views?: (StepView | null)[];
  /** An earlier owner has begun it. */
  known?: boolean;
  turns?: ListedTurn[];
  stop?: Stop;
  /** Called before each call of the executor. */
  onCall?: (stop: Stop) => void;
}

async function see(script: Script) {
  const { calls = [], always, views = [null], known = false, turns = [], onCall = () => {} } = script;
  const clock = fakeClock();
  const ids = immediateIds();
  const memory = memoryStore(clock, ids);
  const { stop = { cancel: new AbortController(), handing: new AbortController() } } = script;
  const model = listedModel(turns);
  const begun: number[] = [];
  const answers: PlannerAnswer[] = [];
  const settled: Settlement[] = [];
  const waiting = [...calls];
  let made = 0;
  const run = createRunLog({
    owned: ownedRun(),
    known_events: knownEvents([]),
    store: { ...memory, recordProgress: () => Promise.resolve({ verdicts: {} }) },
    clock,
    log: { error() {} },
    deliver() {},
    handOff: { due: false, progress() {} },
  });
  const invoke: StepInvoker = async function* (_step, { signal }) {
    made += 1;
    onCall(stop);
    const { events = [], then } = waiting.shift() ?? always ??
      assert.fail("the executor was called too often");
    yield* events;
    if (then === "silence") {
      await new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        signal.addEventListener("abort", () => resolve());
      });
      throw UNREACHABLE;
    }
    if (then) throw then;
  };
  const ended = await passTime(
    clock,
    runRemoteStep(PLAN, STEP, {
      model,
      tools: toolPort(),
      count: () => 1,
      calls: CALLS,
      clock,
      ids,
      user: "u",
      lease_seconds: 15,
      store: {
        ...memory,
        viewStep: () => Promise.resolve(views.length > 1 ? views.shift() ?? null : views[0] ?? null),
        reserveUsage: (_run, next) => Promise.resolve(granted(next)),
        settleUsage: (settlement) => Promise.resolve(void settled.push(settlement)),
        answerStep: (_step, _lease, answer) => Promise.resolve(void answers.push(answer)),
      },
      invoke,
      log: { error() {} },
      run,
      planner_agent_id: AGENT_ID,
      user_message: "Where is it?",
      signal: stop.cancel.signal,
      beatNow: () => Promise.resolve(),
      hand_off_due: stop.handing.signal,
      begun: (attempt) => begun.push(attempt),
      known,
    }).catch((error: unknown) => ({ error })),
  );
  await run.flush();
  model.end();
  assert.deepEqual(waiting, [], "every call was made");
  return { ended, begun, answers, settled, calls: made, clock, model, run };
}

const failureOf = (ended: object | string) =>
  typeof ended === "object" && "error" in ended ? ended.error : assert.fail("it did not fail");
const completed = (attempt: number, change: Partial<StepView> = {}) =>
  stepView({ attempt, status: "completed", result: DONE, ...change });

Deno.test("the result that the stream tells is the step's, and nobody looks at its rows", async () => {
  const { ended, begun } = await see({ calls: [{ events: stepEvents(1) }], views: [stepView()] });
  assert.deepEqual(ended, { attempt: 1, result: DONE });
  assert.deepEqual(begun, [1]);
});

Deno.test("where the stream breaks, the executor is waited for, and its rows tell the result", async () => {
  const { ended, begun, calls } = await see({
    calls: [{ events: SPAWNED, then: UNREACHABLE }],
    views: [stepView(), stepView(), completed(1)],
  });
  assert.deepEqual(ended, { attempt: 1, result: DONE });
  assert.equal(calls, 1);
  assert.equal(new Set(begun).size, 1);
});

Deno.test("a step whose executor is lost is tried again, as the next attempt", async () => {
  const { ended, begun } = await see({
    calls: [{ events: SPAWNED, then: UNREACHABLE }, { events: stepEvents(2) }],
    views: [stepView(), stepView({ lease_expired: true })],
  });
  assert.deepEqual(ended, { attempt: 2, result: DONE });
  assert.deepEqual([...new Set(begun)], [1, 2]);
});

Deno.test("an executor that keeps its connection open and says nothing is given up with its lease", async () => {
  const { ended } = await see({
    calls: [{ events: SPAWNED, then: "silence" }, { events: stepEvents(2) }],
    views: [stepView(), stepView({ lease_expired: true })],
  });
  assert.deepEqual(ended, { attempt: 2, result: DONE });
});

Deno.test("a step that its executor released stays the same attempt, however often", async () => {
  const handing = { events: SPAWNED };
  const { ended, begun } = await see({
    calls: [...Array.from({ length: 7 }, () => handing), { events: stepEvents(1) }],
    views: [stepView({ lease_expired: true, released: true })],
  });
  assert.deepEqual(ended, { attempt: 1, result: DONE });
  assert.deepEqual([...new Set(begun)], [1]);
});

const ASKING = stepView({ lease_expired: true, released: true, awaiting: true, open_calls: [PENDING] });

Deno.test("a step that was let go until a person decides is awaited, and no executor is called before", async () => {
  const first = await see({ calls: [{ events: SPAWNED }], views: [ASKING] });
  assert.deepEqual([first.ended, first.begun], ["awaiting", [1, 1]]);
  const next = await see({ known: true, views: [ASKING] });
  assert.deepEqual([next.ended, next.calls], ["awaiting", 0]);
});

Deno.test("once it is decided the same attempt goes on, whoever owns the run by then", async () => {
  const decided = { ...ASKING, awaiting: false };
  for (const known of [true, false]) {
    const calls = [{ events: stepEvents(1) }];
    const { ended, begun } = await see({
      known,
      calls: known ? calls : [{ events: SPAWNED }, ...calls],
      views: [decided],
    });
    assert.deepEqual(ended, { attempt: 1, result: DONE });
    assert.deepEqual([...new Set(begun)], [1]);
  }
});

Deno.test("a step that loses one executor after the other fails: it is what kills them", async () => {
  const { ended, calls } = await see({
    calls: Array.from({ length: 5 }, () => ({ events: SPAWNED, then: UNREACHABLE })),
    views: [1, 2, 3, 4, 5].map((attempt) => stepView({ attempt, lease_expired: true })),
  });
  assert.match(String(failureOf(ended)), /lease expired too often/);
  assert.equal(calls, 5);
});

Deno.test("a call that nobody takes up is made again for as long as a lease, and in the end its error counts", async () => {
  const busy = new AgentError("internal", "503");
  const { ended, clock } = await see({ always: { then: busy } });
  assert.equal(failureOf(ended), busy);
  assert.equal(clock.now() - fakeClock().now(), 15_000);
  assert.equal(clock.timers, 0);
});

Deno.test("calls that nobody took up are forgotten once one was", async () => {
  const lost = { then: UNREACHABLE };
  const { ended } = await see({
    calls: [lost, lost, lost, { events: SPAWNED }, lost, lost, lost, {
      events: stepEvents(2),
    }],
    views: [null, null, null, stepView({ lease_expired: true })],
  });
  assert.deepEqual(ended, { attempt: 2, result: DONE });
});

Deno.test("a budget that is used up stays so: nobody asks again", async () => {
  const over = new RunBudgetError("The run's budget is used up.");
  const { ended, calls } = await see({ calls: [{ then: over }] });
  assert.equal(failureOf(ended), over);
  assert.equal(calls, 1);
});

Deno.test("a limit that passes is not the run's budget: the executor is called again", async () => {
  const busy = new AgentError("rate_limited", "Please try again later.");
  const { ended, calls } = await see({ calls: [{ then: busy }, { events: stepEvents(1) }] });
  assert.deepEqual(ended, { attempt: 1, result: DONE });
  assert.equal(calls, 2);
});

Deno.test("a step that an earlier owner began is looked at before anybody is called", async () => {
  const done = await see({ known: true, views: [completed(1)] });
  assert.deepEqual(done.ended, { attempt: 1, result: DONE });
  assert.equal(done.calls, 0);

  const lost = await see({
    known: true,
    views: [stepView({ attempt: 2, lease_expired: true })],
    calls: [{ events: stepEvents(3) }],
  });
  assert.deepEqual(lost.ended, { attempt: 3, result: DONE });
});

const QUESTION: StepResult = {
  status: "needs_input",
  summary: "Two.",
  open_questions: ["Which of the two?"],
};
const ASKS = stepView({ status: "needs_input", result: QUESTION });

Deno.test("a question is answered from the user's words, and the step is called again", async () => {
  const { ended, begun, answers, settled, model, run } = await see({
    calls: [{ events: stepEvents(1, QUESTION) }, { events: stepEvents(2) }],
    turns: [{ text: "The first.", usage: { ...NO_USAGE, model_calls: 1 } }],
  });
  assert.deepEqual(ended, { attempt: 2, result: DONE });
  assert.deepEqual(begun, [1, 2]);
  assert.deepEqual(
    answers.map(({ content, planner_agent_id, usage }) => [content, planner_agent_id, usage.model_calls]),
    [["The first.", AGENT_ID, 1]],
  );
  assert.equal(run.usage.model_calls, 1, "it is the planner's own call");
  assert.deepEqual(settled.map(({ model_calls }) => model_calls), [1]);
  assert.match(model.requests[0]?.messages.at(-1)?.content ?? "", /Which of the two/);
});

Deno.test("where the planner's model calls a tool in place of an answer, the step is told that there is none", async () => {
  const { ended, answers, model } = await see({
    calls: [{ events: stepEvents(1, QUESTION) }, { events: stepEvents(2) }],
    turns: [{ tool_calls: [toolCall("look")] }],
  });
  assert.deepEqual(ended, { attempt: 2, result: DONE });
  assert.deepEqual(model.requests[0]?.tools, []);
  assert.match(answers[0]?.content ?? "", /^There is no answer\. Go on/);
});

Deno.test("a question that an earlier owner has answered is not answered again", async () => {
  const { ended, answers } = await see({
    known: true,
    views: [{ ...ASKS, answered: true }],
    calls: [{ events: stepEvents(2) }],
  });
  assert.deepEqual(ended, { attempt: 2, result: DONE });
  assert.deepEqual(answers, []);
});

Deno.test("a question that an earlier owner has not answered is answered now", async () => {
  const { ended, answers } = await see({
    known: true,
    views: [ASKS],
    calls: [{ events: stepEvents(2) }],
    turns: [{ text: "The first." }],
  });
  assert.deepEqual(ended, { attempt: 2, result: DONE });
  assert.equal(answers.length, 1);
});

Deno.test("a question is answered once, though the call with the answer is lost", async () => {
  const { ended, answers } = await see({
    calls: [{ events: stepEvents(1, QUESTION) }, { then: UNREACHABLE }, { events: stepEvents(2) }],
    views: [{ ...ASKS, answered: true }],
    turns: [{ text: "The first." }],
  });
  assert.deepEqual(ended, { attempt: 2, result: DONE });
  assert.equal(answers.length, 1);
});

Deno.test("when the planner hands off, the executor works on and the step is suspended", async () => {
  const { ended, clock } = await see({
    calls: [{ events: SPAWNED, then: "silence" }],
    views: [stepView()],
    onCall: ({ handing }) => handing.abort(),
  });
  assert.equal(ended, "suspended");
  assert.equal(clock.timers, 0);
});

Deno.test("a step whose turn comes while the planner hands off waits for the next owner", async () => {
  const stop = { cancel: new AbortController(), handing: new AbortController() };
  stop.handing.abort();
  const { ended, begun, calls } = await see({
    stop,
    known: true,
    views: [stepView({ lease_expired: true })],
  });
  assert.equal(ended, "suspended");
  assert.deepEqual([calls, begun.filter((attempt) => attempt > 1)], [0, []]);
});

Deno.test("a cancel closes the executor's stream; it has a moment to end, and its rows tell what it spent", async () => {
  const cancelled: StepResult = { status: "failed", summary: "The step was stopped." };
  const told = await see({
    calls: [{ then: "silence" }],
    views: [stepView(), stepView({ status: "cancelled", result: cancelled })],
    onCall: ({ cancel }) => cancel.abort(),
  });
  assert.deepEqual(told.ended, { attempt: 1, result: cancelled });
  assert.deepEqual([told.calls, told.clock.now() - fakeClock().now()], [1, 250]);

  const silent = await see({
    calls: [{ then: "silence" }],
    views: [stepView()],
    onCall: ({ cancel }) => cancel.abort(),
  });
  assert.ok(failureOf(silent.ended) instanceof CancelledError);
  assert.equal(silent.clock.now() - fakeClock().now(), 1_000);
});
