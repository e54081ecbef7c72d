// What the brain does with a long conversation: it keeps sentences of it when it is asked for a summary, and finds one
// again when it is asked what was said.
import { z } from "zod";
import type { Message } from "../request.ts";
import { splitJson } from "./json.ts";

const Changed = z.array(z.object({ tool: z.string(), key: z.record(z.string(), z.string()) }));
const Told = z.union([
  z.object({ user: z.string() }),
  z.object({ assistant: z.string(), changed: Changed.optional() }),
]);
const Task = z.object({ summary_so_far: z.string().nullable(), turns: z.array(z.array(Told)) });
type Told = z.infer<typeof Told>;

/** The part of a conversation that a prompt asks to summarise; null where it asks for something else. */
export function summaryTaskIn(messages: readonly Message[]): z.infer<typeof Task> | null {
  const [task] = splitJson(messages.findLast(({ role }) => role === "user")?.content ?? "").values;
  return Task.safeParse(task).data ?? null;
}

/** The first line of every summary of the brain's. */
const HONEST =
  "Kept by the demo model, which is rules and no language model: sentences with ids, dates and decisions.";
const MAX_CHARACTERS = 2_000;
const MAX_LINE = 240;
const ID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i;
const WORTH_KEEPING =
  /[0-9a-f]{8}-[0-9a-f]{4}-|\d{4}-\d\d-\d\d|\b(?:decid\w+|agreed?|prefers?|remember|always|never|must|deadline|named?|called)\b/i;

/** What the brain keeps: of each turn the sentences with ids, dates and decisions, or else how it began. */
export function summarise({ summary_so_far, turns }: z.infer<typeof Task>): string {
  const before = (summary_so_far ?? "").split("\n").filter((line) => line !== "" && line !== HONEST);
  const lines = [...new Set([...before, ...turns.flatMap(linesOf)])];
  while (lines.length > 0 && [HONEST, ...lines].join("\n").length > MAX_CHARACTERS) {
    const least = lines.findIndex((line) => !ID.test(line));
    lines.splice(Math.max(0, least), 1);
  }
  return [HONEST, ...lines].join("\n");
}

function linesOf(turn: Told[]): string[] {
  const said = turn.flatMap((message) => sentencesOf("user" in message ? message.user : message.assistant));
  const kept = said.filter((sentence) => WORTH_KEEPING.test(sentence));
  const made = turn.flatMap((message) => "changed" in message ? message.changed ?? [] : []).map((
    { tool, key },
  ) => `${tool}: ${Object.values(key).join(", ")}`);
  return [...(kept.length > 0 ? kept : said.slice(0, 1)), ...made];
}

function sentencesOf(text: string): string[] {
  return text.split(/\n+|(?<=[.!?])\s+/).map((sentence) => sentence.trim().slice(0, MAX_LINE)).filter(
    Boolean,
  );
}

const ASKS_FOR_MEMORY =
  /\b(?:do you remember|can you recall|remind me (?:what|of|when|which)|what did (?:i|we|you) (?:say|decide|agree|tell|call|note))\b/i;
const SMALL_WORDS = new Set(
  "the and you can did what remember recall remind say said tell told decide decided agree about with that this for was"
    .split(" "),
);

/** An answer to a question about what was said; null where the request is none. */
export function recall(request: string, messages: readonly Message[]): string | null {
  if (!ASKS_FOR_MEMORY.test(request)) return null;
  const asked = wordsOf(request);
  const best = sentencesIn(messages).map((sentence) => ({
    sentence,
    hits: wordsOf(sentence).intersection(asked).size,
  })).toSorted((a, b) => b.hits - a.hits)[0];
  return best && best.hits > 0
    ? `From our conversation: ${best.sentence}`
    : "I find nothing about that in what I was sent of our conversation.";
}

const Known = z.object({ earlier_in_this_conversation: z.object({ summary: z.string() }) });

/** What was said before the last message, and what the summary beside it holds. */
function sentencesIn(messages: readonly Message[]): string[] {
  const last = messages.findLast(({ role }) => role === "user");
  const known = splitJson(last?.content ?? "").values.flatMap((value) => Known.safeParse(value).data ?? []);
  const said = messages.filter((message) => message !== last && message.role !== "system");
  return [
    ...known.map(({ earlier_in_this_conversation }) => earlier_in_this_conversation.summary),
    ...said.map(({ content }) => content),
  ].flatMap(sentencesOf).filter((sentence) => sentence !== HONEST);
}

function wordsOf(text: string): Set<string> {
  const words = text.toLowerCase().match(/[\p{L}\d]{3,}/gu) ?? [];
  return new Set(words.filter((word) => !SMALL_WORDS.has(word)));
}
