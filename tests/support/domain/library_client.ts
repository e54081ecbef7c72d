// The client of a tool, typed for the tables that the tests' domain has: the framework's own type is that of the
// domain in `shared/domain`.
import type { SupabaseClient } from "@supabase/supabase-js";
import type { ReadContext, WriteContext } from "../../../shared/tools/define_tool.ts";
import type { Database } from "./library.types.ts";

/** The same client. What a read tool gets has nothing but `select`, whatever this type says. */
export function library(db: ReadContext["db"] | WriteContext["db"]): SupabaseClient<Database> {
  return db as unknown as SupabaseClient<Database>;
}
