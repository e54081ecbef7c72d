// What becomes of the calls of an executor's step that has failed without its executor: nobody will make them, so that
// no person is asked about them any more, and the run does not wait for that.
import type { Clock } from "../../async/clock.ts";
import { failed } from "../../contracts/tool_result.ts";
import type { RunLog } from "../durable/run_log.ts";
import { decidedEvents, toolResultEvent } from "../loop/tool_events.ts";
import type { Store, ToolSource } from "../ports.ts";
import type { StepRef } from "../store/records.ts";
import { announceStep } from "./announce_step.ts";

const NOT_MADE = failed("rejected", "Its step ended before this was done. It was not done.");
const STEP_ENDED = { approved: false, edited: false, reason: null, by: "step_ended" as const };

interface Closing {
  store: Pick<Store, "viewStep">;
  run: Pick<RunLog, "emit" | "rows">;
  tools: Pick<ToolSource, "catalogue">;
  clock: Clock;
  begun(attempt: number): void;
}

/** Tells of the step's calls, and ends those that are open, with the next rows of the run. */
export async function closeLostCalls(ref: StepRef, closing: Closing): Promise<void> {
  const { store, run, clock } = closing;
  const view = await store.viewStep(ref);
  if (view === null || view.executor_agent_id === null) return;
  announceStep(ref, view, closing);
  const agent = { id: view.executor_agent_id, type: "executor" as const, step_number: ref.step_number };
  for (const call of view.open_calls) {
    const { id, decision } = call;
    const decided = decidedEvents({ ...call, decision: decision ?? STEP_ENDED });
    for (const event of decided) run.emit({ ...event, agent });
    run.emit({ ...toolResultEvent(id, NOT_MADE, 0), agent });
    run.rows.tool_calls.push({
      ...{ id, status: "rejected", result: { ...NOT_MADE }, error: "step_ended", duration_ms: 0 },
      finished_at: new Date(clock.now()).toISOString(),
    });
  }
}
