// Work that is written as if results came at once: what was called before is played back to it, so that it goes on from
// wherever the conversation stands.
import type { Json } from "../../../shared/contracts/text.ts";
import type { Call, Conversation, Outcome, Row } from "./conversation.ts";
import type { Subject, Tool, Verb } from "./vocabulary.ts";
import type { Topic } from "./wish.ts";

/**
 * What came of a wish, in a sentence, or with a line for each row; the rows that were found or written, by their kind, and
 * how many there are in all. `ask` says who could be meant, where nobody is called so.
 */
export type Report = { kind: "found" | "done" | "failed"; text: string; lines?: string; ask?: string } & Rows;
type Rows = { noun?: string; rows?: Row[]; total?: number };
export type Place = Topic & { conversation: Conversation };
export type Part<T> = Generator<Call[], T, Outcome[]>;

/** Ends a wish that can't be carried out. */
export class Stop extends Error {
  constructor(message: string, readonly ask?: string) {
    super(message);
  }
}

export const textOf = ({ name, arguments: args }: Call) => JSON.stringify([name, args]);

/** The next calls, or what came of it all. */
export function replay(work: Part<Report>, { calls, forgotten }: Conversation): Call[] | Report {
  try {
    let step = work.next();
    while (!step.done) {
      const made = step.value.map((call) => calls.filter((past) => textOf(past) === textOf(call)));
      const outcomes = made.flatMap((past) => past.findLast(({ outcome }) => outcome)?.outcome ?? []);
      const lost = forgotten || made.some(({ length }) => length > 1);
      if (outcomes.length === made.length) step = work.next(outcomes);
      else if (lost) throw new Stop("What I found did not stay in my prompt, so I stopped there.");
      else return step.value.filter((_, i) => !made[i]?.length);
    }
    return step.value;
  } catch (stop) {
    if (!(stop instanceof Stop)) throw stop;
    return { kind: "failed", text: stop.message, ask: stop.ask };
  }
}

export function toolFor(subject: Subject | undefined, verb: Verb): Tool {
  const tool = subject?.tools[verb];
  if (!tool) throw new Stop(`I have no tool here to ${verb} ${subject?.many ?? "that"}.`);
  return tool;
}

/** A call that names this row, as far as the row says. */
export function callOn({ name, keys }: Tool, row: Row, more: Row = {}): Call {
  const named = keys.map((key): [string, Json] => [key, row[key] ?? (keys.length === 1 && row.id) ?? null]);
  return { name, arguments: { ...Object.fromEntries(named), ...more } };
}
