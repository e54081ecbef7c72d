// What the parts of a file of tools have in common: names, and expressions that stand in several of its functions.
import type { Argument } from "./facts.ts";
import type { ToolPlan } from "./tool_plan.ts";
import type { Embedded } from "./decide_shown.ts";
import type { Column } from "./relation.ts";
import { isTime } from "./roles_of_columns.ts";
import { rowVariable, typeName, variable } from "./taken_names.ts";

export interface Phrases {
  /** The variables for a row and for several. */
  row: string;
  rows: string;
  /** The type of a row that is told. */
  type: string;
  /** The functions that read one row, tell one, and name the rows whose text is told. */
  read: string;
  tell: string;
  shows: string;
  /** Columns with a time, of what is shown. */
  times: string[];
  /** The rows of other tables that are told of one row, and of each in a list. */
  embedded: Embedded[];
  /** What is handed on where a row is told. */
  zone: "" | ", time_zone";
}

export function phrasesFor({ names, shown }: ToolPlan): Phrases {
  const row = rowVariable(names.one);
  const many = variable(names.many);
  const times = shown.columns.filter(isTime).map(({ name }) => name);
  return {
    ...{ row, rows: many === row ? `all_${many}` : many },
    ...{
      type: typeName(names.Camel),
      read: freeName(`${names.camel}Of`),
      tell: freeName(`tell${names.Camel}`),
      shows: `shown${names.Many}`,
    },
    ...{ times, embedded: shown.embedded, zone: times.length > 0 ? ", time_zone" : "" },
  };
}

/** A function's name that no import and no other function of the file has. */
function freeName(name: string): string {
  return ["dataOf", "rowsOf", "tellCreated", "tellChanged"].includes(name) ? `${name}Row` : name;
}

/** The key among a tool's arguments: by names of their own, unless those stand for something else in the file. */
export function keyArguments({ key }: ToolPlan, { row, rows }: Phrases, ...others: string[]) {
  const names = key.map(({ name }) => name);
  const are_free = names.every((name) => variable(name) === name && name !== row && name !== rows);
  return are_free
    ? { parameter: `{ ${[...names, ...others].join(", ")} }`, names: [...names, ...others], prefix: "" }
    : { parameter: "args", names: ["args"], prefix: "args." };
}

/** A string as it stands in code. */
export function text(value: string): string {
  return JSON.stringify(value);
}

/** The fields of a row, told: times on the user's clock, other rows by their titles. */
export function told(row: string, { embedded, times, tell, zone }: Phrases): string {
  if (embedded.length > 0) return `${tell}(${row}${zone})`;
  return times.length > 0 ? `localTimes(${row}, TIMES${zone})` : row;
}

/** What a person calls the row, in a message. */
export function calledIn({ title, key, relation }: ToolPlan, row: string): string {
  if (title === undefined) return key.map(({ column }) => `\${${row}.${column.name}}`).join(", ");
  const is_always_there = title.not_null && relation.kind !== "view";
  return `\${quoted(${row}.${title.name}${is_always_there ? "" : ` ?? "untitled"`})}`;
}

/** The same as an expression. */
export function called({ title, key }: ToolPlan, row: string): string {
  if (title === undefined) return "`" + key.map(({ column }) => `\${${row}.${column.name}}`).join(", ") + "`";
  return `${row}.${title.name}${title.not_null ? "" : ` ?? "untitled"`}`;
}

/** The row's key as text. */
export function keyText({ key }: ToolPlan, row: string): string {
  const parts = key.map(({ column }) => `${row}.${column.name}`);
  return parts.length === 1 ? parts.join("") : `rowKey(${parts.join(", ")})`;
}

/** The rows whose text a result shows, where it tells of one. */
export function shownOne(plan: ToolPlan, { embedded, shows }: Phrases, row: string): string {
  return embedded.length > 0
    ? `${shows}([${row}])`
    : `shown(${text(plan.relation.quoted)}, ${keyText(plan, row)})`;
}

/** The same where it tells of several. */
export function shownAll(plan: ToolPlan, { rows, row, shows, embedded }: Phrases): string {
  return embedded.length > 0 ? `${shows}(${rows})` : ownRows(plan, rows, row);
}

export function ownRows(plan: ToolPlan, rows: string, row: string): string {
  return `shown(${text(plan.relation.quoted)}, ...${rows}.map((${row}) => ${keyText(plan, row)}))`;
}

/** A condition on a column, in a query; `value` is an expression of the argument's type. */
export function equals({ column, field }: Argument, value: string): string {
  const name = text(column.name);
  const { type, labels, is_domain } = column;
  if (field.passes === "exact") return `.eq(${name}, exact(${value}))`;
  const is_typed = ["uuid", "text", "varchar", "bpchar"].includes(type) && labels === null && !is_domain;
  return is_typed ? `.eq(${name}, ${value})` : `.filter(${name}, "eq", ${value})`;
}

/** The conditions that find the row of a key, whose columns are expressions. */
export function byKey({ key }: ToolPlan, value: (one: Argument) => string): string {
  return key.map((one) => equals(one, value(one))).join("");
}

/** Types whose values the generated types and JSON have the same form for. */
const PLAIN_TYPES = [
  ...["uuid", "text", "varchar", "bpchar", "bool", "int2", "int4", "float4", "float8", "numeric", "date"],
  ...["timestamptz", "timestamp", "time", "timetz", "json", "jsonb"],
];

/** Whether a column is selected as text: its digits, or its form, would be lost otherwise. */
export function isReadAsText(column: Column, { names_row }: { names_row: boolean }): boolean {
  const { type, type_kind, precision, is_domain, is_native, is_array } = column;
  if (is_domain || !is_native && type !== "citext") return true;
  if (type_kind === "enum") return false;
  if (type_kind !== "base" || !PLAIN_TYPES.includes(type)) return true;
  if (is_array) return ["numeric"].includes(type);
  if (names_row && ["int2", "int4"].includes(type)) return true;
  return type === "numeric" && (precision === null || precision > 15);
}

/** Values as a write takes them: those that differ from the arguments of the same name. */
export function passed(all: readonly Argument[], from: string): string[] {
  return all.flatMap(({ name, field }) => {
    if (field.passes === "exact") return [`${name}: exact(${from}.${name})`];
    if (field.passes === "instant") {
      return [`${name}: ${from}.${name} && instant(${from}.${name}, time_zone)`];
    }
    return [];
  });
}

/** The last argument of a tool's functions: what they use of their context, `args` being the names that they have already. */
export function context(code: string, args: readonly string[] = []): string {
  const plain = code.replace(/"(?:[^"\\]|\\.)*"/g, '""');
  const used = ["new_id", "receipt", "time_zone", "user_id"].filter((name) =>
    !args.includes(name) && new RegExp(`(?<![.\\w])${name}\\b(?!:)`).test(plain)
  );
  return `{ ${["db", ...used].join(", ")} }`;
}
