// What clients read of the ledger, as rows of the database.
import type { Cut } from "./cut.ts";
import type { FinishedTurn, ModelFailureKind } from "./model.ts";

/** What a user's model calls of one day have cost, by the calendar of their zone: a row of `usage_by_day`. */
export interface UsageDay {
  /** Such as `2026-11-26`. */
  day: string;
  runs: number;
  model_calls: number;
  tool_calls: number;
  input_tokens: number;
  /** Of the input, those out of the hosts' prompt caches. */
  cached_tokens: number;
  output_tokens: number;
  /** Null where a part of it is not known. */
  cost_usd: number | null;
}

/**
 * One attempt at a model call: a row of the view `usage_ledger`. One that was reserved and not made has no
 * `model_calls`; of one that is not settled, for ever where its process died, only the reservation is known, and its
 * tokens are those that were reserved.
 */
export interface ModelCallRow {
  id: string;
  run_id: string;
  /** Its thread; null for a summary's, which has none. */
  agent_session_id: string | null;
  /** The message of the thread that it made; null where it made none. */
  message_seq: number | null;
  /** Which attempt at its turn it is, from 1. */
  attempt: number;
  reserved_at: string;
  settled_at: string | null;
  /** When it was sent; null until it is settled, and where it was not made, as all that follows. */
  started_at: string | null;
  first_token_ms: number | null;
  duration_ms: number | null;
  model_asked: string | null;
  model_answered: string | null;
  parameters: Record<string, unknown> | null;
  /** What of the thread was sent less of. */
  cuts: Cut[] | null;
  end_reason: FinishedTurn["finish_reason"] | null;
  failure: ModelFailureKind | "stopped" | null;
  model_calls: number;
  tool_calls: number;
  input_tokens: number;
  cached_tokens: number;
  output_tokens: number;
  cost_usd: number | null;
  /** The budget of its run that it breaks. */
  broken_budget: string | null;
}
