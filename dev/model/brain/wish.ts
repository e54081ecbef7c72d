// What a person wants, read from a request's clauses by rules.
import { clausesOf, type Nouns, verbOf, withoutIts } from "./clauses.ts";
import type { Row } from "./conversation.ts";
import { Phrase, setsOf } from "./phrase.ts";
import { titleOf } from "./rows.ts";
import { spoken, type Subject, type Verb } from "./vocabulary.ts";

/** The row that a chat is about. */
export type Focus = { subject: Subject; row: Row };

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
  of: { noun: string; name?: string }[];
  count?: number;
  order?: "urgent" | "latest";
  /** What new rows, or changed ones, are to have; what a new one is called; and for which rows each is made. */
  values: Row;
  text?: string;
  each?: Wish;
}

/** Everything that is asked for; nothing where no rule applies. */
export function wishesIn(request: string, nouns: Nouns, focus?: Focus): Wish[] {
  const quotes: string[] = [];
  // What follows a colon is a text, too.
  const texts = /"([^"]*)"|“([^”]*)”|(?<=: )([^"“ ][^]*)$/g;
  const masked = request.replace(texts, (_, a, b, c) => `"${quotes.push(a ?? b ?? c) - 1}"`);
  const wishes: Wish[] = [];
  for (const clause of clausesOf(masked.replace(/\s+/g, " ").trim(), nouns)) {
    const { subject, name, text, of: [parent] } = wishes.at(-1) ?? { of: [] };
    const it = subject && (name || text) ? { noun: subject.noun, name: name ?? text } : parent;
    const of = it?.name && `the ${spoken(it.noun)} "${quotes.push(it.name) - 1}"`;
    wishes.push(...wishIn(of ? withoutIts(clause, nouns, of) : clause, nouns, quotes, focus));
  }
  return wishes;
}

function wishIn(clause: string, nouns: Nouns, quotes: readonly string[], focus?: Focus): Wish[] {
  const { verb, rest } = verbOf(clause);
  const each = verb === "create"
    ? /\bfor (?:each|every|all)(?: of)? (.+?)(?= (?:for|in|with) |$)/.exec(rest)
    : null;
  const phrase = new Phrase(each ? rest.replace(each[0], "") : rest, nouns, quotes);
  const subject = verb && (phrase.subject(verb) ?? focus?.subject);
  if (!subject) return [];
  const wish: Wish = { verb, said: phrase.unmasked(clause), subject, where: {}, of: [], values: {} };
  if (each) [wish.each] = wishIn(`list all ${each[1]}`, nouns, quotes, focus);
  if (verb === "update") wish.values = phrase.changes(subject.tools.update?.changes ?? []);
  return [seen(verb === "create" ? creation(wish, phrase) : selection(wish, phrase, focus), nouns, focus)];
}

const COUNTS = "one two three four five six seven eight nine ten".split(" ");

function selection(wish: Wish, phrase: Phrase, focus?: Focus): Wish {
  const { noun, tools: { list } } = wish.subject;
  if (phrase.take("\\bmost (?:urgent|important)\\b")) wish.order = "urgent";
  if (phrase.take("\\b(?:latest|newest|last|(?:most )?recent)\\b")) wish.order = "latest";
  wish.of = phrase.parents(list?.fields ?? [], noun);
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
  const about = many && wish.of.length === 0 ? focus?.subject.noun ?? "" : "";
  return phrase.nounsIn(list?.fields ?? []).includes(about) ? { ...wish, of: [{ noun: about }] } : wish;
}

function creation(wish: Wish, phrase: Phrase): Wish {
  const fields = wish.subject.tools.create?.fields ?? [];
  const values = phrase.changes(fields);
  const of = phrase.parents(fields, "");
  for (const { name, values: set, kind } of fields) {
    const [found] = kind === "set" ? phrase.valuesOf(set) : [];
    if (found !== undefined) values[name] ??= found;
  }
  const texts = fields.filter(({ kind }) => kind === "text");
  const main =
    (texts.find((one) => one.required) ?? texts.find((one) => /title|name|note/.test(one.name)))?.name ?? "";
  const name = phrase.name(false);
  if (main && name) values[main] ??= name.charAt(0).toUpperCase() + name.slice(1);
  return { ...wish, values, of, ...(typeof values[main] === "string" && { text: values[main] }) };
}

/** With the name of the row that the chat is about, for whoever does not see it. */
function seen(wish: Wish, nouns: Nouns, focus?: Focus): Wish {
  if (!focus) return wish;
  const { subject: { noun }, row } = focus;
  const [name, whole] = [titleOf(row), `the ${spoken(noun)} "${titleOf(row)}"`];
  const own = wish.name === null && wish.subject.noun === noun;
  const here = new RegExp(`\\b(?:(?:the|this|my) )?${nouns.pattern}\\b`, "i");
  const said = own ? wish.said.replace(here, whole) : wish.said;
  const adds = !/ this /.test(said) && wish.of.some((one) => one.noun === noun && !one.name);
  const of = wish.of.map((one) => one.noun === noun ? { name, ...one } : one);
  return { ...wish, ...(own && { name }), of, said: adds ? `${said} of ${whole}` : said };
}
