// What a list tool can search for, filter and sort by.
import { argumentField } from "./argument_field.ts";
import type { Argument, Facts } from "./facts.ts";
import type { Shown } from "./decide_shown.ts";
import { isPlainName } from "./naming.ts";
import type { Column } from "./relation.ts";
import { isChange, isClosedSet, isCreation, isDate, isNumber, isSecret } from "./roles_of_columns.ts";
import { LIST_ARGUMENTS } from "./taken_names.ts";

const MOST_FILTERS = 6;

export interface ListPlan {
  /** How words are looked for; null where nothing can be. */
  search: { by: "full text"; column: Column; config: string | null } | { by: "title"; column: Column } | null;
  sets: Argument[];
  flags: Argument[];
  references: Argument[];
  /** The column that has an earliest and a latest value; its arguments are this name with `_from` and `_to`. */
  range: Argument | null;
  /** What it can be sorted by, the usual way first, and whether that rises. */
  sorts: { column: Column; rises: boolean }[];
}

export function decideList(facts: Facts, shown: Shown): ListPlan {
  const { relation, title, sets } = facts;
  const fields = (columns: readonly Column[], is_key = false) =>
    columns.flatMap((column): Argument[] => {
      const field = argumentField(column, { sets, is_key });
      if (field === null || LIST_ARGUMENTS.has(column.name)) return [];
      return [{ name: column.name, column, field, required: false, clearable: false }];
    });
  const keys = facts.key.map(({ column }) => column);
  const single = keys.length === 1;
  const filters = [
    ...fields(shown.columns.filter((column) => isClosedSet(column))),
    ...fields(
      shown.references.map(({ column }) => column).filter((column) =>
        shown.columns.includes(column) && !(single && keys.includes(column)) && !isClosedSet(column)
      ),
      true,
    ),
    ...fields(shown.columns.filter(({ type, is_array }) => type === "bool" && !is_array)),
  ].filter((one, at, all) => all.findIndex(({ name }) => name === one.name) === at).slice(0, MOST_FILTERS);
  const range = rangeColumn(shown.columns);
  const of = (is: (column: Column) => boolean) => filters.filter(({ column }) => is(column));
  return {
    search: searchOf(relation.columns, title),
    sets: of(isClosedSet),
    flags: of(({ type }) => type === "bool"),
    references: of((column) => !isClosedSet(column) && column.type !== "bool"),
    range: range === undefined ? null : fields([range])[0] ?? null,
    sorts: sortsOf(facts, shown, range),
  };
}

function searchOf(columns: readonly Column[], title: Column | undefined): ListPlan["search"] {
  const words = columns.find(({ name, type, is_array, generated, may_select }) =>
    type === "tsvector" && !is_array && generated !== null && may_select && isPlainName(name)
  );
  if (words !== undefined) {
    const config = /to_tsvector\('(\w+)'::regconfig/.exec(words.generated ?? "")?.[1] ?? null;
    return { by: "full text", column: words, config };
  }
  return title === undefined ? null : { by: "title", column: title };
}

const TELLING_DATES = [/(^|_)due/i, /(^|_)(start|begin)/i, /(happened|occurred|scheduled|sent|date)/i];

/** What a list is asked for a time of: what says most, but for when the row was made. */
function rangeColumn(columns: readonly Column[]): Column | undefined {
  const dates = columns.filter(isDate);
  const own = dates.filter((column) => !isCreation(column) && !isChange(column));
  const telling = TELLING_DATES.map((telling) => own.find(({ name }) => telling.test(name)))
    .find((column) => column !== undefined);
  return telling ?? own[0] ?? dates.find(isCreation);
}

function sortsOf(
  { relation, title, key }: Facts,
  { columns }: Shown,
  range: Column | undefined,
): ListPlan["sorts"] {
  const created = columns.find(isCreation);
  const counted = key.map(({ column }) => column).find(({ identity, default: usual }) =>
    identity !== null || /^nextval\(/.test(usual ?? "")
  );
  const newest = created ?? counted;
  const number = columns.find((column) =>
    isNumber(column) && column !== counted && !key.some((one) => one.column === column) &&
    !relation.references.some((one) => one.columns.includes(column.name)) && !isSecret(column)
  );
  const sorts = [
    newest && { column: newest, rises: false },
    range !== undefined && range !== newest ? { column: range, rises: true } : undefined,
    number && { column: number, rises: false },
    title && { column: title, rises: true },
  ].filter((sort) => sort !== undefined);
  const [first] = key.length > 0 ? key.map(({ column }) => column) : columns;
  return sorts.length > 0 || first === undefined ? sorts : [{ column: first, rises: true }];
}
