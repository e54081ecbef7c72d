// What one look at a catalogue stands on: a place, two users, one of whom has rows, and the relations that tools reach.
import postgres, { type Sql } from "postgres";
import type { Domain } from "../../shared/tools/define_domain.ts";
import type { Tool } from "../../shared/tools/define_tool.ts";
import { type Acting, type ActingTools, actingTools } from "./acting.ts";
import { keyOf, readCatalog, type Relation } from "./catalog.ts";
import type { Known } from "./leaves.ts";
import { type Maker, makeRows, seenRowsOf } from "./made_rows.ts";
import type { OpenPlace } from "./place.ts";
import { rowKey } from "../../shared/contracts/tool_result.ts";

const ROWS = 3;

export type Values = Record<string, string | null>;

export interface Checking {
  place: OpenPlace;
  sql: Sql;
  domain: Domain;
  catalog: ReadonlyMap<string, Relation>;
  /** Those that tools may show or write. */
  reached: readonly Relation[];
  me: Acting;
  stranger: Acting;
  /** The HTTP methods of the requests that `mine` has sent. */
  sent: string[];
  mine: ActingTools;
  theirs: ActingTools;
  maker: Maker;
  /** How often rows were made of a relation without the user seeing any. */
  filled: Map<string, number>;
}

export async function withChecking<Result>(
  place: OpenPlace,
  domain: Domain,
  work: (checking: Checking) => Promise<Result>,
): Promise<Result> {
  const sql = postgres(place.database_url, { max: 2, onnotice: () => {}, prepare: false });
  try {
    const catalog = await readCatalog(sql, place.schema);
    const [me, stranger] = [await place.newUser(), await place.newUser()];
    const sent: string[] = [];
    const fetcher: typeof fetch = (input, init) => {
      sent.push(init?.method ?? (input instanceof Request ? input.method : "GET"));
      return fetch(input, init);
    };
    const checking: Checking = {
      ...{ place, sql, domain, catalog, me, stranger, sent },
      reached: reachedBy(domain, catalog),
      mine: actingTools(place, domain, me, { fetcher }),
      theirs: actingTools(place, domain, stranger),
      maker: { sql, catalog, user_id: me.id, made: new Map(), problems: new Map() },
      filled: new Map(),
    };
    await fillRows(checking);
    return await work(checking);
  } finally {
    await sql.end();
  }
}

/** What tools write, what is a subject, and what those refer to or read. */
function reachedBy({ catalogue }: Domain, catalog: ReadonlyMap<string, Relation>): Relation[] {
  const names = new Set(
    catalogue.flatMap((tool) => tool.access === "write" ? tool.writes.map(({ table }) => table) : []),
  );
  for (const { name, subject } of catalog.values()) if (subject !== null) names.add(name);
  for (const name of names) {
    const { references = [], reads = [] } = catalog.get(name) ?? {};
    for (const other of [...references.map(({ target }) => target), ...reads]) {
      if (catalog.has(other)) names.add(other);
    }
  }
  return [...names].flatMap((name) => catalog.get(name) ?? []);
}

/** Makes rows where the user sees none; twice at most of one relation, since a row may be seen by way of another. */
export async function fillRows({ reached, maker, filled }: Checking): Promise<void> {
  const names = reached.filter(({ kind }) => kind !== "other").map(({ name }) => name);
  for (let round = 0; round < 2; round++) {
    const seen = await seenRowsOf(maker, names, 1);
    for (const name of names.filter((one) => seen.get(one)?.length === 0 && (filled.get(one) ?? 0) < 2)) {
      filled.set(name, (filled.get(name) ?? 0) + 1);
      await makeRows(maker, name, ROWS);
    }
  }
  const seen = await seenRowsOf(maker, names, 1);
  for (const name of names) {
    if ((seen.get(name)?.length ?? 0) > 0) filled.delete(name);
    else if (!maker.problems.has(name)) maker.problems.set(name, "the user sees none, whatever was made");
  }
}

/** The rows that a user sees, by relation. */
export function everythingSeen({ reached, sql }: Checking, { id }: Acting): Promise<Map<string, Values[]>> {
  return seenRowsOf({ sql, user_id: id }, reached.map(({ name }) => name));
}

/** A row's key as marks and results have it. */
export function keyText(relation: Relation, row: Values): string {
  return rowKey(...keyOf(relation).map((column) => row[column] ?? ""));
}

/** Changes with every row of what tools reach, and with every update of one. */
export async function fingerprint({ sql, reached }: Checking): Promise<string> {
  const tables = reached.filter(({ kind }) => kind === "table").map(({ name }) =>
    `select '${name.replaceAll("'", "''")}' as name, count(*) as count,
      md5(string_agg(md5(t::text || t.xmin::text), '' order by md5(t::text))) as print from ${name} t`
  );
  return tables.length === 0 ? "" : JSON.stringify(await sql.unsafe(tables.join(" union all ")));
}

/** Values that a leaf may mean: of a footprint's column, of a column of its name, of the relation that it names. */
export function knownValues({ reached, catalog }: Checking, seen: ReadonlyMap<string, Values[]>): Known {
  const of = (relation: Relation | undefined, column: string) =>
    relation === undefined ? [] : (seen.get(relation.name) ?? []).flatMap((row) => row[column] ?? []);
  return (name, tool) => {
    const stem = name.replace(/_?ids?$/, "");
    const named = targets(tool).filter(([argument]) => argument === name)
      .flatMap(([, table, column]) => of(catalog.get(table), column));
    const alike = reached.filter(({ name: table, subject }) =>
      stem !== "" && (subject?.name === stem || bare(table).startsWith(stem))
    );
    const parts = reached.filter((relation) => keyOf(relation).length > 1 && keyOf(relation).includes(name));
    // Such as `rate_currency`, of subject `rate`.
    const prefixed = reached.flatMap((relation) =>
      keyOf(relation).filter((column) =>
        relation.subject !== null && name === `${relation.subject.name}_${column}`
      )
        .map((column) => [relation, column] as const)
    );
    const values = [
      ...named,
      // First the parts of one row's key.
      ...parts.flatMap((relation) => of(relation, name)),
      ...prefixed.flatMap(([relation, column]) => of(relation, column)),
      ...alike.flatMap((relation) => of(relation, keyOf(relation)[0] ?? "id")),
      ...reached.flatMap((relation) => of(relation, name)),
      ...(/(^|_)ids?$/.test(name)
        ? reached.flatMap((relation) => of(relation, keyOf(relation)[0] ?? "id"))
        : []),
    ];
    return {
      values: [...new Set(values)].slice(0, 12),
      is_key: named.length > 0 || parts.length > 0 || prefixed.length > 0,
      without_rows: prefixed.map(([relation]) => relation.name).filter((table) => !seen.get(table)?.length),
    };
  };
}

/** Arguments with the table and the column that a footprint says they are of. */
function targets(tool: Tool): [argument: string, table: string, column: string][] {
  if (tool.access === "read") return [];
  return tool.writes.flatMap(({ table, target, target_column, target_rest = {} }) => {
    const all = [
      ...(target && target_column ? [[target_column, target] as const] : []),
      ...Object.entries(target_rest),
    ];
    return all.map((
      [column, path],
    ): [string, string, string] => [/(\w+)\W*$/.exec(path)?.[1] ?? "", table, column]);
  });
}

function bare(table: string): string {
  return table.slice(table.indexOf(".") + 1).replaceAll('"', "");
}
