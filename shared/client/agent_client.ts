// The client of agent-planner: starts runs, reads their events over broken connections, cancels and lists them.
// It needs nothing but `fetch`, so it runs in browsers, Node, Deno and workers.
import { z } from "zod";
import { RunEvent } from "../contracts/events.ts";
import type { ChatRequestInput } from "../contracts/request.ts";
import { AgentClientError, errorOfResponse, parseJson, unreadable } from "./client_error.ts";
import { type Frame, resume } from "./resume.ts";
import {
  anySignal,
  createAttempts,
  inTime,
  platformTimers,
  type Timers,
  type WaitOptions,
} from "./waiting.ts";

export interface AgentClientOptions {
  /** The project's URL, without `/functions/v1`. */
  url: string;
  publishable_key: string;
  /** The user's access token; asked for before each request, and once more when it was refused. */
  token: () => string | Promise<string>;
  fetch?: typeof globalThis.fetch;
  clock?: Timers;
  /** A number from 0 up to 1, for the pauses between attempts. */
  random?: () => number;
  new_key?: () => string;
}

export type StartRunBody = Omit<ChatRequestInput, "stream">;

export interface EventOptions {
  /** The seq of the last event that the caller has; 0 for none. */
  after?: number;
  signal?: AbortSignal;
}

export interface Run {
  run_id: string;
  /** The run's events. The first reader has the stream that came with the start, before it is read anew. */
  events(options?: EventOptions): AsyncIterable<RunEvent>;
  cancel(): Promise<CancelAnswer>;
}

const RunStatus = z.enum(["running", "awaiting_approval", "completed", "failed", "cancelled"]);
const RunRow = z.looseObject({
  id: z.string(),
  session_id: z.string(),
  request_key: z.string().nullable(),
  status: RunStatus,
  created_at: z.string(),
  finished_at: z.string().nullable(),
});
/** A row of `agent_runs`: with what it holds besides, and, read alone, the rows that belong to it. */
export type RunRow = z.infer<typeof RunRow>;
const CancelAnswer = z.object({ run_id: z.string(), status: RunStatus });
export type CancelAnswer = z.infer<typeof CancelAnswer>;

export interface ListRunsOptions {
  session_id?: string;
  status?: z.infer<typeof RunStatus>;
  limit?: number;
}

export interface AgentClient {
  /** Starts a run, once however often the request must be sent. */
  startRun(body: StartRunBody, options?: { signal?: AbortSignal }): Promise<Run>;
  /** The run's events after `after`, each once and in order, until the terminal one, over broken connections. */
  events(run_id: string, options?: EventOptions): AsyncIterable<RunEvent>;
  /** Asks a run to stop; its stream tells when it has. Gives the status that it has now. */
  cancel(run_id: string): Promise<CancelAnswer>;
  getRun(run_id: string): Promise<RunRow>;
  /** The user's runs, newest first. */
  listRuns(filter?: ListRunsOptions): Promise<RunRow[]>;
}

/** A client for one user. Every method fails with AgentClientError, or with the signal's reason when it aborts. */
export function createAgentClient(options: AgentClientOptions): AgentClient {
  const new_key = options.new_key ?? (() => crypto.randomUUID());
  const { send, withAttempts, ask, waiting } = createRequests(options);

  async function* read(run_id: string, { after = 0, signal }: EventOptions, first?: Response) {
    const open = (last: number, signal: AbortSignal) =>
      send(`/runs/${encodeURIComponent(run_id)}/events`, {
        headers: { "last-event-id": String(last) },
        signal,
      });
    try {
      for await (const piece of resume({ after, first, open }, waiting(signal))) {
        if (piece.type === "frame" && KNOWN.has(piece.event)) yield parseEvent(piece);
      }
    } catch (error) {
      throw error instanceof AgentClientError
        ? new AgentClientError(error.message, { ...error, run_id }, { cause: error.cause })
        : error;
    }
  }

  const cancel = (run_id: string) =>
    ask(`/runs/${encodeURIComponent(run_id)}/cancel`, CancelAnswer, { method: "POST" });

  return {
    async startRun(body, { signal } = {}) {
      const request = JSON.stringify({ ...body, request_key: body.request_key ?? new_key(), stream: true });
      const init = { method: "POST", headers: { "content-type": "application/json" }, body: request };
      let own: Response | undefined = await withAttempts((signal) => send("", { ...init, signal }), signal);
      const run_id = own.headers.get("x-run-id");
      if (run_id === null) throw unreadable("an answer", "x-run-id is missing");
      return {
        run_id,
        events(reading = {}) {
          const first = own;
          own = undefined;
          return read(run_id, { ...reading, signal: anySignal(signal, reading.signal) }, first);
        },
        cancel: () => cancel(run_id),
      };
    },
    events: (run_id, reading = {}) => read(run_id, reading),
    cancel,
    getRun: (run_id) => ask(`/runs/${encodeURIComponent(run_id)}`, RunRow),
    async listRuns({ session_id, status, limit } = {}) {
      const named = Object.entries({ session_id, status, limit: limit?.toString() });
      const query = new URLSearchParams(
        named.flatMap(([name, value]) => value === undefined ? [] : [[name, value]]),
      );
      return (await ask(`/runs?${query}`, z.object({ runs: z.array(RunRow) }))).runs;
    },
  };
}

/** How requests are sent, with their token, and how they are repeated. */
function createRequests(options: AgentClientOptions) {
  const { token, fetch = globalThis.fetch, clock = platformTimers, random = Math.random } = options;
  const base = `${options.url.replace(/\/$/, "")}/functions/v1/agent-planner`;
  const waiting = (signal?: AbortSignal): WaitOptions => ({ clock, random, signal: anySignal(signal) });

  async function send(path: string, init: RequestInit): Promise<Response> {
    const once = async () => {
      const headers = new Headers(init.headers);
      headers.set("authorization", `Bearer ${await token()}`);
      headers.set("apikey", options.publishable_key);
      return await fetch(`${base}${path}`, { ...init, headers });
    };
    let response = await once();
    if (response.status === 401) {
      await response.body?.cancel();
      response = await once();
    }
    if (!response.ok) throw await errorOfResponse(response);
    return response;
  }

  /** Tries again while that is of use. All requests have their effect once, so repeating them is safe. */
  async function withAttempts<T>(
    work: (signal: AbortSignal) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    const waits = waiting(signal);
    const attempts = createAttempts(waits);
    for (;;) {
      const attempt = new AbortController();
      try {
        return await inTime(work(anySignal(signal, attempt.signal)), waits);
      } catch (error) {
        attempt.abort();
        await attempts.failed(error);
      }
    }
  }

  async function ask<Schema extends z.ZodType>(path: string, schema: Schema, init: RequestInit = {}) {
    const text = await withAttempts(async (signal) => await (await send(path, { ...init, signal })).text());
    const answer = schema.safeParse(parseJson(text));
    if (!answer.success) throw unreadable("an answer", answer.error);
    return answer.data;
  }

  return { send, withAttempts, ask, waiting };
}

/** The contract asks clients to pass over types that they do not know. */
const KNOWN: ReadonlySet<string> = new Set(RunEvent.options.map((option) => option.shape.type.value));

/** A frame says twice which event it is; one that contradicts itself is not believed. */
function parseEvent({ id, event: type, data }: Frame): RunEvent {
  const event = RunEvent.safeParse(parseJson(data));
  if (!event.success) throw unreadable("an event", event.error);
  if (event.data.seq !== id || event.data.type !== type) {
    throw unreadable("an event", `The frame ${id} ${type} holds event ${event.data.seq} ${event.data.type}`);
  }
  return event.data;
}
