// The summaries of the store in memory. A message's number within its session is its place among them.
import type { Settlement, Summary, Unsummarised } from "../../../shared/agents/store/records.ts";
import { findRun, settle } from "../memory_store/memory_rows.ts";
import type { Tables } from "../memory_store/memory_tables.ts";

export function newestSummary({ summaries }: Tables, session_id: string): Summary | undefined {
  return summaries.findLast((one) => one.session_id === session_id);
}

export function memorySummaries(tables: Tables) {
  function unsummarised(run_id: string): Unsummarised {
    const { session_id } = findRun(tables, run_id);
    const said = tables.chat_messages.filter((one) => one.session_id === session_id);
    const last_seq = said.findLastIndex((one) => one.run_id === run_id) + 1;
    const newest = newestSummary(tables, session_id);
    const messages = said.map(({ role, content }, i) => ({ seq: i + 1, role, content, changed: null }));
    return {
      number: (newest?.number ?? 0) + 1,
      summary: newest?.content ?? null,
      messages: messages.slice(newest?.upto_seq ?? 0, last_seq),
      last_seq,
    };
  }

  function add(run_id: string, summary: Summary, settled: Settlement | null): boolean {
    settle(tables, settled);
    const { session_id } = findRun(tables, run_id);
    const taken = tables.summaries.some((one) =>
      one.session_id === session_id && one.number === summary.number
    );
    if (!taken) tables.summaries.push({ ...summary, session_id });
    return !taken;
  }

  return { unsummarised, add };
}
