// The next turn knows of one whose process was killed: superseded by it, or swept before it.
import type { Sql } from "postgres";
import type { RunEvent } from "../../shared/contracts/events.ts";
import assert from "node:assert/strict";
import { checkInvariants } from "../support/invariants/invariants.ts";
import { scriptModel } from "../support/models/script.ts";
import { DONE_BEFORE, lastHistory, MILK } from "../support/models/told_history.ts";
import { callFunction, chat, eventsOf, readTurn } from "../support/stack/calling.ts";
import { functionsWith } from "../support/stack/functions.ts";
import { database, newUser, type TestUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

let sql: Sql;
Deno.test.beforeAll(() => void (sql = database()));
Deno.test.afterAll(async () => await sql.end());

/** Starts a run and reads its stream until the event has come. */
async function readUntil(user: TestUser, url: string | undefined, type: RunEvent["type"]) {
  const response = await callFunction(user, "agent-planner", { body: { message: "Buy milk" }, base: url });
  const events = eventsOf(response);
  let session_id = "";
  for (;;) {
    const { value } = await events.next();
    if (value?.type === "session") session_id = value.session_id;
    if (value?.type === type) return { session_id, run_id: value.run_id, events };
  }
}

test("a run whose process was killed after a write is superseded; the next prompt tells so", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [MILK, { text: "Never.", hold: "kill" }, { text: "Yes." }]);
  const killed = await functionsWith({ RUN_LEASE_SECONDS: "1" });
  const { session_id, run_id } = await readUntil(user, killed.url, "tool_result");
  await script.reached("kill");
  await killed[Symbol.asyncDispose]();
  await sql`select pg_sleep(greatest(0, extract(epoch from lease_expires_at - clock_timestamp())))
    from agent_runs where id = ${run_id}`;

  const { state } = await chat(user, { message: "And?", session_id });
  assert.equal(state.status, "completed");
  const told = `I put it on the list.\n\nThis was interrupted before it was finished. ${DONE_BEFORE}`;
  assert.deepEqual(await lastHistory(script), [["user", "Buy milk"], ["assistant", told]]);
  const streamed = (await readTurn(
    await callFunction(user, `agent-planner/runs/${run_id}/events`, { method: "GET" }),
  )).events;
  await checkInvariants(sql, run_id, { streamed });
});

test("a run that nobody came back to after a write is swept; the next prompt tells so", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [MILK, { text: "Never.", hold: "kill" }, { text: "Yes." }]);
  const killed = await functionsWith({});
  const { session_id, run_id } = await readUntil(user, killed.url, "tool_result");
  await script.reached("kill");
  await killed[Symbol.asyncDispose]();
  await sql`update agent_runs set lease_expires_at = now() - interval '40 days' where id = ${run_id}`;
  await sql`select private.sweep_runs(interval '30 days')`;

  await chat(user, { message: "And?", session_id });
  const told = `I put it on the list.\n\nThis was abandoned before it was finished. ${DONE_BEFORE}`;
  assert.deepEqual(await lastHistory(script), [["user", "Buy milk"], ["assistant", told]]);
});
