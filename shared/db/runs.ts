// Reading runs: one whole, a user's list, and a run's events from any point on until its end.
import { z } from "zod";
import type { Clock } from "../async/clock.ts";
import { pause } from "../async/pause.ts";
import { pausesWithin, retry } from "../async/retry.ts";
import { AgentError, StoreUnavailable } from "../contracts/errors.ts";
import { isTerminal, type RunEvent } from "../contracts/events.ts";
import type { EngineClient } from "./clients.ts";
import { databaseError } from "./database_error.ts";
import { parseEvent } from "./parsed_rows.ts";

const UNFINISHED = ["running", "awaiting_approval"] as const;
const STATUSES = [...UNFINISHED, "completed", "failed", "cancelled"] as const;

export const RunFilter = z.object({
  session_id: z.uuid().optional(),
  /** `unfinished` is whatever has not ended yet. */
  status: z.enum(["unfinished", ...STATUSES]).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});
export type RunFilter = z.infer<typeof RunFilter>;

const RunView = z.record(z.string(), z.json());
export type RunView = z.infer<typeof RunView>;

const NO_RUN = "There is no such run.";
const PURGED = "What the run said has been deleted.";

/** A run with its plans, steps, threads, messages, tool calls and usage. Errors: `not_found`. */
export async function getRun(db: EngineClient, run_id: string): Promise<RunView> {
  const { data, error, status } = await db.rpc("get_run", { p_run_id: run_id });
  if (error) throw databaseError(error, status);
  if (data === null) throw new AgentError("not_found", NO_RUN);
  return RunView.parse(data);
}

const Cancelled = z.object({ status: z.enum(STATUSES), lease_expired: z.boolean() });

/**
 * Asks a run to stop; the run ends soon after, if it has not ended already. `lease_expired` tells that somebody has to
 * take it over for that. Errors: `not_found`.
 */
export async function cancelRun(db: EngineClient, run_id: string) {
  const { data, error, status } = await db.rpc("cancel_run", { p_run_id: run_id });
  if (error) throw databaseError(error, status);
  return Cancelled.parse(data);
}

/** The user's runs, newest first. */
export async function listRuns(db: EngineClient, { session_id, status, limit }: RunFilter) {
  let query = db.from("agent_runs")
    .select(
      "id, session_id, request_key, status, strategy, usage, finished_reason, error, created_at, finished_at",
    )
    .order("created_at", { ascending: false })
    .limit(limit);
  if (session_id) query = query.eq("session_id", session_id);
  if (status === "unfinished") query = query.in("status", UNFINISHED);
  else if (status) query = query.eq("status", status);
  const { data, error, status: http } = await query;
  if (error) throw databaseError(error, http);
  return data;
}

const PAGE = 500;
const POLL_MS = 150;

/** The seq of the last event that a reader has, as text of the query or a header; 0 for none. */
export const EventCursor = z.object({
  after: z.string().regex(/^\d{1,9}$/, { error: "must be the number of an event" }).default("0").transform(
    Number,
  ),
});

const Page = z.object({
  events: z.array(z.unknown().transform(parseEvent)),
  ended: z.boolean(),
  lease_expired: z.boolean(),
});

interface Following {
  run_id: string;
  /** The seq of the last event that the reader has. */
  after: number;
  /** The reader has gone, or has to come again. */
  signal: AbortSignal;
  clock: Clock;
  /** For so long a page is asked for again while the database can't be reached. */
  lease_seconds: number;
  /** Takes the run over when its lease has expired. */
  takeOver(run_id: string): Promise<void>;
}

/**
 * The events of a run after `after`, and then those to come, until its terminal event. Errors: `not_found`,
 * StoreUnavailable.
 */
export async function* followRun(
  db: EngineClient,
  { run_id, after, signal, clock, lease_seconds, takeOver }: Following,
): AsyncGenerator<RunEvent> {
  for (let last = after; !signal.aborted;) {
    const page = await retry(() => readPage(db, run_id, last), {
      pauses: pausesWithin(lease_seconds * 1_000, clock),
      passes: (error) => error instanceof StoreUnavailable && !signal.aborted,
      clock,
    });
    for (const event of page.events) {
      yield event;
      if (isTerminal(event)) return;
      last = event.seq;
    }
    // A reader who has the terminal event already finds a run that has ended, and nothing more.
    if (page.ended && page.events.length === 0) return;
    if (page.lease_expired) await takeOver(run_id);
    if (page.events.length < PAGE) await pause(clock, POLL_MS, signal);
  }
}

async function readPage(db: EngineClient, run_id: string, after: number) {
  const { data, error, status } = await db.rpc("follow_run", {
    p_run_id: run_id,
    p_after: after,
    p_limit: PAGE,
  });
  if (error) throw databaseError(error, status);
  if (data === null) throw new AgentError("not_found", NO_RUN);
  return Page.parse(data);
}

/** Errors: `not_found`; `gone` for a run whose texts have been purged: it has no log to replay. */
export async function requireLog(db: EngineClient, run_id: string): Promise<void> {
  const { data, error, status } = await db.from("agent_runs").select("id, purged_at").eq("id", run_id)
    .maybeSingle();
  if (error) throw databaseError(error, status);
  if (data === null) throw new AgentError("not_found", NO_RUN);
  if (data.purged_at) throw new AgentError("gone", PURGED);
}
