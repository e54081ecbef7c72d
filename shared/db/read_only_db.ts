// What a read tool may do with the database: select, and call functions by GET. The type has no insert, update,
// upsert or delete.
import type { PostgrestError, SupabaseClient } from "@supabase/supabase-js";
import type { DomainDatabase } from "./domain_database.ts";

type Client = SupabaseClient<DomainDatabase>;
type Tables = DomainDatabase["public"]["Tables"];
type Views = DomainDatabase["public"]["Views"];
type Functions = DomainDatabase["public"]["Functions"];

function rowsOf<Name extends string & keyof Tables>(client: Client, table: Name) {
  return client.from<Name, Tables[Name]>(table);
}
type Rows<Name extends string & keyof Tables> = ReturnType<typeof rowsOf<Name>>;

function viewOf<Name extends string & keyof Views>(client: Client, view: Name) {
  return client.from<Name, Views[Name]>(view);
}
type View<Name extends string & keyof Views> = ReturnType<typeof viewOf<Name>>;

export interface Answer<Data> {
  data: Data | null;
  error: PostgrestError | null;
  count: number | null;
  /** Of HTTP; 0 where no answer came. */
  status: number;
}

interface CallOptions {
  count?: "exact";
  limit?: number;
  /** How many rows come before the first that is wanted. */
  offset?: number;
}

export interface ReadOnlyDb {
  from<Name extends string & keyof Tables>(table: Name): Pick<Rows<Name>, "select">;
  from<Name extends string & keyof Views>(view: Name): Pick<View<Name>, "select">;
  /**
   * Calls a STABLE function that returns rows; `offset` and `limit` cut them, `count` still counts all.
   * Arguments travel in the URL: leave out what is absent, never pass null.
   */
  rpc<Name extends string & keyof Functions>(
    name: Name,
    args: Functions[Name]["Args"],
    options?: CallOptions,
  ): PromiseLike<Answer<Functions[Name]["Returns"]>>;
}

/** The client for whatever names there are: a domain may have no table, no view or no function. */
interface AnyNames {
  from(relation: string): unknown;
  rpc(
    name: string,
    args?: object,
    options?: { get: true; count?: "exact" },
  ): { range(first: number, last: number): unknown };
}

/** A client's reading half. Make the client with `readOnlyFetch`, so that the type is not the only lock. */
export function readOnlyDb(client: Client): ReadOnlyDb {
  const reader: AnyNames = client;

  function from<Name extends string & keyof Tables>(table: Name): Rows<Name>;
  function from<Name extends string & keyof Views>(view: Name): View<Name>;
  function from(relation: string): unknown {
    return reader.from(relation);
  }

  function rpc<Name extends string & keyof Functions>(
    name: Name,
    args: Functions[Name]["Args"],
    options?: CallOptions,
  ): PromiseLike<Answer<Functions[Name]["Returns"]>>;
  function rpc(name: string, args: object, { count, limit, offset = 0 }: CallOptions = {}): unknown {
    const call = reader.rpc(name, args, { get: true, count });
    return limit === undefined ? call : call.range(offset, offset + limit - 1);
  }

  return { from, rpc };
}
