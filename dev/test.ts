// `deno task test`: formatting, lint, types and the quick tests, on a stack of their domain.
// `deno task test:deep`: the deep tests. With files, folders or flags of `deno test` after it
// (`deno task test tests/tools --filter books`) those tests alone are run, and shown one by one; with `--schema agent`
// before them, on an engine in that schema, as the deep tests do for the engine's tests from end to end.
// The last line is the sum.
import { fileURLToPath } from "node:url";
import { check, STATIC_STEPS, typesOf } from "./check.ts";
import type { PartsName } from "./parts.ts";
import { type Stack, startStack } from "./stack.ts";
import { schemaNameProblem } from "./schema/schema_name.ts";
import { finalSum } from "./testing/final_sum.ts";
import { selectTests, type TestSelection } from "./testing/test_arguments.ts";
import { testEnvironment } from "./testing/test_environment.ts";
import { type Depth, depthOf, inGroups, partsFor } from "./testing/test_files.ts";
import { runGroups } from "./testing/run_groups.ts";
import { runTests } from "./testing/run_tests.ts";
import { MOVED_TESTS, runInSchema } from "./testing/schema_run.ts";
import type { TestCounts } from "./testing/test_output.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** How long `deno test` may say nothing, and how many of them work at a time. */
const WAYS: Record<Depth, { patience_ms: number; at_once: number }> = {
  quick: { patience_ms: 180_000, at_once: 2 },
  deep: { patience_ms: 1_200_000, at_once: 1 },
};

if (Deno.args[0] === "--schema") {
  const [, schema = "", ...words] = Deno.args;
  const wrong = schemaNameProblem(schema);
  if (wrong !== null) {
    console.error(`--schema: ${wrong}`);
    Deno.exit(1);
  }
  const { failed } = await runInSchema(schema, words.length > 0 ? words : MOVED_TESTS, showAll);
  Deno.exit(failed === 0 ? 0 : 1);
}
const [depth, ...args] = Deno.args[0] === "--deep"
  ? ["deep" as const, ...Deno.args.slice(1)]
  : ["quick" as const, ...Deno.args];
const selection = selectTests(ROOT, args, depth);
if ("problem" in selection) {
  console.error(selection.problem);
  Deno.exit(1);
}
const steps = args.length > 0 ? [typesOf(selection.files)] : depth === "quick" ? STATIC_STEPS : [];
const failed_steps = await check(steps);

const log_file = await Deno.makeTempFile({ prefix: "agents-test-", suffix: ".log" });
const log = await Deno.open(log_file, { append: true });
const text = new TextEncoder();
// The tests get the signal as well and end by themselves; the stack is stopped after them.
for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, () => {});

const counts: TestCounts[] = [];
for (const parts of ["test_domain", "product"] as const) {
  const files = selection.files.filter((file) => partsFor(file) === parts);
  if (files.length === 0) continue;
  await using stack = await testStack(parts);
  counts.push(await run({ ...selection, files }, testEnvironment(stack)));
}
log.close();
if (depth === "deep" && args.length === 0) {
  const moved = await runInSchema("agent", MOVED_TESTS);
  console.log(
    `in schema agent  ${moved.passed} passed, ${moved.failed} failed  ${moved.seconds.toFixed(1)} s`,
  );
  if (moved.failed > 0) console.log(moved.output.slice(Math.max(0, moved.output.indexOf(" ERRORS "))));
  counts.push(moved);
}

for (const name of failed_steps) console.log(`FAILED: ${name}`);
if (counts.every(({ failed }) => failed === 0)) await Deno.remove(log_file).catch(() => {});
else console.log(`What the processes of the stack wrote is in ${log_file}`);
const made = args.length > 0 ? failed_steps.length : steps.length;
const { line, code } = finalSum(counts, { made, failed: failed_steps.length });
console.log(line);
Deno.exit(code);

/** Starts a stack with these parts, and says which functions do not boot. */
async function testStack(parts: PartsName): Promise<Stack & AsyncDisposable> {
  const stack = await startStack({
    port: 0,
    // Tests run against a model of ours, whatever model the developer has configured.
    env: Deno.env.has("DATABASE_URL") ? { DATABASE_URL: Deno.env.get("DATABASE_URL") ?? "" } : {},
    parts,
    pace: { first_token_ms: 0, tokens_per_second: 0 },
    log: (source, line) => void log.writeSync(text.encode(`[${source}] ${line}\n`)),
  });
  for (const [name, problem] of Object.entries(stack.problems)) {
    console.error(`${name} did not start, so its tests will fail:\n${problem}\n`);
  }
  return { ...stack, [Symbol.asyncDispose]: stack.stop };
}

/** Everything in groups; what somebody asked for in one run, with all that it says. */
async function run(
  { files, options, for_tests }: TestSelection,
  env: Record<string, string>,
): Promise<TestCounts> {
  const { patience_ms, at_once } = WAYS[files.some((file) => depthOf(file) === "deep") ? "deep" : "quick"];
  // The types have been checked: one file that is wrong is named there, and does not keep the others from running.
  const unchecked = ["--no-check", ...options];
  if (args.length > 0) {
    const result = await runTests({ files, options: unchecked, for_tests, env, patience_ms, show: showAll });
    if (result.hung !== null) console.log(result.hung);
    return result;
  }
  return runGroups(inGroups(files, depth), {
    ...{ at_once, options: unchecked, for_tests, env, patience_ms },
    print: (line) => console.log(line),
  });
}

function showAll(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
}
