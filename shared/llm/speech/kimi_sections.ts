// What Kimi K3 writes its message in: sections, each with a name between its tokens, such as
// `<|open|>think<|sep|>…<|close|>think<|sep|><|open|>response<|sep|>…<|close|>response<|sep|><|close|>message<|sep|>`.
// The first one may be opened by the prompt, and a section ends where the next one opens (vllm-project/vllm#54273);
// hosts leave the ends of an answer in it (vllm-project/vllm#51412).
import { CALL, END, type Meaning, OURS, type Reading, type Rest, SURE_CALL, THEIRS } from "./markers.ts";

const ATTRIBUTES = String.raw`(?:\s\w{1,16}="[^"<]{0,64}")*`;
const SECTION = new RegExp(String.raw`^\s{0,4}([a-z_]{1,16})(${ATTRIBUTES})<\|sep\|>`);
const HALF_SECTION = new RegExp(
  String
    .raw`^\s{0,4}(?:[a-z_]{1,16}${ATTRIBUTES}(?:\s\w{0,16}(?:="?[^"<]{0,64})?|<(?:\|(?:s|se|sep|sep\|)?)?)?)?$`,
);
const WINDOW = 240;

/** Reads a section's name behind an `<|open|>` or a `<|close|>` that is `at` characters long. */
export function readSection(text: string, at: number, token: "open" | "close", rest: Rest): Reading {
  const behind = text.slice(at, at + WINDOW);
  const [section, name = "", attributes = ""] = SECTION.exec(behind) ?? [];
  if (section !== undefined) return { ...meaningOf(token, name, attributes), length: at + section.length };
  const waits = rest === "more to come" && behind.length < WINDOW && HALF_SECTION.test(behind);
  return waits ? "undecided" : { ...CALL, length: at };
}

function meaningOf(token: "open" | "close", name: string, attributes: string): Meaning {
  const opens = token === "open";
  switch (name) {
    case "think":
      return opens ? { type: "channel", holds: "a thought" } : { type: "closing", name: "channel" };
    case "response":
      return opens ? { type: "closing", name: "channel" } : END;
    case "message":
      if (!opens) return END;
      return /role="assistant"/.test(attributes) ? OURS : THEIRS;
    default:
      return SURE_CALL;
  }
}
