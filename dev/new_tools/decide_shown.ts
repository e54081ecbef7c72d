// What of a row is shown: to whoever asks for one, and in a list.
import type { Facts } from "./facts.ts";
import { isPlainName } from "./naming.ts";
import type { Column, Reference, Relation } from "./relation.ts";
import {
  isChange,
  isClosedSet,
  isDate,
  isLong,
  isNumber,
  isSecret,
  isText,
  isWhole,
  titleOf,
} from "./roles_of_columns.ts";
import { variable } from "./taken_names.ts";

const MOST_SHOWN = 24;
const MOST_LISTED = 8;

/** A row of another table that a column refers to, and that is told by its title. */
export interface Embedded {
  column: Column;
  /** What it is told as. */
  name: string;
  constraint: string;
  target: Relation;
  title: Column;
}

export interface Shown {
  /** In the table's order. */
  columns: Column[];
  listed: Column[];
  embedded: Embedded[];
  /** How many a row has that could be shown as well. */
  left_out: number;
  /** Columns of a type that nobody can read. */
  unreadable: Column[];
  /** Columns that hold a secret, or noise, as their names say. */
  secret: Column[];
  /** Columns whose names can't be in a query. */
  odd: Column[];
  references: Referring[];
}

/** A column that names a row of another table. */
export interface Referring {
  column: Column;
  reference: Reference;
}

/** Types that only their makers read. */
const NOISE = /^(tsvector|bytea|vector|halfvec|sparsevec|geometry|geography|raster|gtsvector|tsquery)$/;

export function decideShown(
  facts: Facts,
  { wanted, others }: { wanted?: readonly string[]; others: readonly Relation[] },
): Shown {
  const { relation, owner, title, deleted, key } = facts;
  const keys = key.map(({ column }) => column);
  const references = referring(relation);
  const named = relation.columns.filter(({ name }) => wanted === undefined || wanted.includes(name));
  const readable = relation.columns.filter((column) =>
    keys.includes(column) || named.includes(column) && column.may_select && isPlainName(column.name) &&
      !NOISE.test(column.type) && !isSecret(column) && column !== owner && column !== deleted?.column
  );
  const ranked = readable.toSorted((a, b) => rank(a, facts, references) - rank(b, facts, references));
  const most = wanted === undefined ? MOST_SHOWN : Infinity;
  const long = readable.find(isLong);
  const shown = withFirst(ranked.slice(0, most), long, most);
  const listable = ranked.filter((column) =>
    keys.includes(column) || column === title || title === undefined || !isLong(column)
  );
  const listed = listable.slice(0, MOST_LISTED);
  const inOrder = (columns: readonly Column[]) =>
    relation.columns.filter((column) => columns.includes(column));
  return {
    columns: inOrder(shown),
    listed: inOrder(listed),
    embedded: references.filter(({ column }) => shown.includes(column))
      .flatMap((one) => embedded(one, facts, others)),
    left_out: ranked.length - shown.length,
    unreadable: named.filter((column) =>
      column.may_select && !isSecret(column) && NOISE.test(column.type) && column.type !== "tsvector"
    ),
    secret: named.filter((column) => column.may_select && isSecret(column) && !keys.includes(column)),
    odd: named.filter(({ name }) => !isPlainName(name)),
    references: references.filter(({ column }) => readable.includes(column)),
  };
}

/** The columns, with this one among them: in the place of the last where there is no other. */
function withFirst(columns: Column[], first: Column | undefined, most: number): Column[] {
  if (first === undefined || columns.includes(first)) return columns;
  return [...columns.slice(0, most - 1), first];
}

function rank(column: Column, { key, title }: Facts, references: readonly Referring[]): number {
  const is = [
    key.some((one) => one.column === column),
    column === title,
    isClosedSet(column),
    references.some((one) => one.column === column),
    isDate(column) && !isChange(column),
    isNumber(column),
    column.type === "bool" && !column.is_array,
    isText(column) && !isLong(column),
    !isLong(column) && !isChange(column),
    isChange(column),
  ];
  const found = is.indexOf(true);
  return found === -1 ? is.length : found;
}

/** The columns that refer to one row each: of a composite key, what does not only bind the user. */
function referring(relation: Relation): Referring[] {
  return relation.references.flatMap((reference): Referring[] => {
    const names = reference.columns.filter((name) => reference.columns.length === 1 || name !== "user_id");
    const [column] = relation.columns.filter(({ name }) => names.includes(name));
    return names.length === 1 && column !== undefined ? [{ column, reference }] : [];
  });
}

/**
 * A row that refers to its own table is not told by a title: which end of the reference is meant can't be said by the
 * constraint's name.
 */
function embedded(
  { column, reference }: Referring,
  { relation, names }: Facts,
  others: readonly Relation[],
): Embedded[] {
  const target = others.find(({ name }) => name === reference.table);
  const title = target && titleOf(target);
  if (reference.schema !== "public" || !target || !title || target.name === relation.name) return [];
  if (!isPlainName(reference.constraint) || !isPlainName(target.name) || !isWithKey(target, reference)) {
    return [];
  }
  const name = column.name.replace(/_?id$/i, "") || target.name;
  const is_taken = relation.columns.some((one) => one.name === name) || variable(name) !== name ||
    [names.one, names.many].includes(name);
  return [{ column, name: is_taken ? `${name}_row` : name, constraint: reference.constraint, target, title }];
}

/** Whether the row is named by its key, so that it can be told which one is shown. */
function isWithKey({ key }: Relation, { target_columns }: Reference): boolean {
  return key.length === 1 && target_columns.includes(key[0] ?? "");
}

/** Whether a column's values are those of `RowNumber`. */
export function isRowNumber(column: Column, references: readonly Referring[], key: Facts["key"]): boolean {
  const names_row = key.some((one) => one.column === column) ||
    references.some((one) => one.column === column);
  return names_row && isWhole(column);
}
