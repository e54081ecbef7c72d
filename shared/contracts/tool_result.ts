// What a tool is to an agent: a name, a description short enough for the prompt, a schema, and a result that
// the model can read. A tool that fails answers `ok: false`; it never throws through the loop.
import type { Json } from "./text.ts";

export type ToolAccess = "read" | "write";
export type ToolCategory = "list" | "detail" | "action";

export type ToolErrorKind =
  | "invalid_arguments"
  | "not_found"
  | "not_allowed"
  | "conflict"
  | "failed"
  /** A person declined it, or nobody approved it. */
  | "rejected"
  /** What a person approved is not what it would do by now. */
  | "stale";

/** A row of which text is shown: its table, such as `public.orders`, and its key as text. */
export type ShownRow = { relation: string; key: string };

/** `rows` are those whose text it shows, parents included whose name stands in it. No model is told them. */
export type ToolResult =
  | { ok: true; data: Json; message: string; rows?: ShownRow[] }
  /** `message` says what went wrong and what would be right. */
  | { ok: false; error: ToolErrorKind; message: string; rows?: ShownRow[] };

export const ok = (data: Json, message: string, rows: ShownRow[] = []): ToolResult => ({
  ...{ ok: true, data, message },
  ...(rows.length > 0 && { rows }),
});
export const failed = (error: ToolErrorKind, message: string, rows: ShownRow[] = []): ToolResult => ({
  ...{ ok: false, error, message },
  ...(rows.length > 0 && { rows }),
});

/** The key of a row as text; of several columns, in their order, with commas in between and `\\` before those in them. */
export function rowKey(...parts: (string | number | boolean)[]): string {
  if (parts.length === 1) return String(parts[0]);
  return parts.map((part) => String(part).replace(/[\\,]/g, "\\$&")).join(",");
}

/** Rows of one table, by their keys; a key that is not there names none. */
export function shown(
  relation: string,
  ...keys: (string | number | null | undefined)[]
): ShownRow[] {
  return keys.filter((key) => key !== null && key !== undefined).map((key) => ({
    relation,
    key: String(key),
  }));
}
