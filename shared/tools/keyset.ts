// Where a list goes on: the place of the last row that was shown, in the order of the list. Rows that come or go in
// between move no other. A cursor is of one tool and its filters, so that it can't be taken for another list's.
import { z } from "zod";
import type { Json } from "../contracts/text.ts";
import { failed, ok, type ShownRow, type ToolResult } from "../contracts/tool_result.ts";

const NO_CURSOR = { error: "must be the next_cursor of the answer before; leave it out to begin" };

/** The next_cursor of the answer before: the list's mark, the numbers that it is ordered by, the row's id. */
export const Cursor = z.string(NO_CURSOR).regex(/^[0-9a-z]+(,-?[0-9.]+)+,[0-9a-f-]{36}$/, NO_CURSOR)
  .meta({ format: "cursor" }).optional();

/** A row with its place in the order (a JSON array), how many rows there are, and how many from this one on. */
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
  const { total, rest } = first;
  const count = total === 1 ? `1 ${noun}` : `${total} ${noun}s`;
  if (rest <= rows.length) return ok({ [key]: told, total, has_more: false }, `${count}.`, shows);
  const from = total - rest + 1;
  const shown = from === 1 ? `the first ${rows.length}` : `${from} to ${from + rows.length - 1}`;
  return ok(
    { [key]: told, total, has_more: true, next_cursor: cursorAfter(list, last) },
    `${count}, ${shown} shown; the rest with cursor next_cursor.`,
    shows,
  );
}

/** Tells lists of one conversation apart; no secret. FNV-1a. */
function shortHash(text: string): string {
  let hash = 0x811c9dc5;
  for (const unit of new TextEncoder().encode(text)) hash = Math.imul(hash ^ unit, 0x01000193) >>> 0;
  return (hash % 36 ** 4).toString(36);
}
