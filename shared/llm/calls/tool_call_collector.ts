// Puts streamed tool calls together. Hosts leave out, repeat, change and misuse ids, indexes and names.
//
// Which call a piece points to: the one with its id and its index, else with its id, else with its index, else
// the latest. Its name tells whether it begins another one: another tool's name does, and so does the same name
// again after whole arguments, or under an id or an index of its own. Without a name it goes on with the call,
// whatever its id: some hosts make up a new one for every piece (BerriAI/litellm#40040, hermes-agent#5254).
//
// What may be a call sent twice is a call of its own until the end (`finished_calls.ts`).
import { isBlank, type Json } from "../../contracts/text.ts";
import { createArgumentPieces, isBlankPiece } from "./argument_pieces.ts";
import { type CollectedCalls, finishCalls, isSaidAgain, type OpenCall } from "./finished_calls.ts";
import { joinedJson } from "./joined_json.ts";
import { joinedName, nameState, toolName } from "./tool_names.ts";
import type { ToolCallDelta } from "../wire/wire_chunk.ts";
import { LIMITS } from "../wire/wire_limits.ts";

export interface ToolCallCollector {
  /** Takes one piece in: `named` are the tools whose calls became known with it, each call once. */
  push(piece: ToolCallDelta): { state: "taken"; named: string[] } | { state: "over_limit" };
  /** Everything collected, for an estimate of its tokens. */
  readonly text: string;
  /** The calls, parsed; `newId` gives an id where the host gave none or one of `taken`. */
  finish(taken: ReadonlySet<string>, newId: () => string): CollectedCalls;
}

const NONE: string[] = [];

/** A collector for the calls of one turn, of tools with these names. */
export function createToolCallCollector(offered: ReadonlySet<string>): ToolCallCollector {
  const calls: OpenCall[] = [];
  const by_id = new Map<string, OpenCall>();
  const by_index = new Map<number, OpenCall>();
  const unannounced = new Set<OpenCall>();

  /** How many certainly are no repetitions. */
  let own = 0;

  /** The call that a piece points to. */
  function target({ id, index, name, filled }: Piece): OpenCall | undefined {
    const indexed = index === null ? undefined : by_index.get(index);
    if (id !== "" && indexed?.id === id) return indexed;
    const pointed = by_id.get(id) ?? indexed;
    if (pointed) return pointed;
    const latest = calls.at(-1);
    if (index === null || !latest) return latest;
    // A new index on arguments alone says nothing (agno-agi/agno#8880, pipecat-ai/pipecat#4688).
    return name === "" && id === "" && !(latest.arguments.whole && filled) ? latest : undefined;
  }

  /** From here on an index means this call, and another that it came under does not. */
  function setIndex(call: OpenCall, index: number) {
    // The first piece may have had the number of its tool (sgl-project/sglang#6310).
    if (call.index !== null && by_index.get(call.index) === call) by_index.delete(call.index);
    by_index.set(index, call);
    call.index = index;
  }

  /** Its name with the piece's; null where the piece begins another call. */
  function nameWith(call: OpenCall, piece: Piece): string | null {
    const { id, index, name, filled } = piece;
    const new_id = id !== "" && call.id !== "" && id !== call.id;
    const new_index = index !== null && call.index !== null && by_index.get(index) !== call;
    if (name === "") {
      // Unless all else speaks for one whose name is still to come.
      const nameless_head = new_id && index === null && filled && call.arguments.whole &&
        call.ids === "steady";
      return nameless_head ? null : call.name;
    }
    if (call.name === "") return name;
    const state = new_id || new_index || !call.arguments.blank ? "closed" : "open";
    const joined = joinedName(call.name, name, offered, state);
    if (joined !== call.name) return joined;
    if (new_index || (new_id && (index === null || call.arguments.blank))) return null;
    const goes_on = id !== "" && id === call.id && call.arguments.takes(piece.arguments);
    return call.arguments.whole && !goes_on ? null : joined;
  }

  function open({ id, index, name }: Piece, before: OpenCall | undefined): OpenCall {
    const same_tool = before && toolName(before.name, offered) === toolName(name, offered);
    const new_id = id !== "" && !by_id.has(id) && before?.id !== "" && !hasChangingIds(before);
    const new_index = index !== null && !by_index.has(index) && !by_id.has(id);
    const call: OpenCall = {
      ...{ id, index: null, name, arguments: createArgumentPieces(), extra_content: null, ids: "steady" },
      standing: new_id || new_index ? "own" : "maybe again",
      head: new_id && index !== null && !new_index && same_tool && before.arguments.blank ? before : null,
    };
    calls.push(call);
    if (call.standing === "own") own += 1;
    unannounced.add(call);
    return call;
  }

  function callOf(piece: Piece): OpenCall {
    const pointed = target(piece);
    const name = pointed ? nameWith(pointed, piece) : null;
    const call = pointed && name !== null ? pointed : open(piece, pointed);
    if (piece.id !== "" && call.id !== "" && piece.id !== call.id) call.ids = "changing";
    call.name = (name ?? piece.name).slice(0, LIMITS.name);
    call.id ||= piece.id;
    if (call.id === piece.id && call.id !== "") by_id.set(call.id, call);
    if (piece.index !== null && (call !== pointed || !by_index.has(piece.index))) setIndex(call, piece.index);
    return call;
  }

  function announce(): string[] {
    if (unannounced.size === 0) return NONE;
    const ready = [...unannounced].filter((call) => isKnown(call, calls, offered));
    for (const call of ready) unannounced.delete(call);
    return ready.map((call) => toolName(call.name, offered));
  }

  return {
    get text() {
      const texts = calls.map((call) => toolName(call.name, offered) + call.arguments.text);
      return texts.map((text, at) => at < LIMITS.tool_calls ? text : "").join("\n");
    },
    push(delta) {
      const call = callOf(readPiece(delta));
      const within = call.arguments.push(delta.function?.arguments);
      call.extra_content = joinedJson(call.extra_content, delta.extra_content ?? null);
      const too_many = own > LIMITS.tool_calls || calls.length > 2 * LIMITS.tool_calls;
      return within && !too_many ? { state: "taken", named: announce() } : { state: "over_limit" };
    },
    finish: (taken, newId) => finishCalls({ calls, unannounced, offered, taken, newId }),
  };
}

interface Piece {
  /** "" where there is none. */
  id: string;
  index: number | null;
  /** "" where there is none. */
  name: string;
  arguments: Json | undefined;
  /** Whether it has any. */
  filled: boolean;
}

function readPiece({ id, index, function: called }: ToolCallDelta): Piece {
  return {
    id: (id ?? "").trim(),
    index: index ?? null,
    name: isBlank(called?.name ?? "") ? "" : (called?.name ?? "").slice(0, LIMITS.name),
    arguments: called?.arguments,
    filled: !isBlankPiece(called?.arguments),
  };
}

/** Whether the host seems to make up an id for every piece. */
function hasChangingIds(call: OpenCall | undefined): boolean {
  return call?.ids === "changing" || (call?.head?.arguments.blank === true && !call.arguments.blank);
}

/** Whether it is certain which tool is called, and that this is no call said again. */
function isKnown(call: OpenCall, calls: readonly OpenCall[], offered: ReadonlySet<string>): boolean {
  if (toolName(call.name, offered) === "") return false;
  const state = nameState(call.name, offered);
  const ended = state === "may grow" && (!call.arguments.blank || calls.at(-1) !== call);
  return (state === "settled" || ended) && !isSaidAgain(call, calls, offered);
}
