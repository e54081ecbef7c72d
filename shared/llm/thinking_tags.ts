// The tags between which models think aloud.

interface ThinkingTag {
  type: "opening" | "closing";
  /** In lower case, the same for an opening tag and its closing one. */
  name: string;
  length: number;
}

const NAMES = [
  ...["think", "thinking", "thought", "thoughts", "reasoning", "reasoning_scratchpad", "scratchpad"],
  ...["reflection", "inner_monologue", "seed:think", "antml:thinking"],
];

/** In angle brackets, in any case, with blanks or attributes: `<think>`, `</Thinking>`, `<think time="3">`. */
const ANGLED = new RegExp(
  `^<\\s?(/?)\\s?(${NAMES.toSorted().toReversed().join("|")})(?:\\s[^<>\\n]{0,24})?>`,
  "i",
);

/** Those of single families of models, as they are. */
const SPECIAL: [tag: string, type: ThinkingTag["type"]][] = [
  ["[THINK]", "opening"],
  ["[/THINK]", "closing"],
  ["◁think▷", "opening"],
  ["◁/think▷", "closing"],
  ["<|begin_of_thought|>", "opening"],
  ["<|end_of_thought|>", "closing"],
];

/** The tag that a text begins with; null where it begins with none, `undecided` where that depends on what follows. */
export function readThinkingTag(text: string): ThinkingTag | "undecided" | null {
  const special = SPECIAL.find(([tag]) => text.startsWith(tag));
  if (special) {
    const [tag, type] = special;
    return { type, name: /think|thought/i.exec(tag)?.[0].toLowerCase() ?? tag, length: tag.length };
  }
  const [tag, slash, name = ""] = ANGLED.exec(text) ?? [];
  if (tag !== undefined) {
    return { type: slash === "/" ? "closing" : "opening", name: name.toLowerCase(), length: tag.length };
  }
  return SPECIAL.some(([tag]) => tag.startsWith(text)) || mayBeAngled(text) ? "undecided" : null;
}

function mayBeAngled(text: string): boolean {
  if (!text.startsWith("<")) return false;
  const inner = text.replace(/^<\s?\/?\s?/, "").toLowerCase();
  const [name = ""] = inner.split(/\s/, 1);
  const rest = inner.slice(name.length);
  return rest === ""
    ? NAMES.some((one) => one.startsWith(name))
    : NAMES.includes(name) && /^\s[^<>\n]{0,24}$/.test(rest);
}
