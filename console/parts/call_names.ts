// What the attempts at model calls are called.
import type { TraceModelCall } from "../data/trace_rows.ts";

/** "model call 2", and "model call 2, attempt 1" where it took several; a call without a thread is a summary's. */
export function callNames(calls: readonly TraceModelCall[]): Map<string, string> {
  const turns = new Map<string, TraceModelCall[][]>();
  const names = new Map<string, string>();
  for (const call of [...calls].sort((a, b) => startOf(a) - startOf(b) || a.attempt - b.attempt)) {
    if (call.agent_session_id === null) {
      names.set(call.id, "model call for the summary");
      continue;
    }
    const known = turns.get(call.agent_session_id) ?? [];
    turns.set(call.agent_session_id, known);
    const last = known.at(-1);
    if (last && call.attempt > 1 && last.at(-1)?.message_seq === null) last.push(call);
    else known.push([call]);
  }
  for (const thread of turns.values()) {
    thread.forEach((attempts, index) => {
      for (const call of attempts) {
        const attempt = attempts.length > 1 ? `, attempt ${call.attempt}` : "";
        names.set(call.id, `model call ${index + 1}${attempt}`);
      }
    });
  }
  return names;
}

function startOf({ started_at }: TraceModelCall): number {
  return Date.parse(started_at);
}
