// The demo as a person runs it: a process of its own, on any free port, with the model as fast as it can be.
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { denoEnvironment } from "../../../dev/process/environment.ts";
import { descendants, living } from "../../support/stack/processes.ts";

const ROOT = new URL("../../../", import.meta.url);

/** `deno task demo` with these arguments. */
export function startDemo(...args: string[]): Deno.ChildProcess {
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

/** Interrupts a demo once it has printed `moment`: it ends with 130, and leaves no stack and no process. */
export async function assertEndsAt(moment: string): Promise<void> {
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
}
