// What a person wants, read by rules from a request's clauses: one for each verb and kind of thing. Quoted texts stand as
// their numbers in quotes, so that no word in them is taken for one of the sentence's own.
import type { Row } from "./conversation.ts";
import { Phrase } from "./phrase.ts";
import { titleOf } from "./rows.ts";
import { setsOf, spoken, theOne } from "./vocabulary.ts";
import type { Field, Parent, Subject, Verb, Vocabulary } from "./vocabulary.ts";

/** What can be spoken of, and the row that a chat is about. */
export type Topic = { vocabulary: Vocabulary; focus?: { subject: Subject; row: Row } };

export interface Wish {
  verb: Verb;
  subject: Subject;
  /** In words that can be understood alone. */
  said: string;
  /** The one row that is meant; null where it is the one that the chat is about. */
  name?: string | null;
  /** Or those that have these values, these words, and belong to these; so many of them, in this order. */
  where: { [field: string]: string[] };
  query?: string;
  of: Parent[];
  count?: number;
  order?: "urgent" | "latest";
  /** What new rows, or changed ones, are to have; what a new one is called; and for which rows each is made. */
  values: Row;
  text?: string;
  each?: Wish;
  /** What a new or changed one is to have, in words that say no value of it. */
  unread?: Field;
}

/** Everything that is asked for; nothing where no rule applies. */
export function wishesIn(request: string, topic: Topic): Wish[] {
  const quotes: string[] = [];
  // What follows a colon is a text, too.
  const texts = /"([^"]*)"|“([^”]*)”|(?<=: )([^"“ ][^]*)$/g;
  const masked = request.replace(texts, (_, a, b, c) => `"${quotes.push(a ?? b ?? c) - 1}"`);
  const wishes: Wish[] = [];
  for (const clause of clausesOf(masked.replace(/\s+/g, " ").trim(), topic.vocabulary)) {
    const { subject, name, text, of: [parent] } = wishes.at(-1) ?? { of: [] };
    const it = subject && (name || text) ? { subject, name: name ?? text } : parent;
    const whole = it?.name && theOne(it.subject, String(quotes.push(it.name) - 1));
    wishes.push(...wishIn(whole ? withoutIts(clause, topic.vocabulary, whole) : clause, quotes, topic));
  }
  return wishes;
}

function wishIn(clause: string, quotes: readonly string[], topic: Topic): Wish[] {
  const { verb, rest } = verbOf(clause);
  const each = /\bfor (?:each|every|all)(?: of)? (.+?)(?= (?:for|in|with) |$)/.exec(
    verb === "create" ? rest : "",
  );
  const phrase = new Phrase(rest.replace(each?.[0] ?? "", ""), topic.vocabulary, quotes);
  const subject = verb && (phrase.subject(verb) ?? topic.focus?.subject);
  if (!subject) return [];
  const wish: Wish = { verb, said: phrase.unmasked(clause), subject, where: {}, of: [], values: {} };
  if (each) [wish.each] = wishIn(`list all ${each[1]}`, quotes, topic);
  if (verb === "update") {
    const changes = subject.tools.update?.changes ?? [];
    wish.values = phrase.changes(changes);
    wish.unread = phrase.unread(changes, "and");
  }
  return [seen(verb === "create" ? creation(wish, phrase) : selection(wish, phrase, topic), topic)];
}

const COUNTS = "one two three four five six seven eight nine ten".split(" ");

function selection(wish: Wish, phrase: Phrase, { focus, vocabulary: { referred } }: Topic): Wish {
  const fields = wish.subject.tools.list?.fields ?? [];
  if (phrase.take("\\bmost (?:urgent|important)\\b")) wish.order = "urgent";
  if (phrase.take("\\b(?:latest|newest|last|(?:most )?recent)\\b")) wish.order = "latest";
  wish.of = phrase.parents(fields, wish.subject);
  const query = phrase.take("\\b(?:about|mentioning|containing|matching) (?:the |my )?(.+)$")?.[1];
  for (const { name, values } of setsOf(wish.subject)) {
    const found = phrase.valuesOf(values);
    if (found.length > 0) wish.where[name] = found;
  }
  const many = phrase.isMany();
  const said = phrase.take(`(?<![\\p{L}\\d"-])(\\d{1,2}|${COUNTS.join("|")}) (?=.*[a-z])`)?.[1] ?? "";
  const name = phrase.name(many);
  wish.count = said ? COUNTS.indexOf(said) + 1 || Number(said) : wish.order && !many ? 1 : undefined;
  if (query || name && many) wish.query = query ? phrase.unmasked(query, "") : name;
  else if (name || !many && !wish.count) wish.name = name ?? null;
  const owned = focus && fields.some((one) => referred(one.name) === focus.subject);
  return owned && many && wish.of.length === 0 ? { ...wish, of: [{ subject: focus.subject }] } : wish;
}

function creation(wish: Wish, phrase: Phrase): Wish {
  const fields = wish.subject.tools.create?.fields ?? [];
  const values = phrase.changes(fields);
  const of = phrase.parents(fields);
  for (const { name, values: set } of fields) {
    const [found] = phrase.valuesOf(set);
    if (found) values[name] ??= found;
  }
  const texts = fields.filter(({ kind }) => kind === "string");
  const main = texts.find((one) => one.required) ?? texts.find((one) => /title|name|note/.test(one.name));
  const name = phrase.name(false);
  if (main && name) values[main.name] ??= name.charAt(0).toUpperCase() + name.slice(1);
  const text = values[main?.name ?? ""];
  return {
    ...wish,
    values,
    unread: phrase.unread(fields, "with|and"),
    of,
    text: typeof text === "string" ? text : undefined,
  };
}

/** With the name of the row that the chat is about, for whoever does not see it. */
function seen(wish: Wish, { vocabulary: { nouns }, focus }: Topic): Wish {
  const [name, whole] = focus ? [titleOf(focus.row), theOne(focus.subject, titleOf(focus.row))] : [];
  const here = new RegExp(`\\b(?:(?:the|this|my) )?${nouns}\\b`, "i");
  const isHere = (one: Parent) => one.subject === focus?.subject && !one.name;
  if (!whole) return wish;
  if (wish.name === null && isHere(wish)) return { ...wish, name, said: wish.said.replace(here, whole) };
  const adds = wish.of.some(isHere) && !/ this /.test(wish.said);
  const of = wish.of.map((one) => isHere(one) ? { ...one, name } : one);
  return { ...wish, of, said: adds ? `${wish.said} of ${whole}` : wish.said };
}

const WORDS: [Verb, string][] = [
  ["get", "show list get give what which search"],
  ["list", "find"],
  ["count", "count how_many"],
  ["create", "create add log make write"],
  ["update", "update set mark change move"],
  ["delete", "delete remove cancel"],
  ["schedule", "schedule"],
];
const VERBS = new Map(WORDS.flatMap(([verb, words]) => words.split(" ").map((word) => [spoken(word), verb])));
const START = String
  .raw`(?:^|[.;!?]\s+|,?\s+(?:and|then|but)\s+|,\s+)(?:(?:please|then|also|now|can you|could you)\s+)*`;
const CLAUSE = new RegExp(`${START}(?=(?:${[...VERBS.keys()].join("|")})\\b(?!-))`, "gi");

function clausesOf(text: string, vocabulary: Vocabulary): string[] {
  const starts = [...text.matchAll(CLAUSE)];
  const ends = starts.map((_, i) => starts[i + 1]?.index);
  return starts.flatMap((start, i) =>
    kindsIn(text.slice(start.index + start[0].length, ends[i]), vocabulary)
  );
}

function verbOf(clause: string): { verb?: Verb; word: string; rest: string } {
  const [, word = "", rest = ""] = /^(how many|\p{L}+)\b ?(.*?)[\s.!?,;]*$/iu.exec(clause) ?? [];
  return { verb: VERBS.get(word.toLowerCase()), word, rest };
}

/** "list the notes and tasks of Acme" is two clauses. */
function kindsIn(clause: string, { nouns }: Vocabulary): string[] {
  const { verb = "", word, rest } = verbOf(clause);
  const kinds = rest.split(/,\s*(?:and\s+)?|\s+and\s+/);
  const named = kinds.every((kind) => new RegExp(`\\b${nouns}\\b`, "i").test(kind));
  const tail = /\s(?:of|for|in|from|about)\s.*$/i;
  const shared = tail.exec(kinds.at(-1) ?? "")?.[0] ?? "";
  if (!/get|list|count/.test(verb) || !named) return [clause];
  return kinds.map((kind) => `${word} ${kind}${tail.test(kind) ? "" : shared}`);
}

/** With what "it" and "its" stand for written out. */
function withoutIts(clause: string, { nouns, subjects }: Vocabulary, of: string): string {
  const fields = subjects.flatMap(({ tools }) => tools.update?.changes ?? []);
  const owned = [nouns, ...fields.map(({ name }) => spoken(name))].join("|");
  const its = new RegExp(`\\bits ((?:[\\p{L}-]+ ){0,3}?(?:${owned}))\\b`, "iu");
  return clause.replace(its, `the $1 of ${of}`).replace(/\bits?\b/gi, of);
}
