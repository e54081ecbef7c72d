// Where a list goes on: the place of the last row that was shown, in the order of the list. Rows that come or go in
// between move no other. A cursor is of one tool and its filters, so that it can't be taken for another list's.
import { z } from "zod";
import type { Json } from "../contracts/text.ts";
import { failed, ok, type ShownRow, type ToolResult } from "../contracts/tool_result.ts";

const NO_CURSOR = { error: "must be the next_cursor of the answer before; leave it out to begin" };

/** The next_cursor of the answer before: the list's mark, the numbers that it is ordered by, the row's id. */
export const Cursor = z.string(NO_CURSOR).regex(/^[0-9a-z]+(,-?[0-9.]+)+,[0-9a-f-]{36}$/, NO_CURSOR)
  .meta({ format: "cursor" }).optional();

/** Lists are counted so far; a total beyond it stands for more. */
const MOST_COUNTED = 200;

/** A row with its place in the order (a JSON array), how many rows there are, and how many from the first one on. */
export interface Placed {
  place: string;
  total: number;
  rest: number;
}

export interface List {
  mark: string;
  /** The place after which it goes on, as JSON. */
  after: string | undefined;
  /** Why it can't go on there. */
  problem: ToolResult | undefined;
}

interface Filters {
  [filter: string]: Json | undefined;
}

/** A tool's list with these arguments, from their cursor on. */
export function openList(tool: string, args: Filters & { cursor?: string }): List {
  const { cursor, limit: _, ...filters } = args;
  const known = Object.entries(filters).filter(([, value]) => value !== undefined).sort(([a], [b]) =>
    a < b ? -1 : 1
  );
  const mark = shortHash(JSON.stringify([tool, known]));
  if (cursor === undefined) return { mark, after: undefined, problem: undefined };
  const [of, ...place] = cursor.split(",");
  const problem = of === mark ? undefined : failed(
    "invalid_arguments",
    "The cursor is of a list with other filters: repeat those, or leave the cursor out to begin.",
  );
  return { mark, after: `[${place.slice(0, -1).join(",")},"${place.at(-1)}"]`, problem };
}

/** The cursor that goes on after this row. */
export function cursorAfter({ mark }: List, { place }: Placed): string {
  return `${mark},${place.replace(/[[\]" ]/g, "")}`;
}

/** How many rows a list has, as it is told. */
export function toldTotal(total: number): number | string {
  return total > MOST_COUNTED ? `more than ${MOST_COUNTED}` : total;
}

/** A part of a list, with how many rows there are in all and what to go on with, if there are more. */
export function listPage<Row extends Placed>(
  list: List,
  { key, noun, rows, tell, shows }: {
    key: string;
    noun: string;
    rows: Row[];
    tell(row: Omit<Row, keyof Placed>): Json;
    /** The rows whose text is told. */
    shows: ShownRow[];
  },
): ToolResult {
  const told = rows.map(({ place: _, total: __, rest: ___, ...row }) => tell(row));
  const [first, last] = [rows[0], rows.at(-1)];
  if (first === undefined || last === undefined) {
    return ok({ [key]: [], total: 0, has_more: false }, `No ${list.after ? "more " : ""}${noun}s.`);
  }
  const { rest } = first;
  const total = toldTotal(first.total);
  const count = total === 1 ? `1 ${noun}` : `${total} ${noun}s`;
  if (rest <= rows.length) return ok({ [key]: told, total, has_more: false }, `${count}.`, shows);
  return ok(
    { [key]: told, total, has_more: true, next_cursor: cursorAfter(list, last) },
    `${count}, ${shownOf(list, first, rows.length)} shown; the rest with cursor next_cursor.`,
    shows,
  );
}

/** Which of a list's rows are shown; a place in a list that was not counted to its end is not known. */
function shownOf(list: List, { total, rest }: Placed, count: number): string {
  if (list.after === undefined) return `the first ${count}`;
  const from = total - rest + 1;
  return total > MOST_COUNTED ? `${count} more` : `${from} to ${from + count - 1}`;
}

/** Tells lists of one conversation apart; no secret. FNV-1a. */
function shortHash(text: string): string {
  let hash = 0x811c9dc5;
  for (const unit of new TextEncoder().encode(text)) hash = Math.imul(hash ^ unit, 0x01000193) >>> 0;
  return (hash % 36 ** 4).toString(36);
}
