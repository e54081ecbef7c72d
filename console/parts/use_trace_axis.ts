// The clock of a trace, which goes on while its run does.
import { useMemo } from "preact/hooks";
import { pausesOf } from "./pauses.ts";
import { liveEnd, type TimeAxis, timeAxis } from "./time_axis.ts";
import { useNow } from "./use_now.ts";
import type { Trace } from "./use_trace.ts";

/** How often what is under way grows, and what waits. */
const LIVE_MS = 200;
const WAITING_MS = 1_000;

export function useTraceAxis(
  { rows, live, skew }: Extract<Trace, { type: "ready" }>,
  track_px: number,
): TimeAxis {
  const { run } = rows;
  const here = useNow(run.finished_at === null, live ? LIVE_MS : WAITING_MS);
  const start = Date.parse(run.created_at);
  const now = Math.max(start, run.finished_at === null ? here + skew : Date.parse(run.finished_at));
  const end = live && run.finished_at === null ? liveEnd(start, now) : now;
  return useMemo(
    () => timeAxis({ start, end, now }, pausesOf(rows.moments, now), track_px),
    [rows, start, end, now, track_px],
  );
}
