// How a run starts, goes on and ends in the database.
import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { z } from "zod";
import { database } from "../support/stack.ts";
import {
  addUser,
  claimStep,
  event,
  planRow,
  startArguments,
  startPlan,
  startRun,
  type User,
} from "./agents_calls.ts";

const DONE = {
  status: "completed",
  strategy: "simple",
  usage: { model_calls: 1 },
  finished_reason: "answered",
};

function test(name: string, body: (user: User, sql: Sql) => Promise<void>): void {
  Deno.test(name, async () => {
    const sql = database();
    try {
      await body(await addUser(sql), sql);
    } finally {
      await sql.end();
    }
  });
}

test(
  "a message starts a session, a run, a planner with its thread, and the first event",
  async (user, sql) => {
    const started = await startRun(user, { message: "  Plan\n my   week " });

    const [session] = await sql`select title, user_id from chat_sessions where id = ${started.session_id}`;
    assert.deepEqual({ ...session }, { title: "Plan my week", user_id: user.id });
    const [run] =
      await sql`select status, lease_expires_at > now() as leased from agent_runs where id = ${started.run_id}`;
    assert.deepEqual({ ...run }, { status: "running", leased: true });
    const messages = await sql`select role, content, seq from chat_messages where run_id = ${started.run_id}`;
    assert.deepEqual(messages.map((row) => ({ ...row })), [{
      role: "user",
      content: "  Plan\n my   week ",
      seq: 1,
    }]);
    const [agent] = await sql`select type, permissions from agents where id = ${started.agent_id ?? ""}`;
    assert.deepEqual({ ...agent }, { type: "planner", permissions: "read_write" });
    const [thread] = await sql`select planner_agent_id from agent_chat_sessions where id = ${
      started.thread_id ?? ""
    }`;
    assert.equal(thread?.planner_agent_id, started.agent_id);
    assert.deepEqual(await log(sql, started.run_id), [[1, "session"]]);
  },
);

test("the same request key finds the run it started, and starts no other", async (user, sql) => {
  const first = await startRun(user, { request_key: "k" });
  const again = await startRun(user, { request_key: "k" });
  await finish(user, first.run_id);
  const later = await startRun(user, { request_key: "k" });

  const found = { existing: true, run_id: first.run_id, session_id: first.session_id };
  assert.deepEqual([again, later], [found, found]);
  const [{ runs } = {}] = await sql`select count(*)::int as runs from agent_runs where user_id = ${user.id}`;
  assert.equal(runs, 1);
});

test("a request key does not stand for another request, nor for another user's", async (user, sql) => {
  const first = await startRun(user, { request_key: "k" });

  const refused = await user.refusal("start_run", startArguments({ request_key: "k", message: "Else" }));
  assert.deepEqual([refused.code, refused.message], ["PT409", "request_key_reused"]);
  assert.deepEqual(JSON.parse(refused.detail ?? ""), { run_id: first.run_id });
  const other = await startRun(await addUser(sql), { request_key: "k" });
  assert.equal(other.existing, false);
});

test("a session with an unfinished run takes no second, and says which is in the way", async (user, sql) => {
  const first = await startRun(user);

  const refused = await user.refusal("start_run", startArguments({ session_id: first.session_id }));
  assert.deepEqual([refused.code, refused.message], ["PT409", "run_unfinished"]);
  assert.deepEqual(JSON.parse(refused.detail ?? ""), { run_id: first.run_id });
  const [{ n } = {}] =
    await sql`select count(*)::int as n from chat_messages where session_id = ${first.session_id}`;
  assert.equal(n, 1, "the refused message is not kept");
});

test("a run whose lease has run out is abandoned by the session's next message", async (user, sql) => {
  const gone = await startRun(user, { message: "First" }, 0);
  const next = await startRun(user, { message: "Second", session_id: gone.session_id });

  assert.deepEqual(
    next.history,
    [{ role: "user", content: "First" }],
    "the message that was lost on the way stays",
  );
  const [run] = await sql`select status, error ->> 'kind' as kind, finished_at is not null as ended
    from agent_runs where id = ${gone.run_id}`;
  assert.deepEqual({ ...run }, { status: "failed", kind: "internal", ended: true });
  assert.deepEqual(await log(sql, gone.run_id), [[1, "session"], [2, "error"]]);
  assert.deepEqual(await open(sql, gone.run_id), []);
  const late = await user.refusal("finish_run", [gone.run_id, DONE, { events: [event(3, "done")] }]);
  assert.deepEqual([late.code, late.message], ["PT409", "run_not_running"]);
});

test("a run with an owner is not abandoned", async (user) => {
  const { run_id } = await startRun(user);
  assert.equal((await user.refusal("abandon_run", [run_id])).message, "run_has_an_owner");
});

test("another user's session, and one that does not exist, are refused alike", async (user, sql) => {
  const theirs = await startRun(await addUser(sql));
  const foreign = await user.refusal("start_run", startArguments({ session_id: theirs.session_id }));
  const invented = await user.refusal("start_run", startArguments({ session_id: crypto.randomUUID() }));
  assert.deepEqual(foreign, invented);
  assert.deepEqual([foreign.code, foreign.message], ["PT404", "session"]);
});

test("an entity that the user does not have starts nothing", async (user, sql) => {
  const refused = await user.refusal(
    "start_run",
    startArguments({ context_type: "project", entity_id: crypto.randomUUID() }),
  );
  assert.deepEqual([refused.code, refused.message], ["PT404", "entity"]);
  const [{ n } = {}] = await sql`select count(*)::int as n from chat_sessions where user_id = ${user.id}`;
  assert.equal(n, 0);
});

test("the model is shown the newest twenty messages, oldest first", async (user, sql) => {
  const { session_id, run_id } = await startRun(user, { message: "1" });
  await finish(user, run_id);
  await sql`insert into chat_messages (user_id, session_id, role, content, seq)
    select ${user.id}, ${session_id}, 'user', n::text, n from generate_series(2, 25) n`;
  const { history } = await startRun(user, { session_id });
  assert.deepEqual(
    history?.map(({ content }) => Number(content)),
    Array.from({ length: 20 }, (_, i) => i + 6),
  );
});

for (
  const [what, seqs] of Object.entries({
    "a gap": [3],
    "a number that is taken": [1],
    "a number below": [0],
    "a gap within the batch": [2, 4],
    "a number twice": [2, 2],
  })
) {
  test(`events with ${what} refuse the whole batch`, async (user, sql) => {
    const started = await startRun(user);
    const refused = await user.refusal("record_progress", [started.run_id, {
      plans: [planRow(started, [{ step_number: 1 }], { id: crypto.randomUUID() })],
      messages: [message(started.thread_id ?? "")],
      events: seqs.map((seq) => event(seq)),
    }]);
    assert.deepEqual([refused.code, refused.message], ["PT409", "events_out_of_order"]);
    assert.deepEqual(await log(sql, started.run_id), [[1, "session"]]);
    const [{ n } = {}] = await sql`select (select count(*) from agent_plans where run_id = ${started.run_id})
      + (select count(*) from agent_chat_messages where run_id = ${started.run_id}) as n`;
    assert.equal(Number(n), 0);
  });
}

test("progress is recorded whole, in any number of batches, while the run is running", async (user, sql) => {
  const started = await startRun(user);
  const thread_id = started.thread_id ?? "";
  await user.call("record_progress", [started.run_id, {
    messages: [message(thread_id)],
    events: [event(3), event(2)],
  }]);
  await user.call("record_progress", [started.run_id, {}]);
  await user.call("record_progress", [started.run_id, { events: [event(4)] }]);
  assert.deepEqual((await log(sql, started.run_id)).map(([seq]) => seq), [1, 2, 3, 4]);

  await finish(user, started.run_id, 5);
  const late = await user.refusal("record_progress", [started.run_id, { events: [event(6)] }]);
  assert.deepEqual([late.code, late.message], ["PT409", "run_not_running"]);
});

test("nobody records, ends or abandons the run of another", async (user, sql) => {
  const theirs = await startRun(await addUser(sql), {}, 0);
  for (
    const [name, args] of [
      ["record_progress", [theirs.run_id, { events: [event(2)] }]],
      ["finish_run", [theirs.run_id, DONE, {}]],
      ["abandon_run", [theirs.run_id]],
    ] as const
  ) {
    assert.equal((await user.refusal(name, args)).code, "PT409", name);
  }
  await user.call("fail_run", [theirs.run_id, { kind: "internal", message: "No", retryable: false }]);
  assert.deepEqual(await log(sql, theirs.run_id), [[1, "session"]]);
  assert.equal((await open(sql, theirs.run_id)).length, 3, "run, agent and thread are as they were");
});

test("rows of another user can't be slipped into a batch", async (user, sql) => {
  const other = await addUser(sql);
  const theirs = await startRun(other);
  const mine = await startRun(user);
  const forged = await user.refusal("record_progress", [mine.run_id, {
    messages: [{ ...message(theirs.thread_id ?? ""), user_id: other.id, run_id: theirs.run_id }],
  }]);
  assert.equal(forged.code, "42501");
  const parent = await user.refusal("record_progress", [mine.run_id, {
    messages: [message(theirs.thread_id ?? "")],
  }]);
  assert.equal(parent.code, "23503");
});

test(
  "the end of a run closes everything that was open, with the answer and the terminal event",
  async (user, sql) => {
    const { started, plan_id } = await startPlan(user, [{ step_number: 1 }]);
    await claimStep(user, plan_id, 1);
    const message_id = crypto.randomUUID();
    await user.call("finish_run", [
      started.run_id,
      { ...DONE, strategy: "complex", message_id, answer: "All done." },
      { plan_updates: [], events: [event(2), event(3, "done")] },
    ]);

    assert.deepEqual(await open(sql, started.run_id), []);
    const [run] =
      await sql`select status, strategy, finished_reason, usage, error from agent_runs where id = ${started.run_id}`;
    assert.deepEqual({ ...run }, {
      status: "completed",
      strategy: "complex",
      finished_reason: "answered",
      usage: { model_calls: 1 },
      error: null,
    });
    const [answer] = await sql`select role, content, seq from chat_messages where id = ${message_id}`;
    assert.deepEqual({ ...answer }, { role: "assistant", content: "All done.", seq: 2 });
    assert.equal((await log(sql, started.run_id)).at(-1)?.[1], "done");
    const [step] = await sql`select status, error from agent_executions where plan_id = ${plan_id}`;
    assert.deepEqual({ ...step }, { status: "failed", error: "the run ended first" });
    const second = await user.refusal("finish_run", [started.run_id, DONE, {}]);
    assert.deepEqual([second.code, second.message], ["PT409", "run_not_running"]);
  },
);

test("a batch that can't be recorded leaves the run running", async (user, sql) => {
  const { run_id } = await startRun(user);
  await user.refusal("finish_run", [run_id, { ...DONE, message_id: crypto.randomUUID(), answer: "Hi" }, {
    events: [event(9)],
  }]);
  assert.equal((await open(sql, run_id)).length, 3);
  const [{ n } = {}] = await sql`select count(*)::int as n from chat_messages where run_id = ${run_id}`;
  assert.equal(n, 1);
});

test("a run is read whole by its owner, and is nothing to others", async (user, sql) => {
  const { started, plan_id } = await startPlan(user, [{ step_number: 1 }]);
  await claimStep(user, plan_id, 1);
  const whole = Whole.parse(await user.call("get_run", [started.run_id]));

  assert.equal(whole.id, started.run_id);
  assert.deepEqual(
    [whole.messages, whole.agents, whole.plans, whole.executions, whole.threads].map((rows) => rows.length),
    [
      ...[1, 2, 1, 1, 2],
    ],
  );
  assert.ok(!JSON.stringify(whole).includes(user.id), "whose run it is need not be said");
  const other = await addUser(sql);
  assert.equal(await other.call("get_run", [started.run_id]), null);
  assert.equal(await user.call("get_run", [crypto.randomUUID()]), null);
});

test("without a user nothing starts", async (_user, sql) => {
  await sql.begin(async (transaction) => {
    await transaction`select set_config('role', 'authenticated', true)`;
    await assert.rejects(
      () => transaction.savepoint((inner) => inner`select start_run('{"message": "Hi"}', '{}', 60)`),
      { code: "PT401" },
    );
  });
});

const Rows = z.array(z.looseObject({}));
const Whole = z.looseObject({
  id: z.string(),
  messages: Rows,
  agents: Rows,
  plans: Rows,
  executions: Rows,
  threads: Rows,
  tool_calls: Rows,
});

function message(thread_id: string): Record<string, unknown> {
  return { id: crypto.randomUUID(), thread_id, seq: 1, sender_type: "user", role: "user", content: "Hello" };
}

async function finish(user: User, run_id: string, seq = 2): Promise<void> {
  await user.call("finish_run", [run_id, DONE, { events: [event(seq, "done")] }]);
}

/** The run's events: number and type. */
async function log(sql: Sql, run_id: string): Promise<[number, string][]> {
  const rows = await sql<{ seq: number; type: string }[]>`
    select seq, type from agent_run_events where run_id = ${run_id} order by seq`;
  return rows.map(({ seq, type }) => [seq, type]);
}

/** What of the run is not closed, by table. */
async function open(sql: Sql, run_id: string): Promise<string[]> {
  const rows = await sql<{ what: string }[]>`
    select 'agent' as what from agents where run_id = ${run_id} and status = 'active'
    union all select 'thread' from agent_chat_sessions where run_id = ${run_id} and status = 'active'
    union all select 'plan' from agent_plans where run_id = ${run_id} and status in ('pending', 'executing')
    union all select 'execution' from agent_executions where run_id = ${run_id} and status = 'running'
    union all select 'run' from agent_runs where id = ${run_id} and status in ('queued', 'running', 'awaiting_approval')`;
  return rows.map(({ what }) => what);
}
