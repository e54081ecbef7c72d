// What the tools of one user's agents are made of.
import type { SupabaseClient } from "@supabase/supabase-js";
import type { Ids, Log } from "../agents/ports.ts";
import type { Clock } from "../async/clock.ts";
import { pausesWithin, type RetryOptions } from "../async/retry.ts";
import type { Json } from "../contracts/text.ts";
import type { DomainDatabase } from "../db/domain_database.ts";
import type { ReadOnlyDb } from "../db/read_only_db.ts";
import type { IsUndoable, ReceiptOf } from "../db/receipts.ts";
import { isPassing } from "./database_errors.ts";
import type { Refusals } from "./define_domain.ts";
import type { Tool } from "./define_tool.ts";

interface Attempt {
  call_id: string;
  attempt: string;
}

interface WriteAttempt extends Attempt {
  /** To be told of each request that has changed rows: whether that can be undone. */
  onChange(undoable: boolean): void;
}

interface PreviewAttempt extends Attempt {
  /** In the place of those that were proposed. */
  arguments?: Json;
}

export interface ToolSourceOptions {
  catalogue: readonly Tool[];
  /** The domain's words for constraints. */
  refusals?: Refusals;
  read_db: ReadOnlyDb;
  /** The user's client for one attempt at a call. */
  write_db(attempt: WriteAttempt): SupabaseClient<DomainDatabase>;
  /** The user's client for a dry run of a call. */
  preview_db(attempt: PreviewAttempt): SupabaseClient<DomainDatabase>;
  /** Finds what earlier attempts at a call have left behind. */
  receiptOf: ReceiptOf;
  /** Asked of a call that an earlier attempt has carried out. */
  isUndoable: IsUndoable;
  user_id: string;
  clock: Clock;
  ids: Ids;
  log: Log;
  /** For so long a call is tried again while the database fails in a passing way, before the model hears of it. */
  lease_seconds: number;
}

/** How a call is tried again. */
export function patience({ lease_seconds, clock }: ToolSourceOptions): RetryOptions {
  return { pauses: pausesWithin(lease_seconds * 1_000, clock), passes: isPassing, clock };
}
