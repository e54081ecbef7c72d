// Randomness that a failed test can be run again with: its message tells the seed.

export type Random = () => number;

export function newSeed(): number {
  return crypto.getRandomValues(new Int32Array(1))[0] ?? 0;
}

/** Numbers from 0 to 1, the same for the same seed. */
export function seeded(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
