// What calls of write tools have left behind, as migration tool_receipts keeps it.
import { z } from "zod";
import type { EngineClient } from "./clients.ts";
import type { Answer } from "./read_only_db.ts";

/** That a call changed something, and the first row that it changed. */
export const Receipt = z.object({
  /** The attempt at the call that did it. */
  attempt: z.uuid(),
  /** The row's table, such as `public.orders`. */
  relation: z.string(),
  /** The row's key, such as `{ id: "4" }`: the columns that the table's trigger names, each value as text. */
  row_key: z.record(z.string(), z.string()),
});
export type Receipt = z.infer<typeof Receipt>;

/** Looks up the receipt of a call of the user's; null where the call has changed nothing. */
export type ReceiptOf = (call_id: string) => PromiseLike<Answer<Receipt>>;

/** Whether what a call of the user's has changed can be undone. */
export type IsUndoable = (call_id: string) => Promise<boolean>;

export function createReceiptOf(db: EngineClient): ReceiptOf {
  return async (call_id) => {
    const answer = await db.from("tool_receipts").select("attempt, relation, row_key").eq("call_id", call_id)
      .maybeSingle();
    return { ...answer, data: answer.data && Receipt.parse(answer.data) };
  };
}

/** False where nobody can say: it is a hint for people, and a call does not fail for it. */
export function createIsUndoable(db: EngineClient): IsUndoable {
  return async (call_id) => {
    const { data } = await db.from("tool_effects").select("kept").eq("call_id", call_id);
    return data !== null && data.length > 0 && data.every(({ kept }) => kept);
  };
}
