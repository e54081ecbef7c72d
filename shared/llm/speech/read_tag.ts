// Markers in angle brackets: `<think>`, `<tool_call>`, `<function=…>`. A name alone is no marker yet, for HTML and
// generics have names as well: what follows it decides.
import { assertNever } from "../../contracts/errors.ts";
import { CALL, FIRST_NOISE, LIKELY_CALL, type Meaning, NOISE, type Reading, type Rest } from "./markers.ts";
import { SURE_CALL, type TagKind, TAGS, WEAK_END } from "./markers.ts";
import { readRole } from "./read_role.ts";

/** The longest stretch behind a name that is looked at. */
const WINDOW = 64;

interface Tag {
  kind: TagKind;
  name: string;
  slash: string;
  /** What follows the name. */
  behind: string;
  /** The length of what comes before that. */
  at: number;
  rest: Rest;
}

/** Reads a tag, at a `<`. `offered`: the names of tools, which some models write as names of tags. */
export function readTag(text: string, rest: Rest, offered: readonly string[]): Reading {
  const [opened = "", slash = "", name = ""] = /^<\s{0,4}(\/?)\s{0,4}([a-z_][\w:.-]{0,63})?/i.exec(text) ??
    [];
  const behind = text.slice(opened.length, opened.length + WINDOW);
  const lower = name.toLowerCase();
  if (behind === "") return readHalf(lower, opened.length, rest, offered);
  const own = name.includes("_") && offered.includes(name) ? "tool" as const : undefined;
  const kind = TAGS.get(lower) ?? own;
  return kind === undefined ? null : read({ kind, name: lower, slash, behind, at: opened.length, rest });
}

/** A name that may go on. Where the text ends in it, one of a call is taken for one. */
function readHalf(name: string, length: number, rest: Rest, offered: readonly string[]): Reading {
  const known = [...TAGS].filter(([candidate]) => candidate.startsWith(name));
  if (rest === "more to come") {
    return known.length > 0 || offered.some((one) => one.startsWith(name)) ? "undecided" : null;
  }
  const of_call = known.some(([, kind]) => kind === "wrapper" || kind === "call");
  return of_call && name.length >= 5 ? { ...LIKELY_CALL, length } : null;
}

function read(tag: Tag): Reading {
  const { kind, slash, at } = tag;
  switch (kind) {
    case "thought":
      return readThought(tag);
    case "wrapper":
      return slash === "/" ? readName(tag, NOISE) : readWrapper(tag);
    case "tools":
      return slash === "/" ? null : readTools(tag);
    case "call":
      return readCall(tag);
    case "tool":
    case "answer of a tool":
      return readName(tag, slash === "/" ? NOISE : LIKELY_CALL);
    case "end":
      return readName(tag, WEAK_END);
    case "turn": {
      const turn = readName(tag, NOISE);
      const known = turn !== null && turn !== "undecided";
      return known ? readRole(tag.behind.slice(turn.length - at), turn.length, tag.rest) : turn;
    }
    case "answer":
      return readName(tag, { type: "answer", tag: slash === "/" ? "closing" : "opening" });
    case "noise":
      return readName(tag, FIRST_NOISE);
    case "struck":
      return readName(tag, slash === "/" ? WEAK_END : { type: "struck" });
    default:
      return assertNever(kind);
  }
}

/** A name with nothing but its bracket behind it. */
function readName(tag: Tag, meaning: Meaning): Reading {
  return expect(tag, /^\s{0,4}>/, /^\s{0,4}$/, (length) => ({ ...meaning, length: tag.at + length }));
}

function readThought(tag: Tag): Reading {
  return expect(tag, /^(?:\s[^<>\n]{0,24})?>/, /^(?:[\s/][^<>\n]{0,24})?$/, (length) => {
    const { name, slash, at } = tag;
    return { type: slash === "/" ? "closing" : "opening", name, length: at + length };
  }) ?? expect(tag, /^\s?\/>/, /^\s?\/?$/, (length) => ({ ...NOISE, length: tag.at + length }));
}

/** `<function=…>`, `<invoke name=…>`, `<parameter=…>`, and names that nothing else has. */
function readCall(tag: Tag): Reading {
  const { name, slash, at, behind, rest } = tag;
  if (name !== "function" && name !== "parameter" && name !== "invoke" && !name.endsWith(":invoke")) {
    return expect(
      tag,
      /^\s{0,4}(?:>|(?=[=\w]))/,
      /^\s{0,4}$/,
      (length) => ({ ...CALL, length: at + length }),
    );
  }
  if (slash === "/") return null;
  if (name === "function" || name === "parameter") {
    const valued = /^=(?!\s)(?:[\w.-]{0,48}>|(?=[\w.-]{0,48}[^\w.>-])|(?=[\w.-]{49}))/.exec(behind);
    if (valued) return { ...CALL, length: at + valued[0].length };
    if (/^=[\w.-]{0,48}$/.test(behind)) {
      return rest === "more to come" ? "undecided" : { ...LIKELY_CALL, length: at + behind.length };
    }
    if (name === "parameter") return null;
  }
  // With a brace it is JSX.
  return expect(tag, /^\s{1,4}name=["'\w]/, /^\s{1,4}[name]{0,4}=?$/, () => ({ ...SURE_CALL, length: at }));
}

const BLANKS = String.raw`(?:\s|\\n){0,52}`;

/** What stands in a `<tool_call>`: JSON, other tags, or the name of a tool on a line of its own or before them. */
const BODY = new RegExp(
  String
    .raw`^\s{0,4}>${BLANKS}(?:[{[]|<(?:function|invoke|tool_call|tool_name|arg_key|parameter|name)(?=[\s=>])` +
    String.raw`|[\w.-]{1,64}[^\S\n]{0,4}(?:[{(\n]|\\n|<(?:arg_key|tool_sep|/tool_call|param)))`,
);
const HALF_BODY = new RegExp(
  String.raw`^\s{0,4}(?:>${BLANKS}(?:[\w.-]{1,64}[^\S\n]{0,4})?(?:<[\w/]{0,11})?)?\\?$`,
);

/** Qwen2.5-Coder's `<tools>` (QwenLM/Qwen2.5-Coder#180) is a word of everybody's XML as well: only JSON in it tells. */
const JSON_BODY = new RegExp(String.raw`^\s{0,4}>${BLANKS}[{[]{1,4}\s{0,8}"(?:name|type|function)"`);
const HALF_JSON_BODY = new RegExp(String.raw`^\s{0,4}(?:>${BLANKS}[{[]{0,4}\s{0,8}(?:"\w{0,8})?)?$`);

function readTools({ behind, at, rest }: Tag): Reading {
  if (JSON_BODY.test(behind)) return { ...SURE_CALL, length: at };
  return rest === "more to come" && HALF_JSON_BODY.test(behind) ? "undecided" : null;
}

function readWrapper({ behind, at, rest }: Tag): Reading {
  const length = at + (/^\s{0,4}>/.exec(behind)?.[0].length ?? 0);
  if (BODY.test(behind)) return { ...SURE_CALL, length };
  if (!HALF_BODY.test(behind)) return null;
  if (rest === "more to come") return behind.length < WINDOW ? "undecided" : null;
  return length > at ? { ...LIKELY_CALL, length } : null;
}

function expect(
  { behind, rest }: Tag,
  whole: RegExp,
  half: RegExp,
  then: (length: number) => Reading,
): Reading {
  const found = whole.exec(behind);
  if (found) return then(found[0].length);
  return rest === "more to come" && behind.length < WINDOW && half.test(behind) ? "undecided" : null;
}
