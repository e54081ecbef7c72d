// Whatever tables there are, what is made of them is TypeScript that `deno fmt` and `deno lint` leave as it is.
import assert from "node:assert/strict";
import { deno, SET, writeMadeFiles } from "../../support/new_tools/made_files.ts";
import { RANDOM_TYPES, randomTables, TARGETS } from "../../support/new_tools/random_tables.ts";
import { adoptedProject } from "../../support/new_tools/adopted_project.ts";
import { test } from "../../support/test.ts";

test("files of random tables parse, are set, and set again stay as they are", async () => {
  const tables = randomTables(10, 14);
  await using project = await adoptedProject(
    RANDOM_TYPES + TARGETS + tables.map(({ sql }) => sql).join("\n"),
  );
  const folder = `${project.agent}/domain/tools`;
  const paths = await writeMadeFiles(project.url, folder, ["targets", ...tables.map(({ name }) => name)]);
  await deno(["fmt", "--quiet", ...SET, ...paths], folder);
  const once = await Promise.all(paths.map((path) => Deno.readTextFile(path)));
  await deno(["fmt", "--quiet", ...SET, ...paths], folder);
  assert.deepEqual(await Promise.all(paths.map((path) => Deno.readTextFile(path))), once);
  await deno(["lint", "--quiet", "--no-config", ...paths], folder);
});
