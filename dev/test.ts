// `deno task test`: formatting, lint and types, then all tests against one stack. Arguments go to `deno test`
// (`deno task test tests/tools/ --filter tasks`); when there are any, the tests alone are run.
import { tmpdir } from "node:os";
import { check, STATIC_STEPS } from "./check.ts";
import { type Stack, startStack } from "./stack.ts";
import { testEnvironment } from "./test_environment.ts";

const steps = Deno.args.length === 0 ? STATIC_STEPS : [];
const failed_steps = await check(steps);

const log_file = await Deno.makeTempFile({ prefix: "agents-test-", suffix: ".log" });
const log = await Deno.open(log_file, { append: true });
const text = new TextEncoder();
const stack = await startStack({
  port: 0,
  // Tests run against the demo model, whatever model the developer has configured.
  env: Deno.env.has("DATABASE_URL") ? { DATABASE_URL: Deno.env.get("DATABASE_URL") ?? "" } : {},
  pace: { first_token_ms: 0, tokens_per_second: 0 },
  log: (source, line) => void log.writeSync(text.encode(`[${source}] ${line}\n`)),
});
// The tests get the signal as well and end by themselves; the stack is stopped after them.
for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, () => {});
for (const [name, problem] of Object.entries(stack.problems)) {
  console.error(`${name} did not start, so its tests will fail:\n${problem}\n`);
}

const { passed, failed, code } = await runTests(stack);
await stack.stop();
log.close();

for (const name of failed_steps) console.log(`FAILED: ${name}`);
if (code === 0) await Deno.remove(log_file).catch(() => {});
else console.log(`What the processes of the stack wrote is in ${log_file}`);
console.log(`${passed + steps.length - failed_steps.length} passed, ${failed + failed_steps.length} failed`);
Deno.exit(code === 0 && failed_steps.length > 0 ? 1 : code);

/** Runs `deno test`, shows what it writes, and reads its counts from its last words. */
async function runTests(stack: Stack): Promise<{ passed: number; failed: number; code: number }> {
  const tests = new Deno.Command(Deno.execPath(), {
    args: [
      ...["test", "--unstable-no-legacy-abort", "--no-prompt"],
      // The tests themselves reach nothing but this machine and write nothing but temporary files.
      ...["--allow-net=127.0.0.1,localhost", "--allow-read", `--allow-write=${tmpdir()}`],
      ...["--allow-env", "--allow-sys", "--allow-run"],
      // The types have been checked above.
      ...(steps.length > 0 ? ["--no-check"] : []),
      ...Deno.args,
    ],
    env: testEnvironment(stack),
    clearEnv: true,
    stdout: "piped",
  }).spawn();
  let end = "";
  const decoder = new TextDecoder();
  for await (const chunk of tests.stdout) {
    await Deno.stdout.write(chunk);
    end = (end + decoder.decode(chunk, { stream: true })).slice(-2000);
  }
  const { code } = await tests.status;
  const counts = [...end.matchAll(/\| (\d+) passed(?: \([^)]*\))? \| (\d+) failed/g)].at(-1);
  // No counts means that it did not get so far, for example because a file has a type error.
  return { passed: Number(counts?.[1] ?? 0), failed: Number(counts?.[2] ?? 1), code };
}
