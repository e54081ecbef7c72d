// Two hundred runs under seeded faults. What failed can be had again: `deno task chaos --seed 4 --runs 200`.
import assert from "node:assert/strict";
import { assertSoundChaos } from "../support/chaos/assert_sound_chaos.ts";

Deno.test("under chaos every run ends, once, with nothing lost and nothing twice", async () => {
  const report = await assertSoundChaos({ seed: 4, runs: 200, pairs: 4 });
  for (const [kind, count] of Object.entries(report.faults)) assert.ok(count > 0, `no ${kind} at all`);
  assert.ok(report.takeovers > 0);
});
