// The field of an argument that fills a column: as it is written in a file of tools, and as zod has it, to count what it
// costs.
import { z } from "zod";
import { JsonObject } from "../../shared/contracts/text.ts";
import { Body, body, Day, Id, Line, line, Moment, Tags } from "../../shared/tools/fields.ts";
import { Decimal, RowNumber, WholeNumber } from "../../shared/tools/number_fields.ts";
import { pascal } from "./naming.ts";
import type { Column } from "./relation.ts";
import { isLong } from "./roles_of_columns.ts";

export interface ArgumentField {
  code: string;
  schema: z.ZodType;
  /** What a write or a filter does to the value first. */
  passes: "as it is" | "exact" | "instant";
}

/** The constant of a file that holds the values of a closed set. */
export interface ClosedSet {
  constant: string;
  labels: readonly string[];
}

/** A number with more digits has to be text. */
const DIGITS_OF_JSON = 15;
const LONGEST_LINE = 300;
const LONGEST_BODY = 100_000;
const LONGEST_COMMENT = 60;

/** The field for a column, or null where no argument can fill it. `sets` are the constants of the file. */
export function argumentField(
  column: Column,
  { sets, is_key }: { sets: ReadonlyMap<string, ClosedSet>; is_key: boolean },
): ArgumentField | null {
  const set = sets.get(column.name);
  const one = set ? asItIs(set.constant, z.enum(set.labels)) : plainField(column, is_key);
  if (one === null || !column.is_array) return one;
  if (one.passes !== "as it is") return null;
  if (one.code === "Line" && /tags$/i.test(column.name)) return asItIs("Tags", Tags);
  return asItIs(`z.array(${one.code})`, z.array(one.schema));
}

/** The field with the column's comment, where that is a short one: what a model reads of it. */
export function described(field: ArgumentField, { comment }: Column): ArgumentField {
  const words = comment?.trim() ?? "";
  if (words === "" || words.length > LONGEST_COMMENT || BREAKS_A_LINE.test(words)) return field;
  return {
    ...field,
    code: `${field.code}.describe(${JSON.stringify(words)})`,
    schema: field.schema.describe(words),
  };
}

const BREAKS_A_LINE = /[\p{Cc}\u2028\u2029]/u;

/** The constants for the closed sets among the columns, by column; columns of the same values share one. */
export function closedSetsOf(columns: readonly Column[], taken: ReadonlySet<string>): Map<string, ClosedSet> {
  const sets = new Map<string, ClosedSet>();
  for (const { name, labels } of columns) {
    if (labels === null || labels.length === 0) continue;
    const same = [...sets.values()].find((set) => JSON.stringify(set.labels) === JSON.stringify(labels));
    const others = [...sets.values()].map(({ constant }) => constant);
    sets.set(name, same ?? { constant: freeName(pascal(name), new Set([...taken, ...others])), labels });
  }
  return sets;
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  if (!/^[A-Z]/.test(name)) return freeName(`Value${name}`, taken);
  return taken.has(name) ? freeName(`${name}Value`, taken) : name;
}

function asItIs(code: string, schema: z.ZodType): ArgumentField {
  return { code, schema, passes: "as it is" };
}

function plainField(column: Column, is_key: boolean): ArgumentField | null {
  const { type, type_kind, is_native, precision } = column;
  if (type_kind === "range") return asItIs("Line", Line);
  if (type === "citext") return textField(column);
  if (type_kind !== "base" || !is_native) return null;
  switch (type) {
    case "uuid":
      return asItIs("Id", Id);
    case "int2":
    case "int4":
    case "int8":
      if (is_key) return { code: "RowNumber", schema: RowNumber, passes: "exact" };
      if (type === "int8") return { code: "WholeNumber", schema: WholeNumber, passes: "exact" };
      return asItIs("z.int()", z.int());
    case "numeric":
      return precision !== null && precision <= DIGITS_OF_JSON
        ? asItIs("z.number()", z.number())
        : { code: "Decimal", schema: Decimal, passes: "exact" };
    case "float4":
    case "float8":
      return asItIs("z.number()", z.number());
    case "bool":
      return asItIs("z.boolean()", z.boolean());
    case "date":
      return asItIs("Day", Day);
    case "timestamptz":
    case "timestamp":
      return { code: "Moment", schema: Moment, passes: "instant" };
    case "json":
    case "jsonb":
      return asItIs("JsonObject", JsonObject);
    case "text":
    case "varchar":
    case "bpchar":
    case "name":
      return textField(column);
    default:
      return TEXT_FORMS.includes(type) ? asItIs("Line", Line) : null;
  }
}

/** Types of which a value is short text to whoever writes it. */
const TEXT_FORMS = [
  ...["time", "timetz", "interval", "money", "inet", "cidr", "macaddr", "macaddr8", "xml", "bit", "varbit"],
  ...["point", "line", "lseg", "box", "path", "polygon", "circle"],
];

function textField(column: Column): ArgumentField {
  const { length, type } = column;
  const most = type === "name" ? 63 : length;
  if (most !== null && most <= LONGEST_LINE) return asItIs(`line(${most})`, line(most));
  if (most !== null && most < LONGEST_BODY) return asItIs(`body(${most})`, body(most));
  return isLong(column) ? asItIs("Body", Body) : asItIs("Line", Line);
}
