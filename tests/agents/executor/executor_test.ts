import assert from "node:assert/strict";
import { createEventDedup, knownEvents } from "../../../shared/agents/durable/event_dedup.ts";
import { createRunHearing } from "../../../shared/agents/durable/run_hearing.ts";
import { pause } from "../../../shared/async/pause.ts";
import { AgentError, LeaseLostError } from "../../../shared/contracts/errors.ts";
import { NO_USAGE } from "../../../shared/contracts/usage.ts";
import { openStep } from "../../support/agents/executor_world.ts";
import { hangingTurn, toolCall } from "../../support/models/listed_model.ts";
import { breakingTools } from "../../support/ports/breaking_tools.ts";

const LOOK = { tool_calls: [toolCall("look")] };
const SUBMIT = { tool_calls: [toolCall("submit_result", { status: "completed", summary: "Found it." })] };

const USED = { ...NO_USAGE, model_calls: 1 };
const ABORTED = { type: "aborted" as const, usage: USED };
const SUBMITTED = {
  ...{ type: "finished" as const, text: "", reasoning: "", finish_reason: "tool_calls" as const },
  ...{ model: "listed", usage: USED, ...SUBMIT },
};

Deno.test("an executor tells that it is there, what it does, and its result, once that is stored", async () => {
  const { execute, view } = await openStep();
  const { types, events } = await execute([LOOK, SUBMIT]);
  assert.deepEqual(types, ["executor_spawned", "tool_call", "tool_result", "executor_result"]);
  assert.ok(events.every(({ agent }) => agent?.type === "executor" && agent.step_number === 1));
  assert.equal((await view())?.status, "completed");
});

Deno.test("an executor is offered read tools only, whatever the step names", async () => {
  const { execute } = await openStep();
  const { model } = await execute([SUBMIT]);
  assert.deepEqual(model.requests[0]?.tools.map(({ name }) => name), ["look", "submit_result"]);
});

Deno.test("an executor claims its step with read tools only, so that its row names no other", async () => {
  const { execute, store, memory } = await openStep();
  const allowed: string[][] = [];
  store.claimStep = (step, claimant) => {
    allowed.push(claimant.allowed_tools);
    return memory.claimStep(step, claimant);
  };
  await execute([SUBMIT]);
  assert.deepEqual(allowed, [["look", "look_long"]]);
});

Deno.test("at its deadline it hands the step on, without a result, and the next one stays in the same attempt", async () => {
  const { execute, view, clock } = await openStep();
  const first = await execute([LOOK], { deadline_at: clock.now() });
  assert.deepEqual(first.types, ["executor_spawned", "tool_call", "tool_result"]);
  assert.equal((await view())?.released, true);
  const second = await execute([SUBMIT]);
  assert.deepEqual(second.events.flatMap((event) => "attempt" in event ? [event.attempt] : []), [1, 1]);
  assert.deepEqual(
    second.events.slice(1, 3),
    first.events.slice(1, 3),
    "it tells of the calls before it, in case nobody heard",
  );
  assert.equal((await view())?.usage?.model_calls, 2);
});

Deno.test("one that has to ask lets its step go, and the next one goes on in the same attempt with what was decided", async () => {
  for (const approved of [true, false]) {
    const { execute, view, memory, run } = await openStep();
    memory.tables.asking.add("look");
    const first = await execute([LOOK]);
    assert.deepEqual(first.types, ["executor_spawned", "tool_call", "approval_required"]);
    const [asked] = first.events.flatMap((event) =>
      event.type === "approval_required" ? event.approvals : []
    );
    assert.ok(asked);
    assert.deepEqual([asked.name, asked.effects, asked.problem, asked.step_number], [
      "look",
      null,
      undefined,
      1,
    ]);
    assert.equal((await view())?.awaiting, true);

    const { tool_call_id, arguments_sha256 } = asked;
    memory.decide(run.run_id, [{ tool_call_id, arguments_sha256, approved }]);
    const second = await execute([SUBMIT]);
    assert.deepEqual(second.events.flatMap((event) => "attempt" in event ? [event.attempt] : []), [1, 1]);
    // Told again, in case nobody heard: the log drops what it has.
    const asks = second.types.filter((type) => type.startsWith("approval"));
    assert.deepEqual([...new Set(asks)], ["approval_decided"]);
    const told = second.model.requests[0]?.messages.at(-1)?.content ?? "";
    assert.equal(/The user declined this/.test(told), !approved, told);
  }
});

Deno.test("one that has lost its step stops without a word, and changes nothing", async () => {
  const { execute, store, view, logged } = await openStep();
  let released = 0;
  store.advanceStep = () => Promise.reject(new LeaseLostError("stale"));
  store.releaseStep = () => Promise.resolve(void (released += 1));
  const { types } = await execute([LOOK]);
  assert.deepEqual(types, ["executor_spawned", "tool_call", "tool_result"]);
  assert.deepEqual([released, logged], [0, []]);
  assert.equal((await view())?.status, "running");
});

Deno.test("one whose heartbeat finds another in its place closes the model's stream, and gives its reservation back", async () => {
  const { execute, store, memory } = await openStep();
  store.heartbeatStep = () => Promise.reject(new LeaseLostError("stale"));
  const { types, owned } = await execute([hangingTurn]);
  assert.deepEqual(types, ["executor_spawned"]);
  assert.deepEqual(memory.tables.settlements.map(({ id }) => id), [owned.first.row.id]);
});

Deno.test("after a cancel it ends by itself, and what it spent counts", async () => {
  const { execute, memory, run, clock, view } = await openStep();
  clock.after(100, () => memory.cancelRun(run.run_id));
  const { types } = await execute([hangingTurn]);
  assert.deepEqual(types, ["executor_spawned", "executor_result"]);
  const { status, usage } = await view() ?? assert.fail("nobody has claimed it");
  assert.deepEqual([status, usage?.model_calls], ["cancelled", 1]);
});

Deno.test("one whose caller goes looks once: it stops where the run was cancelled, and works on where it was not", async () => {
  for (const cancelled of [true, false]) {
    const { execute, memory, store, run, clock, view } = await openStep();
    const began = clock.now();
    const caller = new AbortController();
    let looks = 0;
    store.heartbeatStep = (lease) => (looks += 1, memory.heartbeatStep(lease));
    clock.after(100, () => {
      if (cancelled) memory.cancelRun(run.run_id);
      caller.abort();
    });
    const slow = async function* (signal: AbortSignal) {
      await pause(clock, 500, signal);
      yield signal.aborted ? ABORTED : SUBMITTED;
    };
    await execute([slow], {}, caller.signal);
    assert.equal(looks, 1);
    assert.equal((await view())?.status, cancelled ? "cancelled" : "completed");
    assert.equal(clock.now() - began, cancelled ? 100 : 500);
  }
});

Deno.test("one that hears of a cancel from another of its run in its process stops, and has not looked itself", async () => {
  const { execute, memory, store, run, clock, view } = await openStep();
  const hearing = createRunHearing();
  const other = hearing.join({ user: "u", run_id: run.run_id }, () => {});
  store.heartbeatStep = () => assert.fail("it looked");
  clock.after(100, () => {
    memory.cancelRun(run.run_id);
    other.tell({ cancelled: true });
  });
  const { types } = await execute([hangingTurn], { hearing });
  assert.deepEqual(types, ["executor_spawned", "executor_result"]);
  assert.equal((await view())?.status, "cancelled");
});

Deno.test("a cancel of one user's run stops nobody of another's whose run has the same id", async () => {
  const [ours, theirs] = [await openStep(), await openStep()];
  const { run_id } = ours.run;
  const hearing = createRunHearing();
  theirs.store.claimStep = async (...args) => ({ ...await theirs.memory.claimStep(...args), run_id });
  theirs.store.advanceStep = (...args) => {
    theirs.memory.cancelRun(theirs.run.run_id);
    return theirs.memory.advanceStep(...args);
  };
  const meanwhile = async function* (signal: AbortSignal) {
    await theirs.execute([LOOK], { hearing, user: "another" });
    yield signal.aborted ? ABORTED : SUBMITTED;
  };
  await ours.execute([meanwhile], { hearing });
  assert.equal((await theirs.view())?.status, "cancelled");
  assert.equal((await ours.view())?.status, "completed");
});

Deno.test("one tells the others of its run what its looks and its writes are answered, until it ends", async () => {
  const { execute, run, clock } = await openStep();
  const hearing = createRunHearing();
  const heard: [number, boolean | undefined][] = [];
  const began = clock.now();
  hearing.join(
    { user: "u", run_id: run.run_id },
    ({ cancelled }) => void heard.push([clock.now() - began, cancelled]),
  );
  const slow = async function* (signal: AbortSignal) {
    await pause(clock, 1_500, signal);
    yield SUBMITTED;
  };
  await execute([LOOK, slow], { hearing });
  // The next call is reserved at once, and a second later it looks.
  assert.deepEqual(heard, [[0, undefined], [1_000, undefined], [1_000, false]]);
});

Deno.test("one that writes hears of a cancel with the answer: it begins no further model call, and never looks", async () => {
  const { execute, memory, store, run, view } = await openStep();
  store.heartbeatStep = () => assert.fail("it looked");
  store.advanceStep = (...args) => {
    memory.cancelRun(run.run_id);
    return memory.advanceStep(...args);
  };
  const { model } = await execute([LOOK]);
  assert.equal(model.requests.length, 1);
  assert.equal((await view())?.status, "cancelled");
});

Deno.test("one that breaks off says so, and gives its attempt up, so that nobody waits for its lease", async () => {
  const { execute, memory, store, view, logged } = await openStep();
  store.advanceStep = () =>
    Promise.reject(new AgentError("internal", "The database is down.", { retryable: true }));
  const { types } = await execute([LOOK]);
  assert.equal(types.at(-1), "error");
  assert.deepEqual(logged, ["a step broke off"]);
  assert.equal((await view())?.lease_expired, true);
  store.advanceStep = memory.advanceStep;
  const { events } = await execute([SUBMIT]);
  assert.equal(events[0]?.type === "executor_spawned" && events[0].attempt, 2);
});

Deno.test("one that breaks off beside a long read has told how that ended", async () => {
  const { execute, clock } = await openStep();
  const calls = [toolCall("look_long"), toolCall("look")];
  const { types } = await execute([{ tool_calls: calls }], { tools: breakingTools(clock) });
  assert.deepEqual(types, ["executor_spawned", "tool_call", "tool_call", "tool_result", "error"]);
});

Deno.test("a model that answers otherwise after a crash: the log and the rows tell of the same calls", async () => {
  const { execute, memory, store } = await openStep();
  const unstored = () => Promise.reject(new AgentError("internal", "No database.", { retryable: true }));
  const asks = (query: string) => ({ tool_calls: [toolCall("look", { query })] });
  store.advanceStep = unstored;
  const first = await execute([asks("garden")]);
  store.advanceStep = memory.advanceStep;
  const second = await execute([asks("website"), SUBMIT]);

  const told = createEventDedup(knownEvents([]));
  const logged = [...first.events, ...second.events].filter((event) =>
    event.type !== "error" && told.fresh(event) !== null
  );
  const calls = logged.flatMap((event) =>
    event.type === "tool_call" ? [[event.tool_call_id, event.arguments]] : []
  );
  assert.deepEqual(calls.map(([, args]) => args), [{ query: "garden" }, { query: "website" }]);
  const rows = memory.tables.tool_calls.filter(({ tool_name }) => tool_name === "look");
  assert.deepEqual(rows.map((row) => [row.id, row.arguments]), calls.slice(1));
});
