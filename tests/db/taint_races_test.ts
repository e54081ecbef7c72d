// What an event tells of a taint that comes at the same moment, on a real Postgres.
import assert from "node:assert/strict";
import { event, startRun } from "./agents_runs.ts";
import { testRace } from "./race.ts";

testRace(
  "an event that waits for its run tells of the taint that came meanwhile",
  async ({ user, sql, gate, rival }) => {
    const { run_id } = await startRun(user);
    const { open } = await gate(async (owner) => {
      await owner`select from agent_runs where id = ${run_id} for update`;
      await owner`insert into run_taints (user_id, run_id, tainted_by) values (${user.id}, ${run_id}, '[]')`;
    });
    const { outcome } = await rival({
      insert: "agent_run_events",
      row: { ...event(2), user_id: user.id, run_id },
    });
    await open();
    assert.equal((await outcome).ok, true);
    const [stored] = await sql`select tainted from agent_run_events where run_id = ${run_id} and seq = 2`;
    assert.deepEqual(stored, { tainted: true });
  },
);
