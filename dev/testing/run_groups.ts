// Groups of test files, some at a time, one line each when it has ended; what failed is told whole at the end.
import type { TestGroup } from "./test_files.ts";
import { runTests } from "./run_tests.ts";
import type { TestCounts } from "./test_output.ts";

export interface GroupsOptions {
  /** How many run at a time. */
  at_once: number;
  /** Further words for `deno test`, and for the tests themselves. */
  options: readonly string[];
  for_tests: readonly string[];
  env: Record<string, string>;
  /** How long a group may write nothing. */
  patience_ms: number;
  print(line: string): void;
}

/** Runs them all, whatever fails, and adds up. */
export async function runGroups(groups: readonly TestGroup[], options: GroupsOptions): Promise<TestCounts> {
  const { print } = options;
  const width = Math.max(...groups.map(({ name }) => name.length));
  const sum = { passed: 0, failed: 0, ignored: 0 };
  const failures: string[] = [];
  const skips = new Set<string>();
  const waiting = [...groups];
  const work = async (): Promise<void> => {
    for (let group = waiting.shift(); group; group = waiting.shift()) {
      const { name, files } = group;
      const result = await runTests({
        ...options,
        files,
        onSilence: (test, seconds) => print(`${name}: at ${test} for ${seconds} s`),
      });
      sum.passed += result.passed;
      sum.failed += result.failed;
      sum.ignored += result.ignored;
      print(`${name.padEnd(width)}  ${countsOf(result)}  ${result.seconds.toFixed(1).padStart(6)} s`);
      for (const skip of result.skips) skips.add(skip);
      if (result.failed > 0) failures.push(`\n== ${name}\n\n${result.failures}`);
    }
  };
  await Promise.all(Array.from({ length: options.at_once }, work));
  for (const skip of skips) print(skip);
  for (const failure of failures) print(failure);
  return sum;
}

function countsOf({ passed, failed, ignored }: TestCounts): string {
  return [
    `${String(passed).padStart(5)} passed`,
    ...(failed > 0 ? [`${failed} FAILED`] : []),
    ...(ignored > 0 ? [`${ignored} ignored`] : []),
  ].join(", ");
}
