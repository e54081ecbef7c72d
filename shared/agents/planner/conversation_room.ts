// How much of a conversation a planner's first prompt has room for, and when its oldest part is to be summarised.
import { ROOM_FOR_HISTORY, SUMMARY_SHARES } from "../limits.ts";

/** A turn of a conversation, by its tokens. */
export interface SizedTurn {
  tokens: number;
}

/** The newest turns that fit into `room` tokens together. */
export function newestWithin<Turn extends SizedTurn>(turns: readonly Turn[], room: number): Turn[] {
  let used = 0;
  const left_out = turns.findLastIndex(({ tokens }) => (used += tokens) > room);
  return turns.slice(left_out + 1);
}

/** The turns that a summary leaves as they are, of a history that has `room` tokens. */
export function keptFromSummary<Turn extends SizedTurn>(turns: readonly Turn[], room: number): Turn[] {
  const kept = newestWithin(turns, room * SUMMARY_SHARES.kept);
  // The last turn is what the next one is most likely about.
  return kept.length > 0 ? kept : newestWithin(turns.slice(-1), room * SUMMARY_SHARES.due);
}

/** Whether the oldest part of a history that has `room` tokens is to be summarised. */
export function isSummaryDue(turns: readonly SizedTurn[], room: number): boolean {
  return tokensOf(turns) > room * SUMMARY_SHARES.due;
}

/** The tokens that the conversation has for sure, at the cost of what else the planner is told. */
export function sureRoom(turns: readonly SizedTurn[]): number {
  return Math.min(ROOM_FOR_HISTORY, tokensOf(turns));
}

function tokensOf(turns: readonly SizedTurn[]): number {
  return turns.reduce((sum, { tokens }) => sum + tokens, 0);
}
