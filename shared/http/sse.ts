// Server-sent events: events as they come, and a comment every 15 seconds, because the platform ends a stream
// that is silent for 150 and only a failed write tells that the reader has gone.
import type { Context } from "hono";
import { streamSSE } from "hono/streaming";
import type { Clock } from "../async/clock.ts";
import type { Log } from "../agents/ports.ts";
import { isTerminal, type RunEvent, type StepEvent } from "../contracts/events.ts";

const PING_MS = 15_000;
const UNCHANGED = "no-cache, no-transform";

interface StreamOptions {
  clock: Clock;
  log: Log;
  /** The stream has ended, or its reader has gone. */
  onEnd?(): void;
  /** Its reader was sent the run's terminal event. The stream ends after this. */
  onDelivered?(): Promise<void>;
}

/** What is written at once: whole frames. */
export interface Sent {
  text: string;
  /** With it the reader has the run's terminal event. */
  terminal: boolean;
}

/** Streams events until they end. Run events carry their seq as the SSE id, which is what a reader resumes from. */
export function streamEvents(
  context: Context,
  events: AsyncIterable<RunEvent | StepEvent>,
  options: StreamOptions,
): Response {
  return streamSent(context, framed(events), options);
}

async function* framed(events: AsyncIterable<RunEvent | StepEvent>): AsyncGenerator<Sent> {
  for await (const event of events) {
    const id = "seq" in event ? `id: ${event.seq}\n` : "";
    const text = `event: ${event.type}\ndata: ${JSON.stringify(event)}\n${id}\n`;
    yield { text, terminal: "seq" in event && isTerminal(event) };
  }
}

/** Streams what is sent until that ends. */
export function streamSent(
  context: Context,
  sent: AsyncIterable<Sent>,
  { clock, log, onEnd = () => {}, onDelivered = () => Promise.resolve() }: StreamOptions,
): Response {
  context.header("x-accel-buffering", "no");
  const response = streamSSE(context, async (stream) => {
    stream.onAbort(onEnd);
    let cancelPing = clock.after(PING_MS, ping);
    function ping() {
      cancelPing = clock.after(PING_MS, ping);
      stream.write(": ping\n\n").catch(() => {});
    }
    try {
      for await (const { text, terminal } of sent) {
        if (stream.aborted) break;
        await stream.write(text);
        if (terminal && !stream.aborted) await onDelivered();
      }
    } catch (error) {
      // The stream ends without its terminal event, which tells a reader to resume it.
      log.error("a stream broke off", { error });
    } finally {
      cancelPing();
      onEnd();
    }
  });
  // A proxy that compressed the stream would hold events back. Headers that the context has go over the answer's own.
  context.header("cache-control", UNCHANGED);
  response.headers.set("cache-control", UNCHANGED);
  return response;
}
