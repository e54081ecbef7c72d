// What a loop tells while it works, and how it ends.
//
// Contract: exactly one `ended`, and nothing after it. What a model or a tool does is never thrown; what is thrown is
// a store that can't be written (LeaseLostError, StoreUnavailable), or a fault of ours. `usage` comes before the
// message that was bought with it is written. Text of a turn that is neither finished nor cut off is void, too: no
// message has its id.
import type { Failure } from "../../contracts/errors.ts";
import type { MetLimit } from "../../contracts/message_kind.ts";
import type { Usage } from "../../contracts/usage.ts";

export type LoopEvent =
  /** The model speaks; `message_id` is the message that its turn becomes when it is finished. */
  | { type: "text"; message_id: string; delta: string }
  /** What the turn has said so far is void, and it goes on. */
  | { type: "text_withdrawn"; message_id: string }
  /** The time was up in the middle of a turn, which is made again: what it said is void. */
  | { type: "turn_cut_off"; message_id: string }
  /** The first sign of a tool call. */
  | { type: "tool_call_started"; name: string }
  /** What a model call has cost, also one that failed or was cut off. */
  | { type: "usage"; usage: Usage }
  | { type: "ended"; outcome: LoopOutcome };

/** `limit` is the one that made the agent take its last turn. */
export type LoopOutcome = LoopEnd & { limit: MetLimit | null };

export type LoopEnd =
  /** `cut_off`: at the model's output limit. */
  | { type: "answered"; text: string; cut_off?: true }
  /** By the terminal tool, with its arguments. */
  | { type: "submitted"; value: unknown }
  | { type: "failed"; failure: Failure }
  | { type: "aborted" }
  /** For hand-off: the thread is resumed by the next owner. */
  | { type: "suspended" }
  /** Until a person has decided: then, too. */
  | { type: "awaiting" };

/** Why work stops before it has a result: for hand-off, or because nothing of it can go on until a person decides. */
export type Unfinished = "suspended" | "awaiting";

/** True for what is to be resumed. */
export function isUnfinished<T>(value: T | Unfinished): value is Unfinished {
  return value === "suspended" || value === "awaiting";
}
