// All rows of a run in a form in which two runs of the same script are equal: in an order that does not depend on
// which of two parallel steps was faster, with ids numbered as they first appear, without times, durations and leases.
import type { Sql } from "postgres";
import { z } from "zod";
import { readStoredRun, type StoredRun } from "./stored_run.ts";
import { withoutNames } from "./without_names.ts";

type Row = Record<string, unknown>;

const WORKSPACE = ["books", "loans"] as const;

/** The normalised rows of a run and of its user's workspace. Equal runs give deeply equal values. */
export async function readRunRows(sql: Sql, run_id: string): Promise<unknown> {
  const rows = await readStoredRun(sql, run_id);
  const [{ user_id }] = z.tuple([z.object({ user_id: z.string() })])
    .parse([...await sql`select user_id from agent_runs where id = ${run_id}`]);
  const workspace: Record<string, Row[]> = {};
  for (const table of WORKSPACE) {
    const found = await sql`select to_jsonb(t) as row from ${
      sql(table)
    } t where user_id = ${user_id} order by created_at`;
    workspace[table] = found.map(({ row }) => row);
  }
  return normalised(rows, workspace);
}

/** The same for rows that have been read already. */
export function normalised(rows: StoredRun, workspace: Record<string, Row[]> = {}): unknown {
  const { run, chat_messages, events } = rows;
  const { agents, plans, executions, threads, messages, tool_calls, ledger } = inOrder(rows);
  const tables = {
    run: bare(run),
    chat_messages: chat_messages.map(bare),
    ...mapped({ agents, plans, executions, threads, messages, tool_calls }),
    events: logOf(events),
    // A call that was reserved ahead and never made is settled with nothing.
    // Tool calls are reserved by whoever makes them, with the model call that it holds just then.
    ledger: ledger.filter((row) => row.model_calls > 0)
      .map(({ id: _, tool_calls: _calls, ...row }) => bare(row)),
    workspace: mapped(workspace),
  };
  return JSON.parse(withoutNames(JSON.stringify(tables), Date.parse(z.string().parse(run.created_at))));
}

function mapped(tables: Record<string, readonly Row[]>): Record<string, Row[]> {
  return Object.fromEntries(Object.entries(tables).map(([name, rows]) => [name, rows.map(bare)]));
}

/** Columns that say when, how long, and who held the run: no two runs have them in common. */
const PASSING =
  /^(at|.*_at|duration_ms|first_token_ms|worked_ms|owner_reservation_id|lease_.*|.*generation|takeovers)$/;

function bare(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([column]) => !PASSING.test(column)));
}

const Attempt = z.object({
  agent_session_id: z.string().nullable(),
  message_seq: z.int().nullable(),
  attempt: z.int(),
});

/** Tables whose rows were made by steps side by side, in the order of plans and steps. */
function inOrder({ agents, plans, executions, threads, messages, tool_calls, ledger }: StoredRun) {
  const revision = (plan_id: string | null) => plans.find((plan) => plan.id === plan_id)?.revision ?? 0;
  const works = new Set(executions.map((row) => row.agent_session_id));
  const ordered = by(threads, ({ plan_id, step_number, id }) => [
    revision(plan_id),
    step_number ?? 0,
    // A question's own thread comes behind the thread of the step that asked.
    plan_id === null || works.has(id) ? 0 : 1,
  ]);
  const rank = (thread_id: string) => ordered.findIndex((thread) => thread.id === thread_id);
  const calls = by(messages, ({ agent_session_id, seq }) => [rank(agent_session_id), seq])
    .flatMap(({ agent_session_id, tool_calls }) =>
      (tool_calls ?? []).map(({ id }) => `${agent_session_id} ${id}`)
    );
  const first = (agent_id: string) =>
    Math.min(
      ...executions.filter((row) => row.executor_agent_id === agent_id)
        .map((row) => revision(row.plan_id) * 1_000 + row.step_number),
    );
  return {
    agents: by(agents, ({ type, id }) => [type === "planner" ? 0 : first(id)]),
    plans: by(plans, ({ revision }) => [revision]),
    executions: by(
      executions,
      ({ plan_id, step_number, attempt }) => [revision(plan_id), step_number, attempt],
    ),
    threads: ordered,
    messages: by(messages, ({ agent_session_id, seq }) => [rank(agent_session_id), seq]),
    tool_calls: by(
      tool_calls,
      ({ agent_session_id, tool_call_id }) => [calls.indexOf(`${agent_session_id} ${tool_call_id}`)],
    ),
    // Attempts of one turn that failed stand as they were made; a summary's call has no thread.
    ledger: by(ledger, (row) => {
      const { agent_session_id, message_seq, attempt } = Attempt.parse(row);
      const thread = agent_session_id === null ? threads.length : rank(agent_session_id);
      return [thread, message_seq ?? 0, attempt];
    }),
  };
}

function by<T>(rows: readonly T[], keys: (row: T) => number[]): T[] {
  return rows.map((row) => ({ row, keys: keys(row) }))
    .toSorted((a, b) =>
      a.keys.map((key, i) => key - (b.keys[i] ?? 0)).find((difference) => difference !== 0) ?? 0
    )
    .map(({ row }) => row);
}

/**
 * The log as the planner's own events, and those of every step, each in order; text in one piece a part, and without who
 * went on with the run.
 */
function logOf(events: StoredRun["events"]): Record<string, Row[]> {
  const log: Record<string, Row[]> = {};
  let revision = 0;
  for (const { type, data, agent } of events) {
    if (type === "taken_over") continue;
    if (type === "plan_created") revision += 1;
    const { step_number } = z.object({ step_number: z.int().optional() }).parse({
      ...agentOf(agent),
      ...data,
    });
    const place = step_number === undefined ? "planner" : `plan ${revision}, step ${step_number}`;
    const list = log[place] ??= [];
    const last = list.at(-1);
    if (type === "text" && last?.type === "text" && last.part === data.part) {
      last.delta = `${last.delta}${data.delta}`;
    } else list.push({ type, agent, ...bare(data) });
  }
  return Object.fromEntries(Object.entries(log).toSorted(([a], [b]) => a < b ? -1 : 1));
}

function agentOf(agent: unknown): Row {
  return z.looseObject({}).nullable().parse(agent) ?? {};
}
