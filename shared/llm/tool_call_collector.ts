// Puts streamed tool calls together. Hosts lie about `index`, leave out ids and repeat them, so a piece
// belongs to the call with its id, else to the call with its index, else to the latest one; a new id always
// begins a new call. DeepSeek and hosts behind OpenRouter do all of this.
import type { ModelToolCall } from "../contracts/model.ts";
import { cleanText } from "../contracts/text.ts";
import { LIMITS } from "./wire_limits.ts";
import { readArguments } from "./tool_arguments.ts";
import type { ToolCallDelta } from "./wire_chunk.ts";

interface OpenCall {
  id: string;
  name: string;
  arguments: string;
}

export type CollectedCalls = { state: "complete"; calls: ModelToolCall[] } | { state: "nameless" };

export interface ToolCallCollector {
  /** Takes one piece in: the call it belongs to was just `named`, merely grew, or grew past a limit. */
  push(piece: ToolCallDelta): { state: "named"; name: string } | { state: "grown" } | { state: "over_limit" };
  /** The length of everything collected, for an estimate of its tokens. */
  readonly text: string;
  /** The calls, parsed; `newId` gives an id where the host gave none or one of `taken`. */
  finish(taken: ReadonlySet<string>, newId: () => string): CollectedCalls;
}

/** A collector for the calls of one turn. */
export function createToolCallCollector(): ToolCallCollector {
  const calls: OpenCall[] = [];
  const by_id = new Map<string, OpenCall>();
  const by_index = new Map<number, OpenCall>();

  function open(id: string, index: number | null): OpenCall {
    const call = { id, name: "", arguments: "" };
    calls.push(call);
    if (id !== "") by_id.set(id, call);
    if (index !== null) by_index.set(index, call);
    return call;
  }

  function callOf(piece: ToolCallDelta, name: string): OpenCall {
    const id = piece.id ?? "";
    const index = piece.index ?? null;
    const known = by_id.get(id);
    if (known) return isAnother(known, name) ? open(id, index) : known;
    const indexed = index === null ? undefined : by_index.get(index);
    if (id !== "") {
      // An id that comes later than its call's head names that call and begins no new one.
      if (!indexed || indexed.id !== "" || isAnother(indexed, name)) return open(id, index);
      indexed.id = id;
      by_id.set(id, indexed);
      return indexed;
    }
    if (name !== "") {
      const candidate = index === null ? calls.at(-1) : indexed;
      return !candidate || isAnother(candidate, name) || isComplete(candidate) ? open(id, index) : candidate;
    }
    const call = indexed ?? calls.at(-1) ?? open(id, index);
    if (index !== null) by_index.set(index, call);
    return call;
  }

  return {
    get text() {
      return calls.map((call) => call.name + call.arguments).join("\n");
    },
    push(piece) {
      const name = cleanText(piece.function?.name ?? "").slice(0, LIMITS.name).toWellFormed();
      const call = callOf(piece, name);
      call.arguments = joined(call.arguments, piece.function?.arguments);
      if (calls.length > LIMITS.tool_calls || call.arguments.length > LIMITS.arguments) {
        return { state: "over_limit" };
      }
      if (name === "" || call.name !== "") return { state: "grown" };
      call.name = name;
      return { state: "named", name };
    },
    finish: (taken, newId) => collected(calls, taken, newId),
  };
}

function collected(calls: OpenCall[], taken: ReadonlySet<string>, newId: () => string): CollectedCalls {
  if (calls.some((call) => call.name === "")) return { state: "nameless" };
  const used = new Set(taken);
  const finished = calls.map((call): ModelToolCall => {
    const given = call.id.length > LIMITS.id ? "" : cleanText(call.id);
    const id = given === "" || used.has(given) ? newId() : given;
    used.add(id);
    return { id, name: call.name, arguments: readArguments(call.arguments) };
  });
  return { state: "complete", calls: finished };
}

function isAnother(call: OpenCall, name: string): boolean {
  return name !== "" && call.name !== "" && name !== call.name;
}

/** Hosts that repeat the name with every piece do so before the arguments are whole, so this tells them apart. */
function isComplete(call: OpenCall): boolean {
  return call.arguments.trimEnd().endsWith("}") && readArguments(call.arguments).ok;
}

/** Text is appended; an object is the whole of the arguments. */
function joined(so_far: string, piece: unknown): string {
  if (typeof piece === "string") return so_far + piece;
  if (typeof piece === "object" && piece !== null) return JSON.stringify(piece);
  return so_far;
}
