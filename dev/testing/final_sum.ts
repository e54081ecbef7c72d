// How a run of the tests ends: its last line, and its exit code.
import type { TestCounts } from "./test_output.ts";

/** Adds up what every stack's tests have given; each step before them counts as a test. A run without tests fails. */
export function finalSum(
  counts: readonly TestCounts[],
  steps: { made: number; failed: number },
): { line: string; code: 0 | 1 } {
  const sum = (kind: "passed" | "failed" | "ignored") => counts.reduce((all, one) => all + one[kind], 0);
  if (sum("passed") + sum("failed") === 0) return { line: "No test was run: none is of that name", code: 1 };
  const failed = sum("failed") + steps.failed;
  const passed = sum("passed") + steps.made - steps.failed;
  const skipped = sum("ignored") === 0 ? "" : `, ${sum("ignored")} skipped`;
  return { line: `${passed} passed, ${failed} failed${skipped}`, code: failed === 0 ? 0 : 1 };
}

/** The counts of the last such line of an output; null where it has none. */
export function readSum(output: string): TestCounts | null {
  const [, passed, failed, ignored = "0"] = [
    ...output.matchAll(/^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/gm),
  ].at(-1) ?? [];
  if (passed === undefined) return null;
  return { passed: Number(passed), failed: Number(failed), ignored: Number(ignored) };
}
