// The key of a row that the database made, out of what the call left behind.
import type { Receipt } from "../db/receipts.ts";

/**
 * The key of the row of `relation` that a call wrote, each column as text: for `look_up`, where `new_id` can't say it.
 * Throws where the call's first change was of another table, or of one whose trigger does not name these columns.
 */
export function writtenKey<Column extends string>(
  { relation: written, row_key }: Receipt,
  relation: string,
  ...columns: readonly Column[]
): Record<Column, string> {
  if (written !== relation) {
    throw new Error(`Cannot look up a row of ${relation}: the call's receipt is of ${written}`);
  }
  const key: Partial<Record<string, string>> = row_key;
  return Object.fromEntries(columns.map((column) => {
    const value = key[column];
    if (value === undefined) {
      throw new Error(
        `Cannot look up a row of ${relation}: its trigger of receipts does not name "${column}"`,
      );
    }
    return [column, value];
  })) as Record<Column, string>;
}
