// I4: the log counts from 1 without a gap, begins with `session`, and ends with its one terminal event.
import { isTerminal } from "../../../shared/contracts/events.ts";
import type { Evidence, Violation } from "./evidence.ts";

export function* eventLogViolations({ run, events }: Evidence): Generator<Violation> {
  const found = (problem: string): Violation => ({ invariant: "I4", problem });
  for (const [i, event] of events.entries()) {
    if (event.seq !== i + 1) {
      yield found(`in place ${i + 1} of the log stands event ${event.seq} (${event.type})`);
      break;
    }
  }
  if (events[0]?.type !== "session") yield found(`the log begins with ${events[0]?.type ?? "nothing"}`);
  const ends = events.filter(isTerminal);
  if (ends.length !== 1) {
    yield found(`there are ${ends.length} terminal events: ${ends.map(({ seq }) => seq).join(", ")}`);
  }
  const last = events.at(-1);
  if (ends.length > 0 && last && !isTerminal(last)) {
    yield found(`event ${last.seq} (${last.type}) comes after the terminal event ${ends[0]?.seq}`);
  }
  for (const event of events) {
    if (event.run_id !== run.id) yield found(`event ${event.seq} is of run ${event.run_id}`);
  }

  let speaking = 0;
  const withdrawn = new Set<number>();
  for (const event of events) {
    if (event.type === "text_withdrawn") withdrawn.add(event.part);
    if (event.type !== "text") continue;
    const { seq, part } = event;
    if (withdrawn.has(part)) yield found(`event ${seq} is text of part ${part}, which was withdrawn before`);
    if (part < speaking || part > speaking + 1) {
      yield found(`event ${seq} is text of part ${part}, after part ${speaking}`);
    }
    speaking = part;
  }
}
