// What the database refuses, as what the model should know. The rows of the table are the constraints that a
// tool's arguments can run into; anything else is our fault, and goes to the log instead.
import type { PostgrestError } from "@supabase/supabase-js";
import { failed, type ToolErrorKind, type ToolResult } from "../contracts/tool_result.ts";
import { isPassingFailure } from "../db/passing_failure.ts";
import type { Answer } from "../db/read_only_db.ts";

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

const BY_CONSTRAINT: Record<string, [ToolErrorKind, string]> = {
  tasks_project_fkey: ["not_found", "There is no project with this project_id."],
  tasks_parent_fkey: ["not_found", "There is no task with this parent_task_id."],
  notes_project_fkey: ["not_found", "There is no project with this project_id."],
  brain_dumps_project_fkey: ["not_found", "There is no project with this project_id."],
  calendar_events_end_after_start: ["invalid_arguments", "The end must be after the start."],
  projects_end_not_before_start: ["invalid_arguments", "end_date must not be before start_date."],
};

/** SQLSTATE 22023: Postgres does not know a time zone that the runtime does. */
const UNKNOWN_ZONE = "22023";

/** The result that a refused statement stands for; undefined where the model can do nothing about it. */
export function refusal(error: DatabaseError): ToolResult | undefined {
  const { code, message } = error.cause;
  const constraint = Object.keys(BY_CONSTRAINT).find((name) => message.includes(`"${name}"`));
  const known = constraint === undefined ? undefined : BY_CONSTRAINT[constraint];
  if (known) return failed(...known);
  if (code === UNKNOWN_ZONE && message.includes("time zone")) {
    return failed("invalid_arguments", "This time_zone is not known here. Use one such as Europe/Berlin.");
  }
  return undefined;
}
