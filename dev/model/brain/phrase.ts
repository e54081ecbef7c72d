// The words of one clause, which are taken out as they are understood. Quoted texts stand as their numbers in quotes.
import type { Json } from "../../../shared/contracts/text.ts";
import type { Nouns } from "./clauses.ts";
import type { Row } from "./conversation.ts";
import { type Field, referred, spoken, type Subject, type Verb } from "./vocabulary.ts";

const END = /^(?:done|closed|completed|finished|cancelled|archived|resolved|solved|won|lost|rejected)$/;
const PLAIN =
  " all every each the my our a an any me of i you do does is are have has there new another to as with and " +
  "up on in for from this that first next top its called named titled ";
const CAPITAL = String.raw`\p{Lu}[\p{L}\d&.-]*(?: (?:\p{Lu}|\d)[\p{L}\d&.-]*)*`;

export class Phrase {
  constructor(private left: string, private nouns: Nouns, private quotes: readonly string[]) {}

  take(source: string): RegExpExecArray | null {
    const found = new RegExp(source, "u").exec(this.left);
    const rest = ` ${found?.groups?.rest ?? ""} `;
    if (found) {
      this.left = this.left.slice(0, found.index) + rest + this.left.slice(found.index + found[0].length);
    }
    return found;
  }

  /** With the quoted texts in their places, in quotes or without. */
  unmasked(text: string, quote = '"'): string {
    return text.replace(/"(\d+)"/g, (_, at) => quote + this.quotes[Number(at)] + quote);
  }

  /** The kind of thing that is named first; or which has a value that is named, or is all that there is a tool for. */
  subject(verb: Verb): Subject | undefined {
    const able = [...this.nouns.vocabulary.values()].filter(({ tools }) => tools[verb]);
    const says = ({ values }: Field) => values.some((value) => wordOf(value).test(this.left));
    const named = this.nouns.subjectOf(
      this.noun(verb === "create" ? "(?<!\\b(?:for|of|in|on|to) (?:the |my )?)" : ""),
    );
    return named ?? able.find((one) => setsOf(one).some(says)) ?? (able.length === 1 ? able[0] : undefined);
  }

  /** Whether many are spoken of: "all", or the noun in its plural. */
  isMany(): boolean {
    const said = this.noun("").toLowerCase();
    const one = ` ${spoken(this.nouns.subjectOf(said)?.noun ?? "")} `.includes(` ${said} `);
    return /\b(?:all|every|each)\b/i.test(this.left) || said !== "" && !one;
  }

  /** What is left: the name of a row. */
  name(many: boolean): string | undefined {
    const quoted = /"(\d+)"/.exec(this.left)?.[1];
    if (quoted !== undefined) return this.quotes[Number(quoted)];
    const left = this.left.replace(new RegExp(`\\b${this.nouns.pattern}\\b`, "i"), " ");
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
    for (const field of fields.filter(({ kind }) => kind !== "reference" && kind !== "other")) {
      const value = `(?<value>${valuePattern(field)})`;
      const title = /^(?:title|name)$/.test(field.name) ? "|titled|called|named" : "";
      const label = `\\b(?:${spoken(field.name)}${title})`;
      const set = field.kind === "set" ? `|\\b${value}[ -]${label}\\b|\\b(?:to|as) ${value}$` : "";
      const apart = `${label} (?:of|for) (?<rest>.+?) (?:to|as|=) ${value}$`;
      const said = this.take(`${label} ?(?:to|is|as|=|:)? ?${value}(?![\\p{L}\\d])|${apart}${set}`)?.groups
        ?.value;
      if (said !== undefined) values[field.name] = valueOf(field, this.unmasked(said, ""));
    }
    return values;
  }

  /** "of Acme", "in the Website project", "for the customer "Acme"", "of this deal". */
  parents(fields: readonly Field[], own: string): { noun: string; name?: string }[] {
    const noun = this.nouns.pattern;
    const low = `(?<=(?:the|my|our) )(?!${noun}\\b)[\\p{L}\\d][\\p{L}\\d' -]{1,40}?(?= ${noun}\\b)`;
    const pattern = `\\b(of|for|in|from|at|under|by|on|about|with|to) (?:(?:the|my|our|(this|that)) )?` +
      `(?:(${noun})\\b ?)?("\\d+"|${low}|${CAPITAL})?(?: ?\\b(${noun})\\b)?`;
    const parents: { noun: string; name?: string }[] = [];
    this.left = this.left.replace(new RegExp(pattern, "gu"), (all, of, here, before, named, after) => {
      const first = /on|about|with|to/.test(of) ? undefined : this.nounsIn(fields)[0];
      const kind = this.nouns.subjectOf(before ?? after ?? "")?.noun ?? first;
      if (!kind || kind === own || !named && !here) return all;
      parents.push({ noun: kind, ...(named && { name: this.unmasked(named, "") }) });
      return " ";
    });
    return parents;
  }

  /** The kinds of things that fields refer to. */
  nounsIn(fields: readonly Field[]): string[] {
    const references = fields.filter(({ kind }) => kind === "reference");
    return references.flatMap(({ name }) => referred(name, this.nouns.vocabulary)?.noun ?? []);
  }

  private noun(before: string): string {
    return new RegExp(`${before}\\b(${this.nouns.pattern})\\b`, "i").exec(this.left)?.[1] ?? "";
  }
}

/** The closed sets of a kind of thing, as any of its tools has them. */
export function setsOf({ tools: { list, update, create } }: Subject): Field[] {
  const fields = [create, update, list].flatMap((tool) => [...tool?.changes ?? [], ...tool?.fields ?? []]);
  return [...new Map(fields.filter(({ kind }) => kind === "set").map((one) => [one.name, one])).values()];
}

function valueOf({ kind, values, list }: Field, text: string): Json {
  if (kind === "number") return Number(text.replaceAll(",", ""));
  if (kind === "boolean") return /true|yes/i.test(text);
  const value = values.find((one) => wordOf(one).test(text)) ?? text;
  return list ? [value] : value;
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
