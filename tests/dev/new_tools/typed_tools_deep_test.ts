// What is made type-checks as it is written, against the types that the Supabase CLI makes of the same tables.
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { typesOf } from "../../../dev/type_files.ts";
import { adoptedProject } from "../../support/new_tools/adopted_project.ts";
import { GOLDEN, goldenPath, withCrmTools } from "../../support/new_tools/crm_tools.ts";
import { deno, writeMadeFiles } from "../../support/new_tools/made_files.ts";
import { RANDOM_TYPES, randomTables, TARGETS } from "../../support/new_tools/random_tables.ts";
import { soundTable } from "../../support/new_tools/sound_table.ts";
import { testStack } from "../../support/stack/stack.ts";

const CONFIG = fileURLToPath(new URL("../../../deno.json", import.meta.url));

/** Throws what the compiler says of these files of the project. */
async function checkTypes(agent: string, url: string, paths: readonly string[]): Promise<void> {
  await Deno.writeTextFile(join(agent, "domain/database.types.ts"), await typesOf(url, ["public"]));
  await Deno.copyFile(CONFIG, join(agent, "deno.json"));
  await deno(["check", "--quiet", ...paths], agent);
}

Deno.test("the files that are checked in type-check on the CRM's tables", () =>
  withCrmTools(async (_made, url) => {
    await using project = await adoptedProject("select 1;");
    const paths = GOLDEN.map((table) => join(project.agent, "domain/tools", `${table}.ts`));
    await Deno.mkdir(join(project.agent, "domain/tools"));
    for (const [at, table] of GOLDEN.entries()) await Deno.copyFile(goldenPath(table, "ts"), paths[at] ?? "");
    await checkTypes(project.agent, url, paths);
    const [first = ""] = paths;
    await Deno.writeTextFile(
      first,
      (await Deno.readTextFile(first)).replace('from("deals")', 'from("customers")'),
    );
    await assert.rejects(deno(["check", "--quiet", first], project.agent), /TS2/);
  }, testStack().admin_url));

Deno.test("tables named after what files import, and columns that every object has, type-check", async () => {
  const names = [
    ...["records", "tool_results", "read_contexts", "picks", "promises", "json_objects", "user_ids", "pages"],
  ];
  const columns = "id uuid primary key default gen_random_uuid(), title text not null";
  const tables = names.map((name) =>
    soundTable(
      name,
      `${columns}, "__proto__" text, record text check (record in ('a', 'b'))`,
    )
  );
  await using project = await adoptedProject(
    tables.join("") + soundTable("classes", "class uuid primary key, title text, constructor text"),
  );
  const paths = await writeMadeFiles(project.url, join(project.agent, "domain/tools"), [...names, "classes"]);
  await checkTypes(project.agent, project.url, paths);
});

for (const seed of [1, 2, 3]) {
  Deno.test(`files of random tables type-check on those tables (seed ${seed})`, async () => {
    const tables = randomTables(20, seed);
    await using project = await adoptedProject(
      RANDOM_TYPES + TARGETS + tables.map(({ sql }) => sql).join("\n"),
    );
    const folder = join(project.agent, "domain/tools");
    const paths = await writeMadeFiles(project.url, folder, ["targets", ...tables.map(({ name }) => name)]);
    await checkTypes(project.agent, project.url, paths);
    await deno(["lint", "--quiet", "--no-config", ...paths], folder);
  });
}
