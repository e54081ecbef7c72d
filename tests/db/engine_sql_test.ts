// The engine's migrations stand alone: they name only what they make, and everything by its schema, so that a schema of
// another name is a matter of replacing two prefixes.
import assert from "node:assert/strict";
import { migrationFiles } from "../../dev/database/migrations.ts";
import { ENGINE_MIGRATIONS } from "../../dev/parts.ts";

/** The text of the engine's migrations, in the order of versions, without comments and texts. */
const engine = await Promise.all(
  (await migrationFiles([ENGINE_MIGRATIONS])).map(async ({ version, name, url }) => ({
    name: `${version}_${name}`,
    sql: statements(await Deno.readTextFile(url)),
  })),
);

Deno.test("the engine's migrations name no object that they do not make", () => {
  const made = new Set(engine.flatMap(({ sql }) => created(sql)));
  assert.ok(made.size > 40, "no objects were found");
  for (const { name, sql } of engine) {
    const unknown = named(sql).filter((object) => !made.has(object));
    assert.deepEqual(unknown, [], name);
  }
});

Deno.test("the engine's migrations name tables and functions by their schema", () => {
  const tables = engine.flatMap(({ sql }) => created(sql)).map((object) => object.split(".")[1] ?? "");
  for (const { name, sql } of engine) {
    for (
      const [, after = ""] of sql.matchAll(
        /\b(?:from|join|into|update|table|references)\s+([a-z_]+)\b(?!\.)/g,
      )
    ) {
      assert.ok(!tables.includes(after), `${name} names ${after} without its schema`);
    }
  }
});

Deno.test("the engine's migrations reach outside of their two schemas for users, the platform's roles and Postgres alone", () => {
  const known = new Set(["public", "private", "auth", "pg_catalog", "request"]);
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
  return source.replaceAll(/--.*$/gm, "").replaceAll(/'(?:[^']|'')*'/g, "''");
}
