// `deno task models` as a process: how it ends, and that what it writes is plain where nobody watches.
import assert from "node:assert/strict";
import { denoEnvironment } from "../../../dev/process/environment.ts";
import { strictHost } from "../../support/strict_host/strict_host.ts";

const ENTRY = new URL("../../../dev/models.ts", import.meta.url).pathname;

function started(args: string[], url: string): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--allow-all", "--unstable-no-legacy-abort", ENTRY, ...args],
    env: { ...denoEnvironment(), LLM_BASE_URL: url, LLM_API_KEY: "sk-models", LLM_MODEL_TABLE: "[]" },
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

Deno.test("the process ends with 0 where the model can be used, and writes no colours into a pipe", async () => {
  await using host = strictHost();
  const { code, stdout } = await started(["a-model"], host.url).output();
  const text = new TextDecoder().decode(stdout);
  assert.match(text, /This model can be used as it is\.\n$/);
  assert.ok(!text.includes("\u001b"));
  assert.equal(code, 0);
});

Deno.test("a reader that goes away ends the process without a trace of its inside", async () => {
  const asked = Promise.withResolvers<void>();
  const over = Promise.withResolvers<void>();
  await using host = strictHost({
    rules: [() => {
      asked.resolve();
      return null;
    }],
    before: () => over.promise,
  });
  const process = started(["a-model"], host.url);
  await asked.promise;
  await process.stdout.cancel();
  over.resolve();
  const stderr = await new Response(process.stderr).text();
  assert.equal(stderr, "");
  assert.equal((await process.status).code, 141);
});

Deno.test("Ctrl-C ends the process while its host says nothing", async () => {
  const asked = Promise.withResolvers<void>();
  const over = Promise.withResolvers<void>();
  await using host = strictHost({
    rules: [() => {
      asked.resolve();
      return null;
    }],
    before: () => over.promise,
  });
  const process = started(["a-model"], host.url);
  await asked.promise;
  process.kill("SIGINT");
  const { code, stdout } = await process.output();
  over.resolve();
  assert.match(new TextDecoder().decode(stdout), /Interrupted\.\n$/);
  assert.equal(code, 130);
});
