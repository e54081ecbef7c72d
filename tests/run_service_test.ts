import assert from "node:assert/strict";
import type { Model, Store } from "../shared/agents/ports.ts";
import { createNews } from "../shared/async/news.ts";
import { pause } from "../shared/async/pause.ts";
import { UNPRICED } from "./support/ports/meter_port.ts";
import { AgentError, StoreUnavailable } from "../shared/contracts/errors.ts";
import type { RunEvent } from "../shared/contracts/events.ts";
import { initialRunState, reduceRun } from "../shared/contracts/run_state.ts";
import { HERE, LEASE_SECONDS, openInvocations, REQUEST, stuck } from "./support/agents/invocations.ts";
import type { FakeClock } from "./support/ports/fake_clock.ts";
import { memoryRest } from "./support/memory_store/memory_rest.ts";
import { assertContract } from "./support/stack/calling.ts";

const answerOf = (events: RunEvent[]) => {
  assertContract(events);
  const state = events.reduce(reduceRun, initialRunState(events[0]?.run_id ?? ""));
  return [state.status, state.parts.at(-1)];
};
const ANSWERED = ["completed", "It is here, I think."];

Deno.test("the caller that starts a run gets its events from the first to the last", async () => {
  const { invocation, read, wait } = openInvocations();
  const started = await wait(invocation().start(REQUEST));
  assert.deepEqual(answerOf(await read(started.stream(HERE))), ANSWERED);
});

Deno.test("the same request again gets the same run, from its beginning, without another model call", async () => {
  const { invocation, read, wait, model } = openInvocations();
  const first = await wait(invocation().start(REQUEST));
  const again = await wait(invocation().start(REQUEST));
  assert.equal(again.run_id, first.run_id);
  const [one, other] = [await read(first.stream(HERE)), await read(again.stream(HERE))];
  assert.deepEqual(other, one);
  assert.deepEqual([...model.asked.values()], [1, 1]);
});

Deno.test("a run goes on when its caller goes away", async () => {
  const { invocation, read, wait, ended } = openInvocations();
  const { run_id, stream } = await wait(invocation().start(REQUEST));
  const reading = stream(HERE)[Symbol.asyncIterator]();
  await wait(reading.next());
  await reading.return?.();
  await ended();
  assert.deepEqual(answerOf(await read(await wait(invocation().follow(run_id, 0, HERE)))), ANSWERED);
});

Deno.test("a reader gets what comes after the event that it has, and each event once", async () => {
  const { invocation, read, wait } = openInvocations();
  const { run_id, stream } = await wait(invocation().start(REQUEST));
  const whole = await read(stream(HERE));
  for (let after = 0; after <= whole.length; after++) {
    assert.deepEqual(await read(await wait(invocation().follow(run_id, after, HERE))), whole.slice(after));
  }
});

Deno.test("a reader of a run whose owner is gone takes it over, and reads it to its end", async () => {
  const { invocation, read, wait, lost, clock } = openInvocations();
  const { run_id } = await wait(invocation(lost).start(REQUEST));
  clock.advance(LEASE_SECONDS * 1_000);
  const events = await read(await wait(invocation().follow(run_id, 0, HERE)));
  assert.deepEqual(answerOf(events), ANSWERED);
});

Deno.test("the same request again takes over, too", async () => {
  const { invocation, read, wait, lost, clock } = openInvocations();
  await wait(invocation(lost).start(REQUEST));
  clock.advance(LEASE_SECONDS * 1_000);
  const again = await wait(invocation().start(REQUEST));
  assert.deepEqual(answerOf(await read(again.stream(HERE))), ANSWERED);
});

Deno.test("a message that meets a run whose hand-off failed is refused, and has the run resumed", async () => {
  const { invocation, wait, ended, lastEnded, store } = openInvocations({ deadline_ms: 250 });
  const handOff = () => Promise.reject(new Error("503"));
  const { run_id } = await wait(invocation({ handOff }).start(REQUEST));
  await ended();
  const { session_id, released } = store.tables.runs[0] ?? assert.fail("no run");
  assert.equal(released, true);
  const next = { ...REQUEST, session_id, request_key: "another" };
  await assert.rejects(wait(invocation({ deadline_at: Infinity }).start(next)), { kind: "conflict" });
  await lastEnded();
  assert.deepEqual(answerOf(store.followRun(run_id, 0).events), ANSWERED);
});

Deno.test("two readers at once leave a run with one owner", async () => {
  const { invocation, wait, lost, clock, model, store } = openInvocations();
  const { run_id } = await wait(invocation(lost).start(REQUEST));
  clock.advance(LEASE_SECONDS * 1_000);
  const readers = [1, 2].map(async () => await Array.fromAsync(await invocation().follow(run_id, 0, HERE)));
  const [one, other] = await wait(Promise.all(readers));
  assert.deepEqual(one, other);
  assert.deepEqual([...model.asked.values()], [1, 1]);
  assert.equal(store.tables.runs[0]?.lease_generation, 2);
});

Deno.test("a caller who wants the whole answer waits through a hand-off", async () => {
  const { invocation, read, wait, store } = openInvocations({ deadline_ms: 250 });
  const started = await wait(invocation().start(REQUEST));
  assert.deepEqual(answerOf(await read(started.whole(HERE))), ANSWERED);
  assert.ok((store.tables.runs[0]?.lease_generation ?? 0) > 1, "it was handed off");
});

Deno.test("a stream ends where its invocation hands the run over, and following it gives the rest", async () => {
  const { invocation, read, wait } = openInvocations({ deadline_ms: 250 });
  const { run_id, stream } = await wait(invocation().start(REQUEST));
  const first = await read(stream(HERE));
  assert.notEqual(first.at(-1)?.type, "done");
  const rest = await read(await wait(invocation().follow(run_id, first.length, HERE)));
  assert.deepEqual(answerOf([...first, ...rest]), ANSWERED);
});

/** A successor that takes the request, and then never answers. */
const hanging = () => new Promise<never>(() => {});

Deno.test("a stream ends as soon as its run is released, though the hand-off hangs", async () => {
  const { invocation, read, wait, clock, store } = openInvocations({ deadline_ms: 250 });
  const { run_id, stream } = await wait(invocation({ handOff: hanging }).start(REQUEST));
  const first = await read(stream(HERE));
  const released_at = store.tables.runs[0]?.lease_expires_at ?? assert.fail("no run");
  assert.deepEqual([clock.now(), first.some(({ type }) => type === "done")], [released_at, false]);
  const rest = await read(await wait(invocation().follow(run_id, first.length, HERE)));
  assert.deepEqual(answerOf([...first, ...rest]), ANSWERED);
  assert.ok(clock.now() - released_at < 10_000, "the next reader has not waited for the hand-off");
});

Deno.test("a reader polls on while its invocation's own hand-off of the run hangs, and takes over after it", async () => {
  const { invocation, read, wait, lost, clock } = openInvocations({ deadline_ms: 40_000 });
  const { run_id } = await wait(invocation(lost).start(REQUEST));
  const late = invocation({ handOff: hanging });
  clock.advance(25_000);
  const began = clock.now();
  assert.deepEqual(answerOf(await read(await wait(late.follow(run_id, 0, HERE)))), ANSWERED);
  assert.ok(clock.now() - began >= 10_000);
});

Deno.test("a look at a run whose owner is gone has it taken over", async () => {
  const { invocation, wait, lost, clock, lastEnded, store } = openInvocations();
  const { run_id } = await wait(invocation(lost).start(REQUEST));
  clock.advance(LEASE_SECONDS * 1_000);
  const rest: typeof fetch = () => Promise.resolve(Response.json({ id: run_id, lease_expired: true }));
  await wait(invocation({}, rest).show(run_id));
  await lastEnded();
  await lastEnded();
  assert.deepEqual(answerOf(store.followRun(run_id, 0).events), ANSWERED);
});

Deno.test("a silent run is looked at once a second, and a run that speaks quickly again", async () => {
  const { invocation, wait, clock, store } = openInvocations();
  const { run_id } = await wait(
    invocation({
      model: { models: { balanced: [], speed: [] }, prices: UNPRICED, streamTurn: () => stuck() },
    })
      .start(REQUEST),
  );
  const times: number[] = [];
  const rest: typeof fetch = (input, init) => {
    times.push(clock.now());
    return memoryRest(store)(input, init);
  };
  const reader = new AbortController();
  const events = await wait(invocation({}, rest).follow(run_id, 0, reader.signal));
  clock.after(10_000, () => reader.abort());
  await wait(Array.fromAsync(events));
  const gaps = times.slice(1).map((time, i) => time - (times[i] ?? 0));
  assert.deepEqual(gaps.slice(0, 7).map(Math.floor), [150, 225, 337, 506, 759, 1_000, 1_000]);
  assert.ok(times.length <= 16, `${times.length} looks in ten seconds`);
});

Deno.test("a silent run costs its reader about one look a second, however long", async () => {
  const { invocation, wait, clock, store, lost } = openInvocations();
  const { run_id } = await wait(invocation({ ...lost, store }).start(REQUEST));
  let looks = 0;
  const rest: typeof fetch = (input, init) => (looks += 1, memoryRest(store)(input, init));
  const reader = new AbortController();
  const events = await wait(invocation({}, rest).follow(run_id, 0, reader.signal));
  clock.after(60_000, () => reader.abort());
  await wait(Array.fromAsync(events));
  assert.ok(looks >= 60 && looks <= 66, `${looks} looks in a minute`);
});

/** An owner that is silent for ten seconds, and a reader of it: how long after it has spoken the reader has it. */
async function lateness(process: "the owner's" | "another"): Promise<number> {
  const { invocation, wait, clock, store, model } = openInvocations();
  const slow: Model = {
    ...model,
    async *streamTurn(request, options) {
      await pause(clock, 10_000, options.signal);
      yield* model.streamTurn(request, options);
    },
  };
  const news = createNews();
  const { run_id } = await wait(invocation({ model: slow }, memoryRest(store), news).start(REQUEST));
  const reader = new AbortController();
  const elsewhere = process === "another" ? createNews() : news;
  const events = await wait(invocation({}, memoryRest(store), elsewhere).follow(run_id, 0, reader.signal));
  return await wait((async () => {
    for await (const event of events) {
      if (event.type === "text") return clock.now() - Date.parse(event.at);
    }
    return assert.fail("nothing was said");
  })());
}

Deno.test("what this process writes wakes its readers at once; readers elsewhere have it within a second", async () => {
  assert.equal(await lateness("the owner's"), 0);
  const ms = await lateness("another");
  assert.ok(ms > 0 && ms <= 1_000, `${ms} ms`);
});

Deno.test("a reader that goes away stops the reading and nothing else", async () => {
  const { invocation, read, wait, ended } = openInvocations();
  const { run_id } = await wait(invocation().start(REQUEST));
  const reader = new AbortController();
  const events = await wait(invocation().follow(run_id, 0, reader.signal));
  reader.abort();
  assert.deepEqual(await read(events), []);
  await ended();
  assert.deepEqual(answerOf(await read(await wait(invocation().follow(run_id, 0, HERE)))), ANSWERED);
});

Deno.test("a cancel is heard by the run's owner, wherever it is", async () => {
  const { invocation, read, wait } = openInvocations();
  const { run_id, stream } = await wait(invocation().start(REQUEST));
  assert.deepEqual(await wait(invocation().cancel(run_id)), { run_id, status: "running" });
  const [status] = answerOf(await read(stream(HERE)));
  assert.equal(status, "cancelled");
});

Deno.test("a cancel of a run whose owner is gone ends it, without another model call", async () => {
  const { invocation, lastEnded, wait, lost, clock, model, store } = openInvocations();
  const { run_id } = await wait(invocation(lost).start(REQUEST));
  clock.advance(LEASE_SECONDS * 1_000);
  await wait(invocation().cancel(run_id));
  await lastEnded();
  const [status] = answerOf(store.followRun(run_id, 0).events);
  assert.equal(status, "cancelled", "though nobody follows it");
  assert.equal(model.asked.size, 0);
});

Deno.test("a run is resumed only where there is need", async () => {
  const { invocation, wait, lost, clock, read } = openInvocations();
  const { run_id } = await wait(invocation(lost).start(REQUEST));
  assert.equal(await wait(invocation().resume(run_id)), false, "it has an owner");
  clock.advance(LEASE_SECONDS * 1_000);
  assert.equal(await wait(invocation().resume(run_id)), true);
  await read(await wait(invocation().follow(run_id, 0, HERE)));
  assert.equal(await wait(invocation().resume(run_id)), false, "it has ended");
});

Deno.test("a run that is not there, or is another user's, can't be followed, cancelled or resumed", async () => {
  const { invocation, wait } = openInvocations();
  const id = crypto.randomUUID();
  await assert.rejects(wait(invocation().follow(id, 0, HERE)), { kind: "not_found" });
  await assert.rejects(wait(invocation().cancel(id)), { kind: "not_found" });
  await assert.rejects(wait(invocation().resume(id)), { kind: "not_found" });
});

/** A database API that can't be reached for so long from the first request that matches on. */
function away(rest: typeof fetch, clock: FakeClock, path: string, outage_ms: number): typeof fetch {
  let until: number | null = null;
  return (input, init) => {
    const { pathname } = new URL(input instanceof Request ? input.url : input);
    if (pathname.endsWith(path)) until ??= clock.now() + outage_ms;
    if (until !== null && clock.now() < until) return Promise.reject(new TypeError("error sending request"));
    return rest(input, init);
  };
}

Deno.test("a reader, a cancel and a look hear nothing of an outage that is shorter than a lease", async () => {
  for (const path of ["/follow_run", "/cancel_run"]) {
    const { invocation, read, wait, clock, store } = openInvocations();
    const { run_id } = await wait(invocation().start(REQUEST));
    const rest = away(memoryRest(store), clock, path, 10_000);
    const service = invocation({}, rest);
    if (path === "/cancel_run") assert.equal((await wait(service.cancel(run_id))).run_id, run_id);
    assert.deepEqual(answerOf(await read(await wait(service.follow(run_id, 0, HERE)))), ANSWERED, path);
  }
});

Deno.test("the list of runs, and one run whole, hear nothing of it either", async () => {
  const { invocation, wait, clock } = openInvocations();
  const shown = { id: crypto.randomUUID() };
  for (const path of ["/get_run", "/agent_runs"]) {
    const rest: typeof fetch = () => Promise.resolve(Response.json(path === "/get_run" ? shown : [shown]));
    const service = invocation({}, away(rest, clock, path, 10_000));
    const read = path === "/get_run" ? service.show(shown.id) : service.list({ limit: 20 });
    assert.deepEqual(
      await wait<unknown>(read),
      path === "/get_run" ? shown : { runs: [shown], next_cursor: null },
    );
  }
});

Deno.test("a run that can't be taken over yet is taken over by a later look of the same reader", async () => {
  const { invocation, read, wait, lost, clock, store } = openInvocations();
  const { run_id } = await wait(invocation(lost).start(REQUEST));
  clock.advance(LEASE_SECONDS * 1_000);
  let claims = 0;
  const claimRun: Store["claimRun"] = (...args) =>
    ++claims < 4 ? Promise.reject(new StoreUnavailable()) : store.claimRun(...args);
  const service = invocation({ store: { ...store, claimRun } });
  assert.deepEqual(answerOf(await read(await wait(service.follow(run_id, 0, HERE)))), ANSWERED);
});

Deno.test("a start that meets an unfinished run is told which, also when it can't be taken over", async () => {
  const { invocation, wait, store } = openInvocations();
  const conflict = new AgentError(
    "conflict",
    "The session's previous run has not finished yet: wait for it, stop it, or read on.",
    {
      details: { run_id: crypto.randomUUID() },
    },
  );
  const service = invocation({
    store: {
      ...store,
      startRun: () => Promise.reject(conflict),
      claimRun: () => Promise.reject(new StoreUnavailable()),
    },
  });
  await assert.rejects(wait(service.start(REQUEST)), conflict);
});
