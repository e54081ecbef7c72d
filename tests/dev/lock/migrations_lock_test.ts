// What a released migration is held to.
import assert from "node:assert/strict";
import { brokenPromises, lockOf, readHashes } from "../../../dev/lock/migrations_lock.ts";

const hash = (digit: string) => digit.repeat(64);

Deno.test("a lock is read as it was written, in the order of the files", () => {
  const hashes = new Map([["2_b.sql", hash("b")], ["1_a.sql", hash("a")]]);
  assert.equal(lockOf(hashes), `${hash("a")}  1_a.sql\n${hash("b")}  2_b.sql\n`);
  assert.deepEqual(new Map([...readHashes(lockOf(hashes))].sort()), new Map([...hashes].sort()));
  assert.equal(readHashes("").size, 0);
});

Deno.test("released migrations neither change nor go, and none comes in between", () => {
  const released = new Map([["1_a.sql", hash("a")], ["3_c.sql", hash("c")], ["5_e.sql", hash("e")]]);
  assert.deepEqual(brokenPromises(released, new Map([...released, ["6_f.sql", hash("f")]])), []);
  const there = new Map([["1_a.sql", hash("a")], ["2_b.sql", hash("b")], ["3_c.sql", hash("d")]]);
  assert.deepEqual(brokenPromises(released, there), [
    "3_c.sql has been released, and has changed: undo that, and add a migration.",
    "5_e.sql has been released, and is gone.",
    "2_b.sql comes before 5_e.sql, which has been released: give it a later version.",
  ]);
});
