// What init does to `config.toml`: the edited text keeps everything else, says what is needed, and is undone to the byte.
import assert from "node:assert/strict";
import fc from "fast-check";
import { parse } from "smol-toml";
import { z } from "zod";
import { adoptedConfig, notesOnConfig, releasedConfig } from "../../../dev/init/config_toml.ts";

const Read = z.looseObject({
  api: z.looseObject({ schemas: z.array(z.string()) }),
  functions: z.record(z.string(), z.looseObject({ import_map: z.string().optional() })),
});

/** By what is odd about it, a file, and the part of what comes out that shows how it is dealt with. */
const FILES: Record<string, [before: string, shows: string]> = {
  "a list in one line": [
    '[api]\nschemas = ["public", "graphql_public"]\n',
    'schemas = ["public", "graphql_public", "agent"]\n',
  ],
  "a comma after the last": ['[api]\nschemas = ["public", ]\n', 'schemas = ["public", "agent", ]\n'],
  "a comment in the line": [
    '[api]\nschemas = [ "public" ] # ["no"]\n',
    'schemas = [ "public", "agent" ] # ["no"]\n',
  ],
  "an empty list": ["[api]\nschemas = []\n", 'schemas = ["agent"]\n'],
  "lines, with a comma": [
    '[api]\nschemas = [\n  "public", # ours\n  "graphql_public", # theirs, too ]\n]\n',
    '  "graphql_public", # theirs, too ]\n  "agent",\n]\n',
  ],
  "lines, without a comma": [
    '[api]\nschemas = [\n  "public", # ours\n  # nothing\n  "graphql_public" # theirs\n]\n',
    '  "graphql_public", # theirs\n  "agent"\n]\n',
  ],
  "lines that end with the bracket": ['[api]\nschemas = [\n  "public",\n  "b"]\n', '  "b",\n  "agent"]\n'],
  "literal strings": ["[api]\nschemas = ['public']\n", `schemas = ['public', "agent"]\n`],
  "line ends of Windows": [
    '[api]\r\nschemas = [\r\n  "public"\r\n]\r\n',
    '\r\nschemas = [\r\n  "public",\r\n  "agent"\r\n]\r\n',
  ],
  "no line end": ['[api]\nschemas = ["public"]', 'schemas = ["public", "agent"]\n\n#'],
  "a dotted key": ['api.schemas = ["public"]\n', 'api.schemas = ["public", "agent"]\n'],
  "a quoted table": ['[ "api" ]\n"schemas" = ["public"]\n', '"schemas" = ["public", "agent"]\n'],
  "a table without a list": [
    "[api] # the API\nport = 1\n",
    '[api] # the API\nschemas = ["public", "graphql_public", "agent"] #',
  ],
  "no table": ['project_id = "x"\n', '[api]\nschemas = ["public", "graphql_public", "agent"]\n'],
  "nothing at all": ["", '[api]\nschemas = ["public", "graphql_public", "agent"]\n'],
  "lists that are others'": [
    '[remotes.x.api]\nschemas = ["a"]\n[auth]\nschemas = ["b"]\n[api]\nschemas = ["public"]\n',
    '[auth]\nschemas = ["b"]\n[api]\nschemas = ["public", "agent"]\n',
  ],
  "text that looks like one": [
    'a = """\n[api]\nschemas = ["no"]\n"""\nb = \'\'\'[api]\'\'\'\n[api]\nschemas = ["public"]\n',
    'a = """\n[api]\nschemas = ["no"]\n"""',
  ],
  "functions of theirs": [
    '[api]\nschemas = ["public"]\n[functions.hello]\nverify_jwt = true\n[functions."hy phen"]\nenabled = false\n',
    '[functions."hy phen"]\nenabled = false\n\n#',
  ],
  "values of every kind": [
    'd = 1979-05-27 07:32:00\nt = { a = "}", b = [1, { c = "]" }], "d.e" = \'#\' }\nf = -1.5e3\n[[x]]\n[[x]]\ny = [[1], []]\n[api]\nschemas = ["public"]\n',
    '[api]\nschemas = ["public", "agent"]\n',
  ],
};

for (const [name, [before, shows]] of Object.entries(FILES)) {
  Deno.test(`config.toml with ${name} is edited, and left as it was when the engine is taken out`, () => {
    const adopted = adoptedConfig(before, "agent");
    assert.ok(!("problem" in adopted), JSON.stringify(adopted));
    assert.ok(adopted.text.includes(shows), adopted.text);
    const { api, functions } = Read.parse(parse(adopted.text));
    assert.equal(api.schemas.at(-1), "agent");
    for (const one of ["agent-planner", "agent-executor"]) {
      assert.equal(functions[one]?.import_map, "./functions/_agent/deno.json");
    }
    assert.deepEqual(adopted.said, ["two functions", '"agent" in [api] schemas']);
    assert.deepEqual(
      adoptedConfig(adopted.text, "agent"),
      { text: adopted.text, said: [] },
      "a second time changes nothing",
    );
    const released = releasedConfig(adopted.text, "agent");
    assert.ok(!("problem" in released), JSON.stringify(released));
    assert.equal(released.text, before);
  });
}

Deno.test("in the schema public only the functions are added", () => {
  const before = '[api]\nschemas = ["public"]\n';
  const adopted = adoptedConfig(before, "public");
  assert.ok(!("problem" in adopted) && adopted.text.startsWith(before));
  assert.deepEqual(adopted.said, ["two functions"]);
  assert.deepEqual(releasedConfig(adopted.text, "public"), {
    text: before,
    said: ["[functions.agent-planner]", "[functions.agent-executor]"],
  });
});

Deno.test("what can't be edited is refused in a sentence", () => {
  const problems: [string, string, RegExp][] = [
    ["[api\n", "agent", /can't be read: /],
    ['[api]\nschemas = "public"\n', "agent", /can't be read: api\.schemas: /],
    ['api = { schemas = ["public"] }\n', "agent", /in a way that init can't edit/],
    ["functions = { hello = { enabled = true } }\n", "agent", /in a way that init can't edit/],
    ["[functions.agent-planner]\nverify_jwt = true\n", "agent", /has \[functions\.agent-planner\] already/],
    ['[api]\nschemas = ["api"]\n', "public", /does not serve the schema public/],
  ];
  for (const [text, schema, sentence] of problems) {
    const adopted = adoptedConfig(text, schema);
    assert.ok("problem" in adopted, text);
    assert.match(adopted.problem, sentence);
  }
});

Deno.test("tables that the project has changed since are taken out as well, and nothing of its own", () => {
  const adopted = adoptedConfig('[api]\nschemas = ["public"]\n', "agent");
  assert.ok(!("problem" in adopted));
  const since = adopted.text.replace("verify_jwt = false", "verify_jwt = true # mine")
    .replace('"agent"]', '"agent", "more"]').concat("[mine]\nx = 1\n");
  const released = releasedConfig(since, "agent");
  assert.ok(!("problem" in released), JSON.stringify(released));
  assert.deepEqual(JSON.parse(JSON.stringify(parse(released.text))), {
    api: { schemas: ["public", "more"] },
    mine: { x: 1 },
  });
});

Deno.test("a project is told of settings that the functions do not go with", () => {
  const text =
    `[remotes.staging.api]\nschemas = ["public"]\n[edge_runtime]\ndeno_version = 1\n[api]\nenabled = false
[db.migrations]\nschema_paths = ["./schemas/*.sql"]\n`;
  assert.deepEqual(notesOnConfig(text, "agent").map((note) => note.split(" ")[0]), [
    ...["[remotes.staging.api]", "[edge_runtime]", "[api]", "The"],
  ]);
  assert.deepEqual(notesOnConfig('[api]\nschemas = ["public"]\n', "agent"), []);
});

/** Statements in any order, with comments, blanks and line ends between them. */
const line_end = fc.constantFrom("\n", "\r\n");
const schemas = fc.array(fc.constantFrom('"public"', "'public'", '"a b"', '"é"', '"]#"'), { maxLength: 4 });
const between = fc.constantFrom(", ", ",\n  ", " ,", ", # one, ]\n\t");
const table = fc.record({
  schemas,
  between,
  comma: fc.boolean(),
  tail: fc.constantFrom("", "\n", " # [api]\n"),
  head: fc.boolean(),
});

Deno.test("whatever the file looks like, it is edited and undone to the byte, or refused", () => {
  fc.assert(
    fc.property(table, line_end, ({ schemas, between, comma, tail, head }, end) => {
      const list = schemas.join(between) + (comma && schemas.length > 0 ? "," : "");
      const text = `${head ? "# first\nx = 1\n" : ""}[api]\nschemas = [${
        between.includes("\n") ? "\n" : ""
      }${list}${between.includes("\n") ? "\n" : ""}]${tail}`.replaceAll("\n", end);
      const adopted = adoptedConfig(text, "agent");
      assert.ok(!("problem" in adopted), JSON.stringify([text, adopted]));
      const released = releasedConfig(adopted.text, "agent");
      assert.ok(!("problem" in released), JSON.stringify([adopted.text, released]));
      assert.equal(released.text, text);
    }),
    { numRuns: 200 },
  );
});
