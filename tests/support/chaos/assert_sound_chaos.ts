// Chaos on the stack of the tests.
import assert from "node:assert/strict";
import { checkInvariants } from "../invariants/invariants.ts";
import { testStack } from "../stack/stack.ts";
import { chaosLines, isSound } from "./chaos_table.ts";
import { type ChaosReport, runChaos } from "./run_chaos.ts";

/** So many runs; throws unless all ended, with nothing lost and nothing twice. */
export async function assertSoundChaos(
  options: { seed: number; runs: number; pairs: number },
): Promise<ChaosReport> {
  const report = await runChaos({
    ...options,
    runs_per_pair: 2,
    fault_rate: 0.05,
    stack: testStack(),
    check: checkInvariants,
    log: () => {},
  });
  console.log(
    `Seed ${options.seed}, ${Math.round(report.seconds)} s\n${chaosLines(report).join("\n")}`,
  );
  assert.ok(isSound(report), report.problems.join("\n"));
  assert.equal(Object.values(report.ended).reduce((sum, count) => sum + count, 0), options.runs);
  return report;
}
