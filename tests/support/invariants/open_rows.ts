// I5, first half: a run that has ended has ended everywhere, and no row of it is left open.
import type { Evidence, Violation } from "./evidence.ts";

const OPEN: ReadonlySet<string> = new Set([
  ...["running", "active", "pending", "executing"],
  ...["proposed", "awaiting_approval", "approved"],
]);

export function* openRowViolations(evidence: Evidence): Generator<Violation> {
  const { run, agents, plans, executions, threads, messages, tool_calls } = evidence;
  const rows = [
    { ...run, what: "the run", ended_at: run.finished_at },
    ...agents.map((row) => ({ ...row, what: `${row.type} ${row.id}`, ended_at: row.completed_at })),
    ...plans.map((row) => ({ ...row, what: `plan ${row.revision}`, ended_at: row.finished_at })),
    ...executions.map((row) => ({
      ...row,
      what: `attempt ${row.attempt} at step ${row.step_number}`,
      ended_at: row.finished_at,
    })),
    ...threads.map((row) => ({
      ...row,
      what: `thread ${row.id} of step ${row.step_number}`,
      ended_at: row.finished_at,
    })),
    ...tool_calls.map((row) => ({
      ...row,
      what: `call ${row.id} of ${row.tool_name}`,
      ended_at: row.finished_at,
    })),
  ];
  for (const { what, status, ended_at } of rows) {
    if (OPEN.has(status)) yield { invariant: "I5", problem: `${what} is left ${status}` };
    else if (ended_at === null) yield { invariant: "I5", problem: `${what} is ${status} without a time` };
  }
  for (const { id, message_count } of threads) {
    const count = messages.filter((message) => message.agent_session_id === id).length;
    if (count !== message_count) {
      yield { invariant: "I5", problem: `thread ${id} counts ${message_count} messages and has ${count}` };
    }
  }
}
