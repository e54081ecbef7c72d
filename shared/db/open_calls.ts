// The open tool calls of a run, read as their user.
import { AgentError } from "../contracts/errors.ts";
import type { EngineClient } from "./clients.ts";
import { databaseError } from "./database_error.ts";
import { NO_RUN } from "./runs.ts";

export interface OpenCalls {
  time_zone: string;
  /** The names of the tools, by the ids of the calls that wait for a person still. */
  tools: ReadonlyMap<string, string>;
}

/** Which tools those of these calls are of that are open. Errors: `not_found` where one of them is not there. */
export async function readOpenCalls(
  db: EngineClient,
  run_id: string,
  call_ids: readonly string[],
): Promise<OpenCalls> {
  const [run, calls] = await Promise.all([
    db.from("agent_runs").select("time_zone").eq("id", run_id).maybeSingle(),
    db.from("agent_tool_calls").select("id, tool_name, status").eq("run_id", run_id).in("id", call_ids),
  ]);
  if (run.error) throw databaseError(run.error, run.status);
  if (calls.error) throw databaseError(calls.error, calls.status);
  if (run.data === null) throw new AgentError("not_found", NO_RUN);
  const known = new Set(calls.data.map(({ id }) => id));
  if (call_ids.some((id) => !known.has(id))) throw new AgentError("not_found", "There is no such tool call.");
  const open = calls.data.filter(({ status }) => status === "awaiting_approval");
  return { time_zone: run.data.time_zone, tools: new Map(open.map(({ id, tool_name }) => [id, tool_name])) };
}
