// The demo as a person runs it: a process of its own, on any free port, with the model as fast as it can be.
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { denoEnvironment } from "../../../dev/process/environment.ts";
import { descendants, living } from "../../support/stack/processes.ts";

const ROOT = new URL("../../../", import.meta.url);

function startDemo(...args: string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--allow-all", "--unstable-no-legacy-abort", fileURLToPath(new URL("dev/demo.ts", ROOT))],
      ...["--port", "0", "--time-zone", "Europe/Berlin", ...args],
    ],
    env: denoEnvironment(),
    clearEnv: true,
    // A group of its own, as a terminal gives one to each command.
    detached: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** As Ctrl-C does: the signal goes to the whole group. */
async function interrupt(demo: Deno.ChildProcess): Promise<void> {
  const args = ["-c", `kill -INT -${demo.pid}`];
  assert.ok((await new Deno.Command("/bin/sh", { args }).output()).success);
}

Deno.test("the demo plans, researches, writes, answers, and shows what is in the database afterwards", async () => {
  const demo = startDemo("--first-token-ms", "0", "--tokens-per-second", "0");
  const { code, stdout } = await demo.output();
  const text = new TextDecoder().decode(stdout);
  assert.equal(code, 0, text);
  assert.match(text, /no language model/);
  assert.match(text, /^plan: Update the Website project and schedule its open tasks$/m);
  assert.match(text, /^step 2 completed in .* open tasks in Website/m);
  assert.match(text, /^Done: I updated \*\*Website\*\* and put \d tasks on your calendar\.$/m);
  assert.match(text, /^ {2}agents +5 +4 executor, 1 planner$/m);
  assert.match(text, /^ {2}agent_executions +6 +6 completed$/m);
  assert.match(text, /^ {2}projects +updated +Website /m);
  assert.match(text, /^ {2}calendar_events +created +Write copy for the product pages /m);
});

Deno.test("a message of one's own is answered instead, with the tools that it needs", async () => {
  const demo = startDemo("--first-token-ms", "0", "--tokens-per-second", "0", "Show me my tasks");
  const text = new TextDecoder().decode((await demo.output()).stdout);
  assert.match(text, /^list_tasks ok: \d+ tasks\.$/m);
  assert.match(text, /^You have \d+ open tasks:\n- \*\*/m);
  assert.match(text, /^Changed in the workspace\n {2}nothing$/m);
});

for (const moment of ["Starting", "Ready in", "no language model", "step 1 started", "step 1 completed"]) {
  Deno.test(`Ctrl-C at "${moment}" ends the demo with 130, without a stack or a process left`, async () => {
    // Slow enough that the plan can't be over before the signal comes.
    const demo = startDemo("--first-token-ms", "500");
    const errors = new Response(demo.stderr).text();
    const reader = demo.stdout.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (!text.includes(moment)) {
      const { value, done } = await reader.read();
      assert.ok(!done, text);
      text += value;
    }
    const started = await descendants(demo.pid);
    await interrupt(demo);
    for (let end = await reader.read(); !end.done; end = await reader.read()) text += end.value;
    assert.equal((await demo.status).code, 130, text);
    assert.doesNotMatch(text + await errors, /^\s+at |Uncaught|did not|does not/m);
    while ((await living(started)).length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  });
}
