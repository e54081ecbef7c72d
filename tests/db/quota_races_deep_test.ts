// The parallel reservations of quota_races_test.ts, many times.
import { newSeed } from "../support/seeded.ts";
import { testParallel } from "./quota_races.ts";

for (let n = 0; n < 6; n += 1) testParallel(5, newSeed());
