// The engine's SQL as a DBA would sign it: read as text, and asked of the catalog.
import assert from "node:assert/strict";
import postgres from "postgres";
import { ENGINE_SQL } from "../support/stack/engine_migrations.ts";
import { freshDatabase } from "../support/stack/stack.ts";
import { DEFINERS } from "./schema_expected.ts";

const MAX_FUNCTION_LINES = 60;
const MAX_LINE = 120;

interface SqlFunction {
  name: string;
  file: string;
  text: string;
}

/** Every function with its head and body, to the end of its `$$`. */
function functions(): SqlFunction[] {
  return ENGINE_SQL.flatMap(({ name: file, text }) =>
    [...text.matchAll(/create (?:or replace )?function ([\w.]+)[\s\S]*?\$\$[\s\S]*?\$\$;/g)]
      .map(([whole, name = ""]) => ({ name, file, text: whole }))
  );
}

/** The SQL without what is quoted or commented. */
function bare(text: string): string {
  return text.replaceAll(/--.*$|'(?:[^']|'')*'/gm, (found) => found.startsWith("'") ? "''" : "");
}

Deno.test("every function of the engine has an empty search path and fits a screen, and is a security invoker unless it is on the list of definers", () => {
  const all = functions();
  const count = ENGINE_SQL.map(({ text }) => text.match(/create (or replace )?function/g)?.length ?? 0);
  assert.equal(all.length, count.reduce((sum, n) => sum + n), "every function was read");
  for (const { name, file, text } of all) {
    const where = `${file}: ${name}`;
    const [, security] = /security (invoker|definer)/.exec(text) ?? [];
    assert.equal(security, DEFINERS.includes(name) ? "definer" : "invoker", where);
    assert.match(text, /set search_path = ''/, where);
    assert.ok(text.split("\n").length < MAX_FUNCTION_LINES, `${where} is too long`);
  }
});

Deno.test("the engine's SQL names its objects as public.x and private.x only", () => {
  for (const { name, text } of ENGINE_SQL) {
    const sql = bare(text);
    for (
      const [, command, object = ""] of sql.matchAll(
        /\b(create table|create view|create type|alter table|insert into|update|references|create trigger \w+ after [\w ]+ on) ([a-z_][\w.]*)/g,
      )
    ) {
      if (command === "update" && /^(of|set|on|to|or|policy|skip|nowait)$|^\(/.test(object)) continue;
      assert.match(object, /^(public|private|auth)\.|^(no|key)$/, `${name}: ${command} ${object}`);
    }
    const known = [...sql.matchAll(/create (?:table|view|type) public\.(\w+)/g)].map(([, object]) => object);
    for (const object of known) {
      assert.doesNotMatch(
        sql,
        new RegExp(`(?<![.\\w"])(from|join|into|on) ${object}\\b`),
        `${name}: ${object}`,
      );
    }
  }
});

Deno.test("no function of the engine calls one that a later migration or a later line defines", () => {
  const all = functions();
  for (const [at, { name, text }] of all.entries()) {
    for (const later of all.slice(at + 1).filter((one) => one.name !== name)) {
      assert.ok(!text.includes(`${later.name}(`), `${name} calls ${later.name}, which comes later`);
    }
  }
});

Deno.test("policies stand in plain statements, and lines fit the width", () => {
  for (const { name, text } of ENGINE_SQL) {
    assert.doesNotMatch(bare(text), /^do \$/m, `${name} has a do block`);
    for (const [i, line] of text.split("\n").entries()) {
      assert.ok(line.length <= MAX_LINE, `${name}:${i + 1} has ${line.length} characters`);
    }
  }
});

Deno.test("what is inserted names its columns, so that a new one can't shift the others", () => {
  for (const { name, text } of ENGINE_SQL) {
    const inserts = [...bare(text).matchAll(/insert into ([\w.]+)\s+(\S)/g)];
    for (const [, table, next] of inserts) assert.equal(next, "(", `${name}: insert into ${table}`);
  }
});

Deno.test("every view of the engine has a comment, and every column of it", async () => {
  const { url, drop } = await freshDatabase();
  const sql = postgres(url, { max: 1 });
  try {
    const views = ENGINE_SQL.flatMap(({ text }) =>
      [...text.matchAll(/create view public\.(\w+)/g)].map(([, name = ""]) => name)
    );
    const named = await sql`select c.relname, a.attname from pg_class c
      join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
      where c.relnamespace = 'public'::regnamespace and c.relname in ${sql(views)}`;
    assert.deepEqual([...new Set(named.map(({ relname }) => relname))].sort(), views.sort());
    const silent = await sql`select c.relname, a.attname from pg_class c
      join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
      where c.relnamespace = 'public'::regnamespace and c.relname in ${sql(views)}
        and (obj_description(c.oid, 'pg_class') is null or col_description(c.oid, a.attnum) is null)`;
    assert.deepEqual([...silent], []);
  } finally {
    await sql.end();
    await drop();
  }
});

Deno.test("every table of the engine has row-level security and a comment, and no index is made useless by another", async () => {
  const { url, drop } = await freshDatabase();
  const sql = postgres(url, { max: 1 });
  try {
    const tables = ENGINE_SQL.flatMap(({ text }) =>
      [...text.matchAll(/create table public\.(\w+)/g)].map(([, name = ""]) => name)
    );
    assert.ok(tables.length >= 13);
    const known = await sql`select relname, relrowsecurity, obj_description(oid, 'pg_class') as comment
      from pg_class where relnamespace = 'public'::regnamespace and relname in ${sql(tables)}`;
    assert.equal(known.length, tables.length);
    assert.deepEqual(known.filter(({ relrowsecurity, comment }) => !relrowsecurity || !comment), []);
    // An index without a condition whose columns are the first ones of another.
    const useless = await sql`
      with indexes as (
        select indexrelid::regclass::text as name, indrelid, indkey::text as columns, indisunique
        from pg_index join pg_class t on t.oid = indrelid
        where t.relnamespace = 'public'::regnamespace and t.relname in ${sql(tables)} and indpred is null)
      select a.name, b.name as better from indexes a join indexes b
        on a.indrelid = b.indrelid and a.name <> b.name and not a.indisunique
        and (b.columns || ' ') like a.columns || ' %'`;
    assert.deepEqual([...useless], []);
  } finally {
    await sql.end();
    await drop();
  }
});
