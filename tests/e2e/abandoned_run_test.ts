// A run that nobody came back to, as its user sees it: it is told from one that is worked on, and once the owner of the
// tables has swept it, it has ended and its session goes on.
import assert from "node:assert/strict";
import { callFunction, chat, readTurn } from "../support/stack/calling.ts";
import { scriptModel } from "../support/models/script.ts";
import { database, newUser, testStack, type TestUser } from "../support/stack/stack.ts";
import { clientOf } from "../support/stack/reading.ts";
import { startedRun } from "../support/stack/runs.ts";
import { test } from "../support/test.ts";

async function get(user: TestUser, path: string) {
  return await (await callFunction(user, `agent-planner/${path}`, { method: "GET" })).json();
}

test("a run that is left is listed as abandoned; swept, it has failed, its readers hear so, and its session goes on", async () => {
  const user = await newUser();
  const { run_id, session_id } = await startedRun(user);
  const listed = async () => {
    const { runs: [run] } = await clientOf(user, testStack().url).listRuns();
    return [run?.status, run?.abandoned];
  };
  assert.deepEqual(await listed(), ["running", false]);

  const sql = database();
  await sql`update agent_runs set lease_expires_at = now() - interval '40 days' where id = ${run_id}`;
  assert.deepEqual(await listed(), ["running", true]);
  await sql`select private.sweep_runs(interval '30 days')`;
  await sql.end();
  assert.deepEqual(await listed(), ["failed", false]);
  const shown = await get(user, `runs/${run_id}`);
  assert.deepEqual([shown.status, shown.abandoned], ["failed", false]);

  const { state } = await readTurn(
    await callFunction(user, `agent-planner/runs/${run_id}/events`, { method: "GET" }),
  );
  assert.equal(state.error?.kind, "abandoned");
  await using _ = await scriptModel(user.id, [{ text: "Here." }]);
  assert.deepEqual((await chat(user, { message: "Again", session_id })).state.parts, ["Here."]);
});
