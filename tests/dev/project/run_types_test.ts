// `deno task types` for another project.
import assert from "node:assert/strict";
import { runTypes } from "../../../dev/types/run_types.ts";
import { bareProject } from "../../support/projects/bare_project.ts";
import { testStack } from "../../support/stack/stack.ts";
import { test } from "../../support/test.ts";

async function types(...args: string[]) {
  const lines: string[] = [];
  const line = (words: string) => void lines.push(words);
  const code = await runTypes(args, { server_url: testStack().admin_url, line });
  return { code, said: lines.join("\n") };
}

test("the types of an adopted project hold every schema of its API but the engine's, and a Json without undefined", async () => {
  await using project = await bareProject({
    config: '[api]\nschemas = ["public", "graphql_public", "my shop", "agent"]\n',
    engine_schema: "agent",
  });
  await project.write(
    "supabase/migrations/1_own.sql",
    `create schema agent; create table agent.of_the_engine (id int); create table public.mine (id int, more jsonb);
    create schema "my shop"; create table "my shop"."Order ""1""" (id int)`,
  );
  await project.write("supabase/functions/_agent/domain/database.types.ts", "");
  const { code, said } = await types("--project", project.root);
  assert.equal(code, 0, said);
  assert.match(said, /_agent\/domain\/database\.types\.ts: written anew \(schema public, my shop\)\.$/);
  const written = await Deno.readTextFile(
    `${project.root}/supabase/functions/_agent/domain/database.types.ts`,
  );
  assert.match(written, /"mine": \{[^]*"my shop": \{/);
  assert.doesNotMatch(written, /of_the_engine|Json \| undefined/);
});

test("types says whether it has written, or nothing has changed since", async () => {
  await using project = await bareProject({ config: "", engine_schema: "agent" });
  const file = "supabase/functions/_agent/domain/database.types.ts";
  await project.write("supabase/migrations/1_own.sql", "create table public.mine (id int)");
  await project.write(file, "");
  const said = async () => (await types("--project", project.root)).said;
  assert.equal(await said(), `${file}: written anew (schema public).`);
  assert.equal(await said(), `${file}: nothing changed (schema public).`);
  await project.write("supabase/migrations/2_own.sql", "create table public.more (id int)");
  assert.equal(await said(), `${file}: written anew (schema public).`);
});

test("what is in the way is told in a sentence, and nothing is written", async () => {
  await using project = await bareProject({ config: "", engine_schema: "agent" });
  await project.write("supabase/migrations/1_own.sql", "create extension vector;");
  const { code, said } = await types("--project", project.root);
  assert.equal(code, 1);
  assert.match(said, /^Migration 1_own\.sql failed at line 1: [^]*--db-url/);
  assert.deepEqual(await types("--project", `${project.root}/none`), {
    code: 1,
    said: `There is no folder ${project.root}/none.`,
  });
});

for (
  const [words, problem] of [[["--db-url", "x"], /--db-url goes with --project/], [
    ["--projct"],
    /did you mean --project/,
  ]] as const
) {
  Deno.test(`\`types ${words.join(" ")}\` is refused in a sentence`, async () => {
    const lines: string[] = [];
    const task = { server_url: undefined, line: (words: string) => void lines.push(words) };
    assert.equal(await runTypes(words, task), 2);
    assert.match(lines.join("\n"), problem);
  });
}
