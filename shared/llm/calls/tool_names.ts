// The name of a called tool, as hosts send it: whole, in pieces, again with every piece, longer with every
// piece, or with the model's own markup around it. The tools that were offered decide what was meant.
import { cleanText } from "../../contracts/text.ts";
import { LIMITS } from "../wire/wire_limits.ts";

/** How models address a function: gpt-oss and Kimi (`to=functions.name`), Gemini, DeepSeek's older models. */
const ADDRESS = /(?:^|[\s=>])(?:functions?|tools?|default_api)[.:]|tool▁sep｜>/;

/** What gpt-oss writes between a function's name and the arguments, where its marks have been taken out. */
const CHANNEL = /\s+(?:commentary|analysis|final|json|code)$/;

/**
 * The tool that a name with markup means: gpt-oss appends its next token (`name<|channel|>commentary`,
 * vllm-project/vllm#32587), Kimi the number of the call (`functions.name:0`). Other markup in a name is arguments
 * that nobody has read (sgl-project/sglang#12456): then there is none.
 */
export function toolName(raw: string, offered: ReadonlySet<string>): string {
  const text = cleanText(raw).slice(0, LIMITS.name).toWellFormed();
  if (offered.has(text)) return text;
  const at = ADDRESS.exec(text);
  const addressed = at === null ? text : text.slice(at.index + at[0].length);
  const [bare = ""] = addressed.split(/<[|｜]|\[(?:ARGS|CALL_ID)\]/);
  if (bare.includes("<")) return "";
  return withoutQuotes(withoutQuotes(bare).replace(CHANNEL, "").replace(/:\d+$/, ""));
}

function withoutQuotes(text: string): string {
  return text.replace(/^[\s\p{Cf}"'`]+/u, "").replace(/[\s\p{Cf}"'`]+$/u, "");
}

/** Whether pieces of a name may follow: certainly none, perhaps, or surely, for no tool has the name as it is. */
export function nameState(raw: string, offered: ReadonlySet<string>): "settled" | "may grow" | "begun" {
  const name = toolName(raw, offered);
  const longer = [...offered].some((other) => other !== name && other.startsWith(name));
  if (offered.has(name)) return longer ? "may grow" : "settled";
  return longer ? "begun" : "may grow";
}

/**
 * A name with the next piece of it, as they came; null where the piece names another tool. `state` is "open" as
 * long as nothing but the names could tell that one call has ended and another begins.
 */
export function joinedName(
  so_far: string,
  piece: string,
  offered: ReadonlySet<string>,
  state: "open" | "closed",
): string | null {
  const [name, next] = [toolName(so_far, offered), toolName(piece, offered)];
  const [known, next_known] = [offered.has(name), offered.has(next)];
  const begins = (text: string) => [...offered].some((tool) => tool.startsWith(toolName(text, offered)));
  if (name === "") return next_known ? piece : so_far + piece;
  if (next === name) return so_far;
  if (next === "") return so_far + piece;
  // It may be longer with every piece: a tool's name can be the beginning of another's.
  const longer = next.startsWith(name);
  if (next_known) return longer && (!known || state === "open") ? piece : null;
  if (!known && longer && begins(piece)) return piece;
  if (begins(so_far + piece)) return so_far + piece;
  // The rest of the markup that follows a name.
  if (so_far.includes("<")) return so_far;
  if (known || state === "closed") return null;
  return longer ? piece : so_far + piece;
}
