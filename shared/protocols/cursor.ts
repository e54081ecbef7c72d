// Where a reader is in a projected stream: the id of the last frame that it has.

/** All frames of the events before `seq`, and `sub` frames of its own; of a whole event, `sub` is without an end. */
export interface StreamCursor {
  seq: number;
  sub: number;
}

/** Before the first frame. */
export const STREAM_START: StreamCursor = { seq: 0, sub: Infinity };

/** Behind all frames of the events up to this one. */
export function behind(seq: number): StreamCursor {
  return { seq, sub: Infinity };
}

/** An id as a cursor; null for a text that is none. `0` is the start. */
export function parseCursor(text: string): StreamCursor | null {
  const [, seq, sub] = /^(0|[1-9]\d{0,14})(?:\.([1-9]\d{0,5}))?$/.exec(text) ?? [];
  if (seq === undefined || (seq === "0" && sub !== undefined)) return null;
  return { seq: Number(seq), sub: sub === undefined ? Infinity : Number(sub) };
}

/** Negative where `a` comes before `b`: by seq, then by sub-id; a bare seq comes after all its sub-ids. */
export function compareCursors(a: StreamCursor, b: StreamCursor): number {
  if (a.seq !== b.seq) return a.seq - b.seq;
  return a.sub === b.sub ? 0 : a.sub - b.sub;
}
