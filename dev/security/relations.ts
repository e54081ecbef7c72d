// What the probes try, and what the owner of the tables knows about it.
import postgres, { type Sql } from "postgres";

export interface Relation {
  /** With its schema, quoted where it has to be. */
  name: string;
  kind: "table" | "partitioned" | "view" | "other";
  /** The column that says whose a row is, quoted; null where there is none. */
  owner_column: string | null;
  /** A column that users may change, quoted, rather not the owner's; null where there is none. */
  changed_column: string | null;
  /** Users may change whose a row is. */
  owner_may_change: boolean;
  has_rows: boolean;
  /** Why nobody knows whether it has rows; null where that is known. */
  unread: string | null;
  /** The user of some row. */
  some_owner: string | null;
}

type Rows = Pick<Relation, "has_rows" | "some_owner" | "unread">;
type Known = Omit<Relation, keyof Rows>;

/** The relations of these schemas, as the owner of the tables sees them. `helpers`: the schema of the engine's. */
export async function readRelations(
  sql: Sql,
  { helpers, schemas }: { helpers: string; schemas: readonly string[] },
): Promise<Relation[]> {
  const known = await sql<Known[]>`
    select r.name, case r.kind when 'r' then 'table' when 'p' then 'partitioned' when 'v' then 'view' else 'other' end
        as kind,
      quote_ident(o.attname) as owner_column,
      coalesce(has_column_privilege('authenticated', r.id, o.attnum, 'update'), false) as owner_may_change,
      (
        select quote_ident(a.attname) from pg_attribute a
        where a.attrelid = r.id and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' and a.attidentity = ''
          and has_column_privilege('authenticated', r.id, a.attnum, 'update')
        order by a.attnum = r.owner_column, a.attnum limit 1
      ) as changed_column
    from ${sql(helpers)}.security_relations(${[...schemas]}) r
    left join pg_attribute o on o.attrelid = r.id and o.attnum = r.owner_column
    where r.place = 'api' and r.kind <> 'S'
    order by r.name`;
  return await Promise.all(known.map(async (relation) => ({ ...relation, ...await someRow(sql, relation) })));
}

/** A view may be slow to read whole, and what it shows are rows of tables: it is taken to have some. */
async function someRow(sql: Sql, { name, kind, owner_column }: Known): Promise<Rows> {
  if (kind === "view" || kind === "other") return { has_rows: true, some_owner: null, unread: null };
  const owner = owner_column === null
    ? "null"
    : `(select ${owner_column}::text from ${name} where ${owner_column} is not null limit 1)`;
  try {
    const [row] = await sql.unsafe<{ has_rows: boolean; owner: string | null }[]>(
      `select exists (select from ${name}) as has_rows, ${owner} as owner`,
    );
    return { has_rows: row?.has_rows ?? false, some_owner: row?.owner ?? null, unread: null };
  } catch (error) {
    if (!(error instanceof postgres.PostgresError)) throw error;
    return { has_rows: false, some_owner: null, unread: `what rows it has is not known: ${error.message}` };
  }
}
