// How a client's requests are sent, and how they are repeated.
import { type AccessToken, sendAuthorized, type Sending } from "./authorized.ts";
import { AgentClientError, unreadable } from "./client_error.ts";
import { parseJson } from "./parse_json.ts";
import type { Guard } from "./shapes.ts";
import { inTime, pauseAfter, type Timers, waitingFor, type WaitOptions } from "./waiting.ts";

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
  send(path: string, init: Sending): Promise<Response>;
  /** Tries again while that is of use. All requests have their effect once, so repeating them is safe. */
  withAttempts<T>(work: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal | null): Promise<T>;
  /** The JSON that is answered. */
  ask<T>(path: string, guard: Guard<T>, init?: Sending): Promise<T>;
  /** What PostgREST answers, under the user's rights. */
  rest<T>(path: string, guard: Guard<T>, init?: RequestInit): Promise<T>;
  waiting(...signals: (AbortSignal | null | undefined)[]): WaitOptions;
}

export const PLANNER = "/functions/v1/agent-planner";

export function createRequests(options: RequestOptions): Requests {
  const { url, token, schema = "public", fetch = globalThis.fetch, publishable_key: apikey } = options;
  const base = url.replace(/\/$/, "");
  const waiting: Requests["waiting"] = (...signals) => waitingFor(options, ...signals);

  function send(path: string, init: Sending): Promise<Response> {
    const headers = { ...init.headers, apikey, ...(init.body && { "content-type": "application/json" }) };
    return sendAuthorized(fetch, base + path, { ...init, headers }, token);
  }

  const withAttempts: Requests["withAttempts"] = async (work, signal) => {
    const waits = waiting(signal);
    for (let failures = 1;; failures++) {
      const attempt = new AbortController();
      try {
        return await inTime(work(AbortSignal.any([waits.signal, attempt.signal])), waits);
      } catch (error) {
        attempt.abort();
        await pauseAfter(error, failures, waits);
      }
    }
  };

  const ask: Requests["ask"] = async (path, guard, init) => {
    const text = await withAttempts(
      async (signal) => await (await send(path, { ...init, signal })).text(),
      init?.signal,
    );
    const answer = parseJson(text);
    if (!guard(answer)) throw unreadable(`an answer from ${path}`);
    return answer;
  };

  const rest: Requests["rest"] = (path, guard, init) => {
    const headers = { "accept-profile": schema, "content-profile": schema, prefer: "return=representation" };
    return ask(`/rest/v1/${path}`, guard, { ...init, headers });
  };

  return { send, withAttempts, ask, rest, waiting };
}

export function queryText(query: object): string {
  const search: Record<string, string> = JSON.parse(JSON.stringify(query));
  return `?${new URLSearchParams(search)}`;
}

/** The error, which is told the run that it is about. */
export function aboutRun(run_id: string, error: unknown): unknown {
  return error instanceof AgentClientError ? Object.assign(error, { run_id }) : error;
}
