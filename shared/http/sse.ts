// Server-sent events: events as they come, and a comment every 15 seconds, because the platform ends a stream
// that is silent for 150 and only a failed write tells that the reader has gone.
import type { Context } from "hono";
import { streamSSE } from "hono/streaming";
import type { Clock } from "../async/clock.ts";
import type { Log } from "../agents/ports.ts";
import { isTerminal, type RunEvent, type StepEvent } from "../contracts/events.ts";

const PING_MS = 15_000;

interface StreamOptions {
  clock: Clock;
  log: Log;
  /** The stream has ended, or its reader has gone. */
  onEnd?(): void;
  /** Its reader was sent the run's terminal event. The stream ends after this. */
  onDelivered?(): Promise<void>;
}

/** Streams events until they end. Run events carry their seq as the SSE id, which is what a reader resumes from. */
export function streamEvents(
  context: Context,
  events: AsyncIterable<RunEvent | StepEvent>,
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
      for await (const event of events) {
        if (stream.aborted) break;
        await stream.writeSSE({
          ...("seq" in event && { id: String(event.seq) }),
          event: event.type,
          data: JSON.stringify(event),
        });
        if ("seq" in event && isTerminal(event) && !stream.aborted) await onDelivered();
      }
    } catch (error) {
      // The stream ends without its terminal event, which tells a reader to resume it.
      log.error("a stream broke off", { error });
    } finally {
      cancelPing();
      onEnd();
    }
  });
  // A proxy that compressed the stream would hold events back.
  response.headers.set("cache-control", "no-cache, no-transform");
  return response;
}
