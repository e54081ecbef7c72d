// Whether a relation gets a tool that creates rows and one that changes them, and what those take.
import { argumentField, described } from "./argument_field.ts";
import type { Argument, Facts, Wish } from "./facts.ts";
import { isRowNumber, type Shown } from "./decide_shown.ts";
import { isPlainName } from "./naming.ts";
import type { Column, Policy } from "./relation.ts";
import { isChange, isCreation, isLong, isSecret, isText } from "./roles_of_columns.ts";

/**
 * What the key of a new row is: made of the call, so that it is known before the row is written; the user's own id; or
 * whatever the database says that was written, be it its own or an argument.
 */
export type NewKey = "of the call" | "of the user" | "as written";

export interface Create {
  arguments: Argument[];
  key: NewKey;
  /** The owner's column has no default: the user's id is written there. */
  fills_owner: boolean;
}

export interface Update {
  arguments: Argument[];
  /** Fields of which the change takes away what a person may have written. */
  forceful: string[];
}

export interface Writes {
  create: Create | null;
  update: Update | null;
  /** Sentences about what there is none of, though it was asked for. */
  missing: string[];
}

export function decideWrites(facts: Facts, shown: Shown, wish: Wish): Writes {
  const { relation, key } = facts;
  const nothing = (why: string): Writes => ({
    ...{ create: null, update: null, missing: wish.writes.length > 0 ? [why] : [] },
  });
  if (relation.kind === "view") return nothing("It is a view, so that its tools only read.");
  if (relation.kind === "foreign table") {
    return nothing("It is a foreign table, so that its tools only read.");
  }
  if (relation.kind === "partitioned") {
    return nothing(
      "It is partitioned: what is written into its parts can't be held to a call. Its tools only read.",
    );
  }
  if (!relation.has_rls) return nothing("Without row-level security its tools only read.");
  const inherited = relation.columns.filter(({ name }) => name in {} && !name.startsWith("__"));
  if (inherited.length > 0) {
    return nothing(
      `Every object has a property called ${
        inWords(inherited)
      }, so that no code can write rows with such a column. ` +
        `Its tools only read.`,
    );
  }
  if (key.length === 0) {
    return nothing("Its rows have no key that users may read, so that its tools only list them.");
  }
  const create = wish.writes.includes("create") ? decideCreate(facts, shown) : null;
  const update = wish.writes.includes("update") ? decideUpdate(facts, shown) : null;
  return {
    create: typeof create === "string" ? null : create,
    update: typeof update === "string" ? null : update,
    missing: [create, update].filter((why) => typeof why === "string"),
  };
}

/** The plan, or why there is none. */
function decideCreate(facts: Facts, shown: Shown): Create | string {
  const { relation, owner, names } = facts;
  const tool = `create_${names.one}`;
  if (!allows(relation.policies, "insert")) return `There is no ${tool}: no policy lets users insert.`;
  const keys = facts.key.map(({ column }) => column);
  const key = newKey(facts, shown);
  const filled_by_code = [
    ...(key === "as written" ? [] : keys),
    ...(owner && needsOwner(owner, keys) ? [owner] : []),
  ];
  const forbidden = filled_by_code.filter(({ may_insert }) => !may_insert);
  if (forbidden.length > 0) return `There is no ${tool}: users may not insert ${inWords(forbidden)}.`;

  const named = relation.columns.filter((column) =>
    column.may_insert && !filled_by_code.includes(column) && isFilledIn(column, facts) &&
    (keys.includes(column) ? isGiven(column, keys) : shown.columns.includes(column) || isNeeded(column))
  );
  const filled = named.map((column) => argumentOf(column, facts, shown)).filter((one) => one !== null);
  const lacking = relation.columns.filter((column) =>
    isNeeded(column) && !filled_by_code.includes(column) && !filled.some((one) => one.column === column)
  );
  if (lacking.length > 0) {
    return `There is no ${tool}: no argument can fill ${inWords(lacking)}, which a new row needs.`;
  }
  if (filled.length === 0) return `There is no ${tool}: there is no column that users may fill in.`;
  return {
    arguments: [...filled.filter(({ required }) => required), ...filled.filter(({ required }) => !required)],
    key,
    fills_owner: owner !== undefined && filled_by_code.includes(owner) &&
      !(key === "of the user" && keys.includes(owner)),
  };
}

/** Whether the user's id has to be written there. */
function needsOwner(owner: Column, keys: readonly Column[]): boolean {
  return isNeeded(owner) && !(keys.length === 1 && keys.includes(owner));
}

/** Whether a column of the key is an argument: of several columns, all that the database does not count. */
function isGiven(column: Column, keys: readonly Column[]): boolean {
  return keys.length > 1 || column.default === null;
}

function newKey({ key, owner, relation }: Facts, { references }: Shown): NewKey {
  const [first, ...others] = key.map(({ column }) => column);
  if (first === undefined || others.length > 0) return "as written";
  if (first === owner || isUsersOwn(first, relation.references)) return "of the user";
  const is_of_another = references.some(({ column }) => column === first);
  return first.type === "uuid" && !first.is_array && first.may_insert && !is_of_another
    ? "of the call"
    : "as written";
}

/** The key is that of a user: a profile, of which each has one. */
function isUsersOwn(column: Column, references: Facts["relation"]["references"]): boolean {
  return references.some(({ columns, schema, table }) =>
    columns.length === 1 && columns[0] === column.name && schema === "auth" && table === "users"
  );
}

function decideUpdate(facts: Facts, shown: Shown): Update | string {
  const { relation, names, key, title } = facts;
  const tool = `update_${names.one}`;
  if (!allows(relation.policies, "update")) return `There is no ${tool}: no policy lets users update.`;
  const changed = shown.columns.filter((column) =>
    !key.some((one) => one.column === column) && isFilledIn(column, facts) && column.may_update
  ).map((column) => argumentOf(column, facts, shown)).filter((one) => one !== null);
  if (changed.length === 0) return `There is no ${tool}: there is no column that users may change.`;
  return {
    arguments: changed.map((one) => ({ ...one, required: false, clearable: !one.column.not_null })),
    forceful: changed.filter(({ column }) =>
      column === title || isLong(column) || isText(column) || ["json", "jsonb"].includes(column.type)
    ).map(({ name }) => name),
  };
}

function argumentOf(column: Column, { sets, key }: Facts, { references }: Shown): Argument | null {
  const field = argumentField(column, { sets, is_key: isRowNumber(column, references, key) });
  if (field === null || !isPlainName(column.name)) return null;
  return {
    ...{
      name: column.name,
      column,
      field: described(field, column),
      required: isNeeded(column),
      clearable: false,
    },
  };
}

/** Whether a person would fill it in. */
function isFilledIn(column: Column, { owner, deleted }: Facts): boolean {
  return column !== owner && column !== deleted?.column && column.generated === null &&
    column.identity === null &&
    !isCreation(column) && !isChange(column) && !isSecret(column) && !/^nextval\(/.test(column.default ?? "");
}

/** Whether a new row can't be without it. */
function isNeeded(column: Column): boolean {
  return column.not_null && column.default === null && column.generated === null && column.identity === null;
}

function allows(policies: readonly Policy[], command: Policy["command"]): boolean {
  return policies.some((policy) => policy.command === command || policy.command === "all");
}

/** `a`, `a and b`, `a, b and c`. */
export function inWords(columns: readonly { name: string }[]): string {
  const names = columns.map(({ name }) => name);
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
