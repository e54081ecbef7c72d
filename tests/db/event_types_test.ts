// What the log takes is what the contract has: a type that is in one of them alone would end a run, or be unreadable.
import assert from "node:assert/strict";
import { RunEvent } from "../../shared/contracts/events.ts";
import { testAsUser as test } from "./agents_calls.ts";

test("the table takes every type of event that the contract has, and no other", async (_user, sql) => {
  const [rule] = await sql`select prosrc as text from pg_proc
    where oid = 'private.fits(agent_run_events)'::regprocedure`;
  const taken = [...String(rule?.text).matchAll(/'(\w+)'/g)].map(([, type]) => type);
  const known = RunEvent.options.map((event) => event.shape.type.value);
  assert.deepEqual(taken.toSorted(), known.toSorted());
});
