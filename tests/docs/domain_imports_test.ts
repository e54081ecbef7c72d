// What docs/adoption.md says that a domain may import is what the tools of `new-tools` and the pages' tools import.
import assert from "node:assert/strict";
import { join } from "node:path/posix";
import ts from "typescript";
import { BLANK_DOMAIN } from "../../dev/init/blank_domain.ts";
import { AGENT_FOLDER, readEngine } from "../../dev/init/engine.ts";
import { codes, codeSpans, fences, pageAt, pages, REPOSITORY, tableUnder } from "../support/docs/pages.ts";

const PAGE = "docs/adoption.md";
const GOLDEN = `${REPOSITORY}tests/dev/new_tools/golden`;

Deno.test("a domain may import what generated tools, the blank domain and the pages' tools import, and what the page names besides", async () => {
  const listed = tableUnder(PAGE, "What a domain may import").flatMap(([file]) => codes(file));
  const engine = await readEngine("agent");
  const named = codeSpans(pageAt(PAGE)).map(({ text }) => `tools/${text}`)
    .filter((file) => engine.files.has(`${AGENT_FOLDER}/${file}`));
  assert.deepEqual(listed.toSorted(), [...new Set([...imported(), ...named])].sort());
  for (const file of listed) assert.ok(engine.files.has(`${AGENT_FOLDER}/${file}`), file);
});

/** Of the engine's files, from the folder that they and `domain/` stand in. */
function imported(): string[] {
  const golden = [...Deno.readDirSync(GOLDEN)].filter(({ name }) => name.endsWith(".ts.golden"))
    .map(({ name }) => ({ folder: "domain/tools", text: Deno.readTextFileSync(`${GOLDEN}/${name}`) }));
  const shown = pages().flatMap(fences).filter(({ info }) => info.startsWith("shared/domain/tools/"))
    .map(({ code: text }) => ({ folder: "domain/tools", text }));
  const blank = [...BLANK_DOMAIN.values()].map((text) => ({ folder: "domain", text }));
  assert.ok(golden.length > 0 && shown.length > 0);
  return [...golden, ...shown, ...blank].flatMap(({ folder, text }) =>
    ts.preProcessFile(text).importedFiles.map(({ fileName }) => fileName)
      .filter((name) => name.startsWith(".")).map((name) => join(folder, name))
  );
}
