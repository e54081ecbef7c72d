// The title of a conversation: the beginning of its first message.

/** Characters as Postgres counts them, the ellipsis included. */
const LONGEST = 80;

/** The message on one line; a longer one is cut behind a word, with an ellipsis, and never in a joined character. */
export function sessionTitle(message: string): string {
  const text = message.replace(/\s+/g, " ").trim();
  if (lengthOf(text) <= LONGEST) return text;
  const words = beginning(text, "word").replace(/[\s\p{P}]+$/u, "");
  if (lengthOf(words) >= LONGEST / 2) return `${words}…`;
  // A long word is cut, too: little would be left without it.
  const letters = beginning(text, "grapheme").trimEnd();
  return `${letters === "" ? [...text].slice(0, LONGEST - 1).join("") : letters}…`;
}

/** As many whole words or letters as there is room for, beside the ellipsis. */
function beginning(text: string, granularity: "word" | "grapheme"): string {
  let kept = "";
  for (const { segment } of new Intl.Segmenter("en", { granularity }).segment(text)) {
    if (lengthOf(kept) + lengthOf(segment) >= LONGEST) break;
    kept += segment;
  }
  return kept;
}

function lengthOf(text: string): number {
  return [...text].length;
}
