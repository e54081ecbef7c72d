// What the runs page asks for: a page of runs, those that have changed, and how much each has written.
import { fields, isText, nullable } from "./guards.ts";
import type { ConsoleData } from "./console_data.ts";
import { isUsage, type TraceUsage } from "./trace_rows.ts";
import { wholeList } from "./whole_list.ts";

export interface ListedRun {
  id: string;
  session_id: string;
  message: string | null;
  status: string;
  strategy: string | null;
  finished_reason: string | null;
  usage: TraceUsage | null;
  cancel_requested_at: string | null;
  lease_expires_at: string;
  created_at: string;
  finished_at: string | null;
}

const isListedRun = fields<ListedRun>({
  id: isText,
  session_id: isText,
  message: nullable(isText),
  status: isText,
  strategy: nullable(isText),
  finished_reason: nullable(isText),
  usage: nullable(isUsage),
  cancel_requested_at: nullable(isText),
  lease_expires_at: isText,
  created_at: isText,
  finished_at: nullable(isText),
});

const COLUMNS = "id,session_id,message:request->>message,status,strategy,finished_reason,usage," +
  "cancel_requested_at,lease_expires_at,created_at,finished_at";

/** What the address asks for; what is absent is not asked. */
export interface RunFilters {
  status?: string;
  strategy?: string;
  ended?: string;
  /** Days, in the reader's zone, both included. */
  from?: string;
  to?: string;
  /** In the message. */
  q?: string;
  /** Runs that were started before this moment: where the page before ended. */
  before?: string;
}

export const PAGE_RUNS = 50;

export interface RunsPage {
  runs: ListedRun[];
  more: boolean;
}

export async function readRuns(data: ConsoleData, filters: RunFilters): Promise<RunsPage> {
  const found = await data.rows((rest) => {
    let query = rest.from("agent_runs").select(COLUMNS);
    const { status, strategy, ended, from, to, q, before } = filters;
    if (status === "unfinished") query = query.in("status", ["running", "awaiting_approval"]);
    else if (status) query = query.eq("status", status);
    if (strategy) query = query.eq("strategy", strategy);
    if (ended) query = query.eq("finished_reason", ended);
    if (isDay(from)) query = query.gte("created_at", dayStart(from, 0));
    if (isDay(to)) query = query.lt("created_at", dayStart(to, 1));
    if (q) query = query.ilike("request->>message", `%${q.replaceAll(/[\\%_]/g, "\\$&")}%`);
    if (before) query = query.lt("created_at", before);
    return query.order("created_at", { ascending: false }).limit(PAGE_RUNS + 1);
  }, isListedRun);
  return { runs: found.slice(0, PAGE_RUNS), more: found.length > PAGE_RUNS };
}

/** An address may have been typed. */
function isDay(text: string | undefined): text is string {
  return text !== undefined && !Number.isNaN(Date.parse(`${text}T00:00:00`));
}

/** The reader's midnight, some days after the one that is named. */
function dayStart(day: string, later: number): string {
  const date = new Date(`${day}T00:00:00`);
  date.setDate(date.getDate() + later);
  return date.toISOString();
}

/** Those again, as they stand. */
export function readRunsAgain(data: ConsoleData, ids: readonly string[]): Promise<ListedRun[]> {
  return data.rows((rest) => rest.from("agent_runs").select(COLUMNS).in("id", ids), isListedRun);
}

const isWrite = fields<{ run_id: string }>({ run_id: isText });

/** How many calls of each run have changed something. */
export async function readWrites(data: ConsoleData, ids: readonly string[]): Promise<Map<string, number>> {
  const counts = new Map<string, number>(ids.map((id) => [id, 0]));
  if (ids.length === 0) return counts;
  const writes = await wholeList((from, to) =>
    data.rows((rest) =>
      rest.from("agent_tool_calls").select("run_id").in("run_id", ids).eq("access", "write")
        .eq("status", "succeeded").order("id").range(from, to), isWrite)
  );
  for (const { run_id } of writes) counts.set(run_id, (counts.get(run_id) ?? 0) + 1);
  return counts;
}
