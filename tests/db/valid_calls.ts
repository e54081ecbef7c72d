// One call of each function of runs and steps that is not refused, to be changed by tests that look for one that is.
import type { Argument, User } from "./agents_calls.ts";
import {
  ending,
  event,
  lease,
  message,
  reservation,
  startArguments,
  startPlan,
  startRun,
} from "./agents_runs.ts";
import { advance, answer, ask, claimStep, executor, outcome, progress, worker } from "./agents_steps.ts";

/** The refusals of a caller's mistake: ours, a value that is none, and a row that a table refuses. */
export const MISTAKE = /^(PT4\d\d|22\w{3}|23\w{3})$/;

/** Their arguments by name, on rows of this user that stand ready for all of them. */
export async function validCalls(user: User): Promise<Record<string, Argument[]>> {
  const { owned, plan_id } = await startPlan(user, [{ step_number: 1 }, { step_number: 2 }, {
    step_number: 3,
  }]);
  const claimed = await claimStep(user, plan_id, 1);
  await ask(user, await claimStep(user, plan_id, 2));
  const lost = await startRun(user, {}, 0.000001);
  return {
    start_run: startArguments(),
    claim_run: [lost.run_id, 60],
    heartbeat_run: lease(owned),
    release_run: [...lease(owned), null],
    park_run: [...lease(owned), { messages: [message(owned.thread_id)], events: [event(2)] }, null],
    record_progress: [...lease(owned), { messages: [message(owned.thread_id)], events: [event(2)] }],
    finish_run: [...lease(owned), ending("completed"), { events: [event(2, "done")] }],
    fail_run: [...lease(owned), { kind: "internal", message: "No.", retryable: true }],
    claim_step: [plan_id, 3, executor()],
    heartbeat_step: worker(claimed),
    advance_step: advance(claimed, 1),
    record_step: [...worker(claimed), progress(1)],
    release_step: [...worker(claimed), progress(1), null],
    finish_step: [...worker(claimed), outcome("completed"), progress()],
    answer_step: [plan_id, 2, owned.generation, answer(owned)],
    reserve_usage: [owned.run_id, reservation(), null, {}],
    cancel_run: [owned.run_id],
  };
}
