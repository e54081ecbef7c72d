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
  return effects && effects.map(({ made = [], ...effect }) => sorted(effect, new Set(made)));
}

function sorted(value: unknown, left_out: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((one) => sorted(one, left_out));
  if (!(value instanceof Object)) return value;
  return Object.entries(value).filter(([name]) => !left_out.has(name))
    .sort(([a], [b]) => a < b ? -1 : 1)
    .map(([name, one]) => [name, sorted(one, left_out)]);
}
