// What hosts and models put around the arguments of a call: characters that nobody sees, a Markdown fence, and
// the marks with which a model ends its call. Only ends are looked at, so long arguments cost nothing.

/** Longer than any mark with the blanks around it. */
const MARK_WINDOW = 64;

const END_MARKS = [
  /<\/(?:tool_calls?|tool|function_calls?|function|invoke|arguments|parameters?|arg_value)>$/,
  /<[|｜](?:call|end|return|im_end|eot_id|eom_id|endoftext|end_of_text|tool_call_end|tool_calls_section_end)[|｜]>$/,
  /<｜(?:tool▁calls?▁end|end▁of▁sentence)｜>$/,
  /<\/s>$/,
  /\[\/TOOL_CALLS\]$/,
  /`{3,}$/,
];

/** The text without what can't be seen at its ends, and out of its fence; a fence that was never closed counts. */
export function unwrapped(text: string): string {
  const bare = trimUnseen(text);
  if (!bare.startsWith("```")) return bare;
  const opened = bare.slice(/^`{3,}\w*/.exec(bare)?.[0].length);
  return trimUnseen(opened.endsWith("```") ? opened.slice(0, -3) : opened);
}

/** What gpt-oss and others write between a tool's name and its arguments. */
const START_MARKS =
  /^(?:(?:<\|(?:channel|constrain|message|tool_call_argument_begin)\|>|<｜tool▁sep｜>|\[ARGS\]|commentary|json|code)\s{0,8}){1,8}(?=[{"])/;

/** The text without the marks at its beginning and at its end, and without the marks of byte order of its pieces. */
export function withoutMarks(text: string): string {
  return withoutEndMarks(trimUnseen(text.replaceAll("\ufeff", "")).replace(START_MARKS, ""));
}

/** The text without the marks at its end (openai/harmony's `<|call|>`, Hermes's `</tool_call>` and their like). */
export function withoutEndMarks(text: string): string {
  let rest = trimUnseen(text);
  for (;;) {
    const tail = rest.slice(-MARK_WINDOW);
    const length = Math.max(...END_MARKS.map((mark) => mark.exec(tail)?.[0].length ?? 0));
    if (length === 0) return rest;
    rest = trimUnseen(rest.slice(0, -length));
  }
}

/** Blanks, marks of byte order, joiners of no width and control characters. */
function trimUnseen(text: string): string {
  let [from, to] = [0, text.length];
  while (from < to && isUnseen(text.charAt(from))) from += 1;
  while (from < to && isUnseen(text.charAt(to - 1))) to -= 1;
  return text.slice(from, to);
}

function isUnseen(character: string): boolean {
  return /^[\s\p{Cf}\p{Cc}]$/u.test(character);
}
