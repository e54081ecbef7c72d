// What is known of a relation before its tools are decided.
import type { ArgumentField, ClosedSet } from "./argument_field.ts";
import type { Names } from "./naming.ts";
import type { Column, Relation } from "./relation.ts";
import type { SoftDelete } from "./roles_of_columns.ts";

/** What was asked for. */
export interface Wish {
  writes: readonly ("create" | "update")[];
  /** The columns that count; all of them where none are named. */
  columns?: readonly string[];
}

/** An argument that fills a column, or names it. */
export interface Argument {
  name: string;
  column: Column;
  field: ArgumentField;
  /** A new row can't be without it. */
  required: boolean;
  /** Null takes its value away. */
  clearable: boolean;
}

export interface Facts {
  relation: Relation;
  names: Names;
  /** Where the user's own id stands. */
  owner: Column | undefined;
  title: Column | undefined;
  deleted: SoftDelete | undefined;
  /** By column. */
  sets: ReadonlyMap<string, ClosedSet>;
  /** What names a row; none where rows have no key that users may read. */
  key: readonly Argument[];
}
