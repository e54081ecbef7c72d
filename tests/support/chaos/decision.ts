// Chance that can be had again: what happens at a point depends on the seed, the run, the point and how often
// the run has passed it, and on nothing else.

/** From 0 up to 1, spread evenly over the keys (FNV-1a, and the last mixing steps of MurmurHash3). */
export function chance(...key: (string | number)[]): number {
  let hash = 0x811c9dc5;
  for (const char of key.join("/")) {
    hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/** Counts how often each name was seen, from 1. */
export function createCounter(): (name: string) => number {
  const counts = new Map<string, number>();
  return (name) => {
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return count;
  };
}
