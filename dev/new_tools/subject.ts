// The row of `agent_subjects` for a relation: what a run's first prompt shows of it.
import type { ToolPlan } from "./tool_plan.ts";
import { isClosedSet, isCreation } from "./roles_of_columns.ts";
import type { Column } from "./relation.ts";

export interface Subject {
  name: string;
  id_column: string;
  id_rest: string[];
  title_column: string | null;
  columns: string[];
  condition: string | null;
  group_column: string | null;
  newest_column: string | null;
  parent_column: string | null;
  /** Quoted where it has to be. */
  parent: string | null;
  count_up_to: number | null;
}

export function subjectOf(plan: ToolPlan): Subject {
  const { relation, names, title, deleted, key, shown } = plan;
  const [first, ...rest] = key.map(({ column }) => column);
  const parent = shown.embedded.find(({ column }) => column.not_null) ?? shown.embedded[0];
  const group = shown.columns.find((column) => isClosedSet(column) && column !== title);
  const told = shown.columns.filter((column) =>
    column !== title && !key.some((one) => one.column === column)
  );
  return {
    name: names.one,
    id_column: first?.name ?? "id",
    id_rest: rest.map(({ name }) => name),
    title_column: title?.name ?? null,
    columns: told.map(({ name }) => name),
    condition: deleted?.condition ?? null,
    group_column: group?.name ?? null,
    newest_column: key.length === 0 ? null : newestColumn(plan)?.name ?? null,
    parent_column: parent?.column.name ?? null,
    parent: parent?.target.quoted ?? null,
    count_up_to: relation.kind === "view" || relation.kind === "foreign table" ? 0 : null,
  };
}

/** What says which rows are the newest, where an index leads with it, by itself or after the owner. */
function newestColumn({ relation, owner, shown, key }: ToolPlan): Column | undefined {
  const counted = key.length === 1 ? key.map(({ column }) => column).find(isCounted) : undefined;
  const times = shown.columns.filter(isCreation);
  return times.find(({ name }) =>
    relation.indexes.some(([first, second]) => first === name || first === owner?.name && second === name)
  ) ?? counted;
}

function isCounted({ identity, default: usual }: Column): boolean {
  return identity !== null || /^nextval\(/.test(usual ?? "");
}
