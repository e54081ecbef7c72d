// When a run waited for a person: from each pause in its log to the decision that ended it.
import type { TraceMoment } from "../data/trace_rows.ts";
import type { Pause } from "./time_axis.ts";

/** One that nobody has ended yet lasts until `now`. */
export function pausesOf(moments: readonly TraceMoment[], now: number): Pause[] {
  const pauses: Pause[] = [];
  let since: number | null = null;
  for (const { type, at } of moments) {
    if (type === "run_paused") since ??= Date.parse(at);
    else if (type === "approval_decided" && since !== null) {
      pauses.push({ start: since, end: Date.parse(at) });
      since = null;
    }
  }
  return since === null ? pauses : [...pauses, { start: since, end: now }];
}
