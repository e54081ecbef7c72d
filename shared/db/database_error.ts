// Errors of the database as errors for a user. SQL, constraint names and hints never pass.
import type { PostgrestError } from "@supabase/supabase-js";
import { z } from "zod";
import {
  AgentError,
  CancelledError,
  LeaseLostError,
  RunAwaitsError,
  RunBudgetError,
  RunHasOwnerError,
  StoreUnavailable,
} from "../contracts/errors.ts";
import { isPassingFailure } from "./passing_failure.ts";
import { REFUSALS } from "./run_refusals.ts";
import { ENGINE_SCHEMA } from "./schema.ts";

const NOT_ALLOWED = "The state does not allow this.";
const USED_UP = "The quota is used up.";
const NOT_EXPOSED =
  `The schema ${ENGINE_SCHEMA} is not exposed: this service's operator has to add it to the API's exposed schemas, in ` +
  "the dashboard or as [api] schemas of supabase/config.toml.";

const Details = z.record(z.string(), z.string());

/** The error to throw for what PostgREST answered; `status` is that of HTTP, 0 where no answer came. */
export function databaseError(
  error: PostgrestError,
  status: number,
): AgentError | LeaseLostError | CancelledError {
  if (isPassingFailure(error, status)) return new StoreUnavailable(error);
  const details = parseDetails(error.details);
  const sentence = REFUSALS[error.message]?.[1].replace(/\{(\w+)\}/g, (_, name) => details[name] ?? "");
  switch (error.code) {
    case "PT400":
      return new AgentError("bad_request", sentence ?? NOT_ALLOWED, { cause: error, details });
    case "PT401":
    case "PGRST301":
    case "PGRST302":
    case "PGRST303":
      return new AgentError("unauthenticated", "The access token is not valid.", { cause: error });
    case "PGRST106":
      return new AgentError("internal", NOT_EXPOSED, { cause: error });
    case "PT403":
      return new AgentError("forbidden", sentence ?? NOT_ALLOWED, { cause: error });
    case "PT404":
      return new AgentError("not_found", sentence ?? "There is no such thing.", { cause: error });
    case "PT410":
      return new AgentError("gone", sentence ?? "It has been deleted.", { cause: error });
    case "PT412":
      return new LeaseLostError(error);
    case "PT409":
      if (error.message === "cancel_requested") return new CancelledError(error);
      if (error.message === "run_has_an_owner") return new RunHasOwnerError(sentence ?? NOT_ALLOWED, error);
      if (error.message === "run_awaits_approval") return new RunAwaitsError(sentence ?? NOT_ALLOWED, error);
      return new AgentError("conflict", sentence ?? NOT_ALLOWED, {
        cause: error,
        details,
      });
    case "PT429":
      if (error.message === "run_budget") return new RunBudgetError(sentence ?? USED_UP, error);
      return new AgentError("rate_limited", sentence ?? USED_UP, {
        cause: error,
        retryable: true,
        details,
      });
    // Out of range: users may write numbers of their own rows, and one of these leaves no room to go on from.
    case "22003":
    case "22008":
      return new AgentError("conflict", NOT_ALLOWED, { cause: error });
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
