// What gpt-oss writes around its messages: a channel, at times a recipient, and `<|message|>`. Hosts that drop its
// special tokens leave the plain words: `analysisThe user wants … assistantfinalHere …`.
import { type Marker, NOISE, OURS, type Reading, type Rest, SURE_CALL } from "./markers.ts";

/** The longest header that is waited for. */
const WINDOW = 200;

const HEADER =
  /^(\s*(?:analysis|commentary|final|[a-z]*))((?:\s*(?:to=[\w.:-]*|json\b|code\b|<\|constrain\|>\s*\w*))*)\s*(<\|message\|>\s*)?/i;

/** What a header may go on with. */
const PARTS = ["to=", "json", "code", "<|constrain|>", "<|message|>"];

/** Reads the header behind a `<|channel|>` that is `at` characters long. */
export function readHeader(text: string, at: number, rest: Rest): Reading {
  const [header = "", channel = "", details = "", message] = HEADER.exec(text.slice(at, at + WINDOW)) ?? [];
  const behind = text.slice(at + header.length, at + WINDOW);
  const waits = message === undefined ? PARTS.some((part) => part.startsWith(behind)) : behind === "";
  if (waits && rest === "more to come" && text.length - at < WINDOW) return "undecided";
  return judge(channel, details, message, { length: at + header.length, behind, at });
}

function judge(
  channel: string,
  details: string,
  message: string | undefined,
  { length, behind, at }: { length: number; behind: string; at: number },
): Marker {
  if (details.includes("to=")) return { ...SURE_CALL, length };
  switch (channel.trim().toLowerCase()) {
    case "final":
      return { type: "channel", holds: "the answer", length };
    case "commentary":
      // A preamble is in words; a call may come without its recipient (NVIDIA/TensorRT-LLM#9256).
      return details !== "" || /^[{[]/.test(behind)
        ? { ...SURE_CALL, length }
        : { type: "channel", holds: "a preamble", length };
    case "analysis":
      return { type: "channel", holds: "a thought", length };
    default:
      // A word of prose stands apart; half a header stands at the end of the text.
      if (message !== undefined && !/^\s/.test(channel)) {
        return { type: "channel", holds: "a thought", length };
      }
      return { ...NOISE, length: behind === "" && message === undefined ? length : at };
  }
}

/** How thoughts of gpt-oss begin; a word of a program, such as `analysisResult`, goes on otherwise. */
const OPENINGS = new RegExp(
  `^(?:${
    "We|The|This|That|There|They|These|It|I|User|You|He|She|Need|Needs|Let|Okay|Ok|So|Given|Just|Simple|Must|Should"
      .concat(
        "|Ask|Asked|Provide|Respond|Answer|Since|First|Possibly|Probably|Looks|According|Looking|Now|Our|Hmm",
      )
  })\\b`,
);

/** What the text of a turn begins with, of the plain words of gpt-oss. */
export function readFirstWords(text: string, rest: Rest): Reading {
  const known = ["analysis", "commentary", "final"].flatMap((word) => [word, `assistant${word}`]);
  const word = known.find((candidate) => text.startsWith(candidate));
  if (word === undefined) {
    const waits = rest === "more to come" && known.some((candidate) => candidate.startsWith(text));
    return waits ? "undecided" : null;
  }
  if (word.startsWith("assistant")) return readNextWords(text, rest);
  const behind = text.slice(word.length);
  if (/^\s*(?:to=|<\|(?:message|constrain)\|>)/.test(behind)) return readHeader(text, 0, rest);
  const waits = /^\s*$/.test(behind) || ["to=", "<|message|>", "<|constrain|>"]
    .some((part) => part.startsWith(behind.trimStart()));
  if (waits && rest === "more to come" && behind.length < WINDOW) return "undecided";
  if (word !== "analysis" || !/^[A-Z\p{Lo}]/u.test(behind)) return null;
  if (/^[A-Za-z]{1,12}$/.test(behind) && rest === "more to come") return "undecided";
  const name = OPENINGS.test(behind) ? "words" : "words in doubt";
  return { type: "opening", name, length: word.length };
}

/** The role that is left where a host drops only the token before it. */
export function readRoleWord(text: string, rest: Rest): Reading {
  const word = "assistant";
  if (/^assistant\n/.test(text)) return { ...OURS, length: word.length };
  if (/^assistant<\|(?:channel|message)\|>/.test(text)) return { ...NOISE, length: word.length };
  const waits = [`${word}<|channel|>`, `${word}<|message|>`].some((one) => one.startsWith(text));
  return waits && rest === "more to come" ? "undecided" : null;
}

/** What `assistant` begins behind such words: the next message. */
export function readNextWords(text: string, rest: Rest): Reading {
  const word = "assistant";
  const behind = text.slice(word.length);
  if (!text.startsWith(word)) {
    return rest === "more to come" && word.startsWith(text) ? "undecided" : null;
  }
  const channels = ["analysis", "commentary", "final"];
  const channel = channels.find((candidate) => behind.startsWith(candidate));
  if (channel === undefined) {
    const waits = rest === "more to come" && channels.some((candidate) => candidate.startsWith(behind));
    return waits ? "undecided" : null;
  }
  const at = word.length + channel.length;
  if (channel === "analysis") return { type: "channel", holds: "a thought", length: at };
  if (channel === "final") return { type: "channel", holds: "the answer", length: at };
  const next = text.slice(at).trimStart();
  if (rest === "more to come" && "to=".startsWith(next) && next.length < 3) return "undecided";
  return /^(?:to=|[{[])/.test(next)
    ? { ...SURE_CALL, length: at }
    : { type: "channel", holds: "a preamble", length: at };
}
