// Purging: texts of runs that ended long ago go, rows and numbers stay, and a replay says that it is gone.
import assert from "node:assert/strict";
import { refused, testAsUser as test } from "./agents_calls.ts";
import { event, finishRun, lease, message, type Owned, startPlan, startRun, usage } from "./agents_runs.ts";
import { claimStep, outcome, progress, worker } from "./agents_steps.ts";
import { ask, deciding, decision, preview } from "./approvals.ts";
import { endedAt, everything } from "./agents_rows.ts";
import type { Sql } from "postgres";
import type { User } from "./agents_calls.ts";
import { RunEvent } from "../../shared/contracts/events.ts";

const SECRET = "Pomegranate";
const LONG_AGO = "2020-01-01";
/** The kinds of events that tell what was said, done and planned. */
const SPEAKING = RunEvent.options.map(({ shape }) => shape.type.value)
  .filter((type) => !["session", "done", "error"].includes(type));

/** A run that has said the word wherever a text may stand, and has ended. */
async function spokenRun(user: User, sql: Sql): Promise<Owned> {
  const { owned, plan_id } = await startPlan(user);
  const { run_id } = owned;
  const claimed = await claimStep(user, plan_id);
  const said = (thread_id: string) =>
    message(thread_id, 1, {
      ...{ kind: "turn", sender_type: "planner", role: "assistant", content: SECRET, reasoning: SECRET },
      echo: { model: "m", fields: { reasoning_details: [{ text: SECRET }] } },
      tool_calls: [{ id: "call_1", name: "list_books", arguments: JSON.stringify({ query: SECRET }) }],
    });
  const handed = progress(1, [said(claimed.thread_id)]);
  const failed = { ...outcome("failed"), error: SECRET, result: { status: "failed", summary: SECRET } };
  await user.call("finish_step", [...worker(claimed), failed, handed]);
  const call = {
    ...{ id: crypto.randomUUID(), agent_id: owned.agent_id, agent_session_id: owned.thread_id },
    ...{ tool_call_id: "call_1", tool_name: "list_tasks", access: "read", status: "failed" },
    ...{ arguments: { query: SECRET }, result: { ok: false, message: SECRET }, error: SECRET },
  };
  const asked = await ask(user, sql, owned, { arguments: { loan_id: SECRET } });
  await preview(sql, user, asked, [{ table: SECRET, op: "delete", key: { id: "1" }, row: {} }]);
  const edited = { arguments: { loan_id: `${SECRET}s` }, effects: [], reason: SECRET };
  await user.call("decide_tool_calls", deciding(run_id, decision(asked, edited)));
  await user.call("record_progress", [...lease(owned), {
    messages: [said(owned.thread_id)],
    tool_calls: [call, { ...call, id: asked.id, access: "write" }],
    events: SPEAKING.map((type, i) => event(i + 2, type, { said: SECRET })),
    usage: usage(1),
  }]);
  await sql`update agent_chat_sessions set initial_context = ${sql.json({ said: SECRET })}
    where run_id = ${run_id}`;
  await sql`update agent_executions set task = ${sql.json({ description: SECRET })} where run_id = ${run_id}`;
  await finishRun(user, owned, SPEAKING.length + 2);
  return owned;
}

async function oldRun(user: User, sql: Sql): Promise<Owned> {
  const owned = await spokenRun(user, sql);
  await endedAt(sql, owned.run_id, LONG_AGO);
  return owned;
}

/** The rows of one run, in every table. */
async function rowsOf(sql: Sql, user: User, run_id: string): Promise<Record<string, unknown[]>> {
  const ofTheRun = (row: unknown) => JSON.stringify(row).includes(run_id);
  const tables = Object.entries(await everything(sql, user.id));
  return Object.fromEntries(tables.map(([table, rows]) => [table, rows.filter(ofTheRun)]));
}

/** As the owner of the tables, in one batch after the other; how many runs each emptied. The user's alone count. */
const purge = async (sql: Sql) => {
  const [row] = await sql`select private.purge_runs(now() - interval '90 days') as emptied`;
  return row?.emptied;
};

test("a purge empties what was said in an old run, and keeps its rows and numbers", async (user, sql) => {
  await oldRun(user, sql);
  const before = await everything(sql, user.id);
  assert.ok(JSON.stringify(before).includes(SECRET));

  assert.ok(await purge(sql) >= 1);

  const after = await everything(sql, user.id);
  assert.ok(!JSON.stringify(after).includes(SECRET), "a text was left");
  const counts = (rows: Record<string, unknown[]>) =>
    Object.fromEntries(Object.entries(rows).map(([table, list]) => [table, list.length]));
  assert.deepEqual(counts(after), counts(before));
  assert.deepEqual(after.chat_messages, before.chat_messages, "a conversation keeps what its user sees");
  assert.deepEqual(after.usage_reservations, before.usage_reservations);
  const [run] = await sql`select usage, status, purged_at is not null as purged from agent_runs
    where user_id = ${user.id}`;
  assert.deepEqual([run?.usage.model_calls, run?.status, run?.purged], [2, "completed", true]);
  const events = await sql`select type from agent_run_events where user_id = ${user.id} and data <> '{}'`;
  assert.deepEqual(events.map(({ type }) => type), ["session", "done"], "how the run began and ended stays");
});

test("a purge of one run touches nothing of the user's other runs", async (user, sql) => {
  const young = await spokenRun(user, sql);
  await oldRun(user, sql);
  const before = await rowsOf(sql, user, young.run_id);
  assert.ok(JSON.stringify(before).includes(SECRET));
  await purge(sql);
  assert.deepEqual(await rowsOf(sql, user, young.run_id), before);
});

test(
  "a second purge of the same runs changes nothing, and young or unfinished runs stay",
  async (user, sql) => {
    await oldRun(user, sql);
    await finishRun(user, await startRun(user));
    await startRun(user);
    await purge(sql);
    const before = await everything(sql, user.id);
    await purge(sql);
    assert.deepEqual(await everything(sql, user.id), before);
    const runs = await sql`select purged_at from agent_runs where user_id = ${user.id} order by created_at`;
    assert.deepEqual(runs.map(({ purged_at }) => purged_at !== null), [true, false, false]);
  },
);

test("a purge goes by batches, the oldest runs first", async (user, sql) => {
  const older = await oldRun(user, sql);
  const newer = await oldRun(user, sql);
  await endedAt(sql, older.run_id, "1990-01-01");
  await endedAt(sql, newer.run_id, "1990-01-02");
  const batch = () => sql`select private.purge_runs('1990-02-01', 1) as emptied`;
  const purged = async () =>
    (await sql`select id from agent_runs where user_id = ${user.id} and purged_at is not null`)
      .map(({ id }) => id);
  const [first] = await batch();
  assert.deepEqual([first?.emptied, await purged()], [1, [older.run_id]]);
  await batch();
  const [last] = await batch();
  assert.deepEqual([last?.emptied, (await purged()).length], [0, 2]);
});

test(
  "a batch of null, which would be no limit, or of less than one is refused in a sentence",
  async (_user, sql) => {
    for (const batch of [null, 0, -1]) {
      await assert.rejects(async () => await sql`select private.purge_runs('1980-01-01', ${batch})`, {
        message: "Cannot purge runs: a batch has at least one",
      });
    }
  },
);

test("a replay of a purged run is refused as gone, and the run is still shown", async (user, sql) => {
  const { run_id } = await oldRun(user, sql);
  await purge(sql);
  assert.equal(await refused(user, "follow_run", [run_id, 0, 10]), "PT410 run_purged");
  const run = await user.call("get_run", [run_id]);
  assert.ok(run && typeof run === "object" && "purged_at" in run && run.purged_at);
});

for (const role of ["anon", "authenticated", "service_role"]) {
  test(`${role} may not purge`, async (_user, sql) => {
    const attempt = sql.begin(async (transaction) => {
      await transaction`select set_config('role', ${role}, true)`;
      await transaction`select private.purge_runs(now())`;
    });
    await assert.rejects(attempt, { code: "42501" });
  });
}
