// The text of an answer as frames. Most hosts send an event stream; what some send instead is read as well: frames with
// one newline in between, or glued together; lines of JSON without `data:`; one whole JSON document, under whatever
// content type (a host that ignores `stream`). Every cut of the same text gives the same frames.
import { createParser } from "eventsource-parser";
import type { Json } from "../contracts/text.ts";
import { splitJson } from "./json_bounds.ts";
import { isFields, parseFrame } from "./json_frame.ts";

/** What a text brought. */
export interface Frames {
  /** In their order. */
  frames: Json[];
  /** `heartbeat`: no frame, but the host says that it is there. */
  sign: "none" | "heartbeat";
  /** `done`: the host says that it has ended. `unreadable`: what came after the frames is no frame. */
  end: "open" | "done" | "unreadable";
}

export interface FrameReader {
  /** Takes a piece of the text in; after an `end` nothing more is read. */
  feed(text: string): Frames;
  /** The text has ended. Half a frame at its end is none. */
  finish(): Frames;
}

const BEATING_EVENT = /^(?:ping|pong|heartbeat|keep[-_ ]?alive)$/i;

/** Data that says nothing: none at all, a comment wrapped as data (anomalyco/opencode#50871), a word, an empty object. */
const BEATING_DATA =
  /^(?:|:.*|\[?(?:ping|pong|heartbeat|keep[-_ ]?alive|processing)\]?|\{\s*(?:"type"\s*:\s*"(?:ping|heartbeat|keep[-_]?alive)"\s*)?\})$/i;

/** No longer than this are the ones of these that are JSON. */
const SHORT = 40;

/** Data without a letter, a bracket or a quote says nothing, such as a dot or the time (missuo/FreeGPT35#29). */
const WORDLESS = /^[^\p{L}{}[\]"]+$/u;

const DONE_DATA = /^"?\[done\]"?$/i;

/** Data of many lines that is not whole yet may be no longer than this: it is read again with every line. */
const LONGEST_PARTIAL = 64_000;

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
    else mode = isJson(start.slice(0, end)) ? "events" : "document";
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

interface EventReader {
  feed(text: string): void;
  finish(): void;
  /** What came since this was called last. */
  take(): Frames;
}

function createEventReader(): EventReader {
  let frames: Json[] = [];
  let sign: Frames["sign"] = "none";
  let end: Frames["end"] = "open";
  /** `ahead`: the event's end was not there yet. */
  let reading: "whole events" | "ahead" | "a line that was cut" = "whole events";
  /** Data that was read ahead of its event's end and is not whole. */
  let partial = "";
  /** A line that has not ended: the parser would drop one that begins with no field it knows. */
  let held = "";

  /** Takes the frames out of an event's data, after what was `begun`; gives back what is no frame so far. */
  function take(data: string, begun: string): string {
    if (begun === "" && data.startsWith("{") && data.length > SHORT && tryFrame(data)) return "";
    for (const line of data.split("\n")) {
      if (begun === "") begun = takeLine(line) ? "" : line;
      else if (DONE_DATA.test(line.trim())) end = "unreadable";
      else {
        begun += `\n${line}`;
        if (/[}\]]\s*$/.test(line) && tryFrame(begun)) begun = "";
      }
      if (begun.length > LONGEST_PARTIAL) end = "unreadable";
      if (end !== "open") return "";
    }
    return begun;
  }

  function takeLine(line: string): boolean {
    const text = line.replace(/^(?:\s*data:)+/, "").trim();
    if (DONE_DATA.test(text)) end = "done";
    else if (BEATING_DATA.test(text) || (text.length <= SHORT && WORDLESS.test(text))) sign = "heartbeat";
    // An error as words (lucasjinreal/Crane#121).
    else if (/^\[?error\]?:? /i.test(text)) frames.push(errorFrame(text.replace(/^\[?error\]?:? /i, "")));
    else return tryFrame(text) || tryGlued(text);
    return true;
  }

  function tryFrame(text: string): boolean {
    try {
      frames.push(parseFrame(text));
      return true;
    } catch {
      return false;
    }
  }

  /** Several frames on one line, all of them whole; a text in one of them may look like the next one. */
  function tryGlued(line: string): boolean {
    const [first = "", ...others] = splitJson(line);
    if (!others.every((other) => /^\s*data:/.test(other))) return false;
    const texts = [first, ...others.map((other) => other.replace(/^\s*data:/, ""))];
    const ends = DONE_DATA.test(texts.at(-1)?.trim() ?? "");
    const values = texts.slice(0, ends ? -1 : undefined);
    if (texts.length < 2 || !values.every(isJson)) return false;
    frames.push(...values.map(parseFrame));
    if (ends) end = "done";
    return true;
  }

  /** Takes what has choices: with one newline in between, the frames before an event's name are of that event. */
  function takeChunks(data: string): string {
    return data.split("\n").filter((line) => !line.includes('"choices"') || !takeLine(line)).join("\n");
  }

  function onEvent({ event, data }: { event?: string | undefined; data: string }): void {
    if (end !== "open") return;
    if (event !== undefined && BEATING_EVENT.test(event)) {
      takeChunks(data);
      sign = "heartbeat";
    } else if (event === "error") {
      const rest = takeChunks(data);
      if (rest !== "" || data === "") frames.push(errorFrame(rest));
    } else {
      const rest = take(data, partial);
      partial = "";
      if (rest === "" || reading === "a line that was cut") return;
      if (reading === "ahead") partial = rest;
      else end = "unreadable";
    }
  }

  const parser = createParser({
    onEvent,
    onComment() {
      sign = "heartbeat";
    },
    // llama.cpp before September 2025 wrote an error as a field of its own (ggml-org/llama.cpp#16109).
    onError({ field, value = "" }) {
      if (end === "open" && field === "error") frames.push(errorFrame(value));
    },
  });

  return {
    feed(text) {
      const cut = endOfLines(text);
      const lines = held + text.slice(0, cut);
      if (cut === 0) held = lines + text;
      else held = text.slice(cut);
      if (end !== "open" || cut === 0) return;
      // With the event has ended what was read ahead of its end.
      if (partial !== "" && endsEvent(lines)) end = "unreadable";
      parser.feed(withPrefixes(lines));
      if (!/[}\]](?:\r\n|\n|\r)$/.test(lines.slice(-3))) return;
      // Hosts that put one newline between two frames would be read one frame late, or at the very end.
      reading = "ahead";
      parser.feed("\n\n");
      reading = "whole events";
    },
    finish() {
      // A line that was cut is no frame, but not for being broken.
      if (held !== "") reading = "a line that was cut";
      parser.feed(`${withPrefixes(held)}\n\n`);
      if (partial !== "" && held === "" && end === "open") end = "unreadable";
    },
    take() {
      const taken: Frames = { frames, sign, end };
      frames = [];
      sign = "none";
      return taken;
    },
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

/** What stands under the event `error` is one, whatever its shape. */
function errorFrame(data: string): Json {
  try {
    const value = parseFrame(data);
    return isFields(value) && (value.error || value.choices) ? value : { error: value };
  } catch {
    return { error: { message: data } };
  }
}

function isJson(text: string): boolean {
  try {
    parseFrame(text);
    return true;
  } catch {
    return false;
  }
}
