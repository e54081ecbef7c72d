// A run as one JSON answer, for callers that do not stream: what its events add up to.
import { AgentError } from "../contracts/errors.ts";
import type { RunEvent } from "../contracts/events.ts";
import { answerOf, initialRunState, type PlanState, reduceRun } from "../contracts/run_state.ts";

/** Waits for the run to end. Errors: the run's own failure, with its ids. */
export async function runAnswer(run_id: string, events: AsyncIterable<RunEvent>) {
  let state = initialRunState(run_id);
  for await (const event of events) state = reduceRun(state, event);
  if (state.status === "running") {
    throw new AgentError(
      "timeout",
      "The run takes longer than one request may. It goes on: read its events or ask for the run.",
      { retryable: true, details: { run_id } },
    );
  }
  if (state.error) {
    const { kind, message, retryable } = state.error;
    throw new AgentError(kind, message, {
      retryable,
      details: { run_id, session_id: state.session_id ?? "" },
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

/** The plan without what only those need who watch it: times, questions and calls. */
function outcomeOf({ steps, ...plan }: PlanState) {
  return {
    ...plan,
    steps: steps.map((
      { started_at: _started, ended_at: _ended, question: _question, calls: _calls, ...step },
    ) => step),
  };
}
