// How tools word their results: rows without empty fields, since every field is paid for in the next prompt.
import { type Json, preview } from "../contracts/text.ts";
import { failed, ok, type ToolResult } from "../contracts/tool_result.ts";

/** The fields of a row. */
export type RowFields = { [key: string]: Json | undefined };

/** A row without the fields that say nothing: null, undefined and empty lists. */
export function withoutEmpty(row: RowFields): { [key: string]: Json } {
  const kept = Object.entries(row).filter((entry): entry is [string, Json] => {
    const [, value] = entry;
    return value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0);
  });
  return Object.fromEntries(kept);
}

/** The fields that were given: those that are absent are left out, null stays. */
export function given(fields: RowFields): { [key: string]: Json } {
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, Json] => entry[1] !== undefined),
  );
}

/** A row also without flags that are false. */
export function withoutFalse(row: RowFields): { [key: string]: Json } {
  return withoutEmpty(Object.fromEntries(Object.entries(row).filter(([, value]) => value !== false)));
}

/** So much of a value a list shows; the whole is in the row by itself. */
const BRIEF = 80;

/** A row of a list, without flags that are false and with long values cut: however much stands in them, many fit a prompt. */
export function briefly(row: RowFields): { [key: string]: Json } {
  return Object.fromEntries(
    Object.entries(withoutFalse(row)).map(([name, value]): [string, Json] => {
      const text = typeof value === "string" ? value : JSON.stringify(value);
      return [name, text.length > BRIEF ? preview(text, BRIEF) : value];
    }),
  );
}

/** A list, with how many there are in all. */
export function page(
  key: string,
  rows: Json[],
  total: number,
  noun: string,
  nouns = `${noun}s`,
): ToolResult {
  const count = total === 1 ? `1 ${noun}` : `${total === 0 ? "No" : total} ${nouns}`;
  const has_more = rows.length > 0 && total > rows.length;
  return ok(
    { [key]: rows, total, has_more },
    has_more ? `${count}, the first ${rows.length} shown.` : `${count}.`,
  );
}

/** The answer to an id that is nobody's, or another user's: the same, so that nobody can tell. */
export function notFound(noun: string, field: string): ToolResult {
  return failed(
    "not_found",
    `There is no ${noun} with this ${field}. Look it up with a list or search tool.`,
  );
}

/** What a call did, when its row was taken away since. */
export function gone(noun: string): ToolResult {
  return ok({}, `Done, but somebody has deleted the ${noun} since.`);
}

/** A title in a message. */
export function quoted(title: string): string {
  return `"${preview(title, 80)}"`;
}

/** Which fields were changed, so that the model does not take more for done than was. */
export function changed(name: string, updates: Record<string, unknown>): string {
  const fields = Object.keys(updates).filter((field) => updates[field] !== undefined);
  const cleared = fields.filter((field) => updates[field] === null);
  const set = fields.filter((field) => updates[field] !== null);
  const done = [set.length && `Changed ${set.join(", ")}`, cleared.length && `Cleared ${cleared.join(", ")}`];
  return `${done.filter(Boolean).join("; ")} of ${quoted(name)}.`;
}

/** A title for a text that came without one: its first line that says something. */
export function titleFrom(content: string): string {
  const line = content.split("\n").map((one) => one.replace(/^[\s#*>-]+/, "").trim()).find((one) =>
    one !== ""
  );
  return preview(line ?? "Untitled", 80);
}
