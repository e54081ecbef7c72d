// What a person wants, read from a clause by rules: words are taken out of it as they are understood.
import type { Json } from "../../../shared/contracts/text.ts";
import { clausesOf, type Nouns, verbOf, withoutIts } from "./clauses.ts";
import type { Row } from "./conversation.ts";
import { titleOf } from "./rows.ts";
import { type Field, referred, spoken, type Subject, type Verb } from "./vocabulary.ts";

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
    wishes.push(...new Reading(of ? withoutIts(clause, nouns, of) : clause, nouns, quotes, focus).wishes());
  }
  return wishes;
}

const COUNTS = "one two three four five six seven eight nine ten".split(" ");
const END = /^(?:done|closed|completed|finished|cancelled|archived|resolved|won|lost|rejected)$/;
const PLAIN =
  "all every each the my our a an any me of i you do does is are have has there new another to as with and " +
  "up on in for from this that first next top its called named titled";
const CAPITAL = String.raw`\p{Lu}[\p{L}\d&.-]*(?: (?:\p{Lu}|\d)[\p{L}\d&.-]*)*`;

class Reading {
  private left: string;

  constructor(private clause: string, private nouns: Nouns, private quotes: string[], private focus?: Focus) {
    this.left = verbOf(clause).rest;
  }

  wishes(): Wish[] {
    const { verb } = verbOf(this.clause);
    const before = verb === "create" ? "(?<!\\b(?:for|of|in|on|to) (?:the |my |our )?)" : "";
    const subject = this.nouns.subjectOf(this.noun(before)) ?? (verb && this.unnamed(verb)) ??
      this.focus?.subject;
    if (!verb || !subject) return [];
    const wish: Wish = { verb, said: this.unmasked(this.clause), subject, where: {}, of: [], values: {} };
    if (verb === "update") wish.values = this.changes(subject.tools.update?.changes ?? []);
    return [this.seen(verb === "create" ? this.creation(wish) : this.selection(wish))];
  }

  private selection(wish: Wish): Wish {
    const { noun, tools: { list } } = wish.subject;
    if (this.take("\\bmost (?:urgent|important)\\b")) wish.order = "urgent";
    if (this.take("\\b(?:latest|newest|last|(?:most )?recent)\\b")) wish.order = "latest";
    wish.of = this.parents(list?.fields ?? [], noun);
    const query = this.take("\\b(?:about|mentioning|containing|matching) (?:the |my )?(.+)$")?.[1];
    for (const { name, values } of setsOf(wish.subject)) {
      const found = this.valuesOf(values);
      if (found.length > 0) wish.where[name] = found;
    }
    const count = this.take(`(?<![\\p{L}\\d"-])(\\d{1,2}|${COUNTS.join("|")}) (?=.*\\b${this.nouns.pattern})`)
      ?.[1];
    const many = this.isMany();
    const name = this.name(many);
    wish.count = count ? COUNTS.indexOf(count) + 1 || Number(count) : wish.order && !many ? 1 : undefined;
    if (query || name && many) wish.query = query ? this.unmasked(query, "") : name;
    else if (name || !many && !wish.count) wish.name = name ?? null;
    const about = many && wish.of.length === 0 ? this.focus?.subject.noun ?? "" : "";
    return this.referredIn(list?.fields ?? []).includes(about) ? { ...wish, of: [{ noun: about }] } : wish;
  }

  private creation(wish: Wish): Wish {
    const fields = wish.subject.tools.create?.fields ?? [];
    const each = this.take("\\bfor (?:each|every|all)(?: of)? (.+?)(?= (?:for|in|with) |$)")?.[1];
    if (each) [wish.each] = new Reading(`list all ${each}`, this.nouns, this.quotes, this.focus).wishes();
    Object.assign(wish, { values: this.changes(fields), of: this.parents(fields, "") });
    for (const { name, values, kind } of fields) {
      const [found] = kind === "set" ? this.valuesOf(values) : [];
      if (found !== undefined) wish.values[name] ??= found;
    }
    const text = this.name(false);
    const texts = fields.filter(({ kind }) => kind === "text");
    const main = texts.find((one) => one.required) ?? texts.find(({ name }) => /title|name|note/.test(name));
    if (main && text) wish.values[main.name] ??= text.charAt(0).toUpperCase() + text.slice(1);
    const said = main && wish.values[main.name];
    return typeof said === "string" ? { ...wish, text: said } : wish;
  }

  /** With the name of the row that the chat is about, for whoever does not see it. */
  private seen(wish: Wish): Wish {
    if (!this.focus) return wish;
    const { subject: { noun }, row } = this.focus;
    const [name, whole] = [titleOf(row), `the ${spoken(noun)} "${titleOf(row)}"`];
    const own = wish.name === null && wish.subject.noun === noun;
    const here = new RegExp(`\\b(?:(?:the|this|my) )?${this.nouns.pattern}\\b`, "i");
    const said = own ? wish.said.replace(here, whole) : wish.said;
    const adds = wish.of.some((one) => one.noun === noun && !one.name) && !/ this /.test(said)
      ? ` of ${whole}`
      : "";
    const of = wish.of.map((one) => one.noun === noun ? { name, ...one } : one);
    return { ...wish, ...(own && { name }), of, said: said + adds };
  }

  /** "the stage of … to won", "with amount 5000 and high priority", "as done". */
  private changes(fields: readonly Field[]): Row {
    const values: Row = {};
    for (const field of fields.filter(({ kind }) => kind !== "reference" && kind !== "other")) {
      const value = `(?<value>${valuePattern(field)})`;
      const label = `\\b(?:${spoken(field.name)}${
        /^(?:title|name)$/.test(field.name) ? "|titled|called|named" : ""
      })`;
      const set = field.kind === "set" ? `|\\b${value}[ -]${label}\\b|\\b(?:to|as) ${value}$` : "";
      const apart = `${label} (?:of|for) (?<rest>.+?) (?:to|as|=) ${value}$`;
      const said = this.take(`${label} ?(?:to|is|as|=|:)? ?${value}(?![\\p{L}\\d])|${apart}${set}`)?.groups
        ?.value;
      if (said !== undefined) values[field.name] = this.valueOf(field, said);
    }
    return values;
  }

  private valueOf({ kind, values, list }: Field, said: string): Json {
    const text = this.unmasked(said, "");
    if (kind === "number") return Number(text.replaceAll(",", ""));
    if (kind === "boolean") return /true|yes/i.test(text);
    const value = values.find((one) => wordOf(one).test(text)) ?? text;
    return list ? [value] : value;
  }

  /** "of Acme", "in the Website project", "for the customer "Acme"", "of this deal". */
  private parents(fields: readonly Field[], own: string): Wish["of"] {
    const noun = this.nouns.pattern;
    const low = `(?<=(?:the|my|our) )(?!${noun}\\b)[\\p{L}\\d][\\p{L}\\d' -]{1,40}?(?= ${noun}\\b)`;
    const pattern = `\\b(of|for|in|from|at|under|by|on|about|with|to) (?:(?:the|my|our|(this|that)) )?` +
      `(?:(${noun})\\b ?)?("\\d+"|${low}|${CAPITAL})?(?: ?\\b(${noun})\\b)?`;
    const parents: Wish["of"] = [];
    this.left = this.left.replace(new RegExp(pattern, "gu"), (all, of, here, before, named, after) => {
      const first = /on|about|with|to/.test(of) ? undefined : this.referredIn(fields)[0];
      const kind = this.nouns.subjectOf(before ?? after ?? "")?.noun ?? first;
      if (!kind || kind === own || !named && !here) return all;
      parents.push({ noun: kind, ...(named && { name: this.unmasked(named, "") }) });
      return " ";
    });
    return parents;
  }

  private referredIn(fields: readonly Field[]): string[] {
    const names = fields.filter(({ kind }) => kind === "reference").map(({ name }) => name);
    return names.flatMap((name) => referred(name, this.nouns.vocabulary)?.noun ?? []);
  }

  /** What is left: the name of a row. */
  private name(many: boolean): string | undefined {
    const quoted = /"(\d+)"/.exec(this.left)?.[1];
    if (quoted !== undefined) return this.quotes[Number(quoted)];
    const left = this.left.replace(new RegExp(`\\b${this.nouns.pattern}\\b`, "i"), " ");
    const words = left.split(/[\s,:]+/).filter(Boolean);
    const tells = (word: string) => !` ${PLAIN} `.includes(` ${word.toLowerCase()} `);
    const inside = words.slice(words.findIndex(tells), words.findLastIndex(tells) + 1);
    return (many ? inside.filter(tells) : inside).join(" ") || undefined;
  }

  /** "Mark it as done", "log a call": what has such a value; or what alone there is a tool for. */
  private unnamed(verb: Verb): Subject | undefined {
    const able = [...this.nouns.vocabulary.values()].filter(({ tools }) => tools[verb]);
    const says = ({ values }: Field) => values.some((value) => wordOf(value).test(this.left));
    const said = able.find((one) => setsOf(one).some(says)) ?? (able.length === 1 ? able[0] : undefined);
    return able.find((one) => one === this.focus?.subject) ?? said;
  }

  /** The values of a closed set that are named; "open" are all but those at which things end. */
  private valuesOf(values: readonly string[]): string[] {
    const found = values.filter((value) => this.take(`(?i:${wordOf(value).source})`));
    const open = values.filter((value) => !END.test(value));
    return found.length > 0 || open.length === values.length || !this.take("\\bopen\\b") ? found : open;
  }

  private isMany(): boolean {
    const said = this.noun("").toLowerCase();
    const one = ` ${spoken(this.nouns.subjectOf(said)?.noun ?? "")} `.includes(` ${said} `);
    return /\b(?:all|every|each)\b/i.test(this.left) || said !== "" && !one;
  }

  private noun(before: string): string {
    return new RegExp(`${before}\\b(${this.nouns.pattern})\\b`, "i").exec(this.left)?.[1] ?? "";
  }

  private take(source: string): RegExpExecArray | null {
    const found = new RegExp(source, "u").exec(this.left);
    const rest = ` ${found?.groups?.rest ?? ""} `;
    if (found) {
      this.left = this.left.slice(0, found.index) + rest + this.left.slice(found.index + found[0].length);
    }
    return found;
  }

  /** With the quoted texts in their places, in quotes or without. */
  private unmasked(text: string, quote = '"'): string {
    return text.replace(/"(\d+)"/g, (_, at) => quote + this.quotes[Number(at)] + quote);
  }
}

/** The closed sets of a kind of thing, as any of its tools has them. */
function setsOf({ tools: { list, update, create } }: Subject): Field[] {
  const fields = [create, update, list].flatMap((tool) => [...tool?.changes ?? [], ...tool?.fields ?? []]);
  return [...new Map(fields.filter(({ kind }) => kind === "set").map((one) => [one.name, one])).values()];
}

function wordOf(value: string): RegExp {
  return new RegExp(`\\b${value.replace(/[^\p{L}\d_ -]/gu, "\\$&").replace(/[_ -]/g, "[_ -]")}\\b`, "i");
}

function valuePattern({ kind, values }: Field): string {
  if (kind === "set") return `(?i:${values.map((value) => wordOf(value).source).join("|")})`;
  if (kind === "number") return "-?\\d[\\d,]*(?:\\.\\d+)?";
  if (kind === "boolean") return "\\b(?:true|false|yes|no)";
  return `"\\d+"|\\d[\\d:TZ.+-]*|${CAPITAL}|(?<=(?:to|is|as|=|:|titled|called|named) )[\\p{L}\\d@._-]+`;
}
