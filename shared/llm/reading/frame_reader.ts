// The text of an answer as frames. Most hosts send an event stream; what some send instead is read as well: frames with
// one newline in between, or glued together; lines of JSON without `data:`; one whole JSON document, under whatever
// content type (a host that ignores `stream`). Every cut of the same text gives the same frames.
import { createEventReader } from "./event_reader.ts";
import { type Frames, isFrameText } from "./frame_lines.ts";
import { parseFrame } from "../wire/json_frame.ts";

export interface FrameReader {
  /** Takes a piece of the text in; after an `end` nothing more is read. */
  feed(text: string): Frames;
  /** The text has ended. Half a frame at its end is none. */
  finish(): Frames;
}

/** A reader for one body. */
export function createFrameReader(): FrameReader {
  let mode: "undecided" | "first line" | "events" | "document" = "undecided";
  let held = "";
  const events = createEventReader();

  function decide(): void {
    const start = held.trimStart();
    if (start.startsWith("[")) mode = "document";
    else if (start.startsWith("{")) decideByLine(start);
    else if (start !== "") mode = "events";
    if (mode === "events") events.feed(held);
  }

  /** A first line that is JSON is a frame; half an object is the beginning of a document. */
  function decideByLine(start: string): void {
    const end = start.search(/[\r\n]/);
    if (end === -1) mode = "first line";
    else mode = isFrameText(start.slice(0, end)) ? "events" : "document";
  }

  return {
    feed(text) {
      if (mode === "events") events.feed(text);
      else {
        held += text;
        if (mode === "undecided" || (mode === "first line" && /[\r\n]/.test(text))) decide();
      }
      const taken = events.take();
      // DeepSeek's hosts send empty lines as long as a request waits (api-docs.deepseek.com, rate limit).
      if (mode !== "events" && text !== "") taken.sign = "heartbeat";
      return taken;
    },
    finish() {
      if (mode === "document" || mode === "first line") return readDocument(held);
      events.finish();
      return events.take();
    },
  };
}

/** A whole document; a list is one of frames, as Gemini sends an error. */
function readDocument(text: string): Frames {
  try {
    const value = parseFrame(text);
    return { frames: Array.isArray(value) ? value : [value], sign: "none", end: "done" };
  } catch {
    return { frames: [], sign: "none", end: "unreadable" };
  }
}
