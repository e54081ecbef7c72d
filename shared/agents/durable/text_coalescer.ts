// Gathers text deltas so that a token is not an event: the first one of a part goes at once, later ones in pieces that
// grow with what a reader has before them, and whatever is left goes before any other event.
import type { Clock } from "../../async/clock.ts";
import type { TextPart } from "../store/records.ts";

/** Between the first two pieces of a part: its reader follows each word. */
const FIRST_MS = 80;
/** Each pause is a third longer than the one before: nobody sees a step in how it flows. */
const GROWTH = 4 / 3;
/** About a screen of text: people read 30 characters a second, so here they are behind what is written. */
const SCREEN_CHARS = 2_000;
/** What comes four times a second still flows under the eyes; what comes twice still grows, for who reads further up. */
const LONGEST_MS = { read: 250, behind: 500 } as const;
/** However fast it is written. */
const EVERY_CHARS = 1_024;

export interface TextCoalescer {
  push(part: TextPart, delta: string): void;
  flush(): void;
}

interface Speaking {
  part: TextPart;
  length: number;
  sent_at: number;
  /** Between the last piece and the next. */
  pause_ms: number;
}

export function createTextCoalescer(
  clock: Clock,
  send: (part: TextPart, delta: string) => void,
): TextCoalescer {
  let waiting = "";
  let current: Speaking | null = null;
  let cancelTimer: (() => void) | null = null;

  function flush() {
    cancelTimer?.();
    cancelTimer = null;
    if (current === null || waiting === "") return;
    const delta = waiting;
    waiting = "";
    current.sent_at = clock.now();
    current.pause_ms = nextPause(current);
    send(current.part, delta);
  }

  function begin(part: TextPart): Speaking {
    flush();
    return current = { part, length: 0, sent_at: -Infinity, pause_ms: 0 };
  }

  return {
    push(part, delta) {
      const speaking = part.part === current?.part.part ? current : begin(part);
      waiting += delta;
      speaking.length += delta.length;
      const due = speaking.sent_at + speaking.pause_ms - clock.now();
      if (due <= 0 || waiting.length >= EVERY_CHARS) flush();
      else cancelTimer ??= clock.after(due, flush);
    },
    flush,
  };
}

function nextPause({ pause_ms, length }: Speaking): number {
  const longest = length < SCREEN_CHARS ? LONGEST_MS.read : LONGEST_MS.behind;
  return Math.min(Math.max(FIRST_MS, Math.round(pause_ms * GROWTH)), longest);
}
