// The engine stands alone: a copy of the tree in which a blank domain takes the place of the demo workspace (its tools,
// migrations, seed, tests, demo, the rules of its model, the bench, and the pages about it) type-checks, migrates, and
// answers.
import assert from "node:assert/strict";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { denoEnvironment } from "../../dev/process/environment.ts";

const REPOSITORY = fileURLToPath(new URL("../../", import.meta.url));

/** What belongs to the demo workspace, and what no part of the engine is. */
const LEFT_OUT = [
  /^(\.git|node_modules|docs)$/,
  /^shared\/domain$/,
  /^supabase\/(seed\.sql|migrations\/\d+_workspace.*)$/,
  /^dev\/(demo|demo\.ts|try|try\.ts|model\/brain|model\/main\.ts)$/,
  /^tests\/(domain|dev\/model|security|bench|docs|deploy\/without_domain_deep_test\.ts)$/,
];

/** The blank domain, a model without rules, and the turns that are tried on both. */
const PUT_IN: Record<string, string> = {
  "shared/domain/domain.ts": `// A domain that has nothing.
import { defineDomain } from "../tools/define_domain.ts";

export const domain = defineDomain({ about: "nothing yet", contexts: [], catalogue: [] });
`,
  "shared/domain/database.types.ts": `// The tables and functions that its tools see: none.
type None = Record<never, never>;

export type Database = {
  public: { Tables: None; Views: None; Functions: None; Enums: None; CompositeTypes: None };
};
`,
  "dev/model/main.ts": `// The model of the stack: what a script says, and nothing else.
import { serveModel } from "./serve.ts";

serveModel(null);
`,
  "tests/domain/blank_domain_test.ts": `import assert from "node:assert/strict";
import { chat } from "../support/stack/calling.ts";
import { answerTurn, planTurn, submitTurn } from "../support/agents/plans.ts";
import { scriptModel } from "../support/models/script.ts";
import { newUser } from "../support/stack/stack.ts";

Deno.test("a simple turn is answered", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, [{ text: "Hello." }]);
  const { state } = await chat(user, { message: "Hi" });
  assert.deepEqual([state.strategy, state.status, state.parts], ["simple", "completed", ["Hello."]]);
});

Deno.test("a complex turn is answered, by an executor without tools", async () => {
  const user = await newUser();
  const script = [planTurn([{ step_number: 1, tools: [] }]), submitTurn(1), answerTurn("Done.")];
  await using _ = await scriptModel(user.id, script);
  const { state } = await chat(user, { message: "Think about it" });
  assert.deepEqual([state.strategy, state.status, state.parts], ["complex", "completed", ["Done."]]);
});
`,
};

/** On the tests' own domain, which needs the engine alone. */
const TURNS = ["simple", "tool", "complex"].map((kind) => `tests/e2e/${kind}_turn_test.ts`);

Deno.test("without the demo workspace the tree type-checks, migrates, and answers a simple, a tool and a complex turn", async (t) => {
  const root = await Deno.makeTempDir({ prefix: "without-domain-" });
  try {
    copy("", root);
    for (const [path, text] of Object.entries(PUT_IN)) {
      assert.ok(path.startsWith("tests/") || text.split("\n").length <= 20, path);
      Deno.mkdirSync(dirname(`${root}/${path}`), { recursive: true });
      Deno.writeTextFileSync(`${root}/${path}`, text);
    }
    await t.step("it type-checks", async () => {
      await run(root, "check", "--quiet", "client/", "dev/", "shared/", "supabase/functions/", "tests/");
    });
    await t.step("its imports keep their direction", async () => {
      await run(root, "test", "--quiet", "--allow-read", "tests/imports_test.ts");
    });
    await t.step("it migrates, and answers", async () => {
      const flags = ["run", "--allow-all", "--unstable-no-legacy-abort"];
      const output = await run(root, ...flags, "dev/test.ts", "tests/domain/blank_domain_test.ts", ...TURNS);
      const [, passed] = /(\d+) passed, 0 failed\n$/.exec(output) ?? [];
      assert.ok(Number(passed) >= 12, output);
    });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

/** Copies what is not left out, from a folder of the repository to the same one of the copy. */
function copy(folder: string, root: string): void {
  for (const { name, isDirectory, isFile } of Deno.readDirSync(`${REPOSITORY}${folder}`)) {
    const path = folder === "" ? name : `${folder}/${name}`;
    if (LEFT_OUT.some((pattern) => pattern.test(path))) continue;
    if (isDirectory) {
      Deno.mkdirSync(`${root}/${path}`);
      copy(path, root);
    } else if (isFile) Deno.copyFileSync(`${REPOSITORY}${path}`, `${root}/${path}`);
  }
}

/** What a command of Deno's says in the copy. Fails the test with it where the command fails. */
async function run(root: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd: root,
    env: { ...denoEnvironment(), NO_COLOR: "1" },
    clearEnv: true,
    stdin: "null",
  }).output();
  const output = new TextDecoder().decode(stdout);
  assert.equal(code, 0, `deno ${args[0]}:\n${output}\n${new TextDecoder().decode(stderr)}`);
  return output;
}
