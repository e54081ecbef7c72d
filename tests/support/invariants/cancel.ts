// I7: once a cancel is committed, no model or tool call starts.
//
// What rows can show: a tool call's row has the time at which it began; a model call can't have begun before the
// message that it answers was there; the claim of a step is the start of its first model call. The owner has a
// second to see the cancel, so nothing is held against it within twice that; nor is a call as long after it stood still,
// for then it has yet to ask. What the database has to allow, it refuses at once.
import type { Evidence, Violation } from "./evidence.ts";

const SEEN_WITHIN_MS = 2_000;

export function* cancelViolations(evidence: Evidence): Generator<Violation> {
  const { run, threads, messages, tool_calls, executions, woke_at } = evidence;
  if (run.cancel_requested_at === null || run.status !== "cancelled") return;
  const cancelled = Date.parse(run.cancel_requested_at);
  const late = (time: string) => Date.parse(time) - cancelled;
  const mayNotKnow = (time: string) =>
    [cancelled, ...woke_at].some((since) => isWithin(Date.parse(time) - since));
  const found = (what: string, time: string): Violation => ({
    invariant: "I7",
    problem: `${what} ${late(time)} ms after the cancel`,
  });

  for (const { id, tool_name, status, created_at } of tool_calls) {
    // A refused call is recorded, but it did not run.
    if (status !== "rejected" && late(created_at) > 0 && !mayNotKnow(created_at)) {
      yield found(`call ${id} of ${tool_name} began`, created_at);
    }
  }
  for (const { step_number, attempt, status, created_at } of executions) {
    if (status !== "skipped" && late(created_at) > SEEN_WITHIN_MS) {
      yield found(`attempt ${attempt} at step ${step_number} was claimed`, created_at);
    }
  }
  for (const thread of threads) {
    const own = messages.filter((message) => message.agent_session_id === thread.id).toSorted((a, b) =>
      a.seq - b.seq
    );
    for (const [i, { seq, model_used }] of own.entries()) {
      const asked = own[i - 1]?.created_at;
      if (model_used === null || asked === undefined || late(asked) <= SEEN_WITHIN_MS) continue;
      yield found(`the model was asked for message ${seq} of thread ${thread.id}`, asked);
    }
  }
}

function isWithin(ms: number): boolean {
  return ms >= 0 && ms <= SEEN_WITHIN_MS;
}
