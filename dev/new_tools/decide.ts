// Which tools a relation gets, and what each of them has: rules only, nothing is read or written here.
import { argumentField, closedSetsOf, described } from "./argument_field.ts";
import { decideList } from "./decide_list.ts";
import { decideNotes } from "./decide_notes.ts";
import { decideShown } from "./decide_shown.ts";
import { decideWrites } from "./decide_writes.ts";
import type { Argument, Facts, Wish } from "./facts.ts";
import { isPlainName, type Names, snake } from "./naming.ts";
import { ownerColumn } from "./owner_column.ts";
import { type Column, columnOf, type Relation } from "./relation.ts";
import { softDelete, titleOf } from "./roles_of_columns.ts";
import { TAKEN_CONSTANTS, typeName } from "./taken_names.ts";
import type { ToolPlan } from "./tool_plan.ts";

/** Decides what the tools of a relation are. It has passed `refusals`; `others` are all relations there are. */
export function decide(
  relation: Relation,
  names: Names,
  wish: Wish,
  others: readonly Relation[],
): ToolPlan {
  const wanted = (name: string) => wish.columns === undefined || wish.columns.includes(name);
  const owner = ownerColumn(relation);
  const title = titleOf(relation);
  const deleted = softDelete(relation);
  const sets = closedSetsOf(
    relation.columns.filter(({ name }) => wanted(name) || relation.key.includes(name)),
    new Set([...TAKEN_CONSTANTS, names.Camel, typeName(names.Camel)]),
  );
  const key = keyOf(relation).map((column) => keyArgument(column, relation, names, sets));
  const facts: Facts = { relation, names, owner, title, deleted, sets, key: key.every(isThere) ? key : [] };
  const shown = decideShown(facts, { wanted: wish.columns, others });
  const list = decideList(facts, shown);
  const writes = decideWrites(facts, shown, wish);
  return { ...facts, shown, list, writes, notes: decideNotes({ ...facts, shown, list, writes }, wish) };
}

/** The columns of the key, where users may read all of them. A view has none that says so, but for its `id`. */
function keyOf(relation: Relation): Column[] {
  const names = relation.kind === "view"
    ? relation.columns.filter(({ name }) => name === "id").map(({ name }) => name)
    : relation.key;
  const columns = names.map((name) => columnOf(relation, name));
  return columns.every(({ may_select, name }) => may_select && isPlainName(name)) ? columns : [];
}

function keyArgument(
  column: Column,
  { key, references }: Relation,
  { one }: Names,
  sets: Facts["sets"],
): Argument | null {
  const field = argumentField(column, { sets, is_key: true });
  if (field === null) return null;
  const is_own = key.length <= 1 && !references.some(({ columns }) => columns.includes(column.name)) ||
    column.name === "id";
  const name = is_own ? joined(one, snake(column.name)) : column.name;
  return { name, column, field: described(field, column), required: true, clearable: false };
}

/** The two names as one, which says no words twice: `team_member` and `member_id` are `team_member_id`. */
function joined(one: string, column: string): string {
  const words = one.split("_");
  const from = words.findIndex((_, at) => `${column}_`.startsWith(`${words.slice(at).join("_")}_`));
  return [...(from === -1 ? words : words.slice(0, from)), column].join("_");
}

function isThere<Value>(value: Value | null): value is Value {
  return value !== null;
}
