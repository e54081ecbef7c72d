// Which rows of a long list stand in the page: those in view and a few around them. A short list stands there whole.

export interface View {
  count: number;
  row_px: number;
  /** How far it is scrolled, and how much of it is in view. */
  top: number;
  height: number;
}

export interface Range {
  from: number;
  /** The first that does not stand there. */
  to: number;
}

const WHOLE_UP_TO = 200;
const AROUND = 8;

export function virtualRange({ count, row_px, top, height }: View): Range {
  if (count < WHOLE_UP_TO) return { from: 0, to: count };
  const first = Math.min(Math.max(0, Math.floor(top / row_px)), count);
  const shown = Math.ceil(height / row_px) + 1;
  return { from: Math.max(0, first - AROUND), to: Math.min(count, first + shown + AROUND) };
}

/** How a row comes into view: just so, or in the middle of it. */
export type Coming = "nearest" | "middle";

/** Where to scroll so that a row is in view; null where it is already. */
export function topFor(index: number, { row_px, top, height }: View, coming: Coming): number | null {
  const start = index * row_px;
  if (start >= top && start + row_px <= top + height) return null;
  if (coming === "middle") return Math.max(0, start - (height - row_px) / 2);
  return start < top ? start : start + row_px - height;
}
