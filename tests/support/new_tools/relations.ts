// Relations as the catalog would tell them, for rules that ask no database.
import type { Column, Relation } from "../../../dev/new_tools/relation.ts";

/** A column of text unless it is said. */
export function column(name: string, more: Partial<Column> = {}): Column {
  return {
    ...{
      name,
      quoted: name,
      type: "text",
      type_kind: "base",
      is_native: true,
      is_array: false,
      is_domain: false,
    },
    ...{
      labels: null,
      length: null,
      precision: null,
      not_null: false,
      default: null,
      generated: null,
      identity: null,
    },
    ...{ comment: null, may_select: true, may_insert: true, may_update: true },
    ...more,
  };
}

export const ID = column("id", { type: "uuid", not_null: true, default: "gen_random_uuid()" });
export const USER_ID = column("user_id", { type: "uuid", not_null: true, default: "auth.uid()" });

/** A sound table: rows have a uuid, an owner, policies for all that users do, and an index on the owner. */
export function relation(name: string, columns: readonly Column[], more: Partial<Relation> = {}): Relation {
  const using = "(( SELECT auth.uid() AS uid) = user_id)";
  return {
    ...{
      name,
      quoted: `public.${name}`,
      kind: "table",
      has_rls: true,
      is_security_invoker: false,
      key: ["id"],
    },
    ...{ policies: [{ command: "all", using, check: using }], references: [], triggers: [] },
    indexes: [["id"], ["user_id"]],
    columns: [ID, USER_ID, ...columns],
    ...more,
  };
}
