// What an agent has been told on top of its task, read from the kinds of its messages.
import type { MetLimit } from "../../contracts/message_kind.ts";
import type { StoredMessage } from "../store/records.ts";

export interface ThreadPoint {
  /** The limit that the agent met: it has its last turn, or has had it. */
  limit: MetLimit | null;
  /** It answered in text where a result was wanted, and was told so. */
  nudged: boolean;
}

/** What was told since the thread's last task or answer. */
export function threadPoint(messages: readonly StoredMessage[]): ThreadPoint {
  const since = sinceInstruction(messages);
  return {
    limit: since.find((entry) => entry.kind === "limit")?.limit ?? null,
    nudged: since.some(({ kind }) => kind === "nudge"),
  };
}

/** The messages after the last task or answer: nudges and limits instruct nobody to begin anew. */
export function sinceInstruction(messages: readonly StoredMessage[]): readonly StoredMessage[] {
  const begun = messages.findLastIndex(({ kind }) => kind === "task" || kind === "answer");
  // A system prompt that came with a new owner stands between other messages, and is none of them.
  return messages.slice(begun + 1).filter(({ kind }) => kind !== "prompt");
}
