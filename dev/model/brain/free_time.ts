// Free time: slots as tools list them, joined to stretches, and places for work in them.
import type { Slot } from "./facts.ts";
import { day, isWeekend, shortIso } from "./when.ts";

const MINUTE = 60_000;
const RASTER = 30 * MINUTE;
/** Tasks that are put on one day, so that a week is filled evenly. */
const MOST_A_DAY = 3;

/** Milliseconds since the epoch. */
export interface Span {
  start: number;
  end: number;
}

/** Slots that touch are one stretch; the earliest first. */
export function stretches(slots: readonly Slot[]): Slot[] {
  const joined: Slot[] = [];
  for (const slot of slots.toSorted((a, b) => Date.parse(a.start) - Date.parse(b.start))) {
    const last = joined.at(-1);
    if (last === undefined || Date.parse(last.end) < Date.parse(slot.start)) joined.push({ ...slot });
    else if (Date.parse(slot.end) > Date.parse(last.end)) last.end = slot.end;
  }
  return joined;
}

export interface Placing {
  free: readonly Slot[];
  taken: readonly Span[];
  minutes: number;
  /** Milliseconds since the epoch. */
  not_before: number;
  time_zone: string;
}

/** The first place on a working day that is free and long enough; undefined where there is none. */
export function placeFor({ free, taken, minutes, not_before, time_zone }: Placing): Span | undefined {
  const length = minutes * MINUTE;
  for (const stretch of free) {
    if (isWeekend(stretch.start, time_zone)) continue;
    for (let start = Date.parse(stretch.start); start + length <= Date.parse(stretch.end); start += RASTER) {
      const end = start + length;
      const thatDay = taken.filter((other) => sameDay(other.start, start, time_zone));
      const open = taken.every((other) => end <= other.start || start >= other.end);
      if (start >= not_before && open && thatDay.length < MOST_A_DAY) return { start, end };
    }
  }
  return undefined;
}

function sameDay(a: number, b: number, time_zone: string): boolean {
  return day(shortIso(new Date(a)), time_zone) === day(shortIso(new Date(b)), time_zone);
}
