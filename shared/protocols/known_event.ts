// A log may hold events of a later version's. They change nothing here, save that a run goes on with them.
import { RunEvent } from "../contracts/events.ts";
import { reduceRun, type RunState } from "../contracts/run_state.ts";

const KNOWN: ReadonlySet<string> = new Set(RunEvent.options.map((option) => option.shape.type.value));

/** True for an event of a type that this version knows. */
export function isKnownEvent({ type }: { type: string }): boolean {
  return KNOWN.has(type);
}

/** What the run adds up to with one more event, of whatever type. */
export function advanced(run: RunState, event: RunEvent): RunState {
  if (isKnownEvent(event)) return reduceRun(run, event);
  return run.status === "awaiting_approval" ? { ...run, status: "running" } : run;
}

/**
 * True where a text of this part is open, and the event neither adds to it nor withdraws it: it ends the text. A new
 * owner does not: what it does next is to withdraw the text.
 */
export function endsText(open_part: number | null, event: RunEvent): open_part is number {
  if (open_part === null || event.type === "taken_over" || !isKnownEvent(event)) return false;
  const of_text = event.type === "text" || event.type === "text_withdrawn";
  return !(of_text && event.part === open_part);
}
