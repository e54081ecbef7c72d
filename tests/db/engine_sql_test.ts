// The engine's migrations stand alone: they name only what they make, and everything by its schema, so that a schema of
// another name is a matter of replacing two prefixes.
import assert from "node:assert/strict";
import { migrationFiles } from "../../dev/database/migrations.ts";
import { ENGINE_MIGRATIONS, PARTS } from "../../dev/parts.ts";

/** The text of the engine's migrations, in the order of versions, without comments and texts. */
const engine = await Promise.all(
  (await migrationFiles([ENGINE_MIGRATIONS])).map(async ({ version, name, url }) => ({
    name: `${version}_${name}`,
    sql: statements(await Deno.readTextFile(url)),
  })),
);

/** The names of every function that there is, the domain's too. */
const OURS = new Set<string>();
for (const { url } of await migrationFiles(PARTS.product.migrations)) {
  for (
    const [, name = ""] of statements(await Deno.readTextFile(url)).matchAll(
      /\bcreate (?:or replace )?function \w+\.(\w+)/g,
    )
  ) OURS.add(name);
}

Deno.test("the engine's migrations name no object that they do not make", () => {
  const made = new Set(engine.flatMap(({ sql }) => created(sql)));
  assert.ok(made.size > 40, "no objects were found");
  for (const { name, sql } of engine) {
    const unknown = named(sql).filter((object) => !made.has(object));
    assert.deepEqual(unknown, [], name);
  }
});

Deno.test("the engine's migrations name tables by their schema wherever one may stand", () => {
  for (const { name, sql } of engine) assert.deepEqual(bareTables(sql), [], name);
});

Deno.test("the engine's migrations call our own functions by their schema", () => {
  for (const { name, sql } of engine) assert.deepEqual(bareCalls(sql), [], name);
});

const BARE_TABLES: Record<string, string> = {
  tasks: "select 1 from tasks t where true",
  notes: "select 1 from public.agents a, notes n where true",
  projects: "select 1 from public.agents a left join projects p on p.id = a.id",
  agents: "insert into agents (id) values (v_id)",
  agent_plans: "update agent_plans set status = v_status",
  users: "id uuid references users (id) on delete cascade",
  agent_runs: 'create policy "Users read" on agent_runs for select using (true)',
  agent_tool_calls: "create unique index by_run on agent_tool_calls (run_id)",
  usage_ledger: "grant select on table usage_ledger to authenticated",
  agent_events:
    "create trigger t after insert or update on agent_events for each row execute function private.f()",
  chat_sessions: "alter table chat_sessions enable row level security",
  chat_messages: "v_message chat_messages%rowtype",
};

Deno.test("a table without its schema is found in every place", () => {
  for (const [table, sql] of Object.entries(BARE_TABLES)) assert.deepEqual(bareTables(sql), [table], sql);
});

Deno.test("a function of ours without its schema is found", () => {
  assert.deepEqual(bareCalls("select excerpt(title, 80), coalesce(a, b) from public.agents"), ["excerpt"]);
  assert.deepEqual(bareCalls("create trigger t execute function keep_tool_receipt()"), ["keep_tool_receipt"]);
});

Deno.test("the engine's migrations reach outside of their two schemas for users, the platform's roles and Postgres alone", () => {
  const known = new Set(["public", "private", "auth", "pg_catalog", "request", "new", "old"]);
  for (const { name, sql } of engine) {
    const schemas = [
      ...sql.matchAll(/\b(?:from|join|into|update|references|perform|execute function)\s+([a-z_]+)\./g),
    ];
    const foreign = schemas.map(([, schema = ""]) => schema).filter((name) =>
      !known.has(name) && !VARIABLE.test(name)
    );
    assert.deepEqual(foreign, [], name);
  }
});

/** How functions name their variables and parameters. */
const VARIABLE = /^[pv]_/;

/** The places where a table's name stands, and it alone. */
const TABLE_PLACES = [
  /\b(?<!distinct )(?:from|join) (?!lateral|select|only\b)([\w.]+)\b(?! ?\()/g,
  /\bfrom (?:[\w.]+(?: as)?(?: (?!where|join|left|on)\w+)?, ?)+([\w.]+)\b(?! ?\()/g,
  /\bdelete from [\w.]+(?: as)?(?: \w+)? using ([\w.]+)/g,
  /\binsert into ([\w.]+)/g,
  /(?<!\b(?:for|or|do|no key|on|before|after) )\bupdate (?!to\b|on\b|or\b)([\w.]+)/g,
  /\breferences ([\w.]+)/g,
  /\bcreate (?:policy "[^"]*"|(?:unique )?index(?: if not exists)? \w+|(?:constraint )?trigger \w+ [^;]*?) on ([\w.]+)/g,
  /\b(?:grant|revoke) [\w, ()]+ on (?:table )?(?!function|schema|all|sequence|type)([\w.]+)/g,
  /\b(?:alter|drop|truncate|lock|create) table (?:if (?:not )?exists )?([\w.]+)/g,
  /\b([\w.]+)%rowtype/g,
];

/** The tables that are named without a schema. Names that `with` gives, and variables, need none. */
function bareTables(source: string): string[] {
  const sql = source.replaceAll(/\s+/g, " ").replaceAll(
    /\brevoke [^;]*? on [^;]*? from [\w, ]+;/g,
    (revoke) => revoke.replace(/ from [\w, ]+;$/, ";"),
  );
  const local = new Set([
    ...sql.matchAll(/\b(\w+)(?: \([\w, ]+\))? as (?:not materialized |materialized )?\(/g),
    ...sql.matchAll(/\breferencing new table as (\w+)/g),
  ].map(([, name]) => name));
  const found = TABLE_PLACES.flatMap((place) => [...sql.matchAll(place)].map(([, name = ""]) => name));
  return [...new Set(found)].filter((name) =>
    !name.includes(".") && !local.has(name) && !VARIABLE.test(name)
  );
}

/** The functions of ours, the domain's too, that are called without a schema. */
function bareCalls(sql: string): string[] {
  return [...sql.matchAll(/(?<![\w.])(\w+)\s*\(/g)].map(([, name = ""]) => name).filter((name) =>
    OURS.has(name)
  );
}

/** The objects that a file makes, such as `public.agents`. */
function created(sql: string): string[] {
  const kinds = "table|view|type|function|materialized view|sequence|domain|aggregate";
  const pattern = new RegExp(
    `\\bcreate (?:or replace )?(?:${kinds}) (?:if not exists )?((?:public|private)\\.\\w+)`,
    "g",
  );
  return [...sql.matchAll(pattern)].map(([, object = ""]) => object);
}

/** The objects of our schemas that a file names. */
function named(sql: string): string[] {
  return [...new Set([...sql.matchAll(/\b(?:public|private)\.\w+/g)].map(([object]) => object))];
}

/** SQL without comments and without texts between quotes; bodies between dollars stay. */
function statements(source: string): string {
  return source.replaceAll(/--.*$|'(?:[^']|'')*'/gm, (found) => found.startsWith("'") ? "''" : "");
}
