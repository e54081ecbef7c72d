// All rows of one run of the store in memory, in the shape in which they are read from Postgres, for the checker of
// invariants.
import { stored } from "./memory_wire.ts";
import type { Tables } from "./memory_tables.ts";
import { StoredRun } from "../rows/stored_run.ts";

export function memoryStoredRun(tables: Tables, run_id: string): StoredRun {
  const of = <Row extends { run_id: string }>(rows: Row[]) => rows.filter((row) => row.run_id === run_id);
  const run = tables.runs.find((one) => one.id === run_id);
  if (!run) throw new Error(`There is no run ${run_id}`);
  return StoredRun.parse(stored({
    run: { ...run, finished_reason: run.finished_reason ?? null, error: run.error ?? null },
    events: of(tables.events),
    chat_messages: of(tables.chat_messages).map((row, i) => ({ ...row, seq: i + 1 })),
    agents: of(tables.agents).map((row) => ({ ...row, completed_at: row.finished_at })),
    plans: of(tables.plans).map((row) => ({ ...row, supersedes: row.supersedes ?? null })),
    executions: of(tables.executions),
    threads: of(tables.threads).map((
      { plan_id = null, step_number = null, executor_agent_id = null, ...row },
    ) => ({
      ...row,
      executor_agent_id,
      plan_id,
      step_number,
      message_count: tables.messages.filter((message) => message.agent_session_id === row.id).length,
    })),
    messages: of(tables.messages).map((row) => ({ ...NULLS, ...row })),
    tool_calls: of(tables.tool_calls).map((row) => ({
      ...row,
      error: "error" in row ? row.error ?? null : null,
      finished_at: "finished_at" in row ? row.finished_at : null,
    })),
    ledger: of(tables.reservations).map(({ id, input_tokens, output_tokens }) => {
      const settled = tables.settlements.find((one) => one.id === id);
      return { ...settled ?? { model_calls: 1, tool_calls: 0, input_tokens, output_tokens }, id };
    }),
  }));
}

const NULLS = {
  tool_calls: null,
  tool_call_id: null,
  model_used: null,
  input_tokens: null,
  output_tokens: null,
};
