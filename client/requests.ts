// How a client's requests are sent, and how they are repeated.
import { type AccessToken, sendAuthorized } from "./authorized.ts";
import { AgentClientError, unreadable } from "./client_error.ts";
import { parseJson } from "./parse_json.ts";
import { type Guard, listOf } from "./shapes.ts";
import { anySignal, inTime, pauseAfter, platformTimers, type Timers, type WaitOptions } from "./waiting.ts";

export interface RequestOptions {
  /** The project's URL, without `/functions/v1`. */
  url: string;
  publishable_key: string;
  /** The user's access token; a function is asked before each request, and once more when its token was refused. */
  token: AccessToken;
  /** The schema that the tables are in; `public` if it is not given. */
  schema?: string;
  fetch?: typeof globalThis.fetch;
  clock?: Timers;
  /** A number from 0 up to 1, for the pauses between attempts. */
  random?: () => number;
}

/** What is undefined is left out. */
export type RowQuery = Record<string, string | number | undefined>;

export interface Requests {
  /** One request. Throws AgentClientError for an error status. */
  send(path: string, init: RequestInit): Promise<Response>;
  /** Tries again while that is of use. All requests have their effect once, so repeating them is safe. */
  withAttempts<T>(work: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** The JSON that is answered. */
  ask<T>(path: string, guard: Guard<T>, init?: RequestInit): Promise<T>;
  /** Rows of a table, by PostgREST and under the user's rights; with changes, if there are any, rows that it changes. */
  rows<T>(
    table: string,
    query: RowQuery,
    guard: Guard<T>,
    changes?: object,
    signal?: AbortSignal,
  ): Promise<T[]>;
  /** What PostgREST answers. */
  rest<T>(path: string, guard: Guard<T>, init: RequestInit): Promise<T>;
  waiting(...signals: (AbortSignal | undefined)[]): WaitOptions;
}

export const PLANNER = "/functions/v1/agent-planner";

export function createRequests(options: RequestOptions): Requests {
  const { token, schema = "public", fetch = globalThis.fetch, publishable_key } = options;
  const { clock = platformTimers, random = Math.random } = options;
  const base = options.url.replace(/\/$/, "");
  const waiting = (...signals: (AbortSignal | undefined)[]): WaitOptions => ({
    ...{ clock, random },
    signal: anySignal(...signals),
  });

  function send(path: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set("apikey", publishable_key);
    if (init.body) headers.set("content-type", "application/json");
    return sendAuthorized(fetch, `${base}${path}`, { ...init, headers }, token);
  }

  async function withAttempts<T>(
    work: (signal: AbortSignal) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    const waits = waiting(signal);
    for (let failures = 1;; failures++) {
      const attempt = new AbortController();
      try {
        return await inTime(work(anySignal(signal, attempt.signal)), waits);
      } catch (error) {
        attempt.abort();
        await pauseAfter(error, failures, waits);
      }
    }
  }

  async function ask<T>(path: string, guard: Guard<T>, init?: RequestInit): Promise<T> {
    const text = await withAttempts(
      async (signal) => await (await send(path, { ...init, signal })).text(),
      init?.signal ?? undefined,
    );
    const answer = parseJson(text);
    if (!guard(answer)) throw unreadable(`an answer from ${path}`);
    return answer;
  }

  function rows<T>(table: string, query: RowQuery, guard: Guard<T>, changes?: object, signal?: AbortSignal) {
    const body = JSON.stringify(changes ?? {});
    // PostgREST answers with no row where nothing is to be changed.
    const init = body === "{}" ? {} : { method: "PATCH", body };
    return rest(table + queryText(query), listOf(guard), { ...init, signal });
  }

  function rest<T>(path: string, guard: Guard<T>, init: RequestInit) {
    const headers = { "accept-profile": schema, "content-profile": schema, prefer: "return=representation" };
    return ask(`/rest/v1/${path}`, guard, { ...init, headers });
  }

  return { send, withAttempts, ask, rows, rest, waiting };
}

export function queryText(query: object): string {
  const search: Record<string, string> = JSON.parse(JSON.stringify(query));
  return `?${new URLSearchParams(search)}`;
}

/** The error, which is told the run that it is about. */
export function aboutRun(run_id: string, error: unknown): unknown {
  return error instanceof AgentClientError ? Object.assign(error, { run_id }) : error;
}
