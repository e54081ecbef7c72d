// The client of a tool, typed for the ledger's tables as `deno task types` would type them: bigint and numeric are numbers.
import type { SupabaseClient } from "@supabase/supabase-js";
import type { ReadContext, WriteContext } from "../../../shared/tools/define_tool.ts";

interface Table<Row, Insert> {
  Row: Row;
  Insert: Insert;
  Update: Partial<Insert>;
  Relationships: [];
}

type Owned = { user_id: string };

export interface LedgerDatabase {
  public: {
    Tables: {
      accounts: Table<
        Owned & { id: number; name: string; balance: number; units: number | null },
        { name: string; balance?: number; units?: number | null }
      >;
      tags: Table<Owned & { id: number; label: string }, { label: string }>;
      entries: Table<
        Owned & { account_id: number; code: string; amount: number; note: string | null },
        { account_id: number; code: string; amount: number; note?: string | null }
      >;
      currencies: Table<Owned & { code: string; name: string }, { code: string; name: string }>;
    };
    Views: Record<never, never>;
    Functions: Record<never, never>;
  };
}

/** The same client. What a read tool gets has nothing but `select`, whatever this type says. */
export function ledger(db: ReadContext["db"] | WriteContext["db"]): SupabaseClient<LedgerDatabase> {
  return db as unknown as SupabaseClient<LedgerDatabase>;
}
