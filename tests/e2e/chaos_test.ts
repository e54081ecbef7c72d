// A few runs under seeded faults; chaos_deep_test.ts has many.
import { assertSoundChaos } from "../support/chaos/assert_sound_chaos.ts";

Deno.test("under a little chaos every run ends, once, with nothing lost and nothing twice", async () => {
  await assertSoundChaos({ seed: 4, runs: 4, pairs: 1 });
});
