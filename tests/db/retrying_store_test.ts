import assert from "node:assert/strict";
import type { Store } from "../../shared/agents/ports.ts";
import type { RunOutcome, StepOutcome, StepProgress } from "../../shared/agents/store/records.ts";
import {
  AgentError,
  CancelledError,
  LeaseLostError,
  StoreUnavailable,
} from "../../shared/contracts/errors.ts";
import { NO_USAGE } from "../../shared/contracts/usage.ts";
import { retryingStore } from "../../shared/db/retrying_store.ts";
import { fakeClock } from "../support/ports/fake_clock.ts";
import { memoryStore } from "../support/memory_store/memory_store.ts";
import { passTime } from "../support/ports/pass_time.ts";
import { immediateIds } from "../support/ports/immediate_ids.ts";
import { emptyBatch } from "../../shared/agents/store/rows.ts";

const DOWN = new StoreUnavailable();
const LEASE_SECONDS = 15;

/** A retrying store over one whose calls fail in this order, and then succeed with null; with the times of the calls. */
function open(failures: Error[]) {
  const clock = fakeClock();
  const began = clock.now();
  const times: number[] = [];
  const store = new Proxy(memoryStore(clock, immediateIds()), {
    get: () => () => {
      times.push(clock.now() - began);
      const failure = failures[times.length - 1];
      return failure ? Promise.reject(failure) : Promise.resolve(null);
    },
  });
  return { clock, times, store: retryingStore(store, { clock, lease_seconds: LEASE_SECONDS }) };
}

const RUN = { run_id: "r", generation: 1 };
const STEP = { execution_id: "e", generation: 1 };
const REF = { plan_id: "p", step_number: 1 };
const RESERVATION = {
  id: "i",
  seal: "s",
  input_tokens: 1,
  output_tokens: 1,
  cost_usd: null,
  tool_calls: 0,
  beyond_budget: "never" as const,
  agent_session_id: null,
  attempt: 1,
};
const FAILURE = { kind: "internal" as const, message: "No.", retryable: false };
const OUTCOME: RunOutcome = { status: "failed", strategy: null, usage: NO_USAGE, settlement: null };
const PROGRESS: StepProgress = {
  rows: { messages: [], tool_calls: [] },
  usage: NO_USAGE,
  tool_calls_made: 0,
};
const ENDED: StepOutcome = {
  status: "failed",
  result: { status: "failed", summary: "No." },
  duration_ms: 1,
  settlement: null,
};
const ANSWER = {
  content: "Yes.",
  planner_agent_id: "a",
  rows: { threads: [], messages: [] },
  usage: NO_USAGE,
};
const CLAIMANT = { allowed_tools: [], reservation: RESERVATION, lease_seconds: 15 };
const OWNER = { ...CLAIMANT, type: "planner" as const, id: "a", generation: 1 };
const EXECUTOR = {
  ...CLAIMANT,
  type: "executor" as const,
  model_preference: { profile: "speed" as const, models: ["m"] },
  system_prompt: "",
};
const SETTLED = {
  id: "i",
  secret: "s",
  model_calls: 1,
  tool_calls: 0,
  input_tokens: 1,
  cached_tokens: 0,
  output_tokens: 1,
  cost_usd: 0,
};

const START = {
  request: { message: "Hi", context_type: "general" as const, time_zone: "UTC" },
  agent: {
    model_preference: { profile: "balanced" as const, models: ["m"] },
    available_tools: [],
    system_prompt: "",
  },
  reservation: RESERVATION,
  lease_seconds: LEASE_SECONDS,
};

const COUNT_ONCE: Record<string, (store: Store) => Promise<unknown>> = {
  startRun: (store) => store.startRun(START),
  claimRun: (store) => store.claimRun("r", { reservation: RESERVATION, lease_seconds: 15 }),
  "claimStep by an executor": (store) => store.claimStep(REF, EXECUTOR),
  releaseRun: (store) => store.releaseRun(RUN, null),
  parkRun: (store) => store.parkRun(RUN, emptyBatch(), null),
  recordProgress: (store) => store.recordProgress(RUN, emptyBatch()),
  finishRun: (store) => store.finishRun(RUN, OUTCOME, emptyBatch()),
  failRun: (store) => store.failRun(RUN, FAILURE),
  "claimStep by the run's owner": (store) => store.claimStep(REF, OWNER),
  viewStep: (store) => store.viewStep(REF),
  recordStep: (store) => store.recordStep(STEP, PROGRESS),
  advanceStep: (store) => store.advanceStep(STEP, PROGRESS, RESERVATION, null),
  releaseStep: (store) => store.releaseStep(STEP, null, null),
  finishStep: (store) => store.finishStep(STEP, ENDED, PROGRESS),
  reserveUsage: (store) => store.reserveUsage("r", RESERVATION, null),
  settleUsage: (store) => store.settleUsage(SETTLED),
  answerStep: (store) => store.answerStep(REF, RUN, ANSWER),
};
const MADE_ONCE: Record<string, (store: Store) => Promise<unknown>> = {
  heartbeatRun: (store) => store.heartbeatRun(RUN),
  heartbeatStep: (store) => store.heartbeatStep(STEP),
};

for (const [name, call] of Object.entries(COUNT_ONCE)) {
  Deno.test(`${name} is called again when its answer is lost`, async () => {
    const { store, clock, times } = open([DOWN, DOWN]);
    await passTime(clock, call(store));
    assert.equal(times.length, 3);
  });
}

for (const [name, call] of Object.entries(MADE_ONCE)) {
  Deno.test(`${name} is not repeated: the next beat comes anyway`, async () => {
    const { store, clock, times } = open([DOWN]);
    await assert.rejects(passTime(clock, call(store)), DOWN);
    assert.equal(times.length, 1);
  });
}

Deno.test("calls are made again for as long as a lease", async () => {
  const { store, clock, times } = open(Array.from({ length: 99 }, () => DOWN));
  await assert.rejects(passTime(clock, store.viewStep(REF)), DOWN);
  assert.deepEqual([times[0], times.at(-1)], [0, LEASE_SECONDS * 1_000]);
});

Deno.test("a start of which no answer came says which run it may have begun, and that it may be sent again", async () => {
  const token = new AgentError("unauthenticated", "The access token has expired.");
  for (const failures of [Array.from({ length: 99 }, () => DOWN), [DOWN, token]]) {
    const { store, clock } = open(failures);
    await assert.rejects(passTime(clock, store.startRun(START)), {
      name: "UnconfirmedStart",
      retryable: true,
      details: { run_id: RESERVATION.id, status: "unknown" },
    });
  }
  for (const failures of [[token], [DOWN, new AgentError("rate_limited", "The quota is used up.")]]) {
    const { store, clock } = open(failures);
    await assert.rejects(passTime(clock, store.startRun(START)), failures.at(-1));
  }
});

Deno.test("what will not pass is not tried again", async () => {
  for (
    const failure of [
      new LeaseLostError("stale"),
      new CancelledError(),
      new AgentError("internal", "The data is wrong."),
      new AgentError("internal", "It is not the database that is away.", { retryable: true }),
      new AgentError("rate_limited", "The quota is used up.", { retryable: true }),
      new TypeError("a bug"),
    ]
  ) {
    const { store, clock, times } = open([failure]);
    await assert.rejects(passTime(clock, store.recordProgress(RUN, emptyBatch())), failure);
    assert.equal(times.length, 1, failure.name);
  }
});
