// What the log tells of a tool call: that it began, what a person was asked and said about it, and how it ended, with as
// much of its data as a card needs.
import type { EventBody } from "../../contracts/events.ts";
import { storableJson } from "../../contracts/storable_json.ts";
import { type Json, preview } from "../../contracts/text.ts";
import type { KnownTool, ToolOutcome } from "../ports.ts";
import type { PendingCall, StoredCall } from "../store/records.ts";

export type ToolEvent = Extract<
  EventBody,
  { type: "tool_call" | "approval_required" | "approval_decided" | "tool_result" }
>;

/** Of a tool's data as JSON in UTF-8: what is longer stands in the call's row alone. */
export const MAX_SHOWN_DATA_BYTES = 8 * 1024;

const utf8 = new TextEncoder();

/** That a call has begun, as clients see it. */
export function toolCallEvent(
  { id, tool_name: name, arguments: args }: Pick<PendingCall, "id" | "tool_name" | "arguments">,
  catalogue: readonly KnownTool[],
) {
  const tool = catalogue.find((one) => one.name === name);
  return {
    type: "tool_call" as const,
    tool_call_id: id,
    name,
    ...(tool && { title: tool.title, access: tool.access }),
    arguments: args,
  };
}

/** How a call ended, as clients see it. */
export function toolResultEvent(tool_call_id: string, result: ToolOutcome, duration_ms: number) {
  return {
    type: "tool_result" as const,
    tool_call_id,
    ok: result.ok,
    result: preview(result.message, 200),
    ...(result.ok ? shownData(result.data) : { error: result.message }),
    ...(result.undoable && { undoable: true as const }),
    duration_ms,
  };
}

/** What became of a request for approval, of the call's row; nothing where there was none. */
export function decidedEvents(row: Pick<PendingCall, "id" | "arguments" | "decision">): ToolEvent[] {
  if (row.decision === null) return [];
  const { approved, edited, reason, by } = row.decision;
  return [{
    ...{ type: "approval_decided", tool_call_id: row.id, approved, edited },
    ...(edited && { arguments: row.arguments }),
    ...(reason !== null && { reason }),
    by,
  }];
}

/** A call that was recorded, as if it were made now: a log leaves out what it has already. */
export function recordedEvents(call: StoredCall, catalogue: readonly KnownTool[]): ToolEvent[] {
  const { id, result, undoable, duration_ms } = call;
  return [
    toolCallEvent(call, catalogue),
    ...decidedEvents(call),
    toolResultEvent(id, { ...result, undoable }, duration_ms),
  ];
}

/** Measured as it will be stored, so that the row says the same when the call is told again. */
function shownData(data: Json): { data: Json } | { cut: true } {
  const stored = storableJson(data);
  const { length } = utf8.encode(JSON.stringify(stored));
  return length <= MAX_SHOWN_DATA_BYTES ? { data: stored } : { cut: true };
}
