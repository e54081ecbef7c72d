// A run that waits for a person, as callers are served: nobody owns it, readers are told of the pause and go, and
// whoever decides goes on with it.
import assert from "node:assert/strict";
import { AgentError, LeaseLostError, StoreUnavailable } from "../shared/contracts/errors.ts";
import type { RunEvent } from "../shared/contracts/events.ts";
import { initialRunState, reduceRun } from "../shared/contracts/run_state.ts";
import type { ModelScript } from "./support/models/answering_model.ts";
import { HERE, LEASE_SECONDS, openInvocations, REQUEST } from "./support/agents/invocations.ts";

const ASKING: ModelScript = {
  planner: [{ text: "I change it.", tools: [["change", {}]] }, { text: "Changed." }],
};

/** A run that waits to make its one change. */
async function waiting() {
  const world = openInvocations({ script: ASKING });
  const { store, invocation, read, wait } = world;
  store.tables.asking.add("change");
  const started = await wait(invocation().start(REQUEST));
  const events = await read(started.stream(HERE));
  const { run_id } = started;
  return {
    ...world,
    ...{ run_id, events },
    decide(approved = true) {
      const { approvals } = stateOf(events);
      const decisions = approvals.map(({ tool_call_id, arguments_sha256 }) => ({
        ...{ tool_call_id, arguments_sha256, approved },
      }));
      return store.decide(run_id, decisions);
    },
  };
}

const stateOf = (events: readonly RunEvent[]) =>
  events.reduce(reduceRun, initialRunState(events[0]?.run_id ?? ""));
const typesFrom = (events: readonly RunEvent[]) => events.map(({ type }) => type);

Deno.test("the stream of a run that has to ask ends with the pause, and so does the wait for its answer", async () => {
  const { events, invocation, read, wait } = await waiting();
  assert.equal(events.at(-1)?.type, "run_paused");
  const again = await wait(invocation().start(REQUEST));
  assert.deepEqual(await read(again.whole(HERE)), events, "whoever waits for the whole is told, too");
});

Deno.test("the caller who waits for the whole answer of a run of its own is told what it waits for", async () => {
  const { store, invocation, read, wait } = openInvocations({ script: ASKING });
  store.tables.asking.add("change");
  const events = await read((await wait(invocation().start(REQUEST))).whole(HERE));
  assert.equal(stateOf(events).status, "awaiting_approval");
});

Deno.test("a reader of a run that waits gets what there is, from any event on, and nobody takes it over", async () => {
  const { run_id, events, invocation, read, wait, store, clock } = await waiting();
  clock.advance(LEASE_SECONDS * 10_000);
  for (let after = 0; after <= events.length; after++) {
    assert.deepEqual(await read(await wait(invocation().follow(run_id, after, HERE))), events.slice(after));
  }
  assert.equal(await wait(invocation().resume(run_id)), false);
  assert.equal(store.tables.runs[0]?.lease_generation, 1);
});

Deno.test("once it is decided, whoever decided goes on with it from the pause, and each event comes once", async () => {
  const { run_id, events, invocation, read, wait, decide } = await waiting();
  assert.deepEqual(decide(), { open: [] });
  const service = invocation();
  const after = await wait(service.readingPoint(run_id, undefined));
  assert.equal(after, events.length);
  const run = await wait(service.goOn(run_id, after));
  const rest = await read(run?.stream(HERE) ?? assert.fail("it was not gone on with"));
  assert.deepEqual(rest.map(({ seq }) => seq), rest.map((_, i) => events.length + 1 + i));
  assert.deepEqual(typesFrom(rest).slice(0, 2), ["approval_decided", "tool_result"]);
  assert.equal(stateOf([...events, ...rest]).status, "completed");
});

Deno.test("whoever has only the first events gets the others before those that come", async () => {
  for (const after of [0, 1, 3]) {
    const { run_id, events, invocation, read, wait, decide } = await waiting();
    decide();
    const service = invocation();
    const run = await wait(service.goOn(run_id, await wait(service.readingPoint(run_id, after))));
    const rest = await read(run?.stream(HERE) ?? assert.fail());
    assert.deepEqual(rest.slice(0, events.length - after), events.slice(after));
    assert.deepEqual(rest.map(({ seq }) => seq), rest.map((_, i) => after + 1 + i));
    assert.equal(rest.at(-1)?.type, "done");
  }
});

Deno.test("the whole answer after a decision tells of the run from its beginning", async () => {
  const { run_id, events, invocation, read, wait, decide } = await waiting();
  decide(false);
  const run = await wait(invocation().goOn(run_id, 0));
  const whole = await read(run?.whole(HERE) ?? assert.fail());
  assert.deepEqual(whole.slice(0, events.length), events);
  const { status, approvals } = stateOf(whole);
  assert.deepEqual([status, approvals[0]?.decision?.approved], ["completed", false]);
});

Deno.test("the whole answer does not end with a pause that was decided: not where its owner is lost before it has said anything", async () => {
  const { run_id, events, invocation, read, wait, decide, store, clock } = await waiting();
  decide();
  const recordProgress = () => Promise.reject(new LeaseLostError("elsewhere"));
  const run = await wait(invocation({ store: { ...store, recordProgress } }).goOn(run_id, 0));
  clock.advance(LEASE_SECONDS * 1_000);
  const whole = await read(run?.whole(HERE) ?? assert.fail());
  assert.deepEqual(whole.slice(0, events.length), events);
  assert.equal(whole.at(-1)?.type, "done");
});

Deno.test("nor where the time to wait for another's run is up first, which is told", async () => {
  const { run_id, invocation, read, wait, decide, lost, clock } = await waiting();
  decide();
  await wait(invocation(lost).goOn(run_id, 0));
  const hurried = invocation({ deadline_at: clock.now() + 2_000 });
  const runs = [await hurried.goOn(run_id, 0), await hurried.start(REQUEST)];
  for (const run of runs) {
    await assert.rejects(read(run?.whole(HERE) ?? assert.fail()), { kind: "timeout" });
  }
});

Deno.test("two who decide at once go on with one owner, and read the same", async () => {
  const { run_id, events, invocation, wait, decide, model, store } = await waiting();
  decide();
  const readers = [1, 2].map(async () => {
    const run = await invocation().goOn(run_id, events.length);
    return await Array.fromAsync(run?.stream(HERE) ?? assert.fail());
  });
  const [one, other] = await wait(Promise.all(readers));
  assert.deepEqual(one, other);
  assert.deepEqual([store.tables.runs[0]?.lease_generation, ...model.asked.values()], [2, 1, 1]);
});

Deno.test("a run that was decided and that nobody went on with is taken over by its next reader", async () => {
  const { run_id, events, invocation, read, wait, decide } = await waiting();
  decide();
  const rest = await read(await wait(invocation().follow(run_id, events.length, HERE)));
  assert.equal(rest.at(-1)?.type, "done");
});

Deno.test("so is one whose call has expired: it was not done", async () => {
  const { run_id, events, invocation, read, wait, clock } = await waiting();
  clock.advance(25 * 3_600_000);
  const rest = await read(await wait(invocation().follow(run_id, events.length, HERE)));
  const [decided] = stateOf([...events, ...rest]).approvals;
  assert.deepEqual([decided?.decision?.by, rest.at(-1)?.type], ["expired", "done"]);
});

Deno.test("a decision is gone on with when the database is back, and only told of where the token is no agent's", async () => {
  const { run_id, events, invocation, read, wait, decide, store } = await waiting();
  decide();
  const claiming = (error: Error) =>
    invocation({ store: { ...store, claimRun: () => Promise.reject(error) } });
  const forbidden = new AgentError("forbidden", "Agents need a token of their own here.");
  assert.equal(await wait(claiming(forbidden).goOn(run_id, events.length)), null);
  let failures = 2;
  const claimRun: typeof store.claimRun = (...args) =>
    failures-- > 0 ? Promise.reject(new StoreUnavailable()) : store.claimRun(...args);
  const run = await wait(invocation({ store: { ...store, claimRun } }).goOn(run_id, events.length));
  assert.equal((await read(run?.stream(HERE) ?? assert.fail())).at(-1)?.type, "done");
});

Deno.test("a reader whose token is no agent's has a decided run taken over once in vain, waits for whoever may, and it is no error", async () => {
  const { run_id, events, invocation, read, wait, decide, clock, store } = await waiting();
  decide();
  let claims = 0;
  const claimRun = () => {
    claims++;
    return Promise.reject(new AgentError("forbidden", "Agents need a token of their own here."));
  };
  const logged: string[] = [];
  const log = { error: (message: string) => void logged.push(message) };
  const person = invocation({ store: { ...store, claimRun }, log });
  const reading = read(await wait(person.follow(run_id, events.length, HERE)));
  clock.after(20_000, () => void invocation().resume(run_id));
  assert.equal((await reading).at(-1)?.type, "done");
  assert.deepEqual([claims, logged], [1, []]);
});

Deno.test("a cancel of a run that waits ends it, though nobody follows it", async () => {
  const { run_id, invocation, wait, lastEnded, store } = await waiting();
  assert.deepEqual(await wait(invocation().cancel(run_id)), { run_id, status: "awaiting_approval" });
  await lastEnded();
  const { status } = stateOf(store.followRun(run_id, 0).events);
  assert.equal(status, "cancelled");
});

Deno.test("nobody reads on from an event that the run does not have", async () => {
  const { run_id, events, invocation, wait } = await waiting();
  await assert.rejects(wait(invocation().readingPoint(run_id, events.length + 1)), { kind: "bad_request" });
});
