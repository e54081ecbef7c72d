// Invocations of the planner over one store in memory, for tests of how runs are served.
import { CALLS } from "./default_calls.ts";
import assert from "node:assert/strict";
import type { PlannerDeps } from "../../../shared/agents/deps.ts";
import { createNews } from "../../../shared/async/news.ts";
import type { RunEvent } from "../../../shared/contracts/events.ts";
import { createEngineClient } from "../../../shared/db/clients.ts";
import { createRunService } from "../../../shared/run_service.ts";
import { memoryRest } from "../memory_store/memory_rest.ts";
import { memoryStore } from "../memory_store/memory_store.ts";
import { answeringModel, type ModelScript } from "../models/answering_model.ts";
import { fakeClock } from "../ports/fake_clock.ts";
import { immediateIds } from "../ports/immediate_ids.ts";
import { UNPRICED } from "../ports/meter_port.ts";
import { passTime } from "../ports/pass_time.ts";
import { ABOUT, toolPort } from "../ports/tool_port.ts";

export const LEASE_SECONDS = 15;
export const REQUEST = {
  message: "Hello",
  context_type: "general" as const,
  time_zone: "UTC",
  request_key: "key",
};
const SCRIPT: ModelScript = {
  planner: [{ text: "Let me look.", tools: [["look", {}]] }, { text: "It is here, I think." }],
};
/** A reader who stays. */
export const HERE = new AbortController().signal;

/** Invocations of the planner over one store; each has a process of its own that works in the background. */
export function openInvocations({ deadline_ms = 110_000, script = SCRIPT } = {}) {
  const clock = fakeClock();
  const ids = immediateIds();
  const store = memoryStore(clock, ids);
  const model = answeringModel(script, clock);
  const work: Promise<unknown>[] = [];
  const config = { url: "http://127.0.0.1:1", publishable_key: "k" };

  /** Its process has news of its own, unless another invocation of it says so. */
  function invocation(change: Partial<PlannerDeps> = {}, rest = memoryRest(store), news = createNews()) {
    const db = createEngineClient(config, "token", rest);
    const deps: PlannerDeps = {
      model,
      tools: toolPort(),
      about: ABOUT,
      count: (...prompt) => JSON.stringify(prompt).length / 4,
      calls: CALLS,
      clock,
      ids,
      user: "u",
      lease_seconds: LEASE_SECONDS,
      wall_ms: 900_000,
      deadline_at: clock.now() + deadline_ms,
      stopping: HERE,
      log: { error() {} },
      invoke: () => assert.fail("there is no executor here"),
      handOff: async (run_id) => void await invocation().resume(run_id),
      store,
      ...change,
    };
    return createRunService(deps, db, (one) => work.push(one), news);
  }

  /** All that a reader gets. */
  const read = (events: AsyncIterable<RunEvent>) => passTime(clock, Array.fromAsync(events));
  const wait = <T>(one: Promise<T>) => passTime(clock, one);
  /** What an invocation has that starts a run and is gone before it has done anything for it. */
  const lost: Partial<PlannerDeps> = {
    model: { models: { balanced: [], speed: [] }, prices: UNPRICED, streamTurn: () => stuck() },
    store: { ...store, heartbeatRun: () => new Promise<never>(() => {}) },
  };
  return {
    clock,
    store,
    model,
    invocation,
    read,
    wait,
    lost,
    ended: () => passTime(clock, Promise.all(work)),
    /** The end of what was last begun in the background. */
    lastEnded: () => passTime(clock, work.at(-1) ?? assert.fail("nothing was begun")),
  };
}

// deno-lint-ignore require-yield -- it is stuck before it has anything to yield
export async function* stuck() {
  await new Promise<never>(() => {});
}
