// Everything that was tried, as JSON for comparison: verdicts, figures and the rows that were judged.
import { sumOf } from "./figures.ts";
import type { Outcome } from "./run_tasks.ts";

/** The text of the file. It has what models and tools said, and no key. */
export function report(outcome: Outcome, model: string): string {
  const attempts = outcome.results.flatMap((result) => result.attempts);
  const passed = attempts.filter(({ verdict }) => verdict.outcome === "passed").length;
  const sum = { attempts: attempts.length, passed, ...sumOf(attempts.map(({ figures }) => figures)) };
  return `${JSON.stringify({ model, sum, ...outcome }, null, 2)}\n`;
}
