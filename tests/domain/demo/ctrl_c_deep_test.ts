// Ctrl-C in the middle of the demo's plan.
import { assertEndsAt } from "../support/demo_process.ts";

for (const moment of ["step 1 started", "step 1 completed"]) {
  Deno.test(`Ctrl-C at "${moment}" ends the demo with 130, without a stack or a process left`, async () => {
    await assertEndsAt(moment);
  });
}
