// What a person wants, read from a clause by rules: words are taken out of it as they are understood.
import type { Json } from "../../../shared/contracts/text.ts";
import { CAPITAL, clausesOf, FREE, type Nouns, type Verb, verbOf, withoutIts } from "./clauses.ts";
import type { Row } from "./conversation.ts";
import { type Action, type Field, referred, spoken, type Subject } from "./vocabulary.ts";

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
  /** Values that rows have to have, by field. */
  where: { [field: string]: string[] };
  query?: string;
  of: Parent[];
  /** What new rows, or changed ones, are to have. */
  values: Row;
  /** What a new row is called, or says. */
  text?: string;
  count?: number;
  order?: "urgent" | "latest";
  /** A row is made for each of these. */
  each?: Wish;
}

/** Everything that is asked for; nothing where no rule applies. */
export function wishesIn(request: string, nouns: Nouns, focus?: Focus): Wish[] {
  const quotes: string[] = [];
  const masked = request.replace(/"([^"]*)"|“([^”]*)”/g, (_, a, b) => `"${quotes.push(a ?? b) - 1}"`);
  const wishes: Wish[] = [];
  for (const clause of clausesOf(masked.replace(/\s+/g, " ").trim(), nouns)) {
    const { subject, name, text, of: [parent] } = wishes.at(-1) ?? { of: [] };
    const it = name ?? text ? { noun: subject?.noun ?? "", name: name ?? text } : parent;
    const meant = it?.name && `the ${spoken(it.noun)} "${quotes.push(it.name) - 1}"`;
    const wish = new Reading(withoutIts(clause, nouns, meant || undefined), nouns, quotes, focus).wish();
    if (wish) wishes.push(wish);
  }
  return wishes;
}

const COUNTS = "one two three four five six seven eight nine ten".split(" ");
const END = /^(?:done|closed|completed|finished|cancelled|archived|resolved|won|lost|rejected)$/;
const PLAIN = new RegExp(
  `\\b(?:${
    "all|every|each|the|my|our|an?|any|me|of|i|you|do|does|is|are|have|has|there|new|another|to|as|with|and|up|on|in|" +
    "for|from|this|that|first|next|top|called|named|titled"
  })\\b`,
  "gi",
);
const NEEDS: Partial<Record<Verb, Action>> = {
  create: "create",
  update: "update",
  delete: "delete",
  schedule: "schedule",
};

class Reading {
  private left: string;

  constructor(private clause: string, private nouns: Nouns, private quotes: string[], private focus?: Focus) {
    this.left = verbOf(clause).rest;
  }

  wish(): Wish | undefined {
    const { verb } = verbOf(this.clause);
    const subject = verb &&
      (this.nouns.subjectOf(this.noun(verb === "create")) ??
      this.unnamed(NEEDS[verb]) ?? this.focus?.subject);
    if (!verb || !subject) return undefined;
    const wish: Wish = { verb, said: this.unmasked(this.clause), subject, where: {}, of: [], values: {} };
    if (verb === "create") return this.creation(wish, subject.tools.create?.fields ?? []);
    if (verb === "update") wish.values = this.changes(subject.tools.update?.changes ?? []);
    wish.of = this.parents(subject.tools.list?.fields ?? []);
    if (this.take(/\bmost (?:urgent|important)\b/)) wish.order = "urgent";
    if (this.take(/\b(?:latest|newest|last|(?:most )?recent)\b/)) wish.order = "latest";
    const query = this.take(
      /\b(?:about|mentioning|containing|matching|regarding|that mention) (?:the |my )?(.+)$/,
    )?.[1];
    for (const { name, values } of setsOf(subject)) {
      const found = this.valuesOf(values);
      if (found.length > 0) wish.where[name] = found;
    }
    const many = this.isMany();
    const count = this.take(
      new RegExp(`(?<![\\p{L}\\d"-])(\\d{1,2}|${COUNTS.join("|")}) (?=.*\\b${this.nouns.pattern})`, "u"),
    )?.[1];
    if (count) wish.count = COUNTS.indexOf(count) + 1 || Number(count);
    else if (wish.order && !many) wish.count = 1;
    const name = this.name();
    wish.query = query && this.unmasked(query).replace(/^"(.*)"$/, "$1");
    if (name && many && !/"/.test(this.left)) wish.query = name;
    else if (name) wish.name = name;
    else if (!many && !wish.order && !query) wish.name = null;
    const about = many && wish.of.length === 0 ? this.focus?.subject.noun : undefined;
    if (about && this.parentOf(subject.tools.list?.fields ?? [], about)) wish.of = [{ noun: about }];
    return wish;
  }

  private creation(wish: Wish, fields: readonly Field[]): Wish {
    const each = this.take(/\bfor (?:each|every|all)(?: of)? (.+?)(?= (?:for|in|with) |$)/)?.[1];
    if (each) wish.each = new Reading(`list all ${each}`, this.nouns, this.quotes, this.focus).wish();
    const free = this.freeText();
    wish.values = this.changes(fields);
    wish.of = this.parents(fields);
    for (const { name, values, kind } of fields) {
      const [found] = kind === "set" ? this.valuesOf(values) : [];
      if (found !== undefined) wish.values[name] ??= found;
    }
    const text = free ?? this.name();
    const written = fields.filter(({ kind }) => kind === "text");
    const main = written.find(({ required }) => required) ??
      written.find(({ name }) => /title|name|subject|note/.test(name));
    if (main && text) wish.values[main.name] ??= text.charAt(0).toUpperCase() + text.slice(1);
    const said = main && wish.values[main.name];
    return typeof said === "string" ? { ...wish, text: said } : wish;
  }

  /** "set the stage of … to won", "with amount 5000 and high priority", "as done". */
  private changes(all: readonly Field[]): Row {
    const values: Row = {};
    const fields = all.filter(({ kind, name }) =>
      kind !== "reference" && kind !== "other" || name === "tags"
    );
    for (const field of [...fields, ...fields.filter(({ kind }) => kind === "set")]) {
      if (values[field.name] !== undefined) continue;
      const [value, label] = [
        valuePattern(field),
        /^(?:title|name)$/.test(field.name)
          ? `(?:${field.name}|titled|called|named)`
          : `(?:${spoken(field.name)})`,
      ];
      const found = this.take(
        new RegExp(
          `(?:\\b(?:with|and|its|the|an?) )*\\b${label} ?(?:to|is|as|of|=|:)? ?${value}(?![\\p{L}\\d])`,
          "iu",
        ),
      ) ??
        (field.kind === "set"
          ? this.take(new RegExp(`(?:\\bwith )?\\b${value}[ -]${label}\\b`, "iu"))
          : null) ??
        this.take(new RegExp(`\\b(?:the )?${label} (?:of|for) (?<rest>.+?) (?:to|as|=) ${value}$`, "iu"));
      if (found) {
        values[field.name] = this.valueOf(field, found.groups?.rest === undefined ? found[1] : found[2]);
      }
    }
    for (const field of fields.filter(({ kind, name }) => kind === "set" && values[name] === undefined)) {
      const found = this.take(new RegExp(`\\b(?:to|as) ${valuePattern(field)}$`, "iu"));
      if (found) values[field.name] = this.valueOf(field, found[1]);
    }
    return values;
  }

  private valueOf({ kind, values, list }: Field, said = ""): Json {
    const text = this.unmasked(said).replace(/^"(.*)"$/s, "$1");
    if (kind === "number") return Number(text.replaceAll(",", ""));
    if (kind === "boolean") return /^(?:true|yes)$/i.test(text);
    const value = kind === "set" ? values.find((one) => plainly(one) === plainly(text)) ?? text : text;
    return list ? [value] : value;
  }

  /** "of Acme", "in the Website project", "for the customer "Acme"", "of this deal". */
  private parents(fields: readonly Field[]): Parent[] {
    const noun = this.nouns.pattern;
    const low = `(?<=(?:the|my|our) )(?!${noun}\\b)[\\p{L}\\d][\\p{L}\\d' -]{1,40}?(?= ${noun}\\b)`;
    const parents: Parent[] = [];
    const pattern =
      `\\b(of|for|in|from|at|on|under|by|about|with) (?:(?:the|my|our|(this|that)) )?(?:(${noun})\\b ?)?` +
      `("\\d+"|${CAPITAL}|${low})?(?: ?\\b(${noun})\\b)?`;
    this.left = this.left.replace(new RegExp(pattern, "gu"), (all, how, here, before, name, after) => {
      const kind = this.nouns.subjectOf(before ?? after ?? "")?.noun ??
        (/^(?:on|about|with)$/.test(how) ? undefined : this.parentOf(fields)?.noun);
      if (!kind || (!name && !here)) return all;
      parents.push({ noun: kind, ...(name && { name: this.unmasked(name).replace(/^"(.*)"$/s, "$1") }) });
      return " ";
    });
    return parents;
  }

  /** What a field refers to: the first one, or this kind of thing. */
  private parentOf(fields: readonly Field[], noun?: string): Subject | undefined {
    const references = fields.filter(({ kind }) => kind === "reference").toSorted((a, b) =>
      Number(b.required) - Number(a.required)
    );
    return references.map(({ name }) => referred(name, this.nouns.vocabulary)).find((one) =>
      one && (!noun || one.noun === noun)
    );
  }

  /** What is left: the name of a row. */
  private name(): string | undefined {
    const quoted = /"(\d+)"/.exec(this.left)?.[1];
    if (quoted !== undefined) return this.quotes[Number(quoted)];
    const left = this.left.replace(new RegExp(`\\b${this.nouns.pattern}\\b`, "i"), " ");
    const plain = this.isMany()
      ? left.replace(PLAIN, " ")
      : left.replace(/^\s*(?:(?:the|my|our|an?|new|me|is|this|that)\s+)+/i, "");
    const name = plain.replace(/\s+/g, " ").replace(
      /^[\s,]*(?:called |named |titled )?|(?: (?:to|as|with|in|and))?[\s,]*$/g,
      "",
    );
    return name === "" || /^(?:this|that|it|the|my)$/.test(name) ? undefined : name;
  }

  /** The text of a new row, after a colon or in a clause of its own. */
  private freeText(): string | undefined {
    const [found, from = 0] = [FREE.exec(this.left)?.[0], FREE.exec(this.left)?.index];
    if (!found) return undefined;
    const after = this.left.slice(from + found.length);
    const rest = found.startsWith("to")
      ? new RegExp(`,? (?:in|for|on) (?:the|my) (?:.{2,40}? )?${this.nouns.pattern}\\b|,.*$`, "u").exec(after)
      : null;
    this.left = this.left.slice(0, from) + (rest ? ` ${after.slice(rest.index)}` : "");
    return this.unmasked(after.slice(0, rest?.index)).trim().replace(/^"(.*)"$/s, "$1");
  }

  /** "Mark it as done", "log a call": what has such a value; or what alone there is a tool for. */
  private unnamed(action: Action | undefined): Subject | undefined {
    const able = [...this.nouns.vocabulary.values()].filter(({ tools }) => action && tools[action]);
    const said = able.filter((one) => setsOf(one).some(({ values }) => values.some((value) => wordOf(value).test(this.left))));
    return [...said, ...able].find((one) => one === this.focus?.subject) ?? said[0] ?? (able.length === 1 ? able[0] : undefined);
  }

  /** The values of a closed set that are named; "open" are all but those at which things end. */
  private valuesOf(values: readonly string[]): string[] {
    const found = values.filter((value) => this.take(wordOf(value)));
    const open = values.filter((value) => !END.test(value));
    return found.length > 0 || open.length === values.length || !this.take(/\bopen\b/i) ? found : open;
  }

  private isMany(): boolean {
    const said = this.noun();
    return /\b(?:all|every|each)\b/i.test(this.left) ||
      said !== "" && this.nouns.subjectOf(said) !== undefined &&
        !` ${spoken(this.nouns.subjectOf(said)?.noun ?? "")} `.includes(` ${said.toLowerCase()} `);
  }

  private noun(own = false): string {
    return new RegExp(`${own ? "(?<!\\b(?:for|of|in|on|to) (?:the |my |our )?)" : ""}\\b(${this.nouns.pattern})\\b`, "i").exec(this.left)?.[1] ?? "";
  }

  private take(pattern: RegExp): RegExpExecArray | null {
    const found = pattern.exec(this.left);
    if (found) {
      this.left = `${this.left.slice(0, found.index)} ${found.groups?.rest ?? ""} ${
        this.left.slice(found.index + found[0].length)
      }`;
    }
    return found;
  }

  private unmasked(text: string): string {
    return text.replace(/"(\d+)"/g, (_, at) => `"${this.quotes[Number(at)]}"`);
  }
}

/** The closed sets of a kind of thing, as any of its tools has them. */
function setsOf({ tools: { list, update, create } }: Subject): Field[] {
  const fields = [list, update, create].flatMap((tool) => [...tool?.fields ?? [], ...tool?.changes ?? []]);
  return fields.filter(({ kind, name }, at) =>
    kind === "set" && fields.findIndex((other) => other.name === name) === at
  );
}

const plainly = (text: string) => text.toLowerCase().replace(/[_ -]/g, " ");

function wordOf(value: string): RegExp {
  return new RegExp(`\\b${value.replace(/[^\p{L}\d_ -]/gu, "\\$&").replace(/[_ -]/g, "[_ -]")}\\b`, "i");
}

function valuePattern({ kind, values }: Field): string {
  if (kind === "set") {
    return `(${values.map((value) => wordOf(value).source.replaceAll("\\b", "")).join("|")})`;
  }
  if (kind === "number") return "(-?\\d[\\d,]*(?:\\.\\d+)?)";
  if (kind === "boolean") return "(true|false|yes|no)";
  return `("\\d+"|\\d[\\d:TZ.+-]*|${CAPITAL}|(?<=(?:to|is|as|=|:|titled|called|named) )[\\p{L}\\d@._-]+)`;
}
