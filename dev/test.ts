// `deno task test`: everything that `deno task check` does, then one stack, then all tests against it.
// Arguments go to `deno test`; when they name files, the check is left out.
import { check } from "./check.ts";
import { denoEnvironment } from "./process/environment.ts";
import { startStack } from "./stack.ts";

const names_files = Deno.args.some((arg) => !arg.startsWith("-"));
if (!names_files && !await check()) Deno.exit(1);

const log_file = await Deno.makeTempFile({ prefix: "agents-test-", suffix: ".log" });
const log = await Deno.open(log_file, { append: true });
const text = new TextEncoder();

const stack = await startStack({
  port: 0,
  env: databaseOnly(),
  pace: { first_token_ms: 0, tokens_per_second: 0 },
  log: (source, line) => void log.writeSync(text.encode(`[${source}] ${line}\n`)),
});
// deno test gets the signal as well and ends by itself; the stack is stopped after it.
for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, () => {});

for (const [name, problem] of Object.entries(stack.problems)) {
  console.error(`${name} did not start, so its tests will fail:\n${problem}\n`);
}

const tests = new Deno.Command(Deno.execPath(), {
  args: [
    "test",
    "--allow-all",
    "--unstable-no-legacy-abort",
    ...Deno.args,
    ...(names_files ? [] : ["tests/"]),
  ],
  env: {
    ...denoEnvironment(),
    TEST_SUPABASE_URL: stack.url,
    TEST_PUBLISHABLE_KEY: stack.publishable_key,
    TEST_DATABASE_URL: stack.database_url,
    TEST_ADMIN_URL: stack.admin_url,
    TEST_TEMPLATE: stack.template_name,
    TEST_MODEL_URL: stack.model.url,
  },
  clearEnv: true,
  stdout: "piped",
}).spawn();

let summary = "";
for await (const chunk of tests.stdout) {
  await Deno.stdout.write(chunk);
  summary = (summary + new TextDecoder().decode(chunk)).slice(-1000);
}
const { code } = await tests.status;
await stack.stop();
log.close();

const counts = /(\d+) passed(?: \([^)]*\))? \| (\d+) failed/.exec(summary);
if (code === 0) await Deno.remove(log_file);
else console.log(`What the stack's processes said is in ${log_file}`);
console.log(`${counts?.[1] ?? 0} passed, ${counts?.[2] ?? 0} failed`);
Deno.exit(code);

/** Tests run against the demo model, whatever model the developer has configured. */
function databaseOnly(): Record<string, string> {
  const url = Deno.env.get("DATABASE_URL");
  return url === undefined ? {} : { DATABASE_URL: url };
}
