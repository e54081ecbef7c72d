// Tables as nobody would make them: any types, names that mean something elsewhere, keys of every kind.
import fc from "fast-check";

const TYPES = [
  ...[
    "uuid",
    "text",
    "varchar(20)",
    "varchar(2000)",
    "char(2)",
    "boolean",
    "smallint",
    "integer",
    "bigint",
    "real",
  ],
  ...["double precision", "numeric", "numeric(8,2)", "numeric(30,5)", "money", "date", "time", "timestamp"],
  ...[
    "timestamptz",
    "interval",
    "json",
    "jsonb",
    "bytea",
    "xml",
    "inet",
    "macaddr",
    "bit(3)",
    "point",
    "int4range",
  ],
  ...[
    "tstzrange",
    "tsvector",
    "text[]",
    "integer[]",
    "bigint[]",
    "uuid[]",
    "numeric[]",
    "boolean[]",
    "date[]",
  ],
  ...[
    "timestamptz[]",
    "jsonb[]",
    "public.mood",
    "public.mood[]",
    "public.word",
    "public.amount",
    "public.pair",
    "oid",
  ],
];

const NAMES = [
  ...[
    "title",
    "name",
    "notes",
    "description",
    "status",
    "created_at",
    "updated_at",
    "deleted_at",
    "is_deleted",
    "tags",
  ],
  ...[
    "class",
    "default",
    "new",
    "delete",
    "function",
    "await",
    "arguments",
    "args",
    "db",
    "found",
    "answer",
    "limit",
  ],
  ...[
    "query",
    "sort_by",
    "cursor",
    "updates",
    "key",
    "row",
    "rows",
    "page",
    "ok",
    "shown",
    "listed",
    "quoted",
    "line",
  ],
  ...[
    "body",
    "exact",
    "instant",
    "time_zone",
    "new_id",
    "receipt",
    "z",
    "Id",
    "Line",
    "camelCase",
    "order",
    "user",
  ],
  ...[
    "with space",
    'quo"te',
    "dol$lar",
    "ünï",
    "back\\slash",
    "x".repeat(63),
    "password",
    "api_key",
    "day",
    "moment",
  ],
];

const TABLES = [
  ...[
    "orders",
    "order",
    "data",
    "rows",
    "pages",
    "classes",
    "Users",
    "camelCases",
    "status",
    "news",
    "values",
    "keys",
  ],
  ...[
    "rows_of",
    "fields",
    "times",
    "tools",
    "lists",
    "created",
    "changed",
    "news_items",
    "a",
    "people",
    "x".repeat(50),
  ],
];

const KEYS = ["uuid", "bigint", "text", "integer, date", "uuid, smallint, text", "none", "user"] as const;

export interface RandomTable {
  name: string;
  sql: string;
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

const RandomColumn = fc.record({ type: fc.constantFrom(...TYPES), needed: fc.boolean() });

/** The types that the tables name. */
export const RANDOM_TYPES = `
  create type public.mood as enum ('fine', 'it''s', 'say "so"', 'back\\slash', 'ünïcode', '\${x}');
  create domain public.word as text check (value <> '');
  create domain public.amount as numeric(12, 2) not null;
  create type public.pair as (a integer, b text);`;

/** A table of this name, with an owner and all rights. */
function tableOf(
  name: string,
  key: (typeof KEYS)[number],
  columns: ReadonlyMap<string, { type: string; needed: boolean }>,
  others: readonly string[],
): string {
  const types = key === "none" || key === "user" ? [] : key.split(", ");
  const keys = types.map((type, i) =>
    `k${i} ${type}${type === "bigint" ? " generated always as identity" : ""}`
  );
  const parts = [
    ...keys,
    ...[...columns].map(([column, { type, needed }]) =>
      `${quoted(column)} ${type}${needed && type !== "public.amount" ? " not null" : ""}`
    ),
    ...others.map((other, i) => `ref${i}_id uuid references public.${quoted(other)}`),
    `user_id uuid not null default auth.uid()${key === "user" ? " primary key" : ""}`,
    ...(types.length > 0 ? [`primary key (${types.map((_, i) => `k${i}`).join(", ")})`] : []),
  ];
  const table = `public.${quoted(name)}`;
  return `create table ${table} (${parts.join(", ")});
    alter table ${table} enable row level security;
    create policy own on ${table} for all to authenticated using (auth.uid() = user_id);
    grant select, insert, update on ${table} to authenticated;`;
}

/** Some tables, which refer to a first one, always the same for a seed. */
export function randomTables(count: number, seed: number): RandomTable[] {
  const columns = fc.uniqueArray(fc.tuple(fc.constantFrom(...NAMES), RandomColumn), {
    ...{ minLength: 1, maxLength: 30, selector: ([name]: [string, unknown]) => name },
  });
  const table = fc.record({
    ...{ key: fc.constantFrom(...KEYS), columns, references: fc.integer({ min: 0, max: 2 }) },
  });
  const drawn = fc.sample(table, { numRuns: count, seed });
  return drawn.map(({ key, columns: drawn_columns, references }, at): RandomTable => {
    const name = TABLES[at] ?? `table_${at}`;
    const refers = Array.from({ length: references }, () => "targets");
    return { name, sql: tableOf(name, key, new Map(drawn_columns), refers) };
  });
}

/** What they refer to. */
export const TARGETS = tableOf("targets", "uuid", new Map([["title", { type: "text", needed: true }]]), []);
