// A user's own token may write to the log of a run that is under way. The run ends all the same, and what its readers
// are sent is what is stored. A terminal event comes with the end or not at all; a log that has one by whatever way ends
// its run.
import assert from "node:assert/strict";
import { NO_USAGE } from "../../shared/contracts/usage.ts";
import { checkInvariants } from "../support/invariants/invariants.ts";
import { scriptModel } from "../support/models/script.ts";
import { startAndRead } from "../support/stack/reading.ts";
import { callFunction, chat, readTurn } from "../support/stack/calling.ts";
import { startedRun } from "../support/stack/runs.ts";
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

async function setStatus(user: TestUser, run_id: string, status: "completed" | "failed" | "cancelled") {
  return await user.client.from("agent_runs").update({ status }).eq("id", run_id);
}

const ENDS = {
  done: { status: "completed", usage: NO_USAGE, finished_reason: "answered" },
  error: { kind: "internal", message: "Forged.", retryable: false },
};

for (const [type, data] of Object.entries(ENDS)) {
  test(`a forged ${type} is refused, and so is a terminal status set by hand; the run goes on to its own end`, async () => {
    const user = await newUser();
    await using script = await scriptModel(user.id, [{ text: "Hello.", hold: "thinking" }]);
    const reading = startAndRead(user, testStack().url);
    await script.reached("thinking");
    const { data: run } = await user.client.from("agent_runs").select("id, session_id").single();
    assert.ok(run);
    const forged = await forge(user, run.id, { type, data });
    assert.deepEqual([forged.status, forged.error?.code], [400, "23514"]);
    for (const status of ["completed", "failed", "cancelled"] as const) {
      const { status: http, error } = await setStatus(user, run.id, status);
      assert.deepEqual([http, error?.code], [400, "23514"], status);
    }
    await script.release("thinking");

    const { events } = await reading;
    const sql = database();
    await checkInvariants(sql, run.id, { streamed: events });
    await sql.end();
    assert.equal(events.at(-1)?.type, "done");
    await script.add([{ text: "Here." }]);
    assert.deepEqual((await chat(user, { message: "Again", session_id: run.session_id })).state.parts, [
      "Here.",
    ]);
  });
}

/** Puts a terminal event into a log past every trigger, as an owner of the tables could. */
async function strayEnd(run_id: string, user_id: string, type: keyof typeof ENDS): Promise<void> {
  const sql = database();
  await sql.begin(async (transaction) => {
    await transaction`set local session_replication_role = replica`;
    await transaction`insert into agent_run_events (user_id, run_id, seq, type, at, data)
      select ${user_id}, ${run_id}, max(seq) + 1, ${type}, date_trunc('milliseconds', now()), ${
      sql.json(ENDS[type])
    }
      from agent_run_events where run_id = ${run_id}`;
  });
  await sql.end();
}

for (const type of ["done", "error"] as const) {
  test(`a stray ${type} in the log of a run at work ends the run, as soon as its owner writes`, async () => {
    const user = await newUser();
    await using script = await scriptModel(user.id, [{ text: "Hello.", hold: "thinking" }]);
    const reading = startAndRead(user, testStack().url);
    await script.reached("thinking");
    const { data: run } = await user.client.from("agent_runs").select("id, session_id").single();
    assert.ok(run);
    await strayEnd(run.id, user.id, type);
    await script.release("thinking");

    const { events } = await reading;
    assert.deepEqual(events.map((event) => event.type), ["session", type]);
    await script.add([{ text: "Here." }]);
    assert.deepEqual((await chat(user, { message: "Again", session_id: run.session_id })).state.parts, [
      "Here.",
    ]);
    const { data: ended } = await user.client.from("agent_runs").select("status").eq("id", run.id).single();
    assert.equal(ended?.status, type === "done" ? "completed" : "failed");
  });

  test(`a stray ${type} in the log of a run without an owner ends the run when it is read`, async () => {
    const user = await newUser();
    const { run_id, session_id } = await startedRun(user, { lease_seconds: 0.001 });
    await strayEnd(run_id, user.id, type);
    const read = await readTurn(
      await callFunction(user, `agent-planner/runs/${run_id}/events`, { method: "GET" }),
    );
    assert.deepEqual(read.events.map((event) => event.type), ["session", type]);
    const status = async () =>
      (await user.client.from("agent_runs").select("status").eq("id", run_id)).data?.[0]?.status;
    while (await status() === "running");
    assert.equal(await status(), type === "done" ? "completed" : "failed");
    await using _ = await scriptModel(user.id, [{ text: "Here." }]);
    assert.deepEqual((await chat(user, { message: "Again", session_id })).state.parts, ["Here."]);
  });
}
