// Runs as their user sees them: one whole, the list of all, page by page, and a cancel.
import { z } from "zod";
import { AgentError } from "../contracts/errors.ts";
import type { EngineClient } from "./clients.ts";
import { databaseError } from "./database_error.ts";

const UNFINISHED = ["running", "awaiting_approval"] as const;
const STATUSES = [...UNFINISHED, "completed", "failed", "cancelled"] as const;

/** Where a page of the list ends: when its last run was started, and which one it is. */
const Cursor = z.tuple([z.iso.datetime({ offset: true }), z.uuid()]);

const LIMIT = { error: "must be a whole number from 1 to 100" };

export const RunFilter = z.strictObject({
  session_id: z.uuid().optional(),
  /** `unfinished` is whatever has not ended yet. */
  status: z.enum(["unfinished", ...STATUSES]).optional(),
  limit: z.coerce.number(LIMIT).int(LIMIT).min(1, LIMIT).max(100, LIMIT).default(20),
  /** The `next_cursor` of the page before. */
  cursor: z.string().max(200).transform(readCursor).optional(),
});
export type RunFilter = z.infer<typeof RunFilter>;

function readCursor(text: string, context: z.RefinementCtx): z.infer<typeof Cursor> {
  const cursor = Cursor.safeParse(fromBase64Url(text).split(" "));
  if (cursor.success) return cursor.data;
  context.addIssue({ code: "custom", message: "must be the next_cursor of an earlier page" });
  return z.NEVER;
}

/** Safe in a URL as it is. */
function toBase64Url(text: string): string {
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function fromBase64Url(text: string): string {
  try {
    return atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    return "";
  }
}

const RunView = z.record(z.string(), z.json());
export type RunView = z.infer<typeof RunView>;

/** What is said of a run that is not there, or not the caller's. */
export const NO_RUN = "There is no such run.";

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

/** A page of the user's runs, newest first; `next_cursor` is null on the last one. */
export async function listRuns(db: EngineClient, { session_id, status, limit, cursor }: RunFilter) {
  let query = db.from("agent_run_list")
    .select(
      "id, session_id, request_key, status, abandoned, strategy, usage, finished_reason, error, created_at, finished_at",
    )
    .order("created_at", { ascending: false })
    .order("id", { ascending: false })
    // One more tells whether there is another page.
    .limit(limit + 1);
  if (session_id) query = query.eq("session_id", session_id);
  if (status === "unfinished") query = query.in("status", UNFINISHED);
  else if (status) query = query.eq("status", status);
  if (cursor) {
    const [at, id] = cursor;
    query = query.or(`created_at.lt."${at}",and(created_at.eq."${at}",id.lt.${id})`);
  }
  const { data, error, status: http } = await query;
  if (error) throw databaseError(error, http);
  const runs = data.slice(0, limit);
  const last = data.length > limit ? runs.at(-1) : undefined;
  return { runs, next_cursor: last ? toBase64Url(`${last.created_at} ${last.id}`) : null };
}

/** A reader was given the end of the run: the same message again starts another one. */
export async function markDelivered(db: EngineClient, run_id: string): Promise<void> {
  const { error, status } = await db.rpc("mark_delivered", { p_run_id: run_id });
  if (error) throw databaseError(error, status);
}
