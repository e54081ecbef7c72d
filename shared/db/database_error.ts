// Errors of the database as errors for a user. SQL, constraint names and hints never pass.
import type { PostgrestError } from "@supabase/supabase-js";
import { z } from "zod";
import { AgentError, CancelledError, LeaseLostError, StoreUnavailable } from "../contracts/errors.ts";
import { isPassingFailure } from "./passing_failure.ts";

/** What the run functions raise with PT404 and PT409, in words. */
const SENTENCES: Record<string, string> = {
  run: "There is no such run.",
  session: "There is no such session.",
  entity: "There is no such entity.",
  plan: "There is no such plan.",
  step: "The plan has no such step.",
  execution: "There is no such execution.",
  run_unfinished: "The session's previous run has not finished yet.",
  request_key_reused: "This request_key was used for another request.",
  run_not_running: "The run has ended.",
  run_has_an_owner: "The run is still being worked on.",
  events_out_of_order: "The run's log has moved on.",
  messages_out_of_order: "A message of the thread is missing.",
  plan_not_executing: "The plan is not being carried out.",
  step_of_another_agent: "The step is not for this agent.",
  step_not_ready: "The step waits for others that are not complete.",
  step_already_claimed: "The step has been claimed already.",
  execution_finished: "The step has ended already.",
  step_asked_nothing: "The step has no open question.",
};

const QUOTA: Record<string, string> = {
  user_quota: "Your quota is used up for now. Please try again later.",
  run_budget: "The run's budget is used up.",
};

const Details = z.record(z.string(), z.string());

/** The error to throw for what PostgREST answered; `status` is that of HTTP, 0 where no answer came. */
export function databaseError(error: PostgrestError, status: number): AgentError {
  if (isPassingFailure(error, status)) return new StoreUnavailable(error);
  const sentence = SENTENCES[error.message];
  switch (error.code) {
    case "PT401":
    case "PGRST301":
    case "PGRST302":
    case "PGRST303":
      return new AgentError("unauthenticated", "The access token is not valid.", { cause: error });
    case "PT404":
      return new AgentError("not_found", sentence ?? "There is no such thing.", { cause: error });
    case "PT412":
      return new LeaseLostError(error);
    case "PT409":
      if (error.message === "cancel_requested") return new CancelledError(error);
      return new AgentError("conflict", sentence ?? "The state does not allow this.", {
        cause: error,
        details: parseDetails(error.details),
      });
    case "PT429": {
      const details = parseDetails(error.details);
      return new AgentError("rate_limited", QUOTA[error.message] ?? "The quota is used up.", {
        cause: error,
        retryable: true,
        details,
      });
    }
    default:
      return new AgentError("internal", "The database did not take this.", { cause: error });
  }
}

function parseDetails(details: string | null): Record<string, string> {
  if (!details) return {};
  try {
    return Details.parse(JSON.parse(details));
  } catch {
    return {};
  }
}
