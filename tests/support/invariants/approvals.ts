// I4 for calls that waited for a person: each was asked about once, after it was announced, and its answer comes before
// its result; a run pauses for what is open, and not again before something was decided.
import type { Evidence, Violation } from "./evidence.ts";

export function* approvalViolations({ run, events }: Pick<Evidence, "run" | "events">): Generator<Violation> {
  const found = (problem: string): Violation => ({ invariant: "I4", problem });
  const announced = new Set<string>();
  const asked = new Set<string>();
  const decided = new Set<string>();
  const ended = new Set<string>();
  let paused: number | null = null;
  for (const event of events) {
    const { seq } = event;
    if (event.type === "tool_call") announced.add(event.tool_call_id);
    if (event.type === "tool_result") ended.add(event.tool_call_id);
    for (const { tool_call_id: id } of event.type === "approval_required" ? event.approvals : []) {
      if (!announced.has(id)) yield found(`event ${seq} asks about call ${id}, which was not announced`);
      if (asked.has(id)) yield found(`event ${seq} asks about call ${id} once more`);
      asked.add(id);
    }
    if (event.type === "approval_decided") {
      const id = event.tool_call_id;
      if (decided.has(id)) yield found(`event ${seq} decides on call ${id} once more`);
      if (ended.has(id)) yield found(`event ${seq} decides on call ${id}, which has its result`);
      decided.add(id);
      paused = null;
    }
    if (event.type !== "run_paused") continue;
    if (paused !== null) {
      yield found(`event ${seq} pauses the run, and nothing was decided since event ${paused}`);
    }
    paused = seq;
    for (const id of event.open) {
      if (!asked.has(id) || decided.has(id)) {
        yield found(`event ${seq} waits for call ${id}, which is not open`);
      }
    }
    if (event.open.length === 0) yield found(`event ${seq} waits for nothing`);
  }
  // A run that broke off may have left questions open.
  for (const id of run.status === "completed" ? asked : []) {
    if (!decided.has(id)) yield found(`call ${id} was asked about, and nothing was decided`);
  }
}
