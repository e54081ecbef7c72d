// What a tool is to an agent: a name, a description short enough for the prompt, a schema, and a result that
// the model can read. A tool that fails answers `ok: false`; it never throws through the loop.
import type { Json } from "./text.ts";

export type ToolAccess = "read" | "write";
export type ToolCategory = "list" | "detail" | "action";

export type ToolErrorKind = "invalid_arguments" | "not_found" | "not_allowed" | "conflict" | "failed";

export type ToolResult =
  | { ok: true; data: Json; message: string }
  /** `message` says what went wrong and what would be right. */
  | { ok: false; error: ToolErrorKind; message: string };

export const ok = (data: Json, message: string): ToolResult => ({ ok: true, data, message });
export const failed = (error: ToolErrorKind, message: string): ToolResult => ({ ok: false, error, message });
