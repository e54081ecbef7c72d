// A run as one JSON answer, for callers that do not stream: what its events add up to.
import { type RunAnswer, runAnswerOf } from "../contracts/answer.ts";
import { AgentError, ErrorKindSchema } from "../contracts/errors.ts";
import type { RunEvent } from "../contracts/events.ts";
import { initialRunState, reduceRun, type RunState } from "../contracts/run_state.ts";
import { goesOn, tooLong } from "./accepted_run.ts";

/** Waits for the run to end. Errors: the run's own failure; or why it can't be waited for, while it goes on. */
export async function runAnswer(run_id: string, events: AsyncIterable<RunEvent>): Promise<RunAnswer> {
  const state = await endedRun(run_id, events).catch((error) => {
    throw goesOn(run_id, error);
  });
  if (state.error) {
    const { kind, message, retryable } = state.error;
    const { session_id, message_id, status } = state;
    const details = { run_id, status, session_id: session_id ?? "", ...(message_id && { message_id }) };
    throw new AgentError(ErrorKindSchema.catch("internal").parse(kind), message, { retryable, details });
  }
  return runAnswerOf(state);
}

/** Whether an error of `runAnswer` is how the run has ended, and not that it could not be waited for. */
export function isOwnFailure(error: unknown): boolean {
  return error instanceof AgentError && error.details.status === "failed";
}

async function endedRun(run_id: string, events: AsyncIterable<RunEvent>): Promise<RunState> {
  let state = initialRunState(run_id);
  for await (const event of events) state = reduceRun(state, event);
  if (state.status === "running") throw tooLong();
  return state;
}
