// Server-sent events: events as they come, and a comment every 15 seconds, because the platform ends a stream
// that is silent for 150 and only a failed write tells that the reader has gone.
import type { Context } from "hono";
import { streamSSE } from "hono/streaming";
import type { Clock } from "../async/clock.ts";
import type { Log } from "../agents/ports.ts";
import type { RunEvent, StepEvent } from "../contracts/events.ts";

const PING_MS = 15_000;

/** Streams events until they end. Run events carry their seq as the SSE id, which is what a reader resumes from. */
export function streamEvents(
  context: Context,
  events: AsyncIterable<RunEvent | StepEvent>,
  { clock, log }: { clock: Clock; log: Log },
): Response {
  context.header("x-accel-buffering", "no");
  return streamSSE(context, async (stream) => {
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
      }
    } catch (error) {
      // The stream ends without its terminal event, which tells a reader to resume it.
      log.error("a stream broke off", { error });
    } finally {
      cancelPing();
    }
  });
}
