// A conversation as `useChat({ messages })` takes it: what was said, and of each run that has ended the message that its
// stream made.
import { isTerminal, type RunEvent } from "../../contracts/events.ts";
import type { ChatMessage } from "../../contracts/run_view.ts";
import type { ChunkSet } from "./ai_sdk_chunk.ts";
import { aiSdkProjection, aiSdkStep } from "./ai_sdk_projection.ts";
import { type UiMessage, withChunk } from "./ui_message.ts";

type Row = Pick<ChatMessage, "id" | "session_id" | "role" | "content" | "run_id"> & {
  /** The id under which the client sent it. */
  client_message_id?: string | null;
};

/**
 * The rows that a page holds that was there all the time: a message that was edited, or is to be answered anew, takes the
 * place of the one with its id, and of all behind that. A page that was loaded in between knows it by its row's id.
 */
export function heldRows<One extends Omit<Row, "content" | "session_id">>(rows: readonly One[]): One[] {
  let held: { row: One; names: ReadonlySet<string> }[] = [];
  for (const row of rows) {
    const sent = row.role === "user" ? row.client_message_id ?? null : null;
    const at = sent === null ? -1 : held.findIndex(({ names }) => names.has(sent));
    const names = row.role === "user"
      ? [row.id, ...(sent === null ? [] : [sent]), ...held[at]?.names ?? []]
      : [];
    held = [...(at < 0 ? held : held.slice(0, at)), { row, names: new Set(names) }];
  }
  return held.map(({ row }) => row);
}

/**
 * The messages of a session that a page would hold, oldest first, from its rows and the logs of its runs. A run that has not ended has no row
 * of the assistant's: its stream brings it. A run whose log is gone, or whose texts were deleted, says what its row says.
 */
export function uiHistory(
  rows: readonly Row[],
  logs: ReadonlyMap<string, readonly RunEvent[]>,
  set: ChunkSet,
): UiMessage[] {
  return heldRows(rows).map((row) => {
    if (row.role === "user") {
      return { id: row.id, role: "user", parts: [{ type: "text", text: row.content }] };
    }
    const log = logs.get(row.run_id ?? "");
    const message = log?.some(isTerminal) ? uiMessageOf(log, set) : null;
    const { id, session_id, run_id } = row;
    const head = { id: run_id ?? id, role: "assistant" as const };
    const ids = { ...(run_id !== null && { run_id }), session_id, message_id: id };
    const says = message?.parts.some((part) => part.type === "text" && part.text !== "") ?? false;
    const own = says || row.content === "" ? [] : [{ type: "text" as const, text: row.content }];
    return { ...head, metadata: { ...message?.metadata, ...ids }, parts: [...message?.parts ?? [], ...own] };
  });
}

/** The message that a run's stream makes. */
export function uiMessageOf(events: readonly RunEvent[], set: ChunkSet): UiMessage {
  let state = aiSdkProjection(set).initial;
  let message: UiMessage = { id: events[0]?.run_id ?? "", role: "assistant", parts: [] };
  for (const event of events) {
    const [next, chunks] = aiSdkStep(state, event, set);
    state = next;
    message = chunks.reduce(withChunk, message);
  }
  return message;
}
