// Functions as the local stack runs them: their environment, their rights, what happens when one is broken.
import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { type Functions, startFunctions } from "../../dev/functions.ts";
import { startGuard } from "../../dev/process/guard.ts";

interface Project extends AsyncDisposable {
  functions: Functions;
  lines: string[];
  write(name: string, source: string): Promise<void>;
}

/** Starts the functions of a project that consists of these two files. */
async function project(planner: string, executor: string, restart: "on_change" | "never"): Promise<Project> {
  await using cleanup = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir();
  cleanup.defer(() => Deno.remove(folder, { recursive: true }));
  const write = async (name: string, source: string) => {
    await Deno.mkdir(`${folder}/supabase/functions/${name}`, { recursive: true });
    await Deno.writeTextFile(`${folder}/supabase/functions/${name}/index.ts`, source);
  };
  await Deno.writeTextFile(`${folder}/deno.json`, "{}");
  await write("agent-planner", planner);
  await write("agent-executor", executor);
  const guard = startGuard();
  cleanup.defer(guard.close);
  const lines: string[] = [];
  const functions = await startFunctions({
    supabase_url: "http://127.0.0.1:1",
    publishable_key: "sb_publishable_x",
    settings: { LLM_BASE_URL: "http://127.0.0.1:2/v1" },
    restart,
    root: pathToFileURL(`${folder}/`),
    guard,
    log: (_source, line) => void lines.push(line),
  });
  cleanup.defer(functions.stop);
  const running = cleanup.move();
  return { functions, lines, write, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

const says = (word: string) => `export default { fetch: () => new Response(${JSON.stringify(word)}) };`;

Deno.test("a function sees the platform's variables, the model's, and none of the developer's", async () => {
  Deno.env.set("A_SECRET_OF_THE_DEVELOPER", "hidden");
  const tell = "export default { fetch: () => Response.json(Deno.env.toObject()) };";
  await using running = await project(tell, says("x"), "never");
  Deno.env.delete("A_SECRET_OF_THE_DEVELOPER");
  const env = await (await fetch(running.functions.addresses["agent-planner"]!)).json();
  assert.equal(env.SUPABASE_URL, "http://127.0.0.1:1");
  assert.equal(env.SUPABASE_PUBLISHABLE_KEYS, '{"default":"sb_publishable_x"}');
  assert.equal(env.LLM_BASE_URL, "http://127.0.0.1:2/v1");
  assert.equal(env.A_SECRET_OF_THE_DEVELOPER, undefined);
  assert.equal(env.TEST_DATABASE_URL, undefined);
});

Deno.test("a function may use the network, and may not read, write or start anything", async () => {
  const attempt = `
    const refused = async (work) => { try { await work(); return false; } catch (error) { return error.name; } };
    export default { fetch: async () => Response.json([
      await refused(() => Deno.readTextFile("/etc/hostname")),
      await refused(() => Deno.writeTextFile("/tmp/written-by-a-function", "x")),
      await refused(() => new Deno.Command("/bin/true").output()),
    ]) };`;
  await using running = await project(attempt, says("x"), "never");
  const answer = await fetch(running.functions.addresses["agent-planner"]!);
  assert.deepEqual(await answer.json(), ["NotCapable", "NotCapable", "NotCapable"]);
});

for (const restart of ["never", "on_change"] as const) {
  Deno.test(`a function that does not boot leaves the other one running (restart: ${restart})`, async () => {
    await using running = await project(says("here"), "export default { fetch: (", restart);
    const { addresses, problems } = running.functions;
    assert.equal(await (await fetch(addresses["agent-planner"]!)).text(), "here");
    assert.equal(addresses["agent-executor"], undefined);
    assert.match(problems["agent-executor"] ?? "", /agent-executor\/index\.ts/);
  });
}

Deno.test("a function starts again when its file changes, at the same address", async () => {
  await using running = await project(says("old"), says("x"), "on_change");
  const address = running.functions.addresses["agent-planner"]!;
  assert.equal(await (await fetch(address)).text(), "old");
  const starts = () => running.lines.filter((line) => line.includes(`Listening on ${address}`)).length;
  await running.write("agent-planner", says("new"));
  while (starts() < 2) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(await (await fetch(address)).text(), "new");
});
