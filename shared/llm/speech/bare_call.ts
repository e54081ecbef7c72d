// A call without any markup, as the whole of a text: Llama 3 and small models write `{"name": …, "parameters": …}`,
// others `[get_tasks(n=1)]` or `functions.get_tasks:0{…}`. Only the name of a tool that was offered tells such a call
// from an answer in JSON.
import { type Reading, type Rest, SURE_CALL } from "./markers.ts";

/** The longest beginning that is waited for. */
const WINDOW = 240;

/** Reads a call without markup, at the beginning of a turn's text. */
export function readBareCall(text: string, rest: Rest, offered: readonly string[]): Reading {
  if (offered.length === 0) return null;
  const start = text.slice(0, WINDOW).replace(/^```(?:json)?\s*(?=[[{])/, "");
  const verdicts = [judgeFence, judgeToolCode].map((judge) => judge(start))
    .concat(judgeJson(start, offered), judgeName(start, offered), judgeAction(start, offered));
  if (verdicts.includes("a call")) return { ...SURE_CALL, length: text.length };
  const waits = verdicts.includes("undecided") && rest === "more to come" && text.length < WINDOW;
  return waits ? "undecided" : null;
}

type Verdict = "a call" | "undecided" | "none";

function judgeFence(text: string): Verdict {
  return /^(?:`{1,3}|```(?:j|js|jso|json)|```(?:json)?\s+)$/.test(text) ? "undecided" : "none";
}

/** Gemini and Gemma, where they forget the fence. */
function judgeToolCode(text: string): Verdict {
  if (/^tool_code\s*\n\s*(?:print\(|default_api\.|[\w.]+\()/.test(text)) return "a call";
  const half = "tool_code".startsWith(text) || /^tool_code\s*(?:\n\s*[\w.]*)?$/.test(text);
  return half ? "undecided" : "none";
}

/** How models without a form of their own write a call (ReAct; sums001/Deepseek-API#13). */
function judgeAction(text: string, offered: readonly string[]): Verdict {
  const [action, name = "", behind = ""] = /^Action:\s{0,4}([\w-]*)(\s*[A-Za-z]*\s?[A-Za-z]*:?)/.exec(text) ??
    [];
  if (action === undefined) return "Action:".startsWith(text) ? "undecided" : "none";
  if (isOffered(name, offered) && /^\s+Action Input:$/.test(behind)) return "a call";
  if (action.length < text.length) return "none";
  const begun = behind.trimStart() === "" || "Action Input:".startsWith(behind.trimStart());
  return begun && offered.some((one) => one.startsWith(name)) ? "undecided" : "none";
}

const HOLDERS = ["tool_calls", "tool_call", "function_call", "function", "tool_uses", "calls"];
const NAMES = ["name", "function", "tool", "tool_name", "function_name", "recipient_name", "action"];
const OTHERS = ["type", "id", "index", "call_id"];
const FOLLOWING = [
  ...["parameters", "arguments", "args", "input", "params", "tool_input", "action_input", "kwargs"],
  ...OTHERS,
];

const KEYS = [...HOLDERS, ...NAMES, ...OTHERS];

/** Follows JSON as far as it decides whether it calls a tool that was offered. */
function judgeJson(text: string, offered: readonly string[]): Verdict {
  if (!/^[[{]/.test(text)) return "none";
  const { tokens, end } = tokenize(text);
  const ran_out = end === "cut" ? "undecided" : "none";
  for (let at = 0; at < tokens.length;) {
    const [key = "", colon, value, comma, next] = tokens.slice(at);
    if (key === "[" || key === "{") {
      at += 1;
      continue;
    }
    if (!key.startsWith('"') || !KEYS.includes(key.slice(1))) return "none";
    if (colon === undefined || value === undefined) return ran_out;
    if (colon !== ":") return "none";
    const word = key.slice(1);
    if (HOLDERS.includes(word) && (value === "{" || value === "[")) at += 2;
    else if (NAMES.includes(word) && isOffered(value.slice(1), offered)) {
      if (comma === "}") return "a call";
      if (comma === undefined || (comma === "," && next === undefined)) return ran_out;
      return comma === "," && FOLLOWING.includes(next?.slice(1) ?? "") ? "a call" : "none";
    } else if (OTHERS.includes(word) && !"[{".includes(value) && (comma === "," || comma === undefined)) {
      at += 4;
    } else return "none";
  }
  return ran_out;
}

const HALF_TOKEN = /^\s*(?:"|(?:-?\d*|t|tr|tru|true|f|fa|fal|fals|false|n|nu|nul|null)$)/;

/** The whole tokens that JSON begins with; strings keep their first quote only. `cut`: the text ends in the next one. */
function tokenize(text: string): { tokens: string[]; end: "cut" | "broken" } {
  const token = /\s*(?:([{}[\]:,])|"((?:[^"\\]|\\.)*)"|(-?\d+|true|false|null)(?=[\s,}\]]))/y;
  const tokens: string[] = [];
  let at = 0;
  for (let found = token.exec(text); found; found = token.exec(text)) {
    const [, sign, string, value] = found;
    tokens.push(sign ?? value ?? `"${string}`);
    at = token.lastIndex;
  }
  return { tokens, end: HALF_TOKEN.test(text.slice(at)) ? "cut" : "broken" };
}

function isOffered(name: string, offered: readonly string[]): boolean {
  return offered.includes(name.replace(/^functions\./, ""));
}

const BEFORE = ["[", ">>>", "call:", "to=", "functools["];

/** `[get_tasks(n=1)]`, `functions.get_tasks:0{…}`, `get_tasks\n{…}`, `functools[{…}]`, `>>>get_tasks\n{…}`. */
function judgeName(text: string, offered: readonly string[]): Verdict {
  const before = BEFORE.find((beginning) => text.startsWith(beginning)) ?? "";
  const name = /^(?:functions\.)?[\w-]*/.exec(text.slice(before.length))?.[0] ?? "";
  const after = text.slice(before.length + name.length);
  if (before === "functools[" && /^\s*\{/.test(after)) return "a call";
  if (after === "" && before !== "" && name === "") return "undecided";
  if (before === "" && BEFORE.some((beginning) => beginning.startsWith(text))) return "undecided";
  if (after === "") {
    return offered.some((one) => `functions.${one}`.startsWith(name) || one.startsWith(name))
      ? "undecided"
      : "none";
  }
  if (!isOffered(name, offered)) return "none";
  if (before === "to=" || before === ">>>") return "a call";
  const call = before === "[" ? /^\s*\(/ : /^(?::\d|\s*\{|\[ARGS\]|\s*<arg_key>|\(\s*(?:\{|\w+\s*=))/;
  if (call.test(after)) return "a call";
  return /^(?::|\s*|\[A?R?G?S?|\s*<\w*|\(\s*\w*\s*)$/.test(after) ? "undecided" : "none";
}
