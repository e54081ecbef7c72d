// How much of what a turn's tools bring the model is told. What is told on entering the thread stays as it is there, so
// that every later prompt begins with the same bytes, until older results have to make room.
import type { ModelMessage, ToolSchema } from "../../contracts/model.ts";
import type { Json } from "../../contracts/text.ts";
import type { TokenCounter } from "../ports.ts";
import { barestPrompt, fitPrompt, type SentThread } from "./fit_prompt.ts";
import { withoutEcho } from "./kept_echo.ts";
import { shorten } from "./shorten.ts";

/** Tokens of each result, however little room there is. */
const MIN_RESULT = 120;
/** What a message costs beside its content: role, id, separators. */
const OVERHEAD = 24;

/** The room that a turn's results have in the prompts that follow. */
export interface ResultRoom {
  /** Whether this one of so many is sent whole, whatever the others are. */
  isSure(result: Json): boolean;
  /** The results of the turn as they enter the thread. */
  fit(results: readonly Json[]): string[];
}

/**
 * Room for so many results of one turn. They enter the thread whole where all of them fit beside what is never cut: what
 * is older makes room for them. Those that don't fit share what is left, but half of the room stays with what is older:
 * short ones whole, the others the same for each. At least `MIN_RESULT` tokens each.
 */
export function resultRoom(
  thread: SentThread,
  tools: readonly ToolSchema[],
  { window, results: number }: { window: number; results: number },
  count: TokenCounter,
): ResultRoom {
  const left = (sent: ModelMessage[]) => window - count(sent.map(withoutEcho), tools) - number * OVERHEAD;
  const most = left(barestPrompt(thread));
  const tokens = (value: Json) => count([{ role: "user", content: JSON.stringify(value) }], []);
  return {
    isSure: (result) => tokens(result) <= most / 2 / number,
    fit(results) {
      const sizes = results.map(tokens);
      if (sum(sizes) <= most) return results.map((result) => JSON.stringify(result));
      const room = Math.max(left(fitPrompt(thread, tools, window, count)), most / 2);
      const share = Math.max(MIN_RESULT, fairShare(sizes, room));
      return results.map((result) =>
        JSON.stringify(shorten(result, (one) => tokens(one) <= share, ASK_AGAIN))
      );
    },
  };
}

const ASK_AGAIN =
  "Not all of this fits here: parts are left out where it says so, texts that end in … go on. Call the tool again for less at once: a smaller range, a filter, one thing.";

/** What each may have of a room: what the small ones leave is for the others. */
function fairShare(sizes: readonly number[], room: number): number {
  const sorted = sizes.toSorted((a, b) => a - b);
  let left = room;
  for (const [i, size] of sorted.entries()) {
    const share = left / (sorted.length - i);
    if (size > share) return Math.floor(share);
    left -= size;
  }
  return Infinity;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
