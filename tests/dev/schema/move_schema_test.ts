// The engine in a schema of its own, as texts: what is moved, and that nothing is forgotten.
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  engineNames,
  EXAMPLES,
  helpersOf,
  moveConfig,
  moveConstant,
  moveDomainSql,
  moveEngineSql,
  moveTypes,
  schemaPrelude,
} from "../../../dev/schema/move_schema.ts";
import { schemaNameProblem } from "../../../dev/schema/schema_name.ts";
import { ENGINE_SQL } from "../../support/stack/engine_migrations.ts";

const NAMES = engineNames(ENGINE_SQL.map(({ text }) => text));
const read = (path: string) => Deno.readTextFileSync(new URL(`../../../${path}`, import.meta.url));

Deno.test("an engine in public is moved nowhere, whatever its SQL says", () => {
  for (const { name, text } of ENGINE_SQL) assert.equal(moveEngineSql(text, "public"), text, name);
  for (const path of ["shared/db/schema.ts"]) assert.equal(moveConstant(read(path), "public"), read(path));
  assert.equal(moveTypes(read("shared/db/engine.types.ts"), "public"), read("shared/db/engine.types.ts"));
  assert.equal(schemaPrelude("public"), "");
  const word = fc.constantFrom(
    "public.",
    "private.",
    "schema private",
    "agent_runs",
    "orders",
    "'",
    " ",
    "x",
  );
  fc.assert(fc.property(fc.array(word), (words) => {
    const sql = words.join("");
    assert.equal(moveEngineSql(sql, "public"), sql);
    assert.equal(moveDomainSql(sql, "public", NAMES), sql);
  }));
});

Deno.test("moved SQL names nothing of the engine's in public or private, in statements, texts and comments", () => {
  for (const { name, text } of ENGINE_SQL) {
    const left = moveEngineSql(text, "agent").match(/\b(?:public|private)\.[a-z]\w*/g) ?? [];
    assert.deepEqual(left.filter((found) => !EXAMPLES.includes(found.slice("public.".length))), [], name);
    assert.doesNotMatch(moveEngineSql(text, "agent"), /schema (if not exists )?private\b/, name);
  }
});

/** Where the words stand for something else than the engine's two schemas, each with what it means. */
const OTHER_MEANINGS: Record<string, RegExp> = {
  "the role of everybody": /\bfrom public\b|grantee when 0 then 'public'/g,
  "the project's own schema":
    /array\['public', private\.outer_schema\(\)\]|`public` and the engine's schema/g,
  "a bucket of storage": /'a public bucket'|buckets where public/g,
  "the helpers' schema, which is moved": /schema (if not exists )?private\b/g,
};

Deno.test("a helper whose name is made by format is moved, and a table of a project's so named is not", () => {
  const sql = "execute format('create function private.%1$s_fitting() as select from public.%1$I');";
  const moved = "execute format('create function agent_private.%1$s_fitting() as select from public.%1$I');";
  assert.equal(moveDomainSql(sql, "agent", NAMES), moved);
  assert.equal(moveEngineSql(sql, "agent"), moved);
});

Deno.test("the engine's SQL says public and private as the names of its schemas only before a dot", () => {
  for (const { name, text } of ENGINE_SQL) {
    const rest = Object.values(OTHER_MEANINGS).reduce((sql, meaning) => sql.replaceAll(meaning, ""), text)
      .replaceAll(/\b(?:public|private)\.(?=[a-z_]\w*)/g, "");
    const lines = rest.split("\n").filter((line) => /\b(?:public|private)\b/.test(line));
    assert.deepEqual(lines, [], name);
  }
});

Deno.test("examples in comments, which show a project's own tables, stay where those are", () => {
  const comments = ENGINE_SQL.map(({ text }) => moveEngineSql(text, "agent")).join("\n");
  for (const example of EXAMPLES) {
    assert.match(comments, new RegExp(`public\\.${example}\\b`));
    assert.ok(!NAMES.has(example), `${example} is none of the engine's`);
  }
  assert.match(comments, /insert into agent\.tool_footprints [^]*?'public\.orders'/);
});

Deno.test("a domain's migration keeps its own tables, and finds the engine's where they are", () => {
  const sql = `insert into public.tool_footprints (tool_name, table_name) values ('a', 'public.orders');
create trigger t after insert on public.agent_orders for each row execute function private.keep_tool_receipt('id');`;
  assert.equal(
    moveDomainSql(sql, "agent", NAMES),
    `insert into agent.tool_footprints (tool_name, table_name) values ('a', 'public.orders');
create trigger t after insert on public.agent_orders for each row execute function agent_private.keep_tool_receipt('id');`,
  );
});

Deno.test("TypeScript knows the schema by one constant and by the key of its types", () => {
  assert.match(
    moveConstant(read("shared/db/schema.ts"), "agent"),
    /^export const ENGINE_SCHEMA = "agent";$/m,
  );
  const types = moveTypes(read("shared/db/engine.types.ts"), "agent");
  assert.match(types, /^ {2}"agent": \{$/m);
  assert.doesNotMatch(types, /"public"/);
  assert.throws(() => moveConstant("export const X = 1;", "agent"), /Cannot move ENGINE_SCHEMA/);
  assert.throws(() => moveTypes("", "agent"), /Cannot move the key of the types/);
});

Deno.test("the list of the API's schemas gets one more, and the rest of the file stays", () => {
  const config = read("supabase/config.toml");
  assert.equal(
    moveConfig(config, "agent"),
    config.replace('schemas = ["public"]', 'schemas = ["public", "agent"]'),
  );
  assert.equal(
    moveConfig('[api]\nschemas = [\n  "a",\n]\n', "agent"),
    '[api]\nschemas = [\n  "a", "agent"]\n',
  );
  assert.throws(() => moveConfig("[api]\n", "agent"), /there is no such line/);
});

Deno.test("a schema's name is one that SQL reads as a name without quotes, and none of the platform's", () => {
  for (const name of ["agent", "agents", "a", "ai_2", "public", `a${"b".repeat(40)}`]) {
    assert.equal(schemaNameProblem(name), null, name);
  }
  for (
    const [name, problem] of [
      ["", /at most 41/],
      ["Agent", /at most 41/],
      ["1a", /at most 41/],
      ["a-b", /at most 41/],
      ["a b", /at most 41/],
      ['a"', /at most 41/],
      ["ä", /at most 41/],
      [`a${"b".repeat(41)}`, /at most 41/],
      ["user", /a word of SQL/],
      ["time", /a word of SQL/],
      ["new", /a word of SQL/],
      ["auth", /the platform's/],
      ["pg_agent", /the platform's/],
      ["supabase_x", /the platform's/],
    ] as const
  ) assert.match(schemaNameProblem(name) ?? "", problem, name);
  assert.equal(helpersOf("public"), "private");
  assert.equal(helpersOf("agent"), "agent_private");
});
