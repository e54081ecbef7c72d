// A program that was started for somebody ends with the process that started it, whatever ends that one alone.
import assert from "node:assert/strict";
import { TextLineStream } from "../../dev/process/lines.ts";
import { denoEnvironment } from "../../dev/process/environment.ts";
import { living } from "../support/stack/processes.ts";

const url = (path: string) => JSON.stringify(new URL(`../../dev/process/${path}`, import.meta.url).href);

/** Starts a process that runs a program to its end; both, once the program runs. */
async function running() {
  const code = `
    import { startGuard } from ${url("guard.ts")};
    import { runToEnd } from ${url("run_to_end.ts")};
    const guard = startGuard();
    const args = ["-c", "echo $$; exec sleep 600"];
    await runToEnd(new Deno.Command("/bin/sh", { args, stdin: "null", stdout: "inherit" }), guard);
    await guard.close();`;
  const parent = new Deno.Command(Deno.execPath(), {
    ...{ args: ["eval", "--ext=ts", code], env: denoEnvironment(), clearEnv: true },
    ...{ stdin: "null", stdout: "piped", stderr: "inherit" },
  }).spawn();
  const lines = parent.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
  const reader = lines.getReader();
  const { value } = await reader.read();
  return { parent, child: Number(value), over: reader };
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL"] as const) {
  Deno.test(`a program ends with the process that started it: ${signal}`, async () => {
    const { parent, child, over } = await running();
    assert.deepEqual(await living([child]), [child]);
    parent.kill(signal);
    await parent.status;
    // The pipe is closed when both have ended; the runner's patience is the limit.
    while (!(await over.read()).done);
    assert.deepEqual(await living([child]), []);
  });
}
