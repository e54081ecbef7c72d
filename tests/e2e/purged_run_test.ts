// A run that the operator has purged, over the wire: a replay is gone, the facts are still there.
import assert from "node:assert/strict";
import { z } from "zod";
import { endedAt } from "../db/agents_rows.ts";
import { callFunction, chat } from "../support/stack/calling.ts";
import { scriptModel } from "../support/models/script.ts";
import { database, newUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

test("a replay of a purged run answers 410, as does the request that made it, and the run shows when it was purged", async () => {
  const user = await newUser();
  await using stack = new AsyncDisposableStack();
  const sql = stack.adopt(database(), (sql) => sql.end());
  await using _script = await scriptModel(user.id, [{ text: "A secret." }]);
  const { state: { run_id } } = await chat(user, { message: "Tell me", request_key: "tell" });
  await endedAt(sql, run_id, "2020-01-01");
  await sql`select private.purge_runs(now() - interval '90 days')`;

  const again = { message: "Tell me", request_key: "tell" };
  for (
    const replay of [
      await callFunction(user, `agent-planner/runs/${run_id}/events`, { method: "GET" }),
      await callFunction(user, "agent-planner", { body: again }),
      await callFunction(user, "agent-planner", { body: { ...again, stream: false } }),
    ]
  ) {
    const { error } = z.object({ error: z.object({ kind: z.string() }) }).parse(await replay.json());
    assert.deepEqual([replay.status, error.kind], [410, "gone"]);
  }

  const shown = await callFunction(user, `agent-planner/runs/${run_id}`, { method: "GET" });
  const run = z.object({ status: z.string(), purged_at: z.string() }).parse(await shown.json());
  assert.equal(run.status, "completed");
});
