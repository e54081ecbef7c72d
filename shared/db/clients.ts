// Supabase clients, named by power. Each carries the caller's own token; nothing here knows a secret key.
import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import type { Database } from "./database.types.ts";
import { type ReadOnlyDb, readOnlyDb } from "./read_only_db.ts";
import { readOnlyFetch } from "./read_only_fetch.ts";

export interface SupabaseConfig {
  url: string;
  publishable_key: string;
  /** A request to the database that takes longer than this will not come back. */
  timeout_ms?: number;
}

export type UserClient = SupabaseClient<Database>;

/** One attempt at a tool call; both are uuids. */
export interface ToolAttempt {
  /** The same however often the call is made. */
  call_id: string;
  /** New each time. */
  attempt: string;
}

const STATELESS = { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false };

const DEFAULT_TIMEOUT_MS = 5_000;
/** Under load a request that is carried out may take so long. */
const LEAST_TIMEOUT_MS = 2_000;

/** Part of a lease, so that a worker whose request hangs can make others before it loses its work. */
export function databaseTimeout(lease_seconds: number): number {
  return Math.max(LEAST_TIMEOUT_MS, Math.min(DEFAULT_TIMEOUT_MS, lease_seconds * 1_000 / 3));
}

/** Reads and writes what the user of `token` may, and no more: row-level security applies. */
export function createUserClient(config: SupabaseConfig, token: string, fetcher: typeof fetch): UserClient {
  return connect(config, token, fetcher);
}

/** The same rights without the writing: its transport sends nothing but GET and HEAD. */
export function createReadOnlyDb(config: SupabaseConfig, token: string, fetcher: typeof fetch): ReadOnlyDb {
  return readOnlyDb(connect(config, token, readOnlyFetch(fetcher)));
}

/**
 * The same rights, for one attempt at one call of a write tool. What its first change leaves behind (migration
 * tool_receipts) keeps every other attempt at this call from changing anything.
 */
export function createWriteDb(
  config: SupabaseConfig,
  token: string,
  fetcher: typeof fetch,
  { call_id, attempt }: ToolAttempt,
): UserClient {
  return connect(config, token, fetcher, { "x-tool-call-id": call_id, "x-tool-attempt": attempt });
}

/** Supabase's client repeats reads by itself, for seconds and past our deadline; who asked repeats, where it helps. */
const ONCE = { retry: false };

function connect(
  config: SupabaseConfig,
  token: string,
  fetcher: typeof fetch,
  headers: Record<string, string> = {},
): UserClient {
  return createClient<Database>(config.url, config.publishable_key, {
    auth: STATELESS,
    db: ONCE,
    global: {
      headers: { ...headers, Authorization: `Bearer ${token}` },
      fetch: withTimeout(fetcher, config),
    },
  });
}

/** For verifying tokens: it acts for nobody. */
export function createAnonymousClient(config: SupabaseConfig, fetcher: typeof fetch): UserClient {
  return createClient<Database>(config.url, config.publishable_key, {
    auth: STATELESS,
    db: ONCE,
    global: { fetch: withTimeout(fetcher, config) },
  });
}

/** Function calls stream for as long as they need; everything else has a deadline. */
function withTimeout(
  fetcher: typeof fetch,
  { timeout_ms = DEFAULT_TIMEOUT_MS }: SupabaseConfig,
): typeof fetch {
  return (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    if (url.includes("/functions/v1/")) return fetcher(input, init);
    const deadline = AbortSignal.timeout(timeout_ms);
    return fetcher(input, {
      ...init,
      signal: init?.signal ? AbortSignal.any([init.signal, deadline]) : deadline,
    });
  };
}
