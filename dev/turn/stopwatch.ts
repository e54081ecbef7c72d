// How long a turn takes, as its reader sees it.
import type { ReadEvent } from "../../shared/contracts/read_event.ts";

/** Milliseconds from the request, as the client saw them. */
export interface Timing {
  first_event_ms: number;
  first_text_ms: number | undefined;
  total_ms: number;
}

/** Notes when the first events come. The time that a person thinks is not counted. */
export function createStopwatch() {
  const timing: Timing = { first_event_ms: 0, first_text_ms: undefined, total_ms: 0 };
  let started = performance.now();
  const since = () => Math.round(performance.now() - started);
  return {
    timing,
    async *events(events: AsyncIterable<ReadEvent>) {
      for await (const event of events) {
        if (event.seq === 1) timing.first_event_ms = since();
        if (event.type === "text") timing.first_text_ms ??= since();
        timing.total_ms = since();
        yield event;
      }
    },
    async pausedFor<T>(work: () => Promise<T>): Promise<T> {
      const began = performance.now();
      try {
        return await work();
      } finally {
        started += performance.now() - began;
      }
    },
  };
}
