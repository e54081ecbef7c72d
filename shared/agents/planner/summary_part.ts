// Which part of a conversation its next summary takes in, and the prompt that asks for it.
import type { ModelMessage } from "../../contracts/model.ts";
import type { Json } from "../../contracts/text.ts";
import { PROMPT_BUDGET } from "../limits.ts";
import { summaryPrompt, summaryTask } from "../loop/prompts.ts";
import { shorten } from "../loop/shorten.ts";
import type { TokenCounter } from "../ports.ts";
import type { Unsummarised } from "../store/records.ts";
import { keptFromSummary } from "./conversation_room.ts";

export interface SummaryPart {
  messages: ModelMessage[];
  /** The last message that it takes in. */
  upto_seq: number;
}

interface PartOptions {
  unsummarised: Unsummarised;
  /** The tokens that the history of a first prompt has room for. */
  history_room: number;
  /** What the domain is about. */
  about: string;
  count: TokenCounter;
}

interface Turn {
  upto_seq: number;
  tokens: number;
  /** As the prompt has it. */
  told: Json;
}

/**
 * The oldest turns, as many as the prompt takes, but not the newest ones, which the next first prompt will have as they
 * are. Null where all are new enough.
 */
export function summaryPart({ unsummarised, history_room, about, count }: PartOptions): SummaryPart | null {
  const { summary, last_seq } = unsummarised;
  const prompt = (turns: Json[]): ModelMessage[] => [
    { role: "system", content: summaryPrompt(about) },
    { role: "user", content: summaryTask({ summary_so_far: summary, turns }) },
  ];
  const fits = (turns: Json[]) => count(prompt(turns), []) <= PROMPT_BUDGET.summary;

  const turns = turnsOf(unsummarised.messages, count);
  const all_are_read = turns.at(-1)?.upto_seq === last_seq;
  // Of a part that ends before the conversation does, the last turn may not be whole.
  const kept = all_are_read ? keptFromSummary(turns, history_room) : turns.slice(1).slice(-1);
  const old = turns.slice(0, turns.length - kept.length);
  const [oldest] = old;
  if (!oldest) return null;
  const taken = old.slice(0, Math.max(1, fitting(old, (some) => fits(some.map(({ told }) => told)))));
  const told = taken.map(({ told }) => shorten(told, (told) => taken.length > 1 || fits([told]), TOO_LONG));
  return { messages: prompt(told), upto_seq: taken.at(-1)?.upto_seq ?? oldest.upto_seq };
}

const TOO_LONG = "This turn is too long to be told whole; say so where it matters.";

/** How many of the first turns fit together. */
function fitting(turns: readonly Turn[], fits: (turns: Turn[]) => boolean): number {
  let few = 0;
  let many = turns.length;
  while (few < many) {
    const tried = Math.ceil((few + many) / 2);
    if (fits(turns.slice(0, tried))) few = tried;
    else many = tried - 1;
  }
  return few;
}

/** A message of the user's with what came of it. */
function turnsOf(messages: Unsummarised["messages"], count: TokenCounter): Turn[] {
  const begins = messages.flatMap(({ role }, i) => role === "user" || i === 0 ? [i] : []);
  return begins.map((begin, i) => {
    const own = messages.slice(begin, begins[i + 1]);
    return {
      upto_seq: own.at(-1)?.seq ?? 0,
      tokens: count(own.map(({ role, content }) => ({ role, content })), []),
      told: own.map(({ role, content, changed }) => ({
        [role]: content,
        ...(changed !== null && { changed }),
      })),
    };
  });
}
