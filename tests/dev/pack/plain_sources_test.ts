// What is published of the client, without publishing it.
import assert from "node:assert/strict";
import { jsrFiles } from "../../../dev/pack/jsr_package.ts";
import { npmFiles } from "../../../dev/pack/npm_package.ts";
import { plainSources } from "../../../dev/pack/plain_sources.ts";

const SOURCES = await plainSources();

Deno.test("the sources of the package need nothing from outside it but React, for the hook", () => {
  for (const [path, text] of SOURCES) {
    for (const [, specifier = ""] of text.matchAll(/\bfrom "([^"]+)"/g)) {
      if (specifier === "react") {
        assert.equal(path, "react.ts");
        continue;
      }
      const target = new URL(specifier, `file:///${path}`).pathname.slice(1);
      assert.ok(SOURCES.has(target), `${path} imports ${specifier}`);
    }
    assert.doesNotMatch(text, /\bzod\b|\bz\.infer\b/, path);
  }
});

Deno.test("what the contracts infer from schemas is written out, by the names that it has", () => {
  const events = SOURCES.get("contracts/events.ts") ?? "";
  for (const type of ["text", "plan_created", "approval_required", "taken_over", "done"]) {
    assert.ok(events.includes(`type: "${type}"`), type);
  }
  assert.match(SOURCES.get("contracts/errors.ts") ?? "", /export type ErrorKind = "bad_request" \| /);
});

Deno.test("on npm there is a declaration for every source, code for what has any, and no name of a source", () => {
  const files = npmFiles(SOURCES);
  for (const path of SOURCES.keys()) assert.ok(files.has(path.replace(/\.ts$/, ".d.ts")), path);
  for (const [path, text] of files) {
    for (const [, specifier = ""] of text.matchAll(/\bfrom "(\.[^"]+)"/g)) {
      const target = new URL(specifier, `file:///${path}`).pathname.slice(1);
      const needed = path.endsWith(".d.ts") ? target.replace(/\.js$/, ".d.ts") : target;
      assert.ok(files.has(needed), `${path} imports ${specifier}`);
    }
  }
  const { exports, version } = JSON.parse(files.get("package.json") ?? "");
  assert.deepEqual(Object.keys(exports), [".", "./react", "./package.json"]);
  assert.equal(JSON.parse(jsrFiles(SOURCES).get("jsr.json") ?? "").version, version);
});
