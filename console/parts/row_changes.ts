// What a change of a row says, column by column.
import type { Change } from "../data/contents.ts";
import type { Json } from "../../shared/contracts/text.ts";

export interface ColumnChange {
  column: string;
  /** As text; null where there is none. */
  before: string | null;
  after: string | null;
}

/** Of an update the columns that differ; of a new or a removed row those that have something in them. */
export function changedColumns(
  { op, before, after }: Pick<Change, "op" | "before" | "after">,
): ColumnChange[] {
  const [old, now] = [columnsOf(before), columnsOf(after)];
  const names = op === "insert" ? Object.keys(now) : Object.keys(old);
  return names.flatMap((column) => {
    // The clock's own columns stand in the image before and not in that after.
    if (op === "update" && !Object.hasOwn(now, column)) return [];
    const [was, is] = [old[column] ?? null, now[column] ?? null];
    if (JSON.stringify(was) === JSON.stringify(is)) return [];
    return [{
      column,
      before: op === "insert" ? null : words(was),
      after: op === "delete" ? null : words(is),
    }];
  });
}

/** What people call the row; its key where it has no name. */
export function nameOf({ before, after, row_key }: Pick<Change, "before" | "after" | "row_key">): string {
  const row = { ...columnsOf(before), ...columnsOf(after) };
  const name = [row.title, row.name].find((value) => typeof value === "string");
  return typeof name === "string" ? name : Object.values(columnsOf(row_key)).map(String).join(", ");
}

function columnsOf(value: Json): Record<string, Json> {
  return value instanceof Object && !Array.isArray(value) ? value : {};
}

function words(value: Json): string {
  if (value === null) return "nothing";
  return typeof value === "string" ? value : JSON.stringify(value);
}
