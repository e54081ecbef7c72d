// A planner without a network: the log of one run, served over connections that break where the test says.
import type { Timers } from "../../client/waiting.ts";
import { messageId } from "../support/agents/stored_thread.ts";

export const RUN_ID = "6f9a3f6e-30f5-4c0c-9b0e-6f2f4b3f4d11";
const AT = "2026-11-22T12:00:00.000Z";

const usage = {
  input_tokens: 1,
  output_tokens: 1,
  cached_tokens: 0,
  reasoning_tokens: 0,
  model_calls: 1,
  cost_usd: null,
  estimated: false,
  cost_estimated: false,
};

export interface LoggedEvent {
  seq: number;
  type: string;
  [field: string]: unknown;
}

/** A log with text of several bytes a character, and a type from the future. */
export const LOG: LoggedEvent[] = [
  { type: "session", session_id: RUN_ID, user_message_id: RUN_ID },
  { type: "analysis", strategy: "simple" },
  { type: "mood", is: "new here" },
  { type: "text", part: 1, message_id: messageId(1), delta: "Grüße, 世界 👋\n\ndata: not a field" },
  { type: "text", part: 1, message_id: messageId(1), delta: "\r\nid: 99" },
  { type: "done", status: "completed", usage, finished_reason: "answered" },
].map((body, i) => ({ seq: i + 1, run_id: RUN_ID, at: AT, ...body }));

/** What a client is to make of it: everything but the unknown type. */
export const READABLE = LOG.filter((event) => event.type !== "mood");

/** The bytes of the stream after an event, with a ping before each event. */
export function streamAfter(after: number, log = LOG): Uint8Array {
  const frames = log.filter((event) => event.seq > after).map((event) =>
    `: ping\n\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\nid: ${event.seq}\n\n`
  );
  return new TextEncoder().encode(frames.join(""));
}

export type Connection =
  /** The stream, up to so many bytes; then it breaks, ends as if it were whole, or goes silent. */
  | {
    kind: "stream";
    bytes?: number;
    then?: "break" | "end" | "silence";
    chunk?: number;
    log?: LoggedEvent[];
    headers?: Record<string, string>;
  }
  | { kind: "answer"; status: number; body?: unknown; headers?: Record<string, string> }
  | { kind: "unreachable" };

export interface Asked {
  method: string;
  path: string;
  after: string | null;
  authorization: string | null;
  body: unknown;
}

/**
 * `fetch` that deals out the connections in turn, and whole streams after that. `asked` lists the requests; those for
 * the run itself that no answer was written for, which clients make where streams end with nothing new, are not among
 * them.
 */
export function scriptedPlanner(
  connections: Connection[],
  log: LoggedEvent[] = LOG,
  status = "running",
): { fetch: typeof fetch; asked: Asked[] } {
  const rest = [...connections];
  const asked: Asked[] = [];
  return {
    asked,
    async fetch(input, init) {
      const request = new Request(input, init);
      const { pathname, search } = new URL(request.url);
      const is_row = request.method === "GET" && pathname.endsWith(`/runs/${RUN_ID}`);
      if (is_row && rest[0]?.kind !== "answer") return Response.json({ status });
      const after = request.headers.get("last-event-id");
      const text = await request.text();
      asked.push({
        method: request.method,
        path: pathname.replace("/functions/v1/agent-planner", "") + search,
        after,
        authorization: request.headers.get("authorization"),
        body: text === "" ? null : JSON.parse(text),
      });
      const next = rest.shift() ?? { kind: "stream" };
      switch (next.kind) {
        case "unreachable":
          throw new TypeError("no route");
        case "answer":
          return Response.json(next.body ?? {}, { status: next.status, headers: next.headers });
        case "stream":
          return new Response(bodyOf(streamAfter(Number(after ?? 0), next.log ?? log), next), {
            headers: { "content-type": "text/event-stream", "x-run-id": RUN_ID, ...next.headers },
          });
      }
    },
  };
}

function bodyOf(
  whole: Uint8Array,
  { bytes = whole.length, then = "end", chunk = whole.length }: Extract<Connection, { kind: "stream" }>,
): ReadableStream<Uint8Array> {
  let at = 0;
  const end = Math.min(bytes, whole.length);
  return new ReadableStream({
    pull(controller) {
      if (at < end) {
        const next = Math.min(at + Math.max(chunk, 1), end);
        controller.enqueue(whole.slice(at, next));
        at = next;
        return;
      }
      if (then === "break") controller.error(new TypeError("connection reset"));
      if (then === "end") controller.close();
      if (then === "silence") return new Promise(() => {});
    },
  });
}

/** A clock for tests that are not about time: what is due within 45 seconds is due now, and the rest never. */
export const hurriedClock: Timers = {
  after(ms, fn) {
    let wanted = ms < 45_000;
    queueMicrotask(() => wanted && fn());
    return () => void (wanted = false);
  },
};
