// What a read tool may do with the database: select, and call functions by GET. The type has no insert, update,
// upsert or delete.
import type { PostgrestError, SupabaseClient } from "@supabase/supabase-js";
import type { DomainDatabase as Database } from "./domain_database.ts";

type Client = SupabaseClient<Database>;
type Tables = Database["public"]["Tables"];
type Functions = Database["public"]["Functions"];

function rowsOf<Name extends keyof Tables>(client: Client, table: Name) {
  return client.from<Name, Tables[Name]>(table);
}
type Rows<Name extends keyof Tables> = ReturnType<typeof rowsOf<Name>>;

export interface Answer<Data> {
  data: Data | null;
  error: PostgrestError | null;
  count: number | null;
  /** Of HTTP; 0 where no answer came. */
  status: number;
}

export interface ReadOnlyDb {
  from<Name extends keyof Tables>(table: Name): Pick<Rows<Name>, "select">;
  /**
   * Calls a STABLE function that returns rows; `limit` cuts them, `count` still counts all. Arguments travel
   * in the URL: leave out what is absent, never pass null.
   */
  rpc<Name extends keyof Functions>(
    name: Name,
    args: Functions[Name]["Args"],
    options?: { count?: "exact"; limit?: number },
  ): PromiseLike<Answer<Functions[Name]["Returns"]>>;
}

/** A client's reading half. Make the client with `readOnlyFetch`, so that the type is not the only lock. */
export function readOnlyDb(client: Client): ReadOnlyDb {
  return {
    from: (table) => rowsOf(client, table),
    rpc: (name, args, { count, limit } = {}) => {
      const call = client.rpc(name, args, { get: true, count });
      return limit === undefined ? call : call.limit(limit);
    },
  };
}
