// The marker that a text begins with, if it begins with one. Pure, and blind for what came before: whether a marker is
// one, or is only talked about, is decided in speech_filter.ts.
import { readHeader } from "./harmony.ts";
import { readSection } from "./kimi_sections.ts";
import { LITERALS, NOISE, PIPED, PIPED_CALLS, PIPED_MESSAGES, PIPED_ROLES } from "./markers.ts";
import { LIKELY_CALL, type Reading, type Rest, SURE_CALL } from "./markers.ts";
import { readRole } from "./read_role.ts";
import { readTag } from "./read_tag.ts";

/** Reads the marker at the beginning of a text. `offered`: the names of the tools that the model was offered. */
export function readMarker(text: string, rest: Rest, offered: readonly string[] = []): Reading {
  const literal = readLiteral(text, rest);
  if (literal !== null) return literal;
  return text.startsWith("<")
    ? readAngled(text, rest, offered) ?? readToken(text, rest)
    : readToken(text, rest);
}

function readLiteral(text: string, rest: Rest): Reading {
  const found = LITERALS.find(([literal]) => text.startsWith(literal));
  if (found) return { ...found[1], length: found[0].length };
  return rest === "more to come" && LITERALS.some(([literal]) => literal.startsWith(text))
    ? "undecided"
    : null;
}

function readAngled(text: string, rest: Rest, offered: readonly string[]): Reading {
  const opened = /^<\s{0,4}(\/?)\s{0,4}[|｜‖│]{1,4}\s{0,4}(\/?)/.exec(text);
  if (opened) return readPiped(text, { at: opened[0].length, slash: opened[1] || opened[2] || "" }, rest);
  const unused = /^<unused\d{1,5}>/.exec(text);
  if (unused) return { ...NOISE, length: unused[0].length };
  if (rest === "more to come" && /^<(?:u|un|unu|unus|unuse|unused\d{0,5})$/.test(text)) return "undecided";
  return readTag(text, rest, offered);
}

/** `<|im_end|>` and its like, with pipes of any kind. */
function readPiped(text: string, { at, slash }: { at: number; slash: string }, rest: Rest): Reading {
  const written = /^[\w▁=]{0,48}/.exec(text.slice(at))?.[0] ?? "";
  const name = written.toLowerCase().replaceAll("▁", "_");
  const named = at + written.length;
  const behind = text.slice(named);
  const closed = /^\s{0,4}[|｜‖│]{0,4}\s{0,4}>/.exec(behind);
  // A blank behind the pipes is one of DSML's forms, and an operator of F# elsewhere.
  const spaced = /\s/.test(text.slice(0, at));
  const call = PIPED_CALLS.find(([beginning]) => name.startsWith(beginning));
  if (call && (!spaced || name.startsWith("dsml"))) {
    const open = rest === "more to come" && /^[\s|｜‖│]{0,8}$/.test(behind) && !name.startsWith("dsml");
    return open ? "undecided" : { ...call[1], length: named + (closed?.[0].length ?? 0) };
  }
  if (behind === "") return readHalf(name, text, rest);
  const meaning = PIPED.get(slash + name);
  const turn = PIPED_ROLES.includes(name);
  const reserved = /^reserved_special_token_\d+$/.test(name);
  const section = name === "open" || name === "close" ? name : null;
  // DeepSeek's tokens of any name: nobody else writes such pipes (vllm-project/vllm-ascend#9767).
  const deepseeks = text.startsWith("<｜") && /^[a-z_]/.test(name);
  if (!meaning && !turn && !reserved && !section && !deepseeks && name !== "channel") return null;
  if (!closed) {
    return rest === "more to come" && /^\s{0,4}[|｜‖│]{0,4}\s{0,4}$/.test(behind) ? "undecided" : null;
  }
  const length = named + closed[0].length;
  if (name === "channel") return readHeader(text, length, rest);
  if (section) return readSection(text, length, section, rest);
  if (turn) return readTurn(text, length, rest, name);
  return { ...(meaning ?? NOISE), length };
}

const NAMES = [
  ...[...PIPED.keys(), ...PIPED_ROLES, "channel", "open", "close", "reserved_special_token_"],
  ...PIPED_CALLS.map(([beginning]) => beginning),
];

/** A name that may go on. Where the text ends in it, what is certainly half a marker is dropped. */
function readHalf(name: string, text: string, rest: Rest): Reading {
  if (!text.startsWith("<｜") && !NAMES.some((one) => one.startsWith(name))) return null;
  if (rest === "more to come") return "undecided";
  return name.length >= 2 && !/\s/.test(text) ? { ...NOISE, length: text.length } : null;
}

/** A turn of gpt-oss has several messages; one with a recipient is a call. */
function readTurn(text: string, at: number, rest: Rest, name: string): Reading {
  const role = readRole(text.slice(at, at + 64), at, rest);
  if (role === null || role === "undecided" || role.type !== "role" || role.whose === "another's") {
    return role;
  }
  const behind = text.slice(role.length);
  if (/^\s{0,4}to=/.test(behind)) return { ...SURE_CALL, length: role.length };
  if (rest === "more to come" && /^\s{0,4}(?:t|to)?$/.test(behind)) return "undecided";
  return PIPED_MESSAGES.includes(name) ? { ...NOISE, length: role.length } : role;
}

/** What a name of a tool and its arguments look like behind `[TOOL_CALLS]`. */
const BODY = /^\s{0,8}(?:[[{]|[\w.-]{1,64}\s{0,4}(?:\[ARGS\]|\[CALL_ID\]|[{(]))/;
const HALF_BODY = /^\s{0,8}(?:[\w.-]{1,64}\s{0,4}(?:\[[A-Z_]{0,7})?)?$/;

/** Markers that count only with a call behind them. */
function readToken(text: string, rest: Rest): Reading {
  const tokens = ["[TOOL_CALLS]", "<TOOLCALL>"];
  const token = tokens.find((one) => text.startsWith(one));
  if (token === undefined) {
    return rest === "more to come" && tokens.some((one) => one.startsWith(text)) ? "undecided" : null;
  }
  const behind = text.slice(token.length, token.length + 96);
  if (BODY.test(behind)) return { ...SURE_CALL, length: token.length };
  if (!HALF_BODY.test(behind)) return null;
  if (rest === "more to come") return behind.length < 96 ? "undecided" : null;
  return { ...LIKELY_CALL, length: token.length };
}

const FENCES = ["tool_code", "tool_call", "tool_calls", "tool_outputs", "tool_output", "function_call"];

/** What the name of a fence tells: Gemma calls tools in fences. Reads from behind the backticks. */
export function readFence(text: string, rest: Rest): Reading {
  const [info = ""] = /^[\w ]{0,24}/.exec(text) ?? [];
  const name = info.trimEnd();
  if (info.length === text.length && rest === "more to come") {
    return FENCES.some((fence) => fence.startsWith(name)) ? "undecided" : null;
  }
  const ends = info.length === text.length || text[info.length] === "\n";
  return ends && FENCES.includes(name) ? { ...SURE_CALL, length: info.length } : null;
}
