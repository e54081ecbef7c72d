// A relation as the database's catalog describes it: all that its tools are decided by.
import { z } from "zod";

export const Column = z.strictObject({
  name: z.string(),
  /** As Postgres writes it: quoted where it has to be. */
  quoted: z.string(),
  /** The name of its type, below domains; of an array, that of its elements. */
  type: z.string(),
  type_kind: z.enum(["base", "enum", "range", "composite", "other"]),
  /** The type is one of Postgres's own or an enum: no extension brings it. */
  is_native: z.boolean(),
  is_array: z.boolean(),
  is_domain: z.boolean(),
  /** Of an enum, or what a check constraint allows of a text; null where any value may be. */
  labels: z.array(z.string()).nullable(),
  /** Characters of a varchar or char. */
  length: z.int().nullable(),
  /** Digits of a numeric; null where there is no end of them. */
  precision: z.int().nullable(),
  not_null: z.boolean(),
  default: z.string().nullable(),
  /** The expression that it is made by. */
  generated: z.string().nullable(),
  identity: z.enum(["always", "by default"]).nullable(),
  comment: z.string().nullable(),
  /** What users who are signed in may do with it. */
  may_select: z.boolean(),
  may_insert: z.boolean(),
  may_update: z.boolean(),
});
export type Column = z.infer<typeof Column>;

export const Reference = z.strictObject({
  constraint: z.string(),
  columns: z.array(z.string()),
  schema: z.string(),
  table: z.string(),
  target_columns: z.array(z.string()),
});
export type Reference = z.infer<typeof Reference>;

/** A permissive policy that holds for users who are signed in. */
export const Policy = z.strictObject({
  command: z.enum(["all", "select", "insert", "update", "delete"]),
  using: z.string().nullable(),
  check: z.string().nullable(),
});
export type Policy = z.infer<typeof Policy>;

export const Relation = z.strictObject({
  name: z.string(),
  /** With its schema, quoted where it has to be, as Postgres writes it. */
  quoted: z.string(),
  kind: z.enum(["table", "partitioned", "partition", "view", "materialized view", "foreign table"]),
  has_rls: z.boolean(),
  is_security_invoker: z.boolean(),
  policies: z.array(Policy),
  /** The columns of its primary key, or of another unique key that is never null. */
  key: z.array(z.string()),
  references: z.array(Reference),
  /** The columns of each index that holds all rows; null stands for an expression. */
  indexes: z.array(z.array(z.string().nullable())),
  triggers: z.array(z.string()),
  columns: z.array(Column),
});
export type Relation = z.infer<typeof Relation>;

/** The column of that name, which is there. */
export function columnOf({ quoted, columns }: Relation, name: string): Column {
  const column = columns.find((one) => one.name === name);
  if (column === undefined) throw new Error(`Cannot find the column "${name}" of ${quoted}`);
  return column;
}
