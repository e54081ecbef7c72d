// Reading runs: one whole, a user's list, and a run's events from any point on until its end.
import { z } from "zod";
import type { Clock } from "../agents/ports.ts";
import { AgentError } from "../contracts/errors.ts";
import { isTerminal, type RunEvent } from "../contracts/events.ts";
import type { UserClient } from "./clients.ts";
import { databaseError } from "./database_error.ts";
import { parseEvent } from "./rows.ts";

export const RunFilter = z.object({
  session_id: z.uuid().optional(),
  status: z.enum(["queued", "running", "awaiting_approval", "completed", "failed", "cancelled"]).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});
export type RunFilter = z.infer<typeof RunFilter>;

const RunView = z.record(z.string(), z.json());
type RunView = z.infer<typeof RunView>;

const NO_RUN = "There is no such run.";

/** A run with its plans, steps, threads, messages, tool calls and usage. Errors: `not_found`. */
export async function getRun(db: UserClient, run_id: string): Promise<RunView> {
  const { data, error } = await db.rpc("get_run", { p_run_id: run_id });
  if (error) throw databaseError(error);
  if (data === null) throw new AgentError("not_found", NO_RUN);
  return RunView.parse(data);
}

/** Asks a run to stop; the run ends soon after, if it has not ended already. Errors: `not_found`. */
export async function cancelRun(db: UserClient, run_id: string) {
  const { data, error } = await db.rpc("cancel_run", { p_run_id: run_id });
  if (error) throw databaseError(error);
  return { run_id, status: data };
}

/** The user's runs, newest first. */
export async function listRuns(db: UserClient, { session_id, status, limit }: RunFilter) {
  let query = db.from("agent_runs")
    .select(
      "id, session_id, request_key, status, strategy, usage, finished_reason, error, created_at, finished_at",
    )
    .order("created_at", { ascending: false })
    .limit(limit);
  if (session_id) query = query.eq("session_id", session_id);
  if (status) query = query.eq("status", status);
  const { data, error } = await query;
  if (error) throw databaseError(error);
  return data;
}

const PAGE = 500;
const POLL_MS = 150;
/** After this many polls without an event it is asked whether the run still has an owner. */
const PATIENCE = 10;

/** The seq of the last event that a reader has, as text of the query or a header; 0 for none. */
export const EventCursor = z.object({
  after: z.string().regex(/^\d{1,9}$/, { error: "must be the number of an event" }).default("0").transform(
    Number,
  ),
});

/**
 * The events of a run after `after`, and then those to come, until its terminal event, or until the reader has gone:
 * `signal`.
 */
export async function* followRun(
  db: UserClient,
  { run_id, after, signal }: { run_id: string; after: number; signal: AbortSignal },
  clock: Clock,
): AsyncGenerator<RunEvent> {
  for (let last = after, idle = 0, ended = false; !signal.aborted;) {
    const { data, error } = await db.from("agent_run_events")
      .select("run_id, seq, type, at, agent, data")
      .eq("run_id", run_id).gt("seq", last).order("seq").limit(PAGE);
    if (error) throw databaseError(error);
    for (const event of data.map(parseEvent)) {
      yield event;
      if (isTerminal(event)) return;
      last = event.seq;
    }
    // A reader who has the terminal event already finds a run that has ended, and nothing more.
    if (data.length === 0 && ended) return;
    idle = data.length === 0 ? idle + 1 : 0;
    ended = data.length === 0 && await hasEnded(db, run_id);
    if (idle > 0 && idle % PATIENCE === 0) await abandonIfOwnerless(db, run_id);
    if (data.length < PAGE) await new Promise<void>((resolve) => clock.after(POLL_MS, resolve));
  }
}

/** Errors: `not_found`. */
export async function requireRun(db: UserClient, run_id: string): Promise<void> {
  await hasEnded(db, run_id);
}

async function hasEnded(db: UserClient, run_id: string): Promise<boolean> {
  const { data, error } = await db.from("agent_runs").select("finished_at").eq("id", run_id).maybeSingle();
  if (error) throw databaseError(error);
  if (data === null) throw new AgentError("not_found", NO_RUN);
  return data.finished_at !== null;
}

/** A run whose lease has run out ends here, with an `error` event, so that nobody follows it for ever. */
async function abandonIfOwnerless(db: UserClient, run_id: string) {
  const { error } = await db.rpc("abandon_run", { p_run_id: run_id });
  if (error && databaseError(error).kind !== "conflict") throw databaseError(error);
}
