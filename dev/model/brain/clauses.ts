// A request as clauses, one for each verb and kind of thing, in which "it" and "its" are written out. Quoted texts stand
// as their numbers in quotes, so that no word in them is taken for one of the sentence's own.
import { plural, spoken, type Subject, type Vocabulary } from "./vocabulary.ts";

export type Verb = "show" | "find" | "count" | "create" | "update" | "delete" | "schedule";

export const VERBS: Record<string, Verb> = {
  ...{ show: "show", list: "show", get: "show", give: "show", what: "show", which: "show", search: "show" },
  ...{ find: "find", count: "count", "how many": "count", create: "create", add: "create", log: "create" },
  ...{ make: "create", write: "create", update: "update", set: "update", mark: "update", change: "update" },
  ...{ move: "update", delete: "delete", remove: "delete", cancel: "delete", schedule: "schedule" },
};

export interface Nouns {
  vocabulary: Vocabulary;
  /** A source that matches any of them, in one or in many. */
  pattern: string;
  subjectOf(said: string): Subject | undefined;
}

/** How the kinds of things are called: by all of their words, or by one that no shorter name has. */
export function nounsOf(vocabulary: Vocabulary): Nouns {
  const byName = new Map<string, Subject>();
  const words = ({ noun }: Subject) => noun.split("_");
  for (const subject of [...vocabulary.values()].toSorted((a, b) => words(a).length - words(b).length)) {
    for (const name of [spoken(subject.noun), ...words(subject).filter((word) => word.length > 3)]) {
      for (const form of [name, plural(name)]) if (!byName.has(form)) byName.set(form, subject);
    }
  }
  const all = [...byName.keys()].toSorted((a, b) => b.length - a.length);
  return {
    vocabulary,
    pattern: `(?:${all.join("|") || "(?!)"})`,
    subjectOf: (said) => byName.get(said.toLowerCase()),
  };
}

export const CAPITAL = String.raw`\p{Lu}[\p{L}\d&.-]*(?: (?:\p{Lu}|\d)[\p{L}\d&.-]*)*`;
const POLITE = "(?:(?:please|then|also|now|can you|could you|i want to|let's)\\s+)*";
const START = `(?:^|[.;!?]\\s+|,?\\s+(?:and|then|but)\\s+|,\\s+)${POLITE}`;
const CLAUSE = new RegExp(`${START}(?=(?:${Object.keys(VERBS).join("|")})\\b(?!-))`, "gi");
/** What is said after these is a new row's own text, whatever it says. */
export const FREE = /:\s|\bthat says\b|\bto (?!the\b|my\b|our\b|this\b|it\b|all\b|each\b|\p{Lu}|"|\d)/u;

export function verbOf(clause: string): { verb: Verb | undefined; word: string; rest: string } {
  const [, word = "", rest = ""] = /^(how many|\p{L}+)\b ?(.*?)[\s.!?,;]*$/iu.exec(clause) ?? [];
  return { verb: VERBS[word.toLowerCase()], word, rest };
}

export function clausesOf(text: string, nouns: Nouns): string[] {
  const clauses: string[] = [];
  const starts = [...text.matchAll(CLAUSE)].map(({ index, 0: { length } }) => ({
    index,
    from: index + length,
  }));
  for (const [i, { from }] of starts.entries()) {
    const clause = text.slice(from, starts[i + 1]?.index);
    const free = verbOf(clause).verb === "create" && FREE.test(clause);
    clauses.push(...kindsIn(free ? text.slice(from) : clause, nouns));
    if (free) break;
  }
  return clauses;
}

/** "list the notes and tasks of Acme" is two clauses. */
function kindsIn(clause: string, { pattern }: Nouns): string[] {
  const { verb = "", word, rest } = verbOf(clause);
  const kinds = rest.split(/,\s*(?:and\s+)?|\s+and\s+/);
  const named = kinds.every((kind) => new RegExp(`\\b${pattern}\\b`, "i").test(kind));
  if (!/^(?:show|find|count)$/.test(verb) || !named) return [clause];
  const tail = /\s(?:of|for|in|from|about)\s.*$/i;
  const shared = tail.exec(kinds.at(-1) ?? "")?.[0] ?? "";
  return kinds.map((kind) => `${word} ${kind}${tail.test(kind) ? "" : shared}`);
}

/** With what "it" and "its" stand for written out. */
export function withoutIts(clause: string, nouns: Nouns, of: string | undefined): string {
  if (of === undefined) return clause;
  const fields = [...nouns.vocabulary.values()].flatMap(({ tools }) => tools.update?.changes ?? []);
  const owned = [nouns.pattern, ...fields.map(({ name }) => spoken(name))].join("|");
  return clause.replace(new RegExp(`\\bits ((?:[\\p{L}-]+ ){0,3}?(?:${owned}))\\b`, "iu"), `the $1 of ${of}`)
    .replace(/\bits?\b/gi, of);
}
