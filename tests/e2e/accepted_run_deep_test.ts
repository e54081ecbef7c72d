// Accepted runs that write, and the database's API away for 1, 8 and 20 seconds, hanging for as long, or the token
// expired; streamed or not: whoever obeys what it is told has the effect once.
import { startFailingApi } from "../support/stack/failing_api.ts";
import { functionsWith, type OtherFunctions } from "../support/stack/functions.ts";
import { test } from "../support/test.ts";
import { assertSound, atStart, midRun, type Tally } from "./accepted_matrix.ts";
import type { ApiMode, FailingApi } from "../support/stack/failing_api.ts";

const api = startFailingApi();
let functions: OtherFunctions;
const total: Tally[] = [];
Deno.test.beforeAll(async () => {
  functions = await functionsWith({}, { auth_and_rest: api.url });
});
Deno.test.afterAll(async () => {
  const sum = (pick: (tally: Tally) => number) => total.reduce((all, one) => all + pick(one), 0);
  console.log(
    `accepted runs: ${sum((one) => one.cells)}, errors ${sum((one) => one.errors)}, without run_id ${
      sum((one) => one.errors_without_run_id)
    }, effects twice ${sum((one) => one.effects_twice)}`,
  );
  // First what hangs, which the functions wait for.
  await api[Symbol.asyncDispose]();
  await functions[Symbol.asyncDispose]();
});

const forSome = (mode: ApiMode, seconds: number) => async (api: FailingApi) => {
  api.fail(mode);
  await api.recover(seconds * 1_000);
};

const FAILURES: Record<string, (api: FailingApi) => Promise<void>> = {
  "the API is away for 1 s": forSome("away", 1),
  "the API is away for 8 s": forSome("away", 8),
  "the API is away for 20 s": forSome("away", 20),
  "the API hangs for 8 s": forSome("hangs", 8),
  "the API hangs for 20 s": forSome("hangs", 20),
  "the token expires": async (api) => {
    api.fail("token_expired");
    await api.met(1);
  },
};

for (const [name, fail] of Object.entries(FAILURES)) {
  test(`${name} in mid-run: the effect is there once, and every error names its run`, async () => {
    const tally = await midRun({ api, base: functions.url, fail });
    total.push(tally);
    assertSound(tally);
  });

  test(`${name} after a start whose answer was lost: the run is found`, async () => {
    const tally = await atStart({ api, base: functions.url, fail });
    total.push(tally);
    assertSound(tally);
  });
}
