// What the engine is, as init writes it: whole, and nothing of the demo workspace.
import assert from "node:assert/strict";
import { dirname, join } from "node:path/posix";
import ts from "typescript";
import { BLANK_DOMAIN } from "../../../dev/init/blank_domain.ts";
import { readEngine } from "../../../dev/init/engine.ts";
import { VERSION } from "../../../shared/version.ts";

const REPOSITORY = new URL("../../../", import.meta.url).pathname;
const CONFIG = "supabase/functions/_agent/deno.json";

const engine = await readEngine("agent");
const { imports: pinned } = JSON.parse(engine.files.get(CONFIG) ?? "");

Deno.test("every file that an engine file imports is the engine's or the blank domain's, and every package is pinned once", () => {
  const there = new Set([...engine.files.keys(), ...BLANK_DOMAIN.keys()]);
  const used = new Set<string>();
  for (const [path, source] of [...engine.files, ...BLANK_DOMAIN]) {
    if (!path.endsWith(".ts")) continue;
    for (const { fileName } of ts.preProcessFile(source).importedFiles) {
      if (fileName.startsWith(".")) {
        assert.ok(there.has(join(dirname(path), fileName)), `${path}: ${fileName}`);
      } else if (!fileName.startsWith("node:")) {
        const key = Object.keys(pinned).find((name) => name === fileName) ??
          Object.keys(pinned).find((name) => name.endsWith("/") && fileName.startsWith(name));
        assert.ok(key, `${path}: ${fileName}`);
        used.add(key);
      }
    }
  }
  assert.ok(there.size > 200);
  assert.deepEqual(Object.keys(pinned).sort(), [...used].sort());
});

Deno.test("packages have the versions of this repository", () => {
  const { imports } = JSON.parse(Deno.readTextFileSync(`${REPOSITORY}deno.json`));
  for (const [name, version] of Object.entries(pinned)) assert.equal(version, imports[name]);
});

Deno.test("the demo workspace is left out: its files, its tables, its words", () => {
  assert.deepEqual(
    [...engine.files.keys()].filter((path) => path.startsWith("supabase/functions/_agent/domain/")),
    [],
  );
  assert.deepEqual(engine.migrations.filter(({ name }) => name.startsWith("workspace")), []);
  assert.equal(engine.migrations[0]?.name, "foundation");
  assert.equal(engine.version, VERSION);
});

Deno.test("its tables are in the schema that was asked for, and in public it is what it is here", async () => {
  assert.match(engine.files.get("supabase/functions/_agent/db/schema.ts") ?? "", /ENGINE_SCHEMA = "agent"/);
  assert.match(
    engine.migrations[0]?.sql ?? "",
    /create schema agent;[^]*create schema if not exists agent_private;/,
  );
  const here = await readEngine("public");
  for (const [path, source] of here.files) {
    if (path === CONFIG || !path.startsWith("supabase/functions/_agent/")) continue;
    assert.equal(
      source,
      Deno.readTextFileSync(path.replace("supabase/functions/_agent/", `${REPOSITORY}shared/`)),
      path,
    );
  }
  assert.doesNotMatch(here.migrations[0]?.sql ?? "", /create schema (?!if not exists private)/);
});
