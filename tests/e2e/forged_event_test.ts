// A user's own token may write to the log of a run that is under way. The run ends all the same, and what its readers
// are sent is what is stored.
import assert from "node:assert/strict";
import { checkInvariants } from "../support/invariants/invariants.ts";
import { scriptModel } from "../support/models/script.ts";
import { startAndRead } from "../support/stack/reading.ts";
import { chat } from "../support/stack/calling.ts";
import { database, newUser, testStack, type TestUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

/** Puts an event behind the newest of the run's log, over REST. */
async function forge(user: TestUser, run_id: string, event: { type: string; data: Record<string, unknown> }) {
  const { data } = await user.client.from("agent_run_events").select("seq").eq("run_id", run_id)
    .order("seq", { ascending: false }).limit(1).single();
  const row = { run_id, seq: (data?.seq ?? 0) + 1, at: new Date().toISOString(), ...event };
  return await user.client.from("agent_run_events").insert(JSON.parse(JSON.stringify(row)));
}

test("an event that is forged into a running log fails the run, whose end is streamed exactly as stored", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [{ text: "Hello.", hold: "thinking" }]);
  const reading = startAndRead(user, testStack().url);
  await script.reached("thinking");
  const { data: run } = await user.client.from("agent_runs").select("id, session_id").single();
  assert.ok(run);
  assert.equal((await forge(user, run.id, { type: "analysis", data: { strategy: "complex" } })).error, null);
  await script.release("thinking");

  const { events } = await reading;
  assert.deepEqual(events.map(({ seq, type }) => `${seq} ${type}`), ["1 session", "2 analysis", "3 error"]);
  const sql = database();
  await checkInvariants(sql, run.id, { streamed: events });
  await sql.end();

  await script.add([{ text: "Here." }]);
  const next = await chat(user, { message: "Again", session_id: run.session_id });
  assert.deepEqual(next.state.parts, ["Here."], "the session goes on");
});
