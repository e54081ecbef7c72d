// The tools of a run's calls, read as their user.
import { AgentError } from "../contracts/errors.ts";
import type { EngineClient } from "./clients.ts";
import { databaseError } from "./database_error.ts";
import { NO_RUN } from "./runs.ts";

interface CalledTools {
  time_zone: string;
  /** By the ids of the calls: which tool, and whether the call waits for a person still. */
  calls: ReadonlyMap<string, { name: string; open: boolean }>;
}

/** Which tools these calls are of. Errors: `not_found` where one of them is not there. */
export async function readCalledTools(
  db: EngineClient,
  run_id: string,
  call_ids: readonly string[],
): Promise<CalledTools> {
  const [run, calls] = await Promise.all([
    db.from("agent_runs").select("time_zone").eq("id", run_id).maybeSingle(),
    db.from("agent_tool_calls").select("id, tool_name, status").eq("run_id", run_id).in("id", call_ids),
  ]);
  if (run.error) throw databaseError(run.error, run.status);
  if (calls.error) throw databaseError(calls.error, calls.status);
  if (run.data === null) throw new AgentError("not_found", NO_RUN);
  const known = new Map(
    calls.data.map(({ id, tool_name, status }) => [id, {
      name: tool_name,
      open: status === "awaiting_approval",
    }]),
  );
  if (call_ids.some((id) => !known.has(id))) throw new AgentError("not_found", "There is no such tool call.");
  return { time_zone: run.data.time_zone, calls: known };
}
