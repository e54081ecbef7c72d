// The arguments of a call while they come. Most hosts send pieces to append. Some send all of it so far with
// every piece (NousResearch/hermes-agent#35718, QwenLM/Qwen-Agent's streams without deltas), or the whole once
// more after its beginning (vllm-project/vllm#51697), and an object in place of a text may be the whole or a part
// of it (MiniMax, can1357/oh-my-pi#2617). Which host this is, is seen at the end: the text in which every piece
// was appended is read first, and then the one in which pieces that repeat everything so far replaced it.
import type { ModelToolCall } from "../../contracts/model.ts";
import type { Json } from "../../contracts/text.ts";
import { createJsonBounds } from "./json_bounds.ts";
import { isDeeper } from "../wire/json_frame.ts";
import { readArguments } from "./tool_arguments.ts";
import { LIMITS } from "../wire/wire_limits.ts";

export interface ArgumentPieces {
  /** Takes a piece in; false once there is more than a call may have. */
  push(piece: Json | undefined): boolean;
  /** True while nothing but blanks came. */
  readonly blank: boolean;
  /** True where what came ends with a whole JSON value. */
  readonly whole: boolean;
  /** Whether a piece may belong to what came, even where that is whole: an empty object, or one that it adds to. */
  takes(piece: Json | undefined): boolean;
  readonly text: string;
  read(): ModelToolCall["arguments"];
}

/** The length of `{}`. */
const EMPTY = 2;

/** Whether a piece leaves the arguments as they are. */
export function isBlankPiece(piece: Json | undefined): boolean {
  return typeof piece === "string" ? piece.trim() === "" : !isTree(piece);
}

/** The pieces of a call's arguments, none yet. */
export function createArgumentPieces(): ArgumentPieces {
  let appended = "";
  /** With the pieces replaced that repeated everything; null while there was none. */
  let replaced: string | null = null;
  let bounds = createJsonBounds();
  let blank = true;
  const objects = createJoinedObjects();

  function replace(text: string) {
    replaced = text;
    bounds = createJsonBounds();
    bounds.push(text);
  }

  function append(text: string) {
    const so_far = replaced ?? appended;
    // Asked of long pieces only: a text that is put together of many is copied when it is looked into.
    if (!blank && text.length >= so_far.length && text.startsWith(so_far)) {
      replace(text);
    } else {
      if (replaced !== null) replaced += text;
      bounds.push(text);
    }
    // The limit is for what is kept of a host that repeats everything, not for what it sends.
    if (replaced === null || appended.length <= LIMITS.arguments) appended += text;
    blank &&= isBlankPiece(text);
  }

  function pushText(text: string) {
    if (objects.size > 0) append(objects.take());
    append(text);
  }

  function pushObject(object: JsonTree) {
    if ((blank || objects.size > 0) && objects.add(object)) return;
    const partial = objects.size === 0 && !blank && !bounds.whole;
    pushText(JSON.stringify(object));
    if (partial) replace(JSON.stringify(object));
  }

  return {
    get blank() {
      return blank && objects.size === 0;
    },
    get whole() {
      return objects.size > 0 || bounds.whole;
    },
    takes(piece) {
      if (objects.size > 0) return objects.size === EMPTY || (isTree(piece) && objects.fits(piece));
      return appended.length < 5 && /^\s*\{\}\s*$/.test(appended);
    },
    get text() {
      return objects.size > 0 ? objects.text : replaced ?? appended;
    },
    push(piece) {
      if (typeof piece === "string" && piece !== "") {
        pushText(piece);
      } else if (isTree(piece)) {
        // Which can't be read, and is told to the model like all that can't.
        if (isDeeper(piece, LIMITS.depth)) pushText(asText(piece));
        else pushObject(piece);
      }
      const kept = Math.min(appended.length, replaced?.length ?? Infinity);
      return Math.max(kept, objects.size) <= LIMITS.arguments;
    },
    read() {
      if (objects.size > 0) return readArguments(objects.text);
      const in_full = readArguments(appended);
      if (in_full.ok || replaced === null) return in_full;
      const shortened = readArguments(replaced);
      return shortened.ok ? shortened : in_full;
    },
  };
}

/** The text that an object stands for; of one with more levels than can be written, how it begins. */
function asText(piece: JsonTree): string {
  try {
    return JSON.stringify(piece);
  } catch {
    return "[".repeat(LIMITS.depth + 1);
  }
}

type JsonTree = Json[] | { [key: string]: Json };

function isTree(piece: Json | undefined): piece is JsonTree {
  return typeof piece === "object" && piece !== null;
}

interface JoinedObjects {
  /** Whether an object says nothing else than those before it. */
  fits(object: JsonTree): boolean;
  /** Takes one more in; false where it and those before it say different things. */
  add(object: JsonTree): boolean;
  /** All of them as one, as JSON text. */
  readonly text: string;
  /** No less than the length of that; 0 where there is none. */
  readonly size: number;
  /** The text; none is left. */
  take(): string;
}

/** Objects that are parts of one, or it again and again while it grows. */
function createJoinedObjects(): JoinedObjects {
  const joined = new Map<string, Json>();
  let size = 0;
  const text = () => JSON.stringify(Object.fromEntries(joined));
  const fits = (object: JsonTree) =>
    !Array.isArray(object) &&
    Object.entries(object).every(([key, value]) => !joined.has(key) || isGrown(joined.get(key), value));
  return {
    fits,
    get text() {
      return text();
    },
    get size() {
      return size;
    },
    add(object) {
      if (!fits(object)) return false;
      for (const [key, value] of Object.entries(object)) joined.set(key, value);
      size += JSON.stringify(object).length;
      // Counted anew only here: the sum is too much for a host that sends the whole again and again.
      if (size > LIMITS.arguments) size = text().length;
      return true;
    },
    take() {
      const all = text();
      joined.clear();
      size = 0;
      return all;
    },
  };
}

/** Whether a value is the one before, or a text that has gone on. */
function isGrown(before: Json | undefined, now: Json): boolean {
  if (typeof before === "string" && typeof now === "string") return now.startsWith(before);
  return JSON.stringify(before) === JSON.stringify(now);
}
