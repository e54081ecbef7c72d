// The lists inside a detail: its first rows, and where the tool that has the others goes on.
import type { Json } from "../../contracts/text.ts";
import { cursorAfter, type List, type Placed, toldTotal } from "../../tools/keyset.ts";

/** The rows of a list that were asked for, and the tool and filter that give the others. */
export interface Part<Row extends Placed> {
  rows: readonly Row[];
  list: List;
  nouns: string;
  /** Such as `list_tasks with this project_id`. */
  others: string;
}

/** How many of a list are shown, and how to get the others; nothing where all are there, or none were asked for. */
export function cut<Row extends Placed>(part: Part<Row> | undefined): string | undefined {
  const last = part?.rows.at(-1);
  if (part === undefined || last === undefined || last.total <= part.rows.length) return undefined;
  const { rows, list, nouns, others } = part;
  return `${rows.length} of ${toldTotal(last.total)} ${nouns} are shown; ${others} and cursor ${
    cursorAfter(list, last)
  } gives the others.`;
}

/** The rows of a part under its name; no name where it was not asked for, an empty list where there are none. */
export function told<Row extends Placed>(
  name: string,
  part: Part<Row> | undefined,
  tell: (row: Row) => Json,
): { [name: string]: Json } {
  return part === undefined ? {} : { [name]: part.rows.map(tell) };
}
