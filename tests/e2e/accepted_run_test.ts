// What a caller is told about a run that was accepted, when something fails after that.
import assert from "node:assert/strict";
import { startFailingApi } from "../support/stack/failing_api.ts";
import { functionsWith, type OtherFunctions } from "../support/stack/functions.ts";
import { test } from "../support/test.ts";
import { assertSound, midRun } from "./accepted_matrix.ts";

const api = startFailingApi();
let functions: OtherFunctions;
Deno.test.beforeAll(async () => {
  functions = await functionsWith({ RUN_LEASE_SECONDS: "2" }, { auth_and_rest: api.url });
});
Deno.test.afterAll(async () => {
  await functions[Symbol.asyncDispose]();
  await api[Symbol.asyncDispose]();
});

test("a caller whose token expires in mid-run is told which run goes on, and never to send the message again", async () => {
  const tally = await midRun({
    api,
    base: functions.url,
    fail: async (api) => {
      api.fail("token_expired");
      await api.met(1);
    },
  });
  assertSound(tally);
  assert.ok(tally.errors >= 1, "nobody was told");
});
