// Work that is written as if results came at once: what was called before is played back to it, so that it goes on from
// wherever the conversation stands.
import type { Json } from "../../../shared/contracts/text.ts";
import type { Call, Conversation, Outcome, Row } from "./conversation.ts";
import { plural, spoken, type Subject, type Tool, type Verb, type Vocabulary } from "./vocabulary.ts";
import type { Focus } from "./wish.ts";

/**
 * What came of a wish, in a sentence, or with a line for each row; the rows that were found or written, by their kind, and
 * how many there are in all. `ask` says who could be meant, where nobody is called so.
 */
export type Report = { kind: "found" | "done" | "failed"; text: string; lines?: string; ask?: string } & Rows;
type Rows = { noun: string; rows: Row[]; total?: number };
export type Place = { conversation: Conversation; vocabulary: Vocabulary; focus?: Focus };
export type Part<T> = Generator<Call[], T, Outcome[]>;

/** Ends a wish that can't be carried out. */
export class Stop extends Error {
  ask?: string;
}

export const textOf = ({ name, arguments: args }: Call) => JSON.stringify([name, args]);

/** The next calls, or what came of it all. */
export function replay(work: Part<Report>, { calls, forgotten }: Conversation): Call[] | Report {
  try {
    let step = work.next();
    while (!step.done) {
      const made = step.value.map((call) => calls.filter((past) => textOf(past) === textOf(call)));
      const outcomes = made.flatMap((past) => past.findLast(({ outcome }) => outcome)?.outcome ?? []);
      if (outcomes.length < made.length) {
        if (!forgotten && made.every(({ length }) => length < 2)) {
          return step.value.filter((_, i) => !made[i]?.length);
        }
        throw new Stop("What I found did not stay in my prompt, so I stopped there.");
      }
      step = work.next(outcomes);
    }
    return step.value;
  } catch (stop) {
    if (!(stop instanceof Stop)) throw stop;
    return { kind: "failed", text: stop.message, noun: "", rows: [], ask: stop.ask };
  }
}

export function toolFor({ noun, tools }: Subject, verb: Verb): Tool {
  const tool = tools[verb];
  if (!tool) throw new Stop(`I have no tool here to ${verb} ${plural(spoken(noun))}.`);
  return tool;
}

/** A call that names this row, as far as the row says. */
export function callOn({ name, keys }: Tool, row: Row, more: Row = {}): Call {
  const named = keys.map((key): [string, Json] => [key, row[key] ?? (keys.length === 1 && row.id) ?? null]);
  return { name, arguments: { ...Object.fromEntries(named), ...more } };
}
