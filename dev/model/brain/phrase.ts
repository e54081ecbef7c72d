// The words of one clause, which are taken out as they are understood. Quoted texts stand as their numbers in quotes.
import type { Json } from "../../../shared/contracts/text.ts";
import type { Row } from "./conversation.ts";
import { setsOf, spoken } from "./vocabulary.ts";
import type { Field, Parent, Subject, Verb, Vocabulary } from "./vocabulary.ts";

const END = /^(?:done|closed|completed|finished|cancelled|archived|resolved|solved|won|lost|rejected)$/;
const PLAIN =
  " all every each the my our a an any me of i you do does is are have has there new another to as with and " +
  "up on in for from this that first next top its called named titled ";
const CAPITAL = String.raw`\p{Lu}[\p{L}\d&.-]*(?: (?:\p{Lu}|\d)[\p{L}\d&.-]*)*`;

export class Phrase {
  constructor(private left: string, private vocabulary: Vocabulary, private quotes: readonly string[]) {}

  take(source: string): RegExpExecArray | null {
    const pattern = new RegExp(source, "u");
    const found = pattern.exec(this.left);
    this.left = this.left.replace(pattern, () => ` ${found?.groups?.rest ?? ""} `);
    return found;
  }

  /** With the quoted texts in their places, in quotes or without. */
  unmasked(text: string, quote = '"'): string {
    return text.replace(/"(\d+)"/g, (_, at) => quote + this.quotes[Number(at)] + quote);
  }

  /** The kind of thing that is named first; or which has a value that is named, or is all that there is a tool for. */
  subject(verb: Verb): Subject | undefined {
    const able = this.vocabulary.subjects.filter(({ tools }) => tools[verb]);
    const says = ({ values }: Field) => values.some((value) => wordOf(value).test(this.left));
    const named = this.noun(verb === "create" ? "(?<!\\b(?:for|of|in|on|to) (?:the |my )?)" : "");
    const told = this.vocabulary.subjectOf(named) ?? able.find((one) => setsOf(one).some(says));
    return told ?? (able.length === 1 ? able[0] : undefined);
  }

  /** Whether many are spoken of: "all", or the noun in its plural. */
  isMany(): boolean {
    const said = this.noun().toLowerCase();
    const one = ` ${this.vocabulary.subjectOf(said)?.one} `.includes(` ${said} `);
    return /\b(?:all|every|each)\b/i.test(this.left) || said !== "" && !one;
  }

  /** What is left: the name of a row. */
  name(many: boolean): string | undefined {
    const quoted = /"(\d+)"/.exec(this.left)?.[1];
    if (quoted !== undefined) return this.quotes[Number(quoted)];
    const left = this.left.replace(new RegExp(`\\b${this.vocabulary.nouns}\\b`, "i"), " ");
    const words = left.split(/[\s,:]+/).filter(Boolean);
    const tells = (word: string) => !PLAIN.includes(` ${word.toLowerCase()} `);
    const inside = words.slice(words.findIndex(tells), words.findLastIndex(tells) + 1);
    return (many ? inside.filter(tells) : inside).join(" ") || undefined;
  }

  /** The values of a closed set that are named; "open" are all but those at which things end. */
  valuesOf(values: readonly string[]): string[] {
    const found = values.filter((value) => this.take(`(?i:${wordOf(value).source})`));
    const open = values.filter((value) => !END.test(value));
    return found.length > 0 || open.length === values.length || !this.take("\\bopen\\b") ? found : open;
  }

  /** "the stage of … to won", "with amount 5000 and high priority", "as done". */
  changes(fields: readonly Field[]): Row {
    const values: Row = {};
    for (const field of fields.filter(({ kind }) => /^(?:set|string|number|integer|boolean)$/.test(kind))) {
      const value = `(?<value>${valuePattern(field)})`;
      const label = `\\b(?:${spoken(field.name)}${/^(?:title|name)$/.test(field.name) ? TITLED : ""})`;
      const set = field.kind === "set" ? `|\\b${value}[ -]${label}\\b|\\b(?:to|as) ${value}$` : "";
      const apart = `${label} (?:of|for) (?<rest>.+?) (?:to|as|=) ${value}$`;
      const said = this.take(`${label} ?(?:to|is|as|=|:)? ?${value}(?![\\p{L}\\d])|${apart}${set}`);
      if (said?.groups?.value) values[field.name] = valueOf(field, this.unmasked(said.groups.value, ""));
    }
    return values;
  }

  /** The first of these fields that is spoken of still, after all that was understood was taken: "with stage negotiated". */
  unread(fields: readonly Field[], before: "with|and" | "and"): Field | undefined {
    const left = (name: string) => new RegExp(`\\b(?:${before}) (?:an? |the )?${spoken(name)}\\b`, "iu");
    return fields.find(({ name }) => left(name).test(this.left));
  }

  /** "of Acme", "in the Website project", "for the customer "Acme"", "of this deal". */
  parents(fields: readonly Field[], own?: Subject): Parent[] {
    const { nouns, subjectOf, referred } = this.vocabulary;
    const owner = fields.find(({ kind }) => kind === "reference");
    const low = `(?<=(?:the|my|our) )(?!${nouns}\\b)[\\p{L}\\d][\\p{L}\\d' -]{1,40}?(?= ${nouns}\\b)`;
    const pattern = `\\b(of|for|in|from|at|under|by|on|about|with|to) (?:(?:the|my|our|(this|that)) )?` +
      `(?:(${nouns})\\b ?)?("\\d+"|${low}|${CAPITAL})?(?: ?\\b(${nouns})\\b)?`;
    const parents: Parent[] = [];
    this.left = this.left.replace(new RegExp(pattern, "gu"), (all, of, here, before, name, after) => {
      const likely = /on|about|with|to/.test(of) ? undefined : owner && referred(owner.name);
      const subject = subjectOf(before ?? after ?? "") ?? likely;
      if (!subject || subject === own || !name && !here) return all;
      parents.push({ subject, name: name && this.unmasked(name, "") });
      return " ";
    });
    return parents;
  }

  private noun(before = ""): string {
    return new RegExp(`${before}\\b(${this.vocabulary.nouns})\\b`, "i").exec(this.left)?.[1] ?? "";
  }
}

const TITLED = "|titled|called|named";

function valueOf({ kind, values, takesList }: Field, text: string): Json {
  if (/number|integer/.test(kind)) return Number(text.replaceAll(",", ""));
  if (kind === "boolean") return /true|yes/i.test(text);
  const value = values.find((one) => wordOf(one).test(text)) ?? text;
  return takesList ? [value] : value;
}

/** A value as a word of its own, in any script and with any signs. */
function wordOf(value: string): RegExp {
  const literal = value.replace(/[$()*+.?[\\\]^{|}/]/g, "\\$&").replace(/[_ -]/g, "[_ -]");
  return new RegExp(`(?<![\\p{L}\\d_])${literal}(?![\\p{L}\\d_])`, "iu");
}

function valuePattern({ kind, values }: Field): string {
  if (kind === "set") return `(?i:${values.map((value) => wordOf(value).source).join("|")})`;
  if (/number|integer/.test(kind)) return "-?\\d[\\d,]*(?:\\.\\d+)?";
  if (kind === "boolean") return "\\b(?:true|false|yes|no)";
  return `"\\d+"|\\d[\\d:TZ.+-]*|${CAPITAL}|(?<=(?:to|is|as|=|:|titled|called|named) )[\\p{L}\\d@._-]+`;
}
