// What stands at a tick of the clock. Ticks are round, so that a whole number of some unit says it.
import { duration } from "./format.ts";

/** 0, 200 ms, 2.5 s, 15 s, 2 min. */
export function tickWords(ms: number): string {
  if (ms === 0) return "0";
  if (ms >= 60_000 || ms < 1_000) return duration(ms);
  return `${Number((ms / 1_000).toFixed(3))} s`;
}
