// Runs outlive the processes that work on them: every turn of turn_scripts.ts, with something going wrong at each of
// the calls that its processes make.
import assert from "node:assert/strict";
import fc from "fast-check";
import { answerOf, initialRunState, reduceRun } from "../../../shared/contracts/run_state.ts";
import { agentsWorld, type World, type WorldOptions } from "../../support/agents/agents_world.ts";
import { JsonObject } from "../../../shared/contracts/text.ts";
import { inFirstWords, type ModelScript } from "../../support/models/answering_model.ts";
import { assertInvariants } from "../../support/invariants/invariants.ts";
import { memoryStoredRun } from "../../support/memory_store/memory_stored_run.ts";
import { type Fate, type Fates, FROZEN_MS, type Role } from "../../support/mortal/mortal_process.ts";
import { passTime, quiet } from "../../support/ports/pass_time.ts";
import { TURN_SCRIPTS } from "./turn_scripts.ts";

const ALWAYS_RESUME = { deadline_ms: 0 };

interface Options {
  fates?: Fates;
  /** The call before which the user asks the run to stop. */
  cancel_at?: number;
  deadline_ms?: number;
  /** The person is asked about every write; without it about none. */
  asks?: WorldOptions["asks"];
}

interface Played {
  world: World;
  answer: string | null;
  status: string;
  /** How many model calls the processes of each role have begun after the cancel. */
  asked_late: Record<Role, number>;
}

/** Plays a turn to its end, and on until no process has anything left to do, and checks what must be true of it. */
async function play(script: ModelScript, options: Options = {}): Promise<Played> {
  const { fates = () => null, cancel_at, deadline_ms, asks } = options;
  const woke_at: number[] = [];
  const asked_late = { planner: 0, executor: 0 };
  const world = agentsWorld({
    script,
    deadline_ms,
    asks,
    fates(at, name, role) {
      if (at === cancel_at) { for (const { id } of world.store.tables.runs) world.store.cancelRun(id); }
      if (name === "model" && cancel_at !== undefined && at > cancel_at) asked_late[role] += 1;
      const fate = fates(at, name, role);
      if (fate === "freezes") woke_at.push(world.clock.now() + FROZEN_MS);
      return fate;
    },
  });
  const { run_id, events } = await passTime(world.clock, world.chat("Do it"));
  while (world.clock.next()) await quiet();

  const { store, sent } = world;
  await assertInvariants(memoryStoredRun(store.tables, run_id), { streamed: events, woke_at });
  assert.equal(store.followRun(run_id, events.length).events.length, 0, "nothing comes after the end");
  for (const event of sent) assert.deepEqual(event, events[event.seq - 1], "what was sent is what is stored");
  const numbers = sent.map((event) => event.seq);
  assert.equal(new Set(numbers).size, numbers.length, "nothing is sent twice");
  const state = events.reduce(reduceRun, initialRunState(run_id));
  if (state.status === "completed") {
    assert.deepEqual(
      state.parts.filter((part) => part !== ""),
      saidIn(world),
      "text of lost calls is withdrawn",
    );
  }
  return { world, answer: answerOf(state), status: state.status, asked_late };
}

/** What the planner said to the user, as its thread has it. */
function saidIn({ store: { tables } }: World): string[] {
  return tables.messages
    .filter(({ agent_session_id, role, content }) =>
      agent_session_id === tables.runs[0]?.thread_id && role === "assistant" && content !== ""
    )
    .map(({ content }) => content);
}

/** Plays the turn once for each call that it makes when all goes well, with the fate at that call. */
async function playEach(script: ModelScript, fate: Fate, options: Options = {}) {
  const plain = await play(script, options);
  assert.equal(plain.status, "completed");
  assert.equal(plain.world.sent.some(({ type }) => type === "run_paused"), options.asks !== undefined);
  for (const [i, name] of plain.world.calls.entries()) {
    if (!matters(fate, name)) continue;
    const fates: Fates = (at) => at === i + 1 ? fate : null;
    try {
      const { answer, world } = await play(script, { ...options, fates });
      assert.equal(inFirstWords(answer ?? ""), plain.answer);
      assert.deepEqual(written(world), written(plain.world), "each write has its effect once");
      for (const [turn, times] of world.model.asked) {
        assert.ok(times <= 2, `${turn} was asked ${times} times`);
      }
    } catch (cause) {
      throw new Error(`${fate} call ${i + 1}, ${name}`, { cause });
    }
  }
}

/** What a process only hears is the same before and after, and can't be lost without the whole connection. */
function matters(fate: Fate, name: string): boolean {
  const heard = /_|^finished$/.test(name) || name === "model";
  return fate === "dies before" || fate === "freezes" || !heard;
}

/** What was written, whichever attempt at a turn asked for it. */
const written = ({ effects }: World) =>
  [...effects.values()].map((args) => inFirstWords(JSON.stringify(args))).toSorted();

for (const [name, script] of Object.entries(TURN_SCRIPTS)) {
  Deno.test(`${name}: a process may die before any call, or without hearing of what it has done`, async () => {
    await playEach(script, "dies before");
    await playEach(script, "dies after");
  });

  Deno.test(`${name}: a process that stood still longer than its lease does no harm when it wakes`, async () => {
    await playEach(script, "freezes");
  });

  Deno.test(`${name}: a request, or the answer to one, may be lost`, async () => {
    await playEach(script, "request lost");
    await playEach(script, "answer lost");
  });

  Deno.test(`${name}: owners that hand off after each checkpoint may die, too`, async () => {
    await playEach(script, "dies after", ALWAYS_RESUME);
  });

  Deno.test(`${name}: a cancel at any time stops it within two seconds, with at most one more model call of each worker`, async () => {
    const { world: { calls } } = await play(script);
    for (let cancel_at = 2; cancel_at <= calls.length; cancel_at++) {
      const { world, status, asked_late } = await play(script, { cancel_at });
      const [run] = world.store.tables.runs;
      assert.equal(
        status,
        run?.cancel_requested_at ? "cancelled" : "completed",
        `cancel before call ${cancel_at}`,
      );
      if (!run?.cancel_requested_at) continue;
      const ms = Date.parse(run.finished_at ?? "") - Date.parse(run.cancel_requested_at);
      assert.ok(ms <= 1_500, `cancelled before call ${cancel_at}, it took ${ms} ms`);
      const executors = world.store.tables.executions.filter((one) => one.executor_agent_id !== null).length;
      assert.ok(
        asked_late.planner <= 1 && asked_late.executor <= executors,
        JSON.stringify([cancel_at, asked_late]),
      );
    }
  });
}

const FATES: Fate[] = ["dies before", "dies after", "freezes", "request lost", "answer lost"];

/** The second of two writes is declined. */
const ASKED: Options = {
  asks: { tools: ["change"], approves: (args) => JsonObject.parse(args).n !== 2 },
};

for (
  const [name, script] of Object.entries(TURN_SCRIPTS).filter(([, one]) =>
    JSON.stringify(one).includes("change")
  )
) {
  Deno.test(`${name}, with a person who is asked: processes may die or freeze, and lines break`, async () => {
    for (const fate of FATES) await playEach(script, fate, ASKED);
    await playEach(script, "dies after", { ...ASKED, ...ALWAYS_RESUME });
  });
}

/** Executors, and the planner, ask before they read. */
const ASKED_TO_READ: Options = { asks: { tools: ["look"], approves: () => true } };

for (const [name, script] of Object.entries(TURN_SCRIPTS).filter(([, one]) => "step 1" in one)) {
  Deno.test(`${name}, with a person who is asked by executors: processes may die or freeze, and lines break`, async () => {
    for (const fate of FATES) await playEach(script, fate, ASKED_TO_READ);
    await playEach(script, "dies after", { ...ASKED_TO_READ, ...ALWAYS_RESUME });
  });

  Deno.test(`${name}, with a person who is asked by executors: a cancel, and a process that dies soon after it`, async () => {
    const { world: { calls } } = await play(script, ASKED_TO_READ);
    for (let cancel_at = 2; cancel_at <= calls.length; cancel_at++) {
      for (let dies_at = cancel_at; dies_at < cancel_at + 6; dies_at++) {
        const fates: Fates = (at) => at === dies_at ? "dies before" : null;
        const died = play(script, { ...ASKED_TO_READ, cancel_at, fates });
        await died.catch((cause) => {
          throw new Error(`cancel before call ${cancel_at}, death before call ${dies_at}`, { cause });
        });
      }
    }
  });
}

Deno.test("whatever goes wrong in whatever order, a run ends once, with its log and its rows in order", async () => {
  const fault = fc.record({ after: fc.integer({ min: 1, max: 40 }), fate: fc.constantFrom(...FATES) });
  const misfortunes = fc.record({
    name: fc.constantFrom(...Object.keys(TURN_SCRIPTS)),
    faults: fc.array(fault, { maxLength: 8 }),
    deadline_ms: fc.constantFrom(0, 2_000, 110_000),
    cancel_at: fc.option(fc.integer({ min: 2, max: 100 }), { nil: undefined, freq: 4 }),
    asks: fc.constantFrom(undefined, ASKED.asks, ASKED_TO_READ.asks),
  });
  await fc.assert(
    fc.asyncProperty(misfortunes, async ({ name, faults, ...options }) => {
      const script = TURN_SCRIPTS[name] ?? {};
      const at = faults.map((_, i) => faults.slice(0, i + 1).reduce((sum, { after }) => sum + after, 0));
      const fates: Fates = (call) => faults[at.indexOf(call)]?.fate ?? null;
      const { world } = await play(script, { ...options, fates });
      assert.equal(new Set(written(world)).size, world.effects.size, "no write has its effect twice");
    }),
    { numRuns: 300 },
  );
});
