// A request as clauses, one for each verb and kind of thing, in which "it" and "its" are written out. Quoted texts stand
// as their numbers in quotes, so that no word in them is taken for one of the sentence's own.
import { plural, spoken, type Subject, type Verb, type Vocabulary } from "./vocabulary.ts";

const VERBS: Record<string, Verb> = {
  ...{
    show: "get",
    list: "get",
    get: "get",
    give: "get",
    what: "get",
    which: "get",
    search: "get",
    find: "list",
  },
  ...{ count: "count", "how many": "count", create: "create", add: "create", log: "create", make: "create" },
  ...{ write: "create", update: "update", set: "update", mark: "update", change: "update", move: "update" },
  ...{ delete: "delete", remove: "delete", cancel: "delete", schedule: "schedule" },
};

/** How the kinds of things are called; `pattern` is a source that matches any of them, in one or in many. */
export interface Nouns {
  vocabulary: Vocabulary;
  pattern: string;
  subjectOf(said: string): Subject | undefined;
}

/** By all of their words, or by one that no shorter name has. */
export function nounsOf(vocabulary: Vocabulary): Nouns {
  const names = new Map<string, Subject>();
  const words = ({ noun }: Subject) => noun.split("_");
  for (const subject of [...vocabulary.values()].toSorted((a, b) => words(a).length - words(b).length)) {
    for (const name of [spoken(subject.noun), ...words(subject).filter((word) => word.length > 3)]) {
      for (const form of [name, plural(name)]) if (!names.has(form)) names.set(form, subject);
    }
  }
  const pattern = `(?:${[...names.keys()].toSorted((a, b) => b.length - a.length).join("|") || "(?!)"})`;
  return { vocabulary, pattern, subjectOf: (said) => names.get(said.toLowerCase()) };
}

const START = String
  .raw`(?:^|[.;!?]\s+|,?\s+(?:and|then|but)\s+|,\s+)(?:(?:please|then|also|now|can you|could you)\s+)*`;
const CLAUSE = new RegExp(`${START}(?=(?:${Object.keys(VERBS).join("|")})\\b(?!-))`, "gi");
export function verbOf(clause: string): { verb?: Verb; word: string; rest: string } {
  const [, word = "", rest = ""] = /^(how many|\p{L}+)\b ?(.*?)[\s.!?,;]*$/iu.exec(clause) ?? [];
  return { verb: VERBS[word.toLowerCase()], word, rest };
}

export function clausesOf(text: string, nouns: Nouns): string[] {
  const starts = [...text.matchAll(CLAUSE)];
  const clauses = starts.map(({ index, 0: { length } }, i) =>
    text.slice(index + length, starts[i + 1]?.index)
  );
  return clauses.flatMap((clause) => kindsIn(clause, nouns));
}

/** "list the notes and tasks of Acme" is two clauses. */
function kindsIn(clause: string, { pattern }: Nouns): string[] {
  const { verb = "", word, rest } = verbOf(clause);
  const kinds = rest.split(/,\s*(?:and\s+)?|\s+and\s+/);
  const named = kinds.every((kind) => new RegExp(`\\b${pattern}\\b`, "i").test(kind));
  const tail = /\s(?:of|for|in|from|about)\s.*$/i;
  const shared = tail.exec(kinds.at(-1) ?? "")?.[0] ?? "";
  if (!/get|list|count/.test(verb) || !named) return [clause];
  return kinds.map((kind) => `${word} ${kind}${tail.test(kind) ? "" : shared}`);
}

/** With what "it" and "its" stand for written out. */
export function withoutIts(clause: string, { pattern, vocabulary }: Nouns, of: string): string {
  const fields = [...vocabulary.values()].flatMap(({ tools }) => tools.update?.changes ?? []);
  const owned = [pattern, ...fields.map(({ name }) => spoken(name))].join("|");
  const its = new RegExp(`\\bits ((?:[\\p{L}-]+ ){0,3}?(?:${owned}))\\b`, "iu");
  return clause.replace(its, `the $1 of ${of}`).replace(/\bits?\b/gi, of);
}
