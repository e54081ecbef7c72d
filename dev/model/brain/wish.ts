// What a person wants, read from a clause by rules: words are taken out of it as they are understood.
import type { Json } from "../../../shared/contracts/text.ts";
import { CAPITAL, clausesOf, FREE, type Nouns, verbOf, withoutIts } from "./clauses.ts";
import type { Row } from "./conversation.ts";
import { titleOf } from "./rows.ts";
import { type Field, referred, spoken, type Subject, type Verb } from "./vocabulary.ts";

/** The row that others belong to. Without a name it is the one that the chat is about. */
export type Parent = { noun: string; name?: string };
/** The row that a chat is about. */
export type Focus = { subject: Subject; row: Row };

export interface Wish {
  verb: Verb;
  /** In words that can be understood alone. */
  said: string;
  subject: Subject;
  /** The one row that is meant; null where it is the one that the chat is about. */
  name?: string | null;
  /** Rows that have these values, these words, and belong to these; so many of them, in this order. */
  where: { [field: string]: string[] };
  query?: string;
  of: Parent[];
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
  const masked = request.replace(/"([^"]*)"|“([^”]*)”/g, (_, a, b) => `"${quotes.push(a ?? b) - 1}"`);
  const wishes: Wish[] = [];
  for (const clause of clausesOf(masked.replace(/\s+/g, " ").trim(), nouns)) {
    const { subject, name, text, of: [parent] } = wishes.at(-1) ?? { of: [] };
    const it = subject && (name || text) ? { noun: subject.noun, name: name ?? text } : parent;
    const whole = it?.name
      ? withoutIts(clause, nouns, `the ${spoken(it.noun)} "${quotes.push(it.name) - 1}"`)
      : clause;
    const wish = new Reading(whole, nouns, quotes, focus).wish();
    if (wish) wishes.push(wish);
  }
  return wishes;
}

const COUNTS = "one two three four five six seven eight nine ten".split(" ");
const END = /^(?:done|closed|completed|finished|cancelled|archived|resolved|won|lost|rejected)$/;
const PLAIN =
  ("all|every|each|the|my|our|a|an|any|me|of|i|you|do|does|is|are|have|has|there|new|another|to|as|with|and|up|" +
    "on|in|for|from|this|that|first|next|top|its|called|named|titled").split("|");
const OF = "(of|for|in|from|at|on|under|by|about|with|to)";
const LINK = " ?(?:to|is|as|=|:)? ?";

class Reading {
  private left: string;

  constructor(private clause: string, private nouns: Nouns, private quotes: string[], private focus?: Focus) {
    this.left = verbOf(clause).rest;
  }

  wish(): Wish | undefined {
    const { verb } = verbOf(this.clause);
    const before = verb === "create" ? "(?<!\\b(?:for|of|in|on|to) (?:the |my |our )?)" : "";
    const subject = this.nouns.subjectOf(this.noun(before)) ?? (verb && this.unnamed(verb)) ??
      this.focus?.subject;
    if (!verb || !subject) return undefined;
    const { list, create, update } = subject.tools;
    const wish: Wish = { verb, said: this.unmasked(this.clause), subject, where: {}, of: [], values: {} };
    if (verb === "create") return this.creation(wish, create?.fields ?? []);
    if (verb === "update") wish.values = this.changes(update?.changes ?? []);
    if (this.take("\\bmost (?:urgent|important)\\b")) wish.order = "urgent";
    if (this.take("\\b(?:latest|newest|last|(?:most )?recent)\\b")) wish.order = "latest";
    wish.of = this.parents(list?.fields ?? [], subject.noun);
    const query = this.take("\\b(?:about|mentioning|containing|matching) (?:the |my )?(.+)$")?.[1];
    for (const { name, values } of setsOf(subject)) {
      const found = this.valuesOf(values);
      if (found.length > 0) wish.where[name] = found;
    }
    const count = this.take(`(?<![\\p{L}\\d"-])(\\d{1,2}|${COUNTS.join("|")}) (?=.*\\b${this.nouns.pattern})`)
      ?.[1];
    const many = this.isMany();
    const name = this.name(many);
    wish.count = count ? COUNTS.indexOf(count) + 1 || Number(count) : wish.order && !many ? 1 : undefined;
    if (query || name && many) wish.query = query ? this.unquoted(query) : name;
    else if (name || !many && !wish.count) wish.name = name ?? null;
    const about = many && wish.of.length === 0 ? this.focus?.subject.noun ?? "" : "";
    if (this.referredIn(list?.fields ?? []).includes(about)) wish.of = [{ noun: about }];
    return this.focus ? this.written(wish, this.focus) : wish;
  }

  /** With the name of the row that the chat is about, for whoever does not see it. */
  private written(wish: Wish, { subject, row }: Focus): Wish {
    const [name, whole] = [titleOf(row), `the ${spoken(subject.noun)} "${titleOf(row)}"`];
    const own = wish.name === null && wish.subject === subject;
    const here = wish.of.some((parent) => parent.noun === subject.noun && !parent.name);
    const said = own
      ? wish.said.replace(new RegExp(`\\b(?:(?:the|this|my) )?${this.nouns.pattern}\\b`, "i"), whole)
      : wish.said;
    const of = wish.of.map((parent) => parent.noun === subject.noun ? { name, ...parent } : parent);
    return {
      ...wish,
      ...(own && { name }),
      of,
      said: here && !/ this /.test(said) ? `${said} of ${whole}` : said,
    };
  }

  private creation(wish: Wish, fields: readonly Field[]): Wish {
    const each = this.take("\\bfor (?:each|every|all)(?: of)? (.+?)(?= (?:for|in|with) |$)")?.[1];
    if (each) wish.each = new Reading(`list all ${each}`, this.nouns, this.quotes, this.focus).wish();
    const free = this.freeText();
    wish.values = this.changes(fields);
    wish.of = this.parents(fields, "");
    for (const { name, values, kind } of fields) {
      const [found] = kind === "set" ? this.valuesOf(values) : [];
      if (found !== undefined) wish.values[name] ??= found;
    }
    const text = free ?? this.name(false);
    const written = fields.filter(({ kind }) => kind === "text");
    const main =
      (written.find((one) => one.required) ?? written.find((one) => /title|name|note/.test(one.name)))
        ?.name ?? "";
    if (main && text) wish.values[main] ??= text.charAt(0).toUpperCase() + text.slice(1);
    return typeof wish.values[main] === "string" ? { ...wish, text: wish.values[main] } : wish;
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
      const found = this.take(`${label}${LINK}${value}(?![\\p{L}\\d])|${apart}${set}`)?.groups?.value;
      if (found !== undefined) values[field.name] = this.valueOf(field, found);
    }
    return values;
  }

  private valueOf({ kind, values, list }: Field, said: string): Json {
    const text = this.unquoted(said);
    if (kind === "number") return Number(text.replaceAll(",", ""));
    if (kind === "boolean") return /true|yes/i.test(text);
    const value = values.find((one) => wordOf(one).test(text)) ?? text;
    return list ? [value] : value;
  }

  /** "of Acme", "in the Website project", "for the customer "Acme"", "of this deal". */
  private parents(fields: readonly Field[], own: string): Parent[] {
    const noun = this.nouns.pattern;
    const low = `(?<=(?:the|my|our) )(?!${noun}\\b)[\\p{L}\\d][\\p{L}\\d' -]{1,40}?(?= ${noun}\\b)`;
    const name = `("\\d+"|${low}|${CAPITAL})`;
    const parents: Parent[] = [];
    const pattern =
      `\\b${OF} (?:(?:the|my|our|(this|that)) )?(?:(${noun})\\b ?)?${name}?(?: ?\\b(${noun})\\b)?`;
    this.left = this.left.replace(new RegExp(pattern, "gu"), (all, of, here, before, named, after) => {
      const first = /on|about|with|to/.test(of) ? undefined : this.referredIn(fields)[0];
      const kind = this.nouns.subjectOf(before ?? after ?? "")?.noun ?? first;
      if (!kind || kind === own || !named && !here) return all;
      parents.push({ noun: kind, ...(named && { name: this.unquoted(named) }) });
      return " ";
    });
    return parents;
  }

  private referredIn(fields: readonly Field[]): string[] {
    return fields.flatMap(({ kind, name }) =>
      kind === "reference" ? referred(name, this.nouns.vocabulary)?.noun ?? [] : []
    );
  }

  /** What is left: the name of a row. */
  private name(many: boolean): string | undefined {
    const quoted = /"(\d+)"/.exec(this.left)?.[1];
    if (quoted !== undefined) return this.quotes[Number(quoted)];
    const words = this.left.replace(new RegExp(`\\b${this.nouns.pattern}\\b`, "i"), " ").split(/[\s,]+/)
      .filter(Boolean);
    const [telling, last] = [
      (word: string) => !PLAIN.includes(word.toLowerCase()),
      words.findLastIndex((one) => !PLAIN.includes(one)),
    ];
    const name = many ? words.filter(telling) : words.slice(Math.max(0, words.findIndex(telling)), last + 1);
    return name.join(" ") || undefined;
  }

  /** The text of a new row, after a colon or in a clause of its own. */
  private freeText(): string | undefined {
    const found = FREE.exec(this.left);
    if (!found) return undefined;
    const after = this.left.slice(found.index + found[0].length);
    const rest = new RegExp(`,? (?:in|for|on) (?:the|my) (?:.{2,40}? )?${this.nouns.pattern}\\b|,.*$`, "u")
      .exec(after);
    const end = found[0].startsWith("to") ? rest?.index : undefined;
    this.left = this.left.slice(0, found.index) + (end === undefined ? "" : after.slice(end));
    return this.unquoted(after.slice(0, end).trim());
  }

  /** "Mark it as done", "log a call": what has such a value; or what alone there is a tool for. */
  private unnamed(verb: Verb): Subject | undefined {
    const able = [...this.nouns.vocabulary.values()].filter(({ tools }) => tools[verb]);
    const said = able.filter((one) =>
      setsOf(one).some(({ values }) => values.some((value) => wordOf(value).test(this.left)))
    );
    const [first = able.length === 1 ? able[0] : undefined] = said;
    return able.find((one) => one === this.focus?.subject) ?? first;
  }

  /** The values of a closed set that are named; "open" are all but those at which things end. */
  private valuesOf(values: readonly string[]): string[] {
    const found = values.filter((value) => this.take(`(?i:${wordOf(value).source})`));
    const open = values.filter((value) => !END.test(value));
    return found.length > 0 || open.length === values.length || !this.take("\\bopen\\b") ? found : open;
  }

  private isMany(): boolean {
    const [said, { noun } = { noun: "" }] = [this.noun(), this.nouns.subjectOf(this.noun())];
    return /\b(?:all|every|each)\b/i.test(this.left) ||
      !` ${spoken(noun)} `.includes(` ${said.toLowerCase()} `) && said !== "";
  }

  private noun(before = ""): string {
    return new RegExp(`${before}\\b(${this.nouns.pattern})\\b`, "i").exec(this.left)?.[1] ?? "";
  }

  private take(source: string): RegExpExecArray | null {
    const found = new RegExp(source, "u").exec(this.left);
    const [from, to] = [found?.index ?? 0, (found?.index ?? 0) + (found?.[0].length ?? 0)];
    if (found) this.left = `${this.left.slice(0, from)} ${found.groups?.rest ?? ""} ${this.left.slice(to)}`;
    return found;
  }

  private unmasked(text: string): string {
    return text.replace(/"(\d+)"/g, (_, at) => `"${this.quotes[Number(at)]}"`);
  }

  private unquoted(text: string): string {
    return this.unmasked(text).replace(/^"(.*)"$/s, "$1");
  }
}

/** The closed sets of a kind of thing, as any of its tools has them. */
function setsOf({ tools: { list, update, create } }: Subject): Field[] {
  const fields = [list, update, create].flatMap((tool) => [...tool?.fields ?? [], ...tool?.changes ?? []]);
  return [
    ...new Map(fields.toReversed().filter(({ kind }) => kind === "set").map((one) => [one.name, one]))
      .values(),
  ];
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
