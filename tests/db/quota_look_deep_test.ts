// The same as quota_look_test.ts, of many ledgers.
import { testLooks } from "./quota_looks.ts";

for (let n = 0; n < 10; n += 1) testLooks(8);
