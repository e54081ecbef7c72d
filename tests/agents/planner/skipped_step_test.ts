// A step that is skipped while others still work: what the log says of it and its row are stored together.
import { CALLS } from "../../support/agents/default_calls.ts";
import assert from "node:assert/strict";
import { createPlanning } from "../../../shared/agents/planner/create_plan.ts";
import type { Batch } from "../../../shared/agents/store/rows.ts";
import { knownEvents } from "../../../shared/agents/durable/event_dedup.ts";
import { planningPoint } from "../../../shared/agents/durable/planning_point.ts";
import { createRunLog } from "../../../shared/agents/durable/run_log.ts";
import { RunBudgetError } from "../../../shared/contracts/errors.ts";
import { ids } from "../../../shared/db/ids.ts";
import { fakeClock } from "../../support/ports/fake_clock.ts";
import { memoryStore } from "../../support/memory_store/memory_store.ts";
import { listedModel } from "../../support/models/listed_model.ts";
import { AGENT_ID, ownedRun, RUN_ID } from "../../support/agents/owned_run.ts";
import { planArguments } from "../../support/agents/plans.ts";
import { toolPort } from "../../support/ports/tool_port.ts";

Deno.test("the row of a skipped step is stored with its event, also when the log is written meanwhile", async () => {
  const clock = fakeClock();
  const stored: Batch[] = [];
  const store = {
    ...memoryStore(clock, ids),
    // What is added to a batch after this has not been stored.
    recordProgress(_lease: unknown, batch: Batch) {
      stored.push(structuredClone(batch));
      return Promise.resolve({ verdicts: {} });
    },
  };
  const owned = ownedRun();
  const log = { error() {} };
  const run = createRunLog({
    owned,
    known_events: knownEvents(owned.events),
    store,
    clock,
    log,
    deliver() {},
    handOff: { due: false, progress() {} },
  });
  const never = new AbortController().signal;
  const planning = createPlanning({
    store,
    // deno-lint-ignore require-yield
    invoke: async function* () {
      throw new RunBudgetError("Nothing is left to spend.");
    },
    log,
    run,
    model: listedModel([]),
    tools: toolPort(),
    count: () => 0,
    calls: CALLS,
    clock,
    ids: {
      ...ids,
      async derived(...parts) {
        // Another step says something while the id is made, and what waits is taken to be written.
        if (parts.at(-1) === "skipped") {
          run.emit({ type: "analysis", strategy: "complex" });
          await run.flush();
        }
        return await ids.derived(...parts);
      },
    },
    user: "u",
    lease_seconds: 15,
    planner_agent_id: AGENT_ID,
    user_message: "Hello",
    signal: never,
    beatNow: () => Promise.resolve(),
    hand_off_due: never,
  }, planningPoint(owned));

  const steps = [{ step_number: 1, tools: ["look"] }, { step_number: 2, tools: ["look"], depends_on: [1] }];
  await planning.run(planArguments(steps), RUN_ID);
  await run.flush();

  const [batch, ...others] = stored.filter(({ executions = [] }) => executions.length > 0);
  assert.deepEqual(others, []);
  assert.deepEqual(batch?.executions.map(({ step_number, status }) => [step_number, status]), [[
    2,
    "skipped",
  ]]);
  const skipped = batch?.events.find(({ type, data }) =>
    type === "step_complete" && data.status === "skipped"
  );
  assert.equal(skipped?.data.step_number, 2);
});
