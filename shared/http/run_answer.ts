// A run as one JSON answer, for callers that do not stream: what its events add up to.
import { AgentError } from "../contracts/errors.ts";
import type { RunEvent } from "../contracts/events.ts";
import {
  answerOf,
  initialRunState,
  type PlanState,
  reduceRun,
  type RunState,
} from "../contracts/run_state.ts";
import { goesOn } from "./accepted_run.ts";

/** Waits for the run to end. Errors: the run's own failure; or why it can't be waited for, while it goes on. */
export async function runAnswer(run_id: string, events: AsyncIterable<RunEvent>) {
  const state = await endedRun(run_id, events).catch((error) => {
    throw goesOn(run_id, error);
  });
  if (state.error) {
    const { kind, message, retryable } = state.error;
    throw new AgentError(kind, message, {
      retryable,
      details: { run_id, session_id: state.session_id ?? "", status: state.status },
    });
  }
  const { session_id, user_message_id, status, strategy, message_id, plan, usage, finished_reason } = state;
  return {
    run_id,
    session_id,
    status,
    strategy,
    answer: answerOf(state),
    message_id,
    user_message_id,
    plan: plan && outcomeOf(plan),
    usage,
    finished_reason,
  };
}

async function endedRun(run_id: string, events: AsyncIterable<RunEvent>): Promise<RunState> {
  let state = initialRunState(run_id);
  for await (const event of events) state = reduceRun(state, event);
  if (state.status === "running") {
    throw new AgentError("timeout", "The run takes longer than one request may.");
  }
  return state;
}

/** The plan without what only those need who watch it: times, questions and calls. */
function outcomeOf({ steps, ...plan }: PlanState) {
  return {
    ...plan,
    steps: steps.map((
      { started_at: _started, ended_at: _ended, question: _question, calls: _calls, ...step },
    ) => step),
  };
}
