// Gathers text deltas so that a token is not an event: the first one goes at once, later ones at most every
// 80 ms or every kilobyte, and whatever is left goes before any other event.
import type { Clock } from "../../async/clock.ts";
import type { TextPart } from "../store/records.ts";

const EVERY_MS = 80;
const EVERY_CHARS = 1_024;

export interface TextCoalescer {
  push(part: TextPart, delta: string): void;
  flush(): void;
}

export function createTextCoalescer(
  clock: Clock,
  send: (part: TextPart, delta: string) => void,
): TextCoalescer {
  let waiting = "";
  let waitingPart: TextPart | null = null;
  let sentAt = -Infinity;
  let cancelTimer: (() => void) | null = null;

  function flush() {
    cancelTimer?.();
    cancelTimer = null;
    if (waitingPart === null || waiting === "") return;
    const delta = waiting;
    waiting = "";
    sentAt = clock.now();
    send(waitingPart, delta);
  }

  return {
    push(part, delta) {
      if (part.part !== waitingPart?.part) flush();
      waitingPart = part;
      waiting += delta;
      const due = sentAt + EVERY_MS - clock.now();
      if (due <= 0 || waiting.length >= EVERY_CHARS) flush();
      else cancelTimer ??= clock.after(due, flush);
    },
    flush,
  };
}
