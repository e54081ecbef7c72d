// What a tool has thrown, as its result: the model's to mend, or ours, which goes to the log.
import { failed, type ToolResult } from "../contracts/tool_result.ts";
import { DatabaseError, isStopped, refusal } from "./database_errors.ts";
import type { ToolSourceOptions } from "./tool_source_options.ts";

/** The call that has thrown. */
interface Failed {
  name: string;
  call_id: string;
}

/** The result that an error of a tool stands for. */
export function resultOf(
  error: unknown,
  { name, call_id }: Failed,
  { refusals, log }: Pick<ToolSourceOptions, "refusals" | "log">,
): ToolResult {
  const refused = error instanceof DatabaseError ? refusal(error, refusals) : undefined;
  const stopped = error instanceof DatabaseError && isStopped(error);
  // A missing right may be the user's, a grant that was forgotten, or a footprint that is too small.
  if (!refused || (!refused.ok && refused.error === "not_allowed" && !stopped)) {
    log.error(`Tool ${name} failed`, { call_id, error });
  }
  if (refused) return refused;
  return failed(
    "failed",
    `${name} failed on our side, not through its arguments. It may work if called again.`,
  );
}
