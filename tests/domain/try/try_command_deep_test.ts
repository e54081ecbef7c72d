// The command whole, on the demo model: a stack of its own, the table, the end, and what is left then.
import assert from "node:assert/strict";
import { descendants, living } from "../../support/stack/processes.ts";
import { freePort } from "../../../dev/process/port.ts";
import { startTry } from "./try_command.ts";

Deno.test("it runs what is asked for on a stack of its own, and its exit code tells what came of it", async () => {
  const passing = await startTry(["--demo", "show-my-tasks", "not-there"]);
  assert.equal(await passing.ended, 0, passing.lines.join("\n"));
  assert.match(passing.lines.join("\n"), /^2 tasks: at most 2 runs on the demo model/);
  assert.match(passing.lines.join("\n"), /2 of 2 passed/);

  const file = `${passing.folder}/report.json`;
  const failing = await startTry(["--demo", "--times", "2", "--json", file, "in-german"]);
  assert.equal(await failing.ended, 1, failing.lines.join("\n"));
  assert.match(
    failing.lines.join("\n"),
    /^in-german +0\/2 [^]*\(2 times\)[^]*deno task try --demo in-german/m,
  );
  for (const line of failing.lines) assert.ok(line.length <= 80, line);
  assert.equal(JSON.parse(await Deno.readTextFile(file)).sum.attempts, 2);
  await Deno.remove(passing.folder, { recursive: true });
  await Deno.remove(failing.folder, { recursive: true });
});

Deno.test("a host that can't be reached ends it with 2 and what is known of it, never with the key", async () => {
  const { ended, lines, folder } = await startTry(["--times", "4", "what-is-buildos"], {
    LLM_BASE_URL: `http://127.0.0.1:${freePort()}/v1`,
    LLM_API_KEY: "a-secret-key",
    LLM_BALANCED_MODELS: "some/model",
    LLM_SPEED_MODELS: "other/model",
  });
  assert.equal(await ended, 2, lines.join("\n"));
  const said = lines.join("\n");
  assert.match(
    said,
    /4 times each: at most 4 runs on some\/model as the planner, other\/model\s+as executors/,
  );
  assert.match(said, /^what-is-buildos +host [^]*0 of 3 passed, 3 not judged/m);
  assert.match(said, /The last call that failed, of some\/model, did so: Connection error/);
  assert.match(said, /failed three times in a row, so the rest was not\s+tried/);
  assert.ok(!said.includes("a-secret-key"));
  await Deno.remove(folder, { recursive: true });
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  const linux_only = { ignore: Deno.build.os !== "linux" };
  Deno.test(`${signal} in the middle ends everything, and nothing is left`, linux_only, async () => {
    const { process, begun, ended, folder } = await startTry(["--demo", "--times", "100"]);
    await begun;
    const processes = await descendants(process.pid);
    assert.ok(processes.length >= 5, `${processes.length} processes`);
    process.kill(signal);
    assert.equal(await ended, 130);
    while ((await living(processes)).length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual([...Deno.readDirSync(folder)], []);
    await Deno.remove(folder);
  });
}
