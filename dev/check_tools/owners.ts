// Keys with regard to whose a row is: the user's own need not be named.
import type { Relation } from "./catalog.ts";

/** The columns of a key that do not say whose the row is. */
export function beyondOwner({ columns, references }: Relation, key: readonly string[]): string[] {
  return key.filter((name) =>
    !columns.some((column) => column.name === name && column.defaults_to_user) &&
    !references.some(({ target, columns }) => target === "auth.users" && columns.includes(name))
  );
}

/** A key of the user's own rows needs no user, unless it is nothing else. */
export function withoutOwner(relation: Relation, key: readonly string[]): readonly string[] {
  const rest = beyondOwner(relation, key);
  return rest.length > 0 ? rest : key;
}

/** Whether a user has one row of it at most. */
export function isOnePerUser(relation: Relation): boolean {
  return [relation.primary_key, ...relation.unique_keys].some((key) =>
    key.length > 0 && beyondOwner(relation, key).length === 0
  );
}
