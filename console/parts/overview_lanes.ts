// The whole run in little: one lane a thread, in the order in which they began to work.
import { type CallKind, isContainer, type Span } from "./span.ts";
import type { TimeAxis } from "./time_axis.ts";

export interface LanePiece {
  /** Shares of the width, from 0 to 1. */
  left: number;
  width: number;
  kind: CallKind | "failed";
}

export interface Lane {
  thread: string;
  pieces: LanePiece[];
}

export function overviewLanes(spans: readonly Span[], axis: TimeAxis): Lane[] {
  const lanes = new Map<string, Lane & { start: number }>();
  for (const span of spans) {
    if (isContainer(span) || span.kind === "hand_in") continue;
    const thread = span.thread ?? "";
    const lane = lanes.get(thread) ?? { thread, pieces: [], start: span.start };
    lanes.set(thread, lane);
    lane.start = Math.min(lane.start, span.start);
    const left = axis.share(span.start);
    const width = Math.max(0, axis.share(span.end ?? axis.now) - left);
    lane.pieces.push({ left, width, kind: span.state === "failed" ? "failed" : pieceKind(span) });
  }
  // Writes are drawn last, so that nothing hides them.
  for (const { pieces } of lanes.values()) pieces.sort((a, b) => ORDER[a.kind] - ORDER[b.kind]);
  return [...lanes.values()].sort((a, b) => a.start - b.start)
    .map(({ thread, pieces }) => ({ thread, pieces }));
}

const ORDER = { model: 0, hand_in: 1, read: 2, write: 3, failed: 4 };

function pieceKind({ kind }: Span): CallKind {
  return kind === "read" || kind === "write" || kind === "hand_in" ? kind : "model";
}
