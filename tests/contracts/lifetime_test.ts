import assert from "node:assert/strict";
import { readLifetime } from "../../shared/contracts/lifetime.ts";

Deno.test("without settings a worker has 15 seconds between two signs of life, and 110 in all", () => {
  assert.deepEqual(readLifetime({}), { lease_seconds: 15, deadline_seconds: 110 });
  assert.deepEqual(
    readLifetime({ RUN_LEASE_SECONDS: "" }),
    readLifetime({}),
    "an empty variable counts as unset",
  );
});

Deno.test("both are set in seconds, fractions allowed", () => {
  assert.deepEqual(readLifetime({ RUN_LEASE_SECONDS: "0.5", RUN_DEADLINE_SECONDS: "2.25" }), {
    lease_seconds: 0.5,
    deadline_seconds: 2.25,
  });
});

Deno.test("a deadline of 0 is a deadline, but a lease of 0 is none", () => {
  assert.equal(readLifetime({ RUN_DEADLINE_SECONDS: "0" }).deadline_seconds, 0);
  assert.throws(() => readLifetime({ RUN_LEASE_SECONDS: "0" }), /RUN_LEASE_SECONDS/);
});

Deno.test("what is no number of seconds stops the start, and names its variable", () => {
  for (const value of ["soon", "-1", "NaN"]) {
    assert.throws(() => readLifetime({ RUN_LEASE_SECONDS: value }), /RUN_LEASE_SECONDS/);
    assert.throws(() => readLifetime({ RUN_DEADLINE_SECONDS: value }), /RUN_DEADLINE_SECONDS/);
  }
});
