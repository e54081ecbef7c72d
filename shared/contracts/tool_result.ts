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

export type ToolResult =
  | { ok: true; data: Json; message: string }
  /** `message` says what went wrong and what would be right. */
  | { ok: false; error: ToolErrorKind; message: string };

export const ok = (data: Json, message: string): ToolResult => ({ ok: true, data, message });
export const failed = (error: ToolErrorKind, message: string): ToolResult => ({ ok: false, error, message });
