// Nothing outlives the process that started it, whenever that one ends.
import assert from "node:assert/strict";
import { denoEnvironment } from "../../dev/process/environment.ts";
import { living } from "../support/stack/processes.ts";

/** A process with a guard, a folder and a child, that ends `how` it is told, in the breath in which it has started it. */
async function endsAtOnce(how: string): Promise<{ child: number; folder: string }> {
  const guard = new URL("../../dev/process/guard.ts", import.meta.url);
  const code = `
    import { startGuard } from ${JSON.stringify(guard.href)};
    const guard = startGuard();
    const folder = Deno.makeTempDirSync();
    guard.remove(folder);
    const child = new Deno.Command("/bin/sh", {
      args: ["-c", "exec sleep 600"], detached: true, stdin: "null", stdout: "null", stderr: "null",
    }).spawn();
    guard.watch(child.pid);
    console.log(JSON.stringify({ child: child.pid, folder }));
    ${how};`;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--ext=ts", code],
    env: denoEnvironment(),
    clearEnv: true,
  }).output();
  const text = new TextDecoder().decode(stdout);
  assert.ok(text, new TextDecoder().decode(stderr));
  return JSON.parse(text);
}

/** The test runner's own patience is the limit. */
async function gone({ child, folder }: { child: number; folder: string }): Promise<void> {
  const exists = () => Deno.stat(folder).then(() => true, () => false);
  while ((await living([child])).length > 0 || await exists()) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

for (const how of ["Deno.exit(130)", 'Deno.kill(Deno.pid, "SIGKILL"); for (;;);']) {
  Deno.test(`a child that was started last ends with its parent, and so does its folder: ${how}`, async () => {
    await gone(await endsAtOnce(how));
  });
}
