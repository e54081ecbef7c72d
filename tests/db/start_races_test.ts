// Two messages at the same moment, and a message that meets its session's dead run, on a real Postgres.
import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { z } from "zod";
import { log, loseOwner, runRow } from "./agents_rows.ts";
import {
  claimRun,
  ending,
  event,
  finishRun,
  lease,
  startArguments,
  startPlan,
  startRun,
} from "./agents_runs.ts";
import { advance, claimStep } from "./agents_steps.ts";
import { assertSound, type Call, said, testRace } from "./race.ts";

const Started = z.looseObject({ run_id: z.string(), existing: z.boolean() });

function start(request: Record<string, unknown>): Call {
  return ["start_run", startArguments(request)];
}

async function count(sql: Sql, table: string, user_id: string): Promise<number> {
  const [row] = await sql`select count(*)::int as n from ${sql(table)} where user_id = ${user_id}`;
  return Number(row?.n);
}

testRace(
  "two messages to one session: one run starts, the other hears which",
  async ({ user, sql, inOrder }) => {
    const before = await startRun(user);
    await finishRun(user, before);
    const { session_id } = before;
    const outcome = await inOrder(start({ session_id, message: "A" }), start({ session_id, message: "B" }));

    assert.equal(said(outcome), "PT409 run_unfinished");
    const [running] =
      await sql`select id from agent_runs where session_id = ${session_id} and status = 'running'`;
    const { run_id } = JSON.parse((!outcome.ok && outcome.detail) || "");
    assert.equal(run_id, running?.id);
    assert.equal(await count(sql, "agent_runs", user.id), 2);
    assert.equal(await count(sql, "chat_messages", user.id), 3, "the refused message is not kept");
  },
);

testRace(
  "ten starts with one request key: one run, and all ten are given it",
  async ({ user, sql, hold, rival }) => {
    const held = await hold(start({ request_key: "once" }));
    const rivals = [];
    for (let n = 0; n < 9; n += 1) rivals.push(await rival(start({ request_key: "once" })));
    await held.release();

    const [run] = await sql`select id from agent_runs where user_id = ${user.id}`;
    for (const { outcome } of rivals) {
      const one = await outcome;
      const { run_id, existing } = Started.parse(one.ok && one.answer);
      assert.deepEqual([run_id, existing], [run?.id, true]);
    }
    assert.equal(await count(sql, "agent_runs", user.id), 1);
    assert.equal(await count(sql, "chat_messages", user.id), 1);
  },
);

testRace(
  "the same message twice at the same moment, without a key: one run, and both are given it",
  async ({ user, sql, inOrder }) => {
    const unkeyed = () => start({ request_key: null });
    const again = await inOrder(unkeyed(), unkeyed());
    const [run] = await sql`select id from agent_runs where user_id = ${user.id}`;
    const { run_id, existing } = Started.parse(again.ok && again.answer);
    assert.deepEqual([run_id, existing], [run?.id, true]);
    assert.equal(await count(sql, "agent_runs", user.id), 1);
  },
);

for (
  const [title, request] of Object.entries({
    "a key": { request_key: "once" },
    "no key": { request_key: null },
  })
) {
  testRace(
    `a start with ${title} that is made again, while it is under way: one run, and both answers own it`,
    async ({ user, sql, hold, rival }) => {
      const call = start(request);
      const held = await hold(call);
      const { outcome } = await rival(call);
      await held.release();
      const again = await outcome;
      const [run] = await sql`select id from agent_runs where user_id = ${user.id}`;
      const { run_id, existing } = Started.parse(again.ok && again.answer);
      assert.deepEqual([run_id, existing], [run?.id, false]);
      assert.equal(await count(sql, "agent_runs", user.id), 1);
      assert.equal(await count(sql, "usage_reservations", user.id), 1);
    },
  );
}

testRace("one request key for two requests at once: the second is refused", async ({ inOrder }) => {
  const [one, other] = [start({ request_key: "k" }), start({ request_key: "k", message: "Else" })];
  assert.equal(said(await inOrder(one, other)), "PT409 request_key_reused");
});

testRace(
  "two new conversations at once keep to their user's quota together",
  async ({ user, sql, inOrder }) => {
    const startWithin = (limits: object): Call => {
      const [request = {}, agent, lease_seconds = 60] = startArguments();
      return ["start_run", [request, { ...Object(agent), limits }, lease_seconds]];
    };
    const runs = { runs_per_hour: 1 };
    assert.equal(said(await inOrder(startWithin(runs), startWithin(runs))), "PT429 user_quota");
    // The run above has reserved 20 tokens, and so does each of these.
    const tokens = { tokens_per_hour: 59 };
    assert.equal(said(await inOrder(startWithin(tokens), startWithin(tokens))), "PT429 user_quota");
    assert.equal(await count(sql, "agent_runs", user.id), 2);
  },
);

testRace(
  "two messages that find a dead run: it is failed once, and one of them starts",
  async ({ user, sql, inOrder }) => {
    const { run_id, session_id } = await startRun(user);
    await loseOwner(sql, run_id);
    const outcome = await inOrder(start({ session_id, message: "A" }), start({ session_id, message: "B" }));

    assert.equal(said(outcome), "PT409 run_unfinished");
    assert.deepEqual(await log(sql, run_id), [[1, "session"], [2, "error"]]);
    await assertSound(sql, run_id);
    assert.equal(await count(sql, "agent_runs", user.id), 2);
  },
);

testRace(
  "a message before the takeover: the run has ended, and nobody takes it over",
  async ({ user, sql, inOrder }) => {
    const { run_id, session_id } = await startRun(user);
    await loseOwner(sql, run_id);
    const outcome = await inOrder(start({ session_id }), ["claim_run", [run_id, 60]]);
    assert.deepEqual(outcome, { ok: true, answer: null });
    await assertSound(sql, run_id);
  },
);

testRace(
  "a message after the takeover: the run goes on, and the message is refused",
  async ({ user, sql, inOrder }) => {
    const { run_id, session_id } = await startRun(user);
    await loseOwner(sql, run_id);
    const outcome = await inOrder(["claim_run", [run_id, 60]], start({ session_id }));
    assert.equal(said(outcome), "PT409 run_unfinished");
    assert.equal((await runRow(sql, run_id, "status")).status, "running");
  },
);

testRace(
  "a late answer before the message: it is part of the conversation",
  async ({ user, sql, inOrder }) => {
    const owned = await startRun(user);
    await loseOwner(sql, owned.run_id);
    const answered = ending("completed", { answer: "Late" });
    const finish: Call = ["finish_run", [...lease(owned), answered, { events: [event(2, "done")] }]];
    const outcome = await inOrder(finish, start({ session_id: owned.session_id }));

    assert.equal(said(outcome), "ok");
    const messages =
      await sql`select role from chat_messages where session_id = ${owned.session_id} order by seq`;
    assert.deepEqual(messages.map(({ role }) => role), ["user", "assistant", "user"]);
    await assertSound(sql, owned.run_id);
  },
);

testRace("a late answer after the message is refused and writes nothing", async ({ user, sql, inOrder }) => {
  const owned = await startRun(user);
  await loseOwner(sql, owned.run_id);
  for (const status of ["completed", "failed"]) {
    const finish: Call = ["finish_run", [...lease(owned), ending(status), { events: [event(2, "done")] }]];
    const { session_id } = owned;
    const [running] =
      await sql`select id from agent_runs where session_id = ${session_id} and status = 'running'`;
    await loseOwner(sql, String(running?.id));
    assert.equal(said(await inOrder(start({ session_id }), finish)), "PT412 lease_lost");
  }
  assert.deepEqual(await log(sql, owned.run_id), [[1, "session"], [2, "error"]]);
  await assertSound(sql, owned.run_id);
});

testRace(
  "an executor of a dead run that stores progress as the next message comes: what it cost counts",
  async ({ user, sql, inOrder }) => {
    const { owned, plan_id } = await startPlan(user);
    const claimed = await claimStep(user, plan_id);
    await loseOwner(sql, owned.run_id);
    const { session_id } = owned;
    const outcome = await inOrder(["advance_step", advance(claimed, 4)], start({ session_id }));
    assert.equal(said(outcome), "ok");
    const { calls } = await runRow(sql, owned.run_id, "(usage ->> 'model_calls')::int as calls");
    assert.equal(calls, 4);
    await assertSound(sql, owned.run_id);
  },
);

testRace(
  "an executor that stores progress after the run was failed is refused",
  async ({ user, sql, inOrder }) => {
    const { owned, plan_id } = await startPlan(user);
    const claimed = await claimStep(user, plan_id);
    await loseOwner(sql, owned.run_id);
    const outcome = await inOrder(start({ session_id: owned.session_id }), [
      "advance_step",
      advance(claimed, 4),
    ]);
    assert.equal(said(outcome), "PT412 lease_lost");
    await assertSound(sql, owned.run_id);
  },
);

testRace(
  "a run that is handed off while a message comes is its next owner's, and the message has to wait",
  async ({ user, sql, inOrder }) => {
    const first = await startRun(user);
    const outcome = await inOrder(
      ["release_run", [...lease(first), null]],
      start({ session_id: first.session_id }),
    );
    assert.equal(said(outcome), "PT409 run_unfinished");
    assert.equal((await runRow(sql, first.run_id, "status")).status, "running");

    const second = await startRun(user);
    await user.call("release_run", [...lease(second), null]);
    const next = await claimRun(user, second.run_id);
    const refused = await inOrder(["heartbeat_run", lease(next)], start({ session_id: second.session_id }));
    assert.equal(said(refused), "PT409 run_unfinished");
  },
);
