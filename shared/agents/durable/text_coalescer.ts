// Gathers text deltas so that a token is not an event: the first one goes at once, later ones in pieces that grow with
// what a reader has before them, and whatever is left goes before any other event.
import type { Clock } from "../../async/clock.ts";
import type { TextPart } from "../store/records.ts";

/** While a part is new, its reader follows each word. */
const NEW_MS = 1_000;
/** About a screen of text: people read 30 characters a second, so here they are behind what is written. */
const SCREEN_CHARS = 2_000;
/** What comes four times a second still flows under the eyes; what comes twice still grows, for who reads further up. */
const EVERY_MS = { new: 80, read: 250, behind: 500 } as const;
/** However fast it is written. */
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
  let current: { part: TextPart; began_at: number; length: number } | null = null;
  let sentAt = -Infinity;
  let cancelTimer: (() => void) | null = null;

  function flush() {
    cancelTimer?.();
    cancelTimer = null;
    if (current === null || waiting === "") return;
    const delta = waiting;
    waiting = "";
    sentAt = clock.now();
    send(current.part, delta);
  }

  function begin(part: TextPart) {
    flush();
    return current = { part, began_at: clock.now(), length: 0 };
  }

  function every_ms({ began_at, length }: { began_at: number; length: number }): number {
    if (clock.now() - began_at < NEW_MS) return EVERY_MS.new;
    return length < SCREEN_CHARS ? EVERY_MS.read : EVERY_MS.behind;
  }

  return {
    push(part, delta) {
      const speaking = part.part === current?.part.part ? current : begin(part);
      waiting += delta;
      speaking.length += delta.length;
      const due = sentAt + every_ms(speaking) - clock.now();
      if (due <= 0 || waiting.length >= EVERY_CHARS) flush();
      else cancelTimer ??= clock.after(due, flush);
    },
    flush,
  };
}
