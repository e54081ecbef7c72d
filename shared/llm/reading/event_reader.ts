// An event stream as frames. Events are the parser's business; this reads ahead where hosts put one newline between two
// frames, for the end of the event would come one frame late, or at the very end.
import { createParser } from "eventsource-parser";
import { createFrameLines, type Frames } from "./frame_lines.ts";

export interface EventReader {
  feed(text: string): void;
  finish(): void;
  /** What came since this was called last. */
  take(): Frames;
}

const BEATING_EVENT = /^(?:ping|pong|heartbeat|keep[-_ ]?alive)$/i;

/** A reader for one body. */
export function createEventReader(): EventReader {
  const found = createFrameLines();
  /** `ahead`: the event's end was not there yet. */
  let reading: "whole events" | "ahead" | "a line that was cut" = "whole events";
  /** Data that was read ahead of its event's end and is not whole. */
  let partial = "";
  /** A line that has not ended: the parser would drop one that begins with no field it knows. */
  let held = "";

  function onEvent({ event, data }: { event?: string | undefined; data: string }): void {
    if (found.end !== "open") return;
    if (event !== undefined && BEATING_EVENT.test(event)) {
      found.takeChunks(data);
      found.beat();
    } else if (event === "error") {
      const rest = found.takeChunks(data);
      if (rest !== "" || data === "") found.takeError(rest);
    } else {
      const rest = found.take(data, partial);
      partial = "";
      if (rest === "" || reading === "a line that was cut") return;
      if (reading === "ahead") partial = rest;
      else found.giveUp();
    }
  }

  const parser = createParser({
    onEvent,
    onComment: found.beat,
    // llama.cpp before September 2025 wrote an error as a field of its own (ggml-org/llama.cpp#16109).
    onError({ field, value = "" }) {
      if (found.end === "open" && field === "error") found.takeError(value);
    },
  });

  return {
    feed(text) {
      const cut = endOfLines(text);
      const lines = held + text.slice(0, cut);
      held = cut === 0 ? lines + text : text.slice(cut);
      if (found.end !== "open" || cut === 0) return;
      // With the event has ended what was read ahead of its end.
      if (partial !== "" && endsEvent(lines)) found.giveUp();
      parser.feed(withPrefixes(lines));
      if (!/[}\]](?:\r\n|\n|\r)$/.test(lines.slice(-3))) return;
      reading = "ahead";
      parser.feed("\n\n");
      reading = "whole events";
    },
    finish() {
      // A line that was cut is no frame, but not for being broken.
      if (held !== "") reading = "a line that was cut";
      parser.feed(`${withPrefixes(held)}\n\n`);
      if (partial !== "" && held === "" && found.end === "open") found.giveUp();
    },
    take: found.flush,
  };
}

/** Where the last whole line of a text ends. A carriage return at its very end may be half of what ends a line. */
function endOfLines(text: string): number {
  const carriage_return = text.length < 2 ? -1 : text.lastIndexOf("\r", text.length - 2);
  return Math.max(text.lastIndexOf("\n"), carriage_return) + 1;
}

/** Whether an empty line comes before any more data. */
function endsEvent(lines: string): boolean {
  const [before = ""] = lines.split(/(?<=^|[\r\n])data:/, 1);
  return /^[\r\n]|\n\r?\n|\r\r/.test(before);
}

/** Lines of bare JSON as lines of data. */
function withPrefixes(lines: string): string {
  if (!/(?:^|[\r\n])\{/.test(lines)) return lines;
  return lines.replace(/(^|[\r\n])\{/g, "$1data: {");
}
