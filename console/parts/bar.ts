// Where the bar of a row stands, and on which side of it its duration has room.
import type { Span } from "./span.ts";
import type { TimeAxis } from "./time_axis.ts";

export interface Bar {
  /** Shares of the track, from 0 to 1. */
  left: number;
  width: number;
  label: "after" | "before" | "inside";
}

/** How much of the track a duration in words may need. */
const LABEL_PX = 84;

export function barOf(span: Pick<Span, "start" | "end">, axis: TimeAxis, width_px: number): Bar {
  const left = axis.share(span.start);
  const right = Math.max(axis.share(span.end ?? axis.now), left);
  const room = LABEL_PX / Math.max(width_px, 1);
  const label = 1 - right >= room ? "after" : left >= room ? "before" : "inside";
  return { left, width: right - left, label };
}
