// Rows for a user of a project's tables, out of nothing but the catalogue: parents first, with values that types, checks
// and references allow. What can't be made so is told.
import type { Sql, TransactionSql } from "postgres";
import { type Column, quoted, type Relation } from "./catalog.ts";
import { inTransaction } from "./patience.ts";

/** More than one: a reference may be one that each row can have once. */
const PARENTS = 3;

type Values = Record<string, string | null>;

export interface Maker {
  sql: Sql;
  catalog: ReadonlyMap<string, Relation>;
  user_id: string;
  /** The last row that was made of each table, which the user need not see. */
  made: Map<string, Values>;
  /** What could not be made, and why. */
  problems: Map<string, string>;
}

/** Makes `count` rows of a table's, and of whatever it refers to and its policies read, where there are none. */
export async function makeRows(
  maker: Maker,
  name: string,
  count: number,
  before: string[] = [],
): Promise<void> {
  const relation = maker.catalog.get(name);
  if (relation === undefined || before.includes(name)) return;
  const needed = [...relation.references.map(({ target }) => target), ...relation.reads];
  for (const other of needed) {
    if (other === name || await seenRow(maker, other)) continue;
    await makeRows(maker, other, PARENTS, [...before, name]);
  }
  if (relation.kind !== "table") return;
  for (let n = 0; n < count; n++) {
    const problem = await makeRow(maker, relation, n);
    if (problem !== undefined && !maker.made.has(name)) maker.problems.set(name, problem);
  }
}

/** Tries with every column, then with those that must be, then with other numbers; why none will do. */
async function makeRow(maker: Maker, relation: Relation, n: number): Promise<string | undefined> {
  let problem: string | undefined;
  for (const [which, salt] of [["all", 0], ["needed", 0], ["all", 7], ["needed", 7]] as const) {
    const values = await valuesFor(maker, relation, { which, n: n + salt });
    if (typeof values === "string") return values;
    try {
      await asOwner(
        maker,
        async (sql) => void maker.made.set(relation.name, await insert(sql, relation, values)),
      );
      maker.problems.delete(relation.name);
      return undefined;
    } catch (error) {
      problem ??= error instanceof Error ? error.message : String(error);
    }
  }
  return problem;
}

async function valuesFor(
  maker: Maker,
  relation: Relation,
  { which, n }: { which: "all" | "needed"; n: number },
): Promise<Values | string> {
  const values: Values = {};
  for (const column of relation.columns) {
    const is_needed = column.not_null && !column.has_default;
    if (column.is_made || column.defaults_to_user || which === "needed" && !is_needed) continue;
    // What the database has a default for is likely to be right as it is.
    if (column.has_default && relation.primary_key.includes(column.name)) continue;
    const value = isOwner(relation, column) ? maker.user_id : valueOf(column, relation, n);
    if (value !== undefined) values[column.name] = value;
    else if (is_needed) return `no value is known for its column ${column.name} (${column.type})`;
  }
  for (const { columns, target, target_columns } of relation.references) {
    if (target === "auth.users" || !columns.some((column) => column in values)) continue;
    const parent = target === relation.name
      ? undefined
      : await seenRow(maker, target) ?? maker.made.get(target);
    columns.forEach((column, at) => {
      const is_owner = relation.columns.some((one) => one.name === column && isOwner(relation, one));
      if (!is_owner) values[column] = parent?.[target_columns[at] ?? ""] ?? null;
    });
  }
  return values;
}

function isOwner({ references }: Relation, { name, type }: Column): boolean {
  return type === "uuid" &&
    (/^(user|owner|author|created_by|profile)(_id)?$/.test(name) && name !== "profile" &&
        !references.some(({ columns, target }) =>
          columns.length === 1 && columns[0] === name && target !== "auth.users"
        ) ||
      references.some(({ columns, target }) => target === "auth.users" && columns.includes(name)));
}

function valueOf(column: Column, { checks }: Relation, n: number): string | undefined {
  const { name, type, labels, category, length } = column;
  const is = (pattern: RegExp) => pattern.test(name);
  if (labels.length > 0) return labels[n % labels.length];
  if (category === "A") return "{}";
  if (type === "uuid") return crypto.randomUUID();
  if (type === "boolean") return "false";
  if (/^(smallint|integer|bigint|numeric|real|double precision)$/.test(type)) return String(1 + n);
  if (type === "date") return is(/end|until|due|close/) ? "2026-12-24" : `2026-11-${24 + (n % 4)}`;
  if (/^timestamp/.test(type)) {
    if (is(/delet|archiv|complet|cancel|clos|end(ed)?_at$/) && !column.not_null) return undefined;
    return is(/end|until|due/) ? "2026-11-24T11:00:00Z" : "2026-11-24T09:00:00Z";
  }
  if (/^time/.test(type)) return "09:00";
  if (type === "interval") return "1 hour";
  if (/^jsonb?$/.test(type)) return "{}";
  if (category !== "S") return undefined;
  const words = checks.filter((check) => new RegExp(`\\b${name}\\b`).test(check))
    .flatMap((check) => [...check.matchAll(/'((?:[^']|'')*)'::/g)].map(([, word = ""]) => word))
    .filter((word) => /^[\w -]{1,40}$/.test(word));
  if (words.length > 0) return words[n % words.length];
  if (is(/mail/)) return `${crypto.randomUUID().slice(0, 8)}@example.com`;
  if (is(/url|link|website/)) return `https://example.com/${crypto.randomUUID().slice(0, 8)}`;
  if (is(/zone/)) return "Europe/Berlin";
  const word = is(/slug|code|key/)
    ? crypto.randomUUID().slice(0, 8)
    : `Sample ${crypto.randomUUID().slice(0, 8)}`;
  return length === null ? word : word.slice(-length);
}

async function insert(sql: TransactionSql, relation: Relation, values: Values): Promise<Values> {
  const given = relation.columns.filter(({ name }) => name in values);
  const columns = given.map(({ name }) => quoted(name)).join(", ");
  const places = given.map(({ type }, at) => `$${at + 1}::text::${type}`).join(", ");
  const source = given.length === 0 ? "default values" : `(${columns}) values (${places})`;
  const [row] = await sql.unsafe<{ row: Values }[]>(
    `insert into ${relation.name} as t ${source}
    returning (select jsonb_object_agg(key, value) from jsonb_each_text(to_jsonb(t))) as row`,
    given.map(({ name }) => values[name] ?? null),
  );
  return row?.row ?? {};
}

/** Any row of a relation's that the user sees. */
async function seenRow(maker: Maker, name: string): Promise<Values | undefined> {
  const rows = await seenRows(maker, name, 1);
  return rows[0];
}

/** The rows of a relation that the user sees, every value as text. */
export async function seenRows(
  by: Pick<Maker, "sql" | "user_id">,
  name: string,
  limit = 200,
): Promise<Values[]> {
  return (await seenRowsOf(by, [name], limit)).get(name) ?? [];
}

/** The same of several. Without the right to it, nothing of a relation is seen. */
export async function seenRowsOf(
  { sql, user_id }: Pick<Maker, "sql" | "user_id">,
  names: readonly string[],
  limit = 200,
): Promise<Map<string, Values[]>> {
  const found = new Map<string, Values[]>();
  await sql.begin(async (request) => {
    await become(request, user_id, "authenticated");
    for (const name of names) {
      const rows = await request.savepoint((one) =>
        one.unsafe<{ row: Values }[]>(
          `select (select jsonb_object_agg(key, value) from jsonb_each_text(to_jsonb(t))) as row
          from ${name} t limit ${limit}`,
        )
      ).catch((error) => {
        if (error instanceof Error && "code" in error && error.code === "42501") return [];
        throw error;
      });
      found.set(name, rows.map(({ row }) => row));
    }
  });
  return found;
}

async function become(sql: TransactionSql, user_id: string, role: string): Promise<void> {
  await sql`select set_config('request.jwt.claims', ${
    JSON.stringify({ sub: user_id, role: "authenticated" })
  }, true),
    set_config('role', ${role}, true)`;
}

/** With all rights, in the user's name: defaults and triggers that ask who it is are told. */
async function asOwner(maker: Maker, work: (sql: TransactionSql) => Promise<void>): Promise<void> {
  await inTransaction(maker.sql, async (sql) => {
    await sql`select set_config('request.jwt.claims', ${
      JSON.stringify({ sub: maker.user_id, role: "authenticated" })
    }, true)`;
    await work(sql);
  });
}
