// What a column is for, as its name and its rules tell.
import { isPlainName, snake } from "./naming.ts";
import type { Column, Relation } from "./relation.ts";

const TEXTS = ["text", "varchar", "bpchar", "citext", "name"];
const TIMES = ["timestamptz", "timestamp"];

export function isText({ type, is_array, labels }: Column): boolean {
  return TEXTS.includes(type) && !is_array && labels === null;
}

export function isTime({ type, is_array }: Column): boolean {
  return TIMES.includes(type) && !is_array;
}

export function isDate(column: Column): boolean {
  return isTime(column) || column.type === "date" && !column.is_array;
}

export function isNumber({ type, is_array }: Column): boolean {
  return ["int2", "int4", "int8", "numeric", "float4", "float8"].includes(type) && !is_array;
}

export function isWhole({ type, is_array }: Column): boolean {
  return ["int2", "int4", "int8"].includes(type) && !is_array;
}

/** One of a few values. */
export function isClosedSet({ labels, is_array }: Column): boolean {
  return labels !== null && !is_array;
}

const SECRET =
  /pass(word|wd|phrase)|secret|token|salt|embedding|api_?key|private_?key|credential|credit_?card|card_?number|(^|_)(hash|ssn|iban|cvv|cvc|pin)(_|$)/;

/** Nobody's to read for an agent, or noise. */
export function isSecret({ name }: Column): boolean {
  return SECRET.test(snake(name));
}

const LONG =
  /(^|_)(body|contents?|descriptions?|notes?|comments?|details|text|summary|bio|message|instructions?|remarks?|about|transcript|markdown|html|answer|background|context)$/i;

/** Text of several lines, by its name. */
export function isLong(column: Column): boolean {
  return isText(column) && (column.length ?? 1_000) > 300 && LONG.test(snake(column.name));
}

const CREATED = /^(created|inserted|added)(_?at|_?on)?$/i;
const CHANGED = /^(updated|modified|changed|edited)(_?at|_?on)?$/i;

/** When the row came to be, which the database says. */
export function isCreation(column: Column): boolean {
  return isDate(column) && CREATED.test(column.name);
}

/** When it was last changed. */
export function isChange(column: Column): boolean {
  return isDate(column) && CHANGED.test(column.name);
}

/** What marks a row as deleted, and the rows that are not. */
export interface SoftDelete {
  column: Column;
  /** In a query. */
  filter: string;
  /** In SQL. */
  condition: string;
}

export function softDelete({ columns }: Relation): SoftDelete | undefined {
  const column = columns.find((one) =>
    one.may_select && (isTime(one) && /^deleted_?at$/i.test(one.name) && !one.not_null ||
      one.type === "bool" && !one.is_array && /^(is_?)?deleted$/i.test(one.name))
  );
  if (column === undefined) return undefined;
  const name = column.quoted;
  return column.type !== "bool"
    ? { column, filter: `.is("${column.name}", null)`, condition: `${name} is null` }
    : column.not_null
    ? { column, filter: `.eq("${column.name}", false)`, condition: `not ${name}` }
    : { column, filter: `.not("${column.name}", "is", true)`, condition: `${name} is not true` };
}

/** The words that call a row by its name, and those that only tell it from others. */
const TITLES = [
  [
    "title",
    "name",
    "display_name",
    "full_name",
    "subject",
    "label",
    "headline",
    "username",
    "company_name",
    "legal_name",
    "first_name",
  ],
  ["caption", "heading", "task", "slug", "code", "email"],
];

/** The column that says to a person which row it is: of words alike, one that is always there. */
export function titleOf(relation: Relation): Column | undefined {
  const texts = relation.columns.filter((column) =>
    isText(column) && column.may_select && !isSecret(column) && isPlainName(column.name)
  );
  const always_first = (columns: readonly Column[]) => columns.find(({ not_null }) => not_null) ?? columns[0];
  const known = TITLES.map((words) =>
    always_first(words.flatMap((word) => texts.filter(({ name }) => snake(name) === word)))
  ).find((column) => column !== undefined);
  const named = always_first(texts.filter(({ name }) => /(_|[a-z])(name|title)$/i.test(name)));
  return known ?? named ??
    texts.find((column) => column.not_null && !isLong(column) && !relation.key.includes(column.name));
}
