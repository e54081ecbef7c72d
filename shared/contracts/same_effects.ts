// Whether what a call would change is what was shown before, as far as that binds.
import { z } from "zod";
import { Effect } from "./approval.ts";
import type { Json } from "./text.ts";

const Effects = z.array(Effect).nullable();

/**
 * True where both say the same but for the columns that the database makes anew, in any order of their keys. What is no
 * list of effects was shown by nobody.
 */
export function sameEffects(shown: readonly Json[] | null, now: readonly Effect[] | null): boolean {
  const read = Effects.safeParse(shown);
  return read.success && JSON.stringify(binding(read.data)) === JSON.stringify(binding(now));
}

function binding(effects: readonly Effect[] | null): unknown {
  return effects && effects.map(({ made = [], ...effect }) => {
    const bound = Object.entries(effect).map(([part, value]) => [part, without(value, made)]);
    return sorted(Object.fromEntries(bound));
  });
}

/** The columns of a row, of its key or of its changes, but for these. */
function without(part: unknown, columns: readonly string[]): unknown {
  if (!(part instanceof Object)) return part;
  return Object.fromEntries(Object.entries(part).filter(([column]) => !columns.includes(column)));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!(value instanceof Object)) return value;
  return Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1).map(([name, one]) => [name, sorted(one)]);
}
