// Two hundred runs under seeded faults. What failed can be had again: `deno task chaos --seed 4 --runs 200`.
import assert from "node:assert/strict";
import { chaosLines, isSound } from "../support/chaos/chaos_table.ts";
import { runChaos } from "../support/chaos/run_chaos.ts";
import { checkInvariants } from "../support/invariants/invariants.ts";
import { testStack } from "../support/stack/stack.ts";

const SEED = 4;
const RUNS = 200;

Deno.test("under chaos every run ends, once, with nothing lost and nothing twice", async () => {
  const lines: string[] = [];
  const report = await runChaos({
    seed: SEED,
    runs: RUNS,
    pairs: 4,
    runs_per_pair: 2,
    fault_rate: 0.05,
    stack: testStack(),
    check: checkInvariants,
    log: (source, line) => void lines.push(`[${source}] ${line}`),
  });
  console.log(`Seed ${SEED}, ${Math.round(report.seconds)} s\n${chaosLines(report).join("\n")}`);
  assert.ok(isSound(report), report.problems.join("\n"));
  assert.equal(Object.values(report.ended).reduce((sum, count) => sum + count, 0), RUNS);
  for (const [kind, count] of Object.entries(report.faults)) assert.ok(count > 0, `no ${kind} at all`);
  assert.ok(report.takeovers > 0);
});
