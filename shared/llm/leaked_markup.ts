// Some hosts pass a model's own tool-call markup on as text instead of parsing it: DeepSeek's DSML, its
// older special tokens, or Hermes tags. The user must never see it, not even its first characters, so text
// from a `<` on is held back until it is clear what it begins.

/** What follows `<`, an optional slash and one to four pipes, in lower case. */
const PIPED_NAMES = ["dsml", "tool_", "tool▁", "function_", "function▁", "python_tag"];

/** What follows a plain `<`, in lower case; it counts only where a call's body follows it. */
const TAGS = ["tool_call>", "tool_calls>", "function_calls>"];
const BODIES = ["{", "<function=", "<invoke"];

/** The longest stretch that is looked at before a `<` is taken for an ordinary character. */
const WINDOW = 64;

type Verdict = "markup" | "plain" | "undecided";

export interface MarkupFilter {
  /** The part of the text so far that is certainly not markup. */
  push(text: string): string;
  /** What was held back and turned out to be ordinary text. */
  flush(): string;
  /** True once markup was seen; everything after it is dropped. */
  readonly leaked: boolean;
}

/** A filter for one text. The same text gives the same result however it is cut into deltas. */
export function createMarkupFilter(): MarkupFilter {
  let held = "";
  let leaked = false;
  return {
    get leaked() {
      return leaked;
    },
    push(text) {
      if (leaked) return "";
      if (held === "" && !text.includes("<")) return text;
      const all = held + text;
      held = "";
      for (let at = all.indexOf("<"); at !== -1; at = all.indexOf("<", at + 1)) {
        const verdict = judge(all.slice(at, at + WINDOW));
        if (verdict === "plain") continue;
        if (verdict === "markup") leaked = true;
        else held = all.slice(at);
        return all.slice(0, at);
      }
      return all;
    },
    flush() {
      const rest = leaked ? "" : held;
      held = "";
      return rest;
    },
  };
}

/** Whether a whole text holds leaked tool-call markup anywhere. */
export function hasLeakedMarkup(text: string): boolean {
  const filter = createMarkupFilter();
  filter.push(text);
  return filter.leaked;
}

/** What a stretch that begins with `<` and reaches to the end of the text (or of the window) begins. */
function judge(stretch: string): Verdict {
  const full = stretch.length === WINDOW;
  const opened = stretch.replace(/^<\s{0,4}\/?\s{0,4}/, "").toLowerCase();
  const unpiped = opened.replace(/^[|｜‖│]{1,4}\s{0,4}/, "");
  const verdict = unpiped === opened ? judgeTag(opened) : judgeName(unpiped, PIPED_NAMES);
  return verdict === "undecided" && full ? "plain" : verdict;
}

function judgeName(rest: string, names: readonly string[]): Verdict {
  if (names.some((name) => rest.startsWith(name))) return "markup";
  return names.some((name) => name.startsWith(rest)) ? "undecided" : "plain";
}

function judgeTag(rest: string): Verdict {
  const tag = TAGS.find((candidate) => rest.startsWith(candidate));
  if (tag !== undefined) return judgeName(rest.slice(tag.length).trimStart(), BODIES);
  return TAGS.some((candidate) => candidate.startsWith(rest)) ? "undecided" : "plain";
}
