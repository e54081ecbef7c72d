// What the database refuses, as what the model should know: in the domain's words for constraints that it names, in
// general ones for the rest. What no arguments would mend is our fault, and goes to the log instead.
import type { PostgrestError } from "@supabase/supabase-js";
import { cleanText, preview } from "../contracts/text.ts";
import { failed, type ToolErrorKind, type ToolResult } from "../contracts/tool_result.ts";
import { isPassingFailure } from "../db/passing_failure.ts";
import type { Answer } from "../db/read_only_db.ts";
import type { Refusals } from "./define_domain.ts";

/** A statement that failed. Its message is for the log only. */
export class DatabaseError extends Error {
  override readonly name = "DatabaseError";

  /** `status` is that of HTTP; 0 where no answer came. */
  constructor(override readonly cause: PostgrestError, readonly status: number) {
    super(`The database answered ${cause.code || status || "nothing"}: ${cause.message}`);
  }
}

/** The data of an answer that is already awaited. Throws a DatabaseError where there is none. */
export function dataOf<Data>(answer: Answer<Data>): Data | null {
  if (answer.error) throw new DatabaseError(answer.error, answer.status);
  return answer.data;
}

/** Whether the same statement may work a moment later. */
export function isPassing(error: unknown): boolean {
  return error instanceof DatabaseError && isPassingFailure(error.cause, error.status);
}

/** The rows of an answer. Throws a DatabaseError where there are none to be had. */
export function rowsOf<Row>(answer: Answer<Row[]>): Row[] {
  return dataOf(answer) ?? [];
}

const NO_TIME = "A date or a time has a form that its field can't hold.";

/** What is wrong with a statement, by SQLSTATE, where the domain has no sentence for the constraint. */
const GENERAL: Record<string, (error: PostgrestError) => [ToolErrorKind, string]> = {
  "23502": ({ message }) => {
    const column = /column "([^"]+)"/.exec(message)?.[1];
    return ["invalid_arguments", `A required value is missing${column ? `: ${column}` : ""}.`];
  },
  "23503": ({ message }) =>
    message.startsWith("update or delete")
      ? ["conflict", "Other rows still refer to this one, so that it has to stay."]
      : [
        "not_found",
        "An id among the arguments is of no row there is. Look it up with a list or search tool.",
      ],
  "23505": () => ["conflict", "There is one already with a value that only one may have."],
  "23514": () => ["invalid_arguments", "A value, or the values together, break a rule of the stored data."],
  "23P01": () => ["conflict", "It overlaps with another one, where only one may be."],
  "22001": () => ["invalid_arguments", "A text is longer than its field can hold."],
  "22003": () => ["invalid_arguments", "A number is larger than its field can hold."],
  "22007": () => ["invalid_arguments", NO_TIME],
  "22008": () => ["invalid_arguments", NO_TIME],
  "22P02":
    () => ["invalid_arguments", "A value has a form that its field can't hold, such as an id that is none."],
  // What a trigger of the project's own says to whoever writes, an agent or not.
  "P0001": ({ message }) => ["conflict", `The stored data refuse this: ${preview(cleanText(message), 300)}`],
  "42501": () => ["not_allowed", "The user has no right to do this."],
};

/** SQLSTATE 22023: Postgres does not know a time zone that the runtime does. */
const UNKNOWN_ZONE = "22023";

/** What the triggers of receipts refuse (migrations write_guard and settling), by its message. */
const MAY_NOT = "This tool may not make this change, so nothing was changed.";
const STOPPED = "The run was stopped before this was done, so nothing was changed.";
const STALE = "What was approved is not what this would change by now, so nothing was changed.";
const GUARD: Record<string, readonly [ToolErrorKind, string]> = {
  "PT403 agent_token_required": ["not_allowed", MAY_NOT],
  "PT403 no_tool_call": ["not_allowed", MAY_NOT],
  "PT403 row_of_another_user": ["not_allowed", MAY_NOT],
  "PT403 call_not_approved": ["not_allowed", MAY_NOT],
  "PT403 outside_footprint": ["not_allowed", MAY_NOT],
  "PT409 run_not_running": ["not_allowed", STOPPED],
  "PT409 cancel_requested": ["not_allowed", STOPPED],
  "PT409 call_has_ended": ["not_allowed", STOPPED],
  "PT409 call_not_open": ["not_allowed", "This has been decided meanwhile."],
  "PT409 approval_stale": ["stale", STALE],
};

/** Whether the run, or the call, had ended before the write: nobody's fault. */
export function isStopped({ cause: { code, message } }: DatabaseError): boolean {
  return GUARD[`${code} ${message}`]?.[1] === STOPPED;
}

/** What stands in the way of another attempt at a call is for `writeOnce` to tell, and no conflict of rows. */
const RECEIPT = "tool_receipts_pkey";

/** What the engine's triggers say of a table that was not set up for them. */
const OWN_FAULT = /^Cannot (keep a receipt|keep an effect|note the source) of /;

/**
 * The result that a refused statement stands for, in the domain's words where `refusals` has the constraint;
 * undefined where the model can do nothing about it.
 */
export function refusal({ cause }: DatabaseError, refusals: Refusals = {}): ToolResult | undefined {
  const { code, message } = cause;
  const names = (constraint: string) => message.includes(`"${constraint}"`);
  if (names(RECEIPT) || OWN_FAULT.test(message)) return undefined;
  const known = Object.entries(refusals).find(([constraint]) => names(constraint));
  if (known) return failed(...known[1]);
  if (code === UNKNOWN_ZONE && message.includes("time zone")) {
    return failed("invalid_arguments", "This time_zone is not known here. Use one such as Europe/Berlin.");
  }
  const guarded = GUARD[`${code} ${message}`];
  if (guarded) return failed(...guarded);
  const general = GENERAL[code];
  return general && failed(...general(cause));
}
