// Where the parts of another project lie, and what is said of a folder that is none.
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { settingsOf } from "../../../dev/environment.ts";
import { projectAt, REPOSITORY } from "../../../dev/project/project.ts";
import { bareProject } from "../../support/projects/bare_project.ts";

Deno.test("without a folder it is this repository, as it is when its own folder is named", async () => {
  const { root } = await projectAt();
  assert.equal(root, REPOSITORY.root);
  assert.deepEqual(await projectAt(fileURLToPath(new URL("../../../", import.meta.url))), REPOSITORY);
  assert.ok(Deno.statSync(REPOSITORY.agent).isDirectory && Deno.statSync(REPOSITORY.deno_config).isFile);
});

Deno.test("a folder that is not there, has no config.toml or no engine is refused in a sentence that says what to do", async () => {
  await using project = await bareProject({ config: null });
  await assert.rejects(projectAt(`${project.root}/none`), /^Error: There is no folder \/.*\/none\.$/);
  await assert.rejects(projectAt(project.root), /name the folder of a Supabase project/);
  await project.write("supabase/config.toml", "");
  await assert.rejects(projectAt(project.root), /no engine in .*: deno task init --into /);
});

Deno.test("a config.toml or a lock that can't be read is told with its path", async () => {
  await using broken = await bareProject({ config: "[api\n" });
  await assert.rejects(projectAt(broken.root), /config\.toml can't be read: Invalid TOML/);
  await broken.write("supabase/config.toml", "[api]\nschemas = 3\n");
  await assert.rejects(projectAt(broken.root), /api\.schemas: /);
  await broken.write("supabase/config.toml", "");
  await broken.write("supabase/functions/_agent/agent.lock.json", "{}");
  await assert.rejects(projectAt(broken.root), /agent\.lock\.json can't be read: /);
});

Deno.test("an adopted project is found with its parts, the engine's schema, and its seed as config.toml has it", async () => {
  await using project = await bareProject({
    config:
      `[api]\nschemas = ["public", "agent"] # theirs\n[db.seed]\nsql_paths = ["./rows/*.sql", "seed.sql", "none.sql"]\n`,
    engine_schema: "agent",
  });
  for (const name of ["rows/b.sql", "rows/a.sql", "rows/a.txt", "seed.sql"]) {
    await project.write(`supabase/${name}`, "");
  }
  const found = await projectAt(project.root);
  const agent = `${project.root}/supabase/functions/_agent`;
  assert.deepEqual([found.agent, found.deno_config, found.domain], [
    agent,
    `${agent}/deno.json`,
    `${agent}/domain`,
  ]);
  assert.deepEqual([found.schemas, found.engine_schema], [["public", "agent"], "agent"]);
  const seeds = found.seeds.map((url) => fileURLToPath(url).slice(`${project.root}/supabase/`.length));
  assert.deepEqual(seeds, ["rows/a.sql", "rows/b.sql", "seed.sql"]);
});

Deno.test("a seed that is switched off is not run", async () => {
  await using project = await bareProject({ config: "[db.seed]\nenabled = false\n", engine_schema: "agent" });
  await project.write("supabase/seed.sql", "select 1");
  assert.deepEqual((await projectAt(project.root)).seeds, []);
});

Deno.test("of another project's .env only what the functions read counts, and the environment goes before it", async () => {
  await using project = await bareProject({ config: "", engine_schema: "agent" });
  await project.write("supabase/functions/.env", "LLM_API_KEY=a\nLLM_BASE_URL=a\nRUN_MAX_MS=1\n");
  await project.write(
    ".env",
    "LLM_BASE_URL=b\nDATABASE_URL=postgres://production\nSTRIPE_KEY=x\nRUN_MAX_MS=2\n",
  );
  const settings = settingsOf(await projectAt(project.root), { RUN_MAX_MS: "3", HOME: "/me" });
  assert.deepEqual(settings, { LLM_API_KEY: "a", LLM_BASE_URL: "b", RUN_MAX_MS: "3", HOME: "/me" });
});
