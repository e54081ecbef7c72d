// The frames in the data of an event: one, or several on lines of their own or glued together, among what is no frame.
import type { Json } from "../../contracts/text.ts";
import { splitJson } from "../calls/json_bounds.ts";
import { isFields, parseFrame } from "../wire/json_frame.ts";

/** What a text brought. */
export interface Frames {
  /** In their order. */
  frames: Json[];
  /** `heartbeat`: no frame, but the host says that it is there. */
  sign: "none" | "heartbeat";
  /** `done`: the host says that it has ended. `unreadable`: what came after the frames is no frame. */
  end: "open" | "done" | "unreadable";
}

export interface FrameLines {
  readonly end: Frames["end"];
  /** Takes the frames out of an event's data, after what was `begun`; gives back what is no frame so far. */
  take(data: string, begun: string): string;
  /** Takes what has choices: with one newline in between, the frames before an event's name are of that event. */
  takeChunks(data: string): string;
  /** Takes an error, whatever its shape. */
  takeError(data: string): void;
  beat(): void;
  /** Nothing that comes from here on can be read. */
  giveUp(): void;
  /** What came since this was called last. */
  flush(): Frames;
}

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

/** The lines of one body. */
export function createFrameLines(): FrameLines {
  let frames: Json[] = [];
  let sign: Frames["sign"] = "none";
  let end: Frames["end"] = "open";

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
    else if (/^\[?error\]?:? /i.test(text)) takeError(text.replace(/^\[?error\]?:? /i, ""));
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
    if (texts.length < 2 || !values.every(isFrameText)) return false;
    frames.push(...values.map(parseFrame));
    if (ends) end = "done";
    return true;
  }

  function takeChunks(data: string): string {
    return data.split("\n").filter((line) => !line.includes('"choices"') || !takeLine(line)).join("\n");
  }

  function takeError(data: string): void {
    frames.push(errorFrame(data));
  }

  return {
    get end() {
      return end;
    },
    take,
    takeChunks,
    takeError,
    beat() {
      sign = "heartbeat";
    },
    giveUp() {
      end = "unreadable";
    },
    flush() {
      const came: Frames = { frames, sign, end };
      frames = [];
      sign = "none";
      return came;
    },
  };
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

/** Whether a text is a JSON value. */
export function isFrameText(text: string): boolean {
  try {
    parseFrame(text);
    return true;
  } catch {
    return false;
  }
}
