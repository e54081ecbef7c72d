// What has become of the calls of a turn at its end. Some hosts send every call once more with their last frame,
// or once more under another index (QuantumNous/new-api#6278): a call that nothing but its arguments could tell
// from an earlier one, and whose arguments are that one's or none, is that one. Two calls with ids of their own
// both stand, however equal they are.
import type { ModelToolCall } from "../../contracts/model.ts";
import { cleanJson, cleanText, type Json } from "../../contracts/text.ts";
import type { ArgumentPieces } from "./argument_pieces.ts";
import { joinedJson } from "./joined_json.ts";
import { argumentsOfCall, isSameJson } from "./tool_arguments.ts";
import { toolName } from "./tool_names.ts";
import { LIMITS } from "../wire/wire_limits.ts";

export interface OpenCall {
  /** The first that came, or "". */
  id: string;
  /** The latest that came with it. */
  index: number | null;
  /** As it came. */
  name: string;
  arguments: ArgumentPieces;
  extra_content: Json;
  /** "changing" where a piece of it came under another id than the first. */
  ids: "steady" | "changing";
  /** "maybe again": neither id nor index tells it from earlier calls of the tool. */
  standing: "own" | "maybe again";
  /** The call before it, where that may have been no more than the first piece of this one. */
  head: OpenCall | null;
}

export type CollectedCalls =
  | {
    state: "complete";
    calls: ModelToolCall[];
    /** The tools whose calls were not known before. */
    named: string[];
  }
  | { state: "nameless" };

/** Of arguments that are read while they come, in UTF-16 units. */
const SHORT = 4_000;

interface Collected {
  calls: readonly OpenCall[];
  unannounced: ReadonlySet<OpenCall>;
  offered: ReadonlySet<string>;
  taken: ReadonlySet<string>;
  newId: () => string;
}

/** A call that stands, with what its repetitions added. */
interface Standing {
  call: OpenCall;
  id: string;
  name: string;
  arguments: ModelToolCall["arguments"];
  extra_content: Json;
  announced: boolean;
}

/** The calls of a turn that has ended. */
export function finishCalls({ calls, unannounced, offered, taken, newId }: Collected): CollectedCalls {
  const standing: Standing[] = [];
  for (const call of calls) {
    const announced = !unannounced.has(call);
    const { id, extra_content } = call;
    const name = toolName(call.name, offered);
    const args = argumentsOfCall(name, call.arguments.read());
    const now = { call, id, name, arguments: args, extra_content, announced };
    const earlier = standing.find((one) => isHeadOf(one, call)) ??
      standing.find((one) => isRepeatedBy(one, now));
    if (!earlier) standing.push(now);
    else joinInto(earlier, now);
  }
  // A piece with nothing in it makes no call beside others (emotionscientific/verlet-kernel#153).
  const named = standing.filter(({ name, call }) => name !== "" || !call.arguments.blank);
  const kept = named.length > 0 ? named : standing;
  if (kept.some(({ name }) => name === "")) return { state: "nameless" };
  return {
    state: "complete",
    calls: withIds(kept, taken, newId),
    named: kept.filter((one) => !one.announced).map(({ name }) => name),
  };
}

/** Whether a call may still turn out to be one that came before. */
export function isSaidAgain(
  call: OpenCall,
  calls: readonly OpenCall[],
  offered: ReadonlySet<string>,
): boolean {
  if (call.head?.arguments.blank) return true;
  if (call.standing === "own") return false;
  const name = toolName(call.name, offered);
  return calls.slice(0, calls.indexOf(call)).some((earlier) =>
    toolName(earlier.name, offered) === name &&
    (!call.arguments.whole || hasSameArguments(call, earlier))
  );
}

/** Of short arguments only whether they say the same, for this is asked with every piece. */
function hasSameArguments({ arguments: one }: OpenCall, { arguments: other }: OpenCall): boolean {
  if (one.text === other.text) return true;
  return Math.max(one.text.length, other.text.length) <= SHORT && isSame(one.read(), other.read());
}

function isHeadOf({ call }: Standing, next: OpenCall): boolean {
  return call === next.head && call.arguments.blank && !next.arguments.blank;
}

function isRepeatedBy(earlier: Standing, { call, name, arguments: args }: Standing): boolean {
  if (call.standing === "own" || name === "" || earlier.name !== name) return false;
  if (call.arguments.blank) return true;
  return isSame(args, earlier.arguments);
}

function isSame(one: ModelToolCall["arguments"], other: ModelToolCall["arguments"]): boolean {
  if (one.ok && other.ok) return isSameJson(one.value, other.value);
  return !one.ok && !other.ok && one.raw === other.raw;
}

function joinInto(earlier: Standing, { call, id, arguments: args, extra_content, announced }: Standing) {
  if (earlier.call === call.head) earlier.arguments = args;
  earlier.call = earlier.call === call.head ? call : earlier.call;
  earlier.id ||= id;
  earlier.extra_content = joinedJson(earlier.extra_content, extra_content);
  earlier.announced ||= announced;
}

function withIds(
  calls: readonly Standing[],
  taken: ReadonlySet<string>,
  newId: () => string,
): ModelToolCall[] {
  const used = new Set(taken);
  return calls.map(({ id: sent, name, arguments: args, extra_content }) => {
    const given = sent.length > LIMITS.id ? "" : cleanText(sent);
    const id = given === "" || used.has(given) ? newId() : given;
    used.add(id);
    return {
      id,
      name,
      arguments: args,
      ...(extra_content === null ? {} : { extra_content: cleanJson(extra_content) }),
    };
  });
}
