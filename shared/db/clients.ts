// Supabase clients, named by what they reach and by power. Each carries the caller's own token, and all but the person's
// say that an agent uses it, which takes rights away; nothing here knows a secret key.
import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import type { Json } from "../contracts/text.ts";
import type { DomainDatabase } from "./domain_database.ts";
import type { Database as EngineDatabase } from "./engine.types.ts";
import { type ReadOnlyDb, readOnlyDb } from "./read_only_db.ts";
import { readOnlyFetch } from "./read_only_fetch.ts";
import { headerJson } from "./header_json.ts";
import { ENGINE_SCHEMA } from "./schema.ts";

export interface SupabaseConfig {
  url: string;
  publishable_key: string;
  /** A request to the database that takes longer than this will not come back. */
  timeout_ms?: number;
}

export type EngineClient = SupabaseClient<EngineDatabase, typeof ENGINE_SCHEMA>;
export type WriteDb = SupabaseClient<DomainDatabase>;

/** One attempt at a tool call; both are uuids. */
export interface ToolAttempt {
  /** The same however often the call is made. */
  call_id: string;
  /** New each time. */
  attempt: string;
  /** Told of each request that has changed rows: whether that can be undone. */
  onChange?(undoable: boolean): void;
}

/** A dry run of an open call. */
export interface PreviewAttempt {
  call_id: string;
  attempt: string;
  /** In the place of those that were proposed. */
  arguments?: Json;
}

const STATELESS = { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false };

const DEFAULT_TIMEOUT_MS = 5_000;
/** Under load a request that is carried out may take so long. */
const LEAST_TIMEOUT_MS = 2_000;

/** Part of a lease, so that a worker whose request hangs can make others before it loses its work. */
export function databaseTimeout(lease_seconds: number): number {
  return Math.max(LEAST_TIMEOUT_MS, Math.min(DEFAULT_TIMEOUT_MS, lease_seconds * 1_000 / 3));
}

/** The engine's tables and functions, with the rights of the user of `token`: row-level security applies. */
export function createEngineClient(
  config: SupabaseConfig,
  token: string,
  fetcher: typeof fetch,
): EngineClient {
  return engineClient(config, fetcher, token, agentOf(token));
}

/** For what a person decides, and no agent may: nothing else has it. The database refuses a request that names one. */
export function createPersonClient(
  config: SupabaseConfig,
  token: string,
  fetcher: typeof fetch,
): EngineClient {
  return engineClient(config, fetcher, token, bearer(token));
}

function engineClient(
  config: SupabaseConfig,
  fetcher: typeof fetch,
  token: string,
  headers: Record<string, string>,
) {
  const { db, ...rest } = settings(config, fetcher, headers);
  return createClient<EngineDatabase, typeof ENGINE_SCHEMA>(config.url, config.publishable_key, {
    ...{ ...rest, ...given(token) },
    db: { ...db, schema: ENGINE_SCHEMA },
  });
}

/** What tools read, with the same user's rights: its transport sends nothing but GET and HEAD. */
export function createReadOnlyDb(config: SupabaseConfig, token: string, fetcher: typeof fetch): ReadOnlyDb {
  const options = settings(config, readOnlyFetch(fetcher), agentOf(token));
  return readOnlyDb(
    createClient<DomainDatabase>(config.url, config.publishable_key, { ...options, ...given(token) }),
  );
}

/**
 * What tools write, with the same user's rights, for one attempt at one call. What its first change leaves behind
 * (migration tool_receipts) keeps every other attempt at this call from changing anything.
 */
export function createWriteDb(
  config: SupabaseConfig,
  token: string,
  fetcher: typeof fetch,
  { call_id, attempt, onChange = () => {} }: ToolAttempt,
): WriteDb {
  const listening: typeof fetch = async (input, init) => {
    const response = await fetcher(input, init);
    const told = response.headers.get("x-tool-undoable");
    if (told !== null) onChange(told === "yes");
    return response;
  };
  return toolClient(config, token, listening, attemptOf(call_id, attempt));
}

/** The same for a dry run: the database refuses what is written by it, with what it would have changed. */
export function createPreviewDb(
  config: SupabaseConfig,
  token: string,
  fetcher: typeof fetch,
  { call_id, attempt, arguments: edited }: PreviewAttempt,
): WriteDb {
  return toolClient(config, token, fetcher, {
    ...attemptOf(call_id, attempt),
    "x-tool-preview": "1",
    ...(edited !== undefined && { "x-tool-arguments": headerJson(edited) }),
  });
}

function attemptOf(call_id: string, attempt: string): Record<string, string> {
  return { "x-tool-call-id": call_id, "x-tool-attempt": attempt };
}

function toolClient(
  config: SupabaseConfig,
  token: string,
  fetcher: typeof fetch,
  headers: Record<string, string>,
): WriteDb {
  return createClient<DomainDatabase>(
    config.url,
    config.publishable_key,
    settings(config, fetcher, { ...agentOf(token), ...headers }),
  );
}

/** For verifying tokens: it acts for nobody. */
export function createAnonymousAuth(config: SupabaseConfig, fetcher: typeof fetch): EngineClient["auth"] {
  return createClient(config.url, config.publishable_key, settings(config, fetcher, {})).auth;
}

/** Supabase's client repeats reads by itself, for seconds and past our deadline; who asked repeats, where it helps. */
const ONCE = { retry: false };

/** A client that is told its token keeps no session beside it, nor asks for one before each request. */
function given(token: string) {
  return { accessToken: () => Promise.resolve(token) };
}

function bearer(token: string): Record<string, string> {
  return { Authorization: `Bearer ${token}` };
}

function agentOf(token: string): Record<string, string> {
  return { ...bearer(token), "x-agent": "1" };
}

function settings(config: SupabaseConfig, fetcher: typeof fetch, headers: Record<string, string>) {
  return { auth: STATELESS, db: ONCE, global: { headers, fetch: withTimeout(fetcher, config) } };
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
