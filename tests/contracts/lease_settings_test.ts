import assert from "node:assert/strict";
import { deadlineAt, readLeaseSettings } from "../../shared/contracts/lease_settings.ts";

Deno.test("without settings a worker has 15 seconds between two signs of life, and 110 in all", () => {
  assert.deepEqual(readLeaseSettings({}), { lease_seconds: 15, deadline_seconds: 110 });
  assert.deepEqual(
    readLeaseSettings({ RUN_LEASE_SECONDS: "" }),
    readLeaseSettings({}),
    "an empty variable counts as unset",
  );
});

Deno.test("both are set in seconds, fractions allowed", () => {
  assert.deepEqual(readLeaseSettings({ RUN_LEASE_SECONDS: "0.5", RUN_DEADLINE_SECONDS: "2.25" }), {
    lease_seconds: 0.5,
    deadline_seconds: 2.25,
  });
});

Deno.test("a deadline of 0 is a deadline, but a lease of 0 is none", () => {
  assert.equal(readLeaseSettings({ RUN_DEADLINE_SECONDS: "0" }).deadline_seconds, 0);
  assert.throws(() => readLeaseSettings({ RUN_LEASE_SECONDS: "0" }), /RUN_LEASE_SECONDS/);
});

Deno.test("a lease of more than an hour would keep the work of the dead for ever: it is refused", () => {
  assert.throws(() => readLeaseSettings({ RUN_LEASE_SECONDS: "3601" }), /RUN_LEASE_SECONDS/);
  assert.equal(readLeaseSettings({ RUN_DEADLINE_SECONDS: "1e12" }).deadline_seconds, 1e12, "that is never");
});

Deno.test("what is no number of seconds stops the start, and names its variable", () => {
  for (const value of ["soon", "-1", "NaN"]) {
    assert.throws(() => readLeaseSettings({ RUN_LEASE_SECONDS: value }), /RUN_LEASE_SECONDS/);
    assert.throws(() => readLeaseSettings({ RUN_DEADLINE_SECONDS: value }), /RUN_DEADLINE_SECONDS/);
  }
});

Deno.test("a setting that is wrong is told in one sentence, which names the bound that it breaks", () => {
  for (
    const [env, sentence] of [
      [{ RUN_LEASE_SECONDS: "3000000" }, "RUN_LEASE_SECONDS must be at most 3600."],
      [{ RUN_LEASE_SECONDS: "0" }, "RUN_LEASE_SECONDS must be more than 0."],
      [{ RUN_LEASE_SECONDS: "soon" }, "RUN_LEASE_SECONDS must be a number."],
      [{ RUN_LEASE_SECONDS: "Infinity" }, "RUN_LEASE_SECONDS must be a number."],
      [{ RUN_DEADLINE_SECONDS: "-1" }, "RUN_DEADLINE_SECONDS must be at least 0."],
    ] as const
  ) assert.throws(() => readLeaseSettings(env), { message: sentence });
});

const left = (age: number, deadline_ms: number) =>
  deadlineAt({ now: 1_000_000, born: 1_000_000 - age, deadline_ms }) - 1_000_000;

Deno.test("an invocation has until its process is as old as the deadline", () => {
  assert.equal(left(0, 110_000), 110_000);
  assert.equal(left(60_000, 110_000), 50_000);
});

Deno.test("a process that gets a request when it is older than the deadline has half of its age left, not nothing", () => {
  assert.equal(left(120_000, 110_000), 60_000);
  assert.equal(left(200_000, 110_000), 100_000);
});

Deno.test("no invocation has more than the deadline, and a deadline of 0 stays 0 however old the process is", () => {
  assert.equal(left(400_000, 110_000), 110_000);
  for (const age of [0, 1, 100_000]) assert.equal(left(age, 0), 0);
});
