// docs/upgrade.md shows what the command prints.
import assert from "node:assert/strict";
import { runInit } from "../../dev/init/run_init.ts";
import { fences, pageAt } from "../support/docs/pages.ts";
import { NOW, smallEngine, smallProject, written } from "../dev/init/small_project.ts";

const [A, B] = ["supabase/functions/_agent/a.ts", "supabase/functions/_agent/b.ts"];

Deno.test("each output of the page is what an upgrade prints in that case", async () => {
  const shown = fences(pageAt("docs/upgrade.md")).filter(({ language }) => language === "text");
  assert.deepEqual(shown.map(({ info }) => info), ["upgrade", "upgrade --keep"]);
  await using project = await smallProject();
  await written(project, smallEngine());
  project.write(A, "// mine\n");
  project.write(B, "// mine\n");
  const second = smallEngine({ version: "0.1.1", put: { [A]: "// anew\n", [B]: null } });
  const engine = { ...second, migrations: [...second.migrations, { name: "more", sql: "select 1;\n" }] };
  for (const { info, code } of shown) {
    const lines: string[] = [];
    await runInit(["--into", project.root, ...info.split(" ").slice(1)], {
      ...{ cwd: "/", now: NOW, engineIn: () => Promise.resolve(engine) },
      line: (text = "") => void lines.push(text.replaceAll(project.root, "../app")),
    });
    const printed = lines.slice(0, code.trimEnd().split("\n").length);
    assert.deepEqual(printed, code.trimEnd().split("\n"));
  }
});
