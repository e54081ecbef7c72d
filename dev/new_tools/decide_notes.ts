// What whoever asked for tools should know of them.
import type { Wish } from "./facts.ts";
import type { ToolPlan } from "./tool_plan.ts";
import { inWords } from "./decide_writes.ts";
import { readByColumns } from "./owner_column.ts";
import type { Relation } from "./relation.ts";
import { isLong } from "./roles_of_columns.ts";

/** Sentences about what was left out, and what the table lacks. */
export function decideNotes(plan: Omit<ToolPlan, "notes">, wish: Wish): string[] {
  const { relation, owner, title, key, shown, list, writes } = plan;
  return [
    ...writes.missing,
    key.length === 0 && wish.writes.length === 0 &&
    "Its rows have no key that users may read, so that its tools only list them.",
    title === undefined &&
    "It has no column that would do as a title: its rows are told by their keys alone.",
    shown.left_out > 0 &&
    `${shown.left_out} of ${relation.columns.length} columns are left out; name those that count with --columns, or edit SHOWN.`,
    shown.unreadable.length > 0 && `Left out, since nobody can read them: ${inWords(shown.unreadable)}.`,
    shown.secret.length > 0 &&
    `Left out, for what their names say: ${shown.secret.map(({ name }) => name).join(", ")}.`,
    shown.odd.length > 0 &&
    `Left out, since no code can hold their names as they are: ${
      shown.odd.map(({ name }) => JSON.stringify(name)).join(", ")
    }.`,
    list.search?.by === "title" && relation.columns.some((column) => isLong(column)) &&
    `Words are looked for in ${list.search.column.name} only; a generated tsvector column finds more.`,
    relation.kind === "view" &&
    "A view does not say of which rows it shows text, so that what its tools tell counts as text from outside; " +
      "where nobody else writes any of it, say untrusted_output = false in the migration.",
    relation.kind === "foreign table" &&
    "Every user sees all of its rows: Postgres knows no policies on foreign tables.",
    relation.kind === "table" && !relation.has_rls && "Every user sees all of its rows.",
    ...ownerNotes(relation, owner?.name),
  ].filter((note) => typeof note === "string");
}

function ownerNotes(relation: Relation, owner: string | undefined): string[] {
  const { kind, policies, indexes, has_rls } = relation;
  if (!has_rls || !["table", "partitioned"].includes(kind)) return [];
  const is_open = policies.every(({ using }) => using === "true");
  const slow = readByColumns(relation).filter(({ name }) => !indexes.some(([first]) => first === name));
  return [
    ...(owner !== undefined || is_open ? [] : [
      "Whose a row is, no column says; a conversation, and what it changed, stay its user's own all the same.",
    ]),
    ...slow.map(({ name }) =>
      `No index leads with ${name}, by which a policy finds a user's rows: with many rows of others, each turn looks through all of them.`
    ),
  ];
}
