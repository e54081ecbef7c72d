// docs/upgrade.md shows what the command prints.
import assert from "node:assert/strict";
import { runInit } from "../../dev/init/run_init.ts";
import { fences, pageAt } from "../support/docs/pages.ts";
import { NOW, smallEngine, smallProject, written } from "../dev/init/small_project.ts";

const AGENT = "supabase/functions/_agent";
const [A, B, C] = [`${AGENT}/a.ts`, `${AGENT}/b.ts`, `${AGENT}/c.ts`];
const TOOL = `${AGENT}/domain/tools/deals.ts`;

/** What the project has changed, and how init is called, by what the block says of itself. */
const CASES: Record<string, { theirs: Record<string, string>; flags: string[] }> = {
  "upgrade": { theirs: { [A]: "// mine\n", [B]: "// mine\n" }, flags: [] },
  "upgrade --keep": { theirs: { [A]: "// mine\n", [B]: "// mine\n" }, flags: ["--keep"] },
  "upgrade import": { theirs: { [TOOL]: 'import { c } from "../../c.ts";\n' }, flags: [] },
};

Deno.test("each output of the page is what an upgrade prints in that case", async () => {
  const shown = fences(pageAt("docs/upgrade.md")).filter(({ language }) => language === "text");
  assert.deepEqual(shown.map(({ info }) => info), Object.keys(CASES));
  const second = smallEngine({ version: "0.1.1", put: { [A]: "// anew\n", [B]: null } });
  const engine = { ...second, migrations: [...second.migrations, { name: "more", sql: "select 1;\n" }] };
  for (const { info, code } of shown) {
    const { theirs, flags } = CASES[info] ?? assert.fail(info);
    await using project = await smallProject();
    await written(project, smallEngine(TOOL in theirs ? { put: { [C]: "export const c = 1;\n" } } : {}));
    for (const [path, text] of Object.entries(theirs)) project.write(path, text);
    const lines: string[] = [];
    await runInit(["--into", project.root, ...flags], {
      ...{ cwd: "/", now: NOW, engineIn: () => Promise.resolve(engine) },
      line: (text = "") => void lines.push(text.replaceAll(project.root, "../app")),
    });
    const printed = lines.slice(0, code.trimEnd().split("\n").length);
    assert.deepEqual(printed, code.trimEnd().split("\n"));
  }
});

Deno.test("the page that is said to have the command of the first init has it", () => {
  const [, linked] = /\[wrote it there\]\(([\w.]+)\)/.exec(pageAt("docs/upgrade.md").text) ?? [];
  assert.match(pageAt(`docs/${linked}`).text, /^npx -y deno@\S+ task init --into \.\.\/app$/m);
});
