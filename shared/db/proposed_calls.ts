// Tool calls of a run as they were proposed, read as their user.
import { AgentError } from "../contracts/errors.ts";
import type { EngineClient } from "./clients.ts";
import { databaseError } from "./database_error.ts";
import { NO_RUN } from "./runs.ts";

export interface ProposedCalls {
  time_zone: string;
  /** The names of the tools, by the ids of the calls. */
  tools: ReadonlyMap<string, string>;
}

/** Which tools these calls of the run are of. Errors: `not_found` where one of them is not there. */
export async function readProposedCalls(
  db: EngineClient,
  run_id: string,
  call_ids: readonly string[],
): Promise<ProposedCalls> {
  const [run, calls] = await Promise.all([
    db.from("agent_runs").select("time_zone").eq("id", run_id).maybeSingle(),
    db.from("agent_tool_calls").select("id, tool_name").eq("run_id", run_id).in("id", call_ids),
  ]);
  if (run.error) throw databaseError(run.error, run.status);
  if (calls.error) throw databaseError(calls.error, calls.status);
  if (run.data === null) throw new AgentError("not_found", NO_RUN);
  const tools = new Map(calls.data.map(({ id, tool_name }) => [id, tool_name]));
  if (call_ids.some((id) => !tools.has(id))) throw new AgentError("not_found", "There is no such tool call.");
  return { time_zone: run.data.time_zone, tools };
}
