// However the stack ends, nothing of it stays: no process, no folder.
import assert from "node:assert/strict";
import postgres from "postgres";
import { startDev } from "../support/stack/dev_command.ts";
import { descendants, living } from "../support/stack/processes.ts";
import { testStack } from "../support/stack/stack.ts";

/** The names of the databases that stacks have made on the test stack's server; other tests make others there meanwhile. */
async function databases(): Promise<string[]> {
  const sql = postgres(testStack().admin_url, { max: 1 });
  const rows = await sql<{ datname: string }[]>`
    select datname from pg_database where datname ~ '^agents_[0-9a-f]{8}(_template)?$' order by 1`;
  await sql.end();
  return rows.map(({ datname }) => datname);
}

/** Resolves when the condition holds; the test runner's own patience is the limit. */
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!await condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}

const linux_only = { ignore: Deno.build.os !== "linux" };

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test(`${signal} ends the stack with all its processes and folders`, linux_only, async () => {
    const dev = await startDev(["--port", "0"]);
    assert.ok(await dev.runs, dev.lines.join("\n"));
    const processes = await descendants(dev.process.pid);
    // Postgres with its workers, auth and REST, the model, the functions, the guard.
    assert.ok(processes.length >= 6, `${processes.length} processes`);

    dev.process.kill(signal);
    assert.equal((await dev.process.status).code, 0);
    await dev.output;

    assert.deepEqual(await living(processes), []);
    assert.deepEqual([...Deno.readDirSync(dev.folder)], []);
    await Deno.remove(dev.folder);
  });
}

Deno.test("a stack that is killed outright leaves nothing behind, either", linux_only, async () => {
  const dev = await startDev(["--port", "0"]);
  assert.ok(await dev.runs, dev.lines.join("\n"));
  const processes = await descendants(dev.process.pid);

  dev.process.kill("SIGKILL");
  await dev.process.status;

  await until(async () => (await living(processes)).length === 0);
  assert.deepEqual([...Deno.readDirSync(dev.folder)], []);
  await Deno.remove(dev.folder);
  await dev.output;
});

Deno.test("a signal during the start ends what has been started", linux_only, async () => {
  const dev = await startDev(["--port", "0"]);
  await until(() => dev.lines.some((line) => line.startsWith("[model]")));
  const processes = await descendants(dev.process.pid);
  assert.ok(processes.length > 0);
  dev.process.kill("SIGINT");
  await dev.process.status;
  await dev.output;
  await until(async () => (await living(processes)).length === 0);
  assert.deepEqual([...Deno.readDirSync(dev.folder)], []);
  await Deno.remove(dev.folder);
});

Deno.test("on the server of DATABASE_URL the stack makes databases of its own and drops them", async () => {
  const before = await databases();
  const dev = await startDev(["--port", "0"], { DATABASE_URL: testStack().admin_url });
  assert.ok(await dev.runs, dev.lines.join("\n"));
  assert.equal((await databases()).length, before.length + 2);
  assert.ok(!dev.lines.some((line) => line.startsWith("[postgres]")), "another Postgres was started");
  dev.process.kill("SIGINT");
  assert.equal((await dev.process.status).code, 0);
  await dev.output;
  assert.deepEqual(await databases(), before);
  await Deno.remove(dev.folder);
});

Deno.test("with its port taken the stack says so, names the flag, and starts nothing", async () => {
  const other = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = other.addr;
  const dev = await startDev(["--port", String(port)]);
  assert.equal((await dev.process.status).code, 1);
  await dev.output;
  other.close();
  assert.match(dev.lines.join("\n"), new RegExp(`Port ${port} is taken by another program.*--port`));
  assert.ok(!dev.lines.some((line) => line.startsWith("[")), "a process was started");
  assert.deepEqual([...Deno.readDirSync(dev.folder)], []);
  await Deno.remove(dev.folder);
});
