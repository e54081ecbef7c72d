// A run that waits for a person needs no process: whoever worked on it may be killed before, while and after it waits.
import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { checkInvariants } from "../support/invariants/invariants.ts";
import { scriptModel } from "../support/models/script.ts";
import {
  shortLivedFunctions,
  type TestedShortLived,
} from "../support/short_lived/open_short_lived_functions.ts";
import type { Worker } from "../support/short_lived/worker.ts";
import { assertContract, typesOf } from "../support/stack/calling.ts";
import { askedRun, decide, readOn } from "../support/stack/deciding.ts";
import { database, newUser, type TestUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

const SETTINGS = { RUN_LEASE_SECONDS: "1.2", RUN_DEADLINE_SECONDS: "60" };

let functions: TestedShortLived;
let sql: Sql;
Deno.test.beforeAll(async () => {
  sql = database();
  functions = await shortLivedFunctions({ limit_ms: Infinity, settings: SETTINGS });
});
Deno.test.afterAll(async () => {
  await functions[Symbol.asyncDispose]();
  await sql.end();
});

/** The process that has begun to work last. */
function latest(): Worker {
  const worker = functions.workers.findLast((one) => one.request.includes("agent-planner"));
  return worker ?? assert.fail("nobody has called the planner");
}

async function loan(user: TestUser): Promise<number> {
  const { data, error } = await user.client.from("loans").insert({ borrower: "Ada" }).select("id").single();
  if (error) throw error;
  return data.id;
}

test("a run whose owner is killed while it waits goes on with whoever comes after the decision", async () => {
  const user = await newUser();
  const loan_id = await loan(user);
  await using script = await scriptModel(user.id, [
    { tool_calls: [{ name: "cancel_loan", arguments: { loan_id } }] },
    { text: "It is cancelled." },
  ]);
  const run = await askedRun(user, functions.url);
  await latest().kill();
  await decide(user, run, {});
  const events = await readOn(user, run, functions.url);
  assertContract(events);
  await checkInvariants(sql, run.run_id, { streamed: events });
  assert.deepEqual((await user.client.from("loans").select("id")).data, []);
  assert.equal((await script.requests()).length, 2);
});

test("a run whose next owner is killed over the decided call makes it once, and tells the decision once", async () => {
  const user = await newUser();
  const loan_id = await loan(user);
  await using script = await scriptModel(user.id, [
    { tool_calls: [{ name: "cancel_loan", arguments: { loan_id } }] },
    { text: "This is lost.", hold: "lost" },
    { text: "It is cancelled." },
  ]);
  const run = await askedRun(user, functions.url);
  await decide(user, run, {});
  const broken = readOn(user, run, functions.url).catch(() => []);
  await script.reached("lost");
  await latest().kill();
  await broken;
  const events = await readOn(user, run, functions.url);
  assertContract(events);
  await checkInvariants(sql, run.run_id, { streamed: events });
  assert.equal(typesOf(events).filter((type) => type === "approval_decided").length, 1);
  assert.deepEqual((await user.client.from("loans").select("id")).data, []);
});
