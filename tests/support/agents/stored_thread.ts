// A thread as it is read from the store, for tests of what is read from it.
import type { StoredMessage } from "../../../shared/agents/store/records.ts";
import type { Sender } from "../../../shared/agents/store/rows.ts";
import type { MessageKind, MetLimit } from "../../../shared/contracts/message_kind.ts";
import type { ModelMessage } from "../../../shared/contracts/model.ts";

/** What a message is there for, the message itself, and of a limit, which one. */
export type Entry = [Exclude<MessageKind, "limit">, ModelMessage] | ["limit", ModelMessage, MetLimit];

/** Numbered from 1, or on from where another thread ends. */
export function storedThread(entries: readonly Entry[], after = 0): StoredMessage[] {
  return entries.map((entry, i): StoredMessage => {
    const seq = after + i + 1;
    const [kind, message] = entry;
    const head = { id: messageId(seq), seq, sender: senderOf(kind), message };
    return entry[0] === "limit" ? { ...head, kind: "limit", limit: entry[2] } : { ...head, kind: entry[0] };
  });
}

/** The id of the message with this number. */
export function messageId(seq: number): string {
  return `00000000-0000-4000-a000-${String(seq).padStart(12, "0")}`;
}

function senderOf(kind: MessageKind): Sender {
  switch (kind) {
    case "prompt":
    case "nudge":
    case "limit":
      return "system";
    case "task":
      return "user";
    case "turn":
    case "answer":
      return "planner";
    case "result":
      return "tool";
  }
}
