// When users send their turns: a Poisson process, whose gaps know nothing of each other.
import type { Kind, Mix } from "./kinds.ts";
import { KINDS } from "./kinds.ts";

export interface Arrival {
  /** Milliseconds from the beginning. */
  at: number;
  kind: Kind;
}

/** A source of numbers from 0 up to 1, the same ones for the same seed. */
export type Random = () => number;

/** Turns that come at `rate` a second, on the average, for so many seconds. */
export function arrivals(rate: number, seconds: number, mix: Mix, random: Random): Arrival[] {
  const found: Arrival[] = [];
  for (let at = gap(rate, random); at < seconds * 1_000; at += gap(rate, random)) {
    found.push({ at, kind: kindOf(random(), mix) });
  }
  return found;
}

function gap(rate: number, random: Random): number {
  return -Math.log(1 - random()) / rate * 1_000;
}

function kindOf(share: number, mix: Mix): Kind {
  let left = share;
  for (const kind of KINDS) {
    left -= mix[kind];
    if (left < 0) return kind;
  }
  return "simple";
}

/** By mulberry32, of the public domain. */
export function seeded(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
