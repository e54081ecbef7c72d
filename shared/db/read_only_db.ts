// What a read tool may do with the database: select, and call functions by GET. The type has no insert, update,
// upsert or delete, and neither has the object behind it.
import type { SupabaseClient } from "@supabase/supabase-js";
import type { Database } from "./database.types.ts";

type Tables = Database["public"]["Tables"];
type Functions = Database["public"]["Functions"];

/** A client's reading half. Make the client with `readOnlyFetch`, so that the type is not the only lock. */
export function readOnlyDb(client: SupabaseClient<Database>) {
  return {
    from<Name extends keyof Tables>(table: Name) {
      const rows = client.from<Name, Tables[Name]>(table);
      return { select: rows.select.bind(rows) };
    },
    /** Calls a STABLE function. Arguments travel in the URL: leave out what is absent, never pass null. */
    rpc<Name extends keyof Functions, Args extends Functions[Name]["Args"]>(
      name: Name,
      args: Args,
      options: { count?: "exact" } = {},
    ) {
      return client.rpc<Name, Args>(name, args, { get: true, ...options });
    },
  };
}

export type ReadOnlyDb = ReturnType<typeof readOnlyDb>;
