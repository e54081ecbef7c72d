// The parts of a detail: lists that are cut, and that say so.

/** Asks for the number of all rows beside those that the limit leaves. */
export const COUNTED = { count: "exact" } as const;

interface Counted {
  data: readonly unknown[] | null;
  count: number | null;
}

/** How many of a list are shown and which tool has the others; nothing where all are there, or none were asked for. */
export function cut(list: Counted | undefined, nouns: string, tool: string): string | undefined {
  const shown = list?.data?.length ?? 0;
  const total = list?.count ?? shown;
  return total > shown ? `${shown} of ${total} ${nouns} are shown; ${tool} gives the others.` : undefined;
}
