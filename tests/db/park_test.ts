// A run that waits for a person has no owner and costs nothing; it goes on when nothing is open any more, however that
// came about, and its session is free for another message all the while.
import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { refused, testAsUser as test, type User } from "./agents_calls.ts";
import { inThePast, log, loseOwner, open, runRow } from "./agents_rows.ts";
import {
  claimRun,
  ending,
  event,
  lease,
  message,
  Owned,
  startArguments,
  startRun,
  usage,
} from "./agents_runs.ts";
import { announced, ask, asked, callRow, decision, expire, park, proposal } from "./approvals.ts";

const follow = async (user: User, run_id: string) => {
  const { awaiting, lease_expired, ended } = await user.call("follow_run", [run_id, 0, 100]) as Record<
    string,
    unknown
  >;
  return { awaiting, lease_expired, ended };
};
const WAITS = { awaiting: true, lease_expired: false, ended: false };
const CLAIMABLE = { awaiting: false, lease_expired: true, ended: false };

test(
  "a run that is parked has stored all that it did, ends its segment of the log, and has no lease",
  async (user, sql) => {
    const owned = await startRun(user);
    const [one, other] = [await ask(user, sql, owned), await ask(user, sql, owned, { arguments: { n: 2 } })];
    const batch = {
      messages: [message(owned.thread_id)],
      usage: usage(1),
      events: [announced(2, one, other)],
    };
    const paused = await park(user, owned, batch) as {
      seq: number;
      type: string;
      data: Record<string, unknown>;
    };
    assert.deepEqual([paused.seq, paused.type, paused.data.open], [3, "run_paused", [one.id, other.id]]);
    const [first] =
      await sql`select min(expires_at) as at from agent_tool_calls where run_id = ${owned.run_id}`;
    assert.equal(Date.parse(String(paused.data.expires_at)), first?.at.getTime());
    assert.deepEqual(await log(sql, owned.run_id), [[1, "session"], [2, "approval_required"], [
      3,
      "run_paused",
    ]]);
    const { status, released, owner } = await runRow(
      sql,
      owned.run_id,
      "status, released, lease_expires_at > clock_timestamp() as owner",
    );
    assert.deepEqual({ status, released, owner }, {
      status: "awaiting_approval",
      released: true,
      owner: false,
    });
    assert.deepEqual(await park(user, owned, batch), paused, "the same call again is answered the same");
    assert.equal((await log(sql, owned.run_id)).length, 3);
    assert.equal(await refused(user, "heartbeat_run", lease(owned)), "PT412 lease_lost");
    assert.equal(await refused(user, "claim_run", [owned.run_id, 60]), "PT409 run_awaits_approval");
    assert.deepEqual(await follow(user, owned.run_id), WAITS);
  },
);

test(
  "a run with nothing open is released instead, and so is one that was asked to stop",
  async (user, sql) => {
    const owned = await startRun(user);
    const batch = { events: [event(2)] };
    assert.deepEqual([await park(user, owned, batch), await park(user, owned, batch)], [null, null]);
    assert.deepEqual(await log(sql, owned.run_id), [[1, "session"], [2, "text"]]);
    assert.deepEqual(await runRow(sql, owned.run_id, "status, released"), {
      status: "running",
      released: true,
    });
    const cancelled = await startRun(user);
    await ask(user, sql, cancelled);
    await user.call("cancel_run", [cancelled.run_id]);
    assert.equal(await park(user, cancelled), null);
    assert.equal((await claimRun(user, cancelled.run_id)).cancel_requested, true);
  },
);

test("only the owner parks, and under its lease", async (user, sql) => {
  const owned = await startRun(user);
  await ask(user, sql, owned);
  assert.equal(await refused(user, "park_run", [owned.run_id, 7, {}, null]), "PT412 lease_lost");
  await loseOwner(sql, owned.run_id);
  await claimRun(user, owned.run_id);
  assert.equal(await refused(user, "park_run", [...lease(owned), {}, null]), "PT412 lease_lost");
});

test("a call whose time is over is told so to the next owner", async (user, sql) => {
  const owned = await startRun(user);
  const [one, other] = [await ask(user, sql, owned), await ask(user, sql, owned, { arguments: { n: 2 } })];
  await park(user, owned);
  await expire(sql, one);
  assert.equal(await refused(user, "claim_run", [owned.run_id, 60]), "PT409 run_awaits_approval");
  await expire(sql, other);
  assert.deepEqual(await follow(user, owned.run_id), CLAIMABLE);
  const [listed] = await sql`select abandoned from agent_run_list where id = ${owned.run_id}`;
  assert.equal(listed?.abandoned, true);
  const claimed = await claimRun(user, owned.run_id);
  assert.deepEqual(claimed.open_calls, []);
  assert.deepEqual(
    claimed.tool_calls.map(({ id, status, result, decision }) => ({ id, status, result, decision })),
    [
      one,
      other,
    ].map(({ id }) => ({
      ...{ id, status: "rejected" },
      result: { ok: false, error: "rejected", message: "Nobody approved this in time, so it was not done." },
      decision: { approved: false, edited: false, reason: null, by: "expired" },
    })),
  );
  assert.equal(
    await refused(user, "decide_tool_calls", [owned.run_id, [decision(one)]]),
    "PT409 call_not_open",
  );
});

test("a run whose write nobody was shown waits for nobody: the next owner tries it", async (user, sql) => {
  const owned = await startRun(user);
  const call = proposal(owned);
  assert.equal(await refused(user, "claim_run", [owned.run_id, 60]), "PT409 run_has_an_owner");
  await park(user, owned, { tool_calls: [call] });
  assert.deepEqual(await user.call("open_approvals", []), []);
  const { open_calls } = await claimRun(user, owned.run_id);
  assert.deepEqual((open_calls as { id: string }[]).map(({ id }) => id), [call.id]);
  await asked(sql, String(call.id));
});

test("an owner that died before it parked is followed by one that finds what is open", async (user, sql) => {
  const owned = await startRun(user);
  const call = await ask(user, sql, owned);
  await loseOwner(sql, owned.run_id);
  const claimed = await claimRun(user, owned.run_id);
  const [open_call] = claimed.open_calls as Record<string, unknown>[];
  const { why, expires_at, remember, ...rest } = open_call ?? {};
  assert.deepEqual(rest, {
    ...{ id: call.id, tool_name: "cancel_loan", status: "awaiting_approval", arguments: { loan_id: "1" } },
    ...{
      arguments_sha256: call.arguments_sha256,
      effects: null,
      problem: "Not to be tried.",
      decision: null,
    },
  });
  assert.ok(Array.isArray(why) && typeof expires_at === "string" && remember !== undefined);
  assert.equal((await park(user, claimed) as { type: string }).type, "run_paused");
});

test(
  "a cancel of a run that waits is carried out by whoever comes next, and what was open was not done",
  async (user, sql) => {
    const owned = await startRun(user);
    const call = await ask(user, sql, owned);
    await park(user, owned);
    assert.deepEqual(await user.call("cancel_run", [owned.run_id]), {
      status: "awaiting_approval",
      lease_expired: true,
    });
    assert.deepEqual(await follow(user, owned.run_id), CLAIMABLE);
    const claimed = await claimRun(user, owned.run_id);
    assert.equal(claimed.cancel_requested, true);
    await user.call("finish_run", [...lease(claimed), ending("cancelled", { finished_reason: "cancelled" }), {
      events: [event(3, "done", { status: "cancelled" })],
    }]);
    const { status, error } = await callRow(sql, call);
    assert.deepEqual({ status, error }, { status: "rejected", error: "cancelled" });
    assert.match(
      await told(sql, owned.run_id),
      /^This was stopped by the user\. Nothing was changed\. Not done: cancel_loan \{"loan_id": "1"\}\.$/,
    );
  },
);

test("the session's next message ends a run that waits, and tells what was not done", async (user, sql) => {
  const owned = await startRun(user);
  const [one, other] = [await ask(user, sql, owned), await ask(user, sql, owned, { arguments: { n: 2 } })];
  await park(user, owned, { events: [announced(2, one, other)] });
  await user.call("decide_tool_calls", [owned.run_id, [decision(one)]]);
  const next = Owned.parse(await user.call("start_run", startArguments({ session_id: owned.session_id })));
  assert.deepEqual(await log(sql, owned.run_id), [
    ...[[1, "session"], [2, "approval_required"], [3, "run_paused"], [4, "approval_decided"]],
    ...[[5, "approval_decided"], [6, "done"]],
  ]);
  const events =
    await sql`select data from agent_run_events where run_id = ${owned.run_id} and seq > 3 order by seq`;
  assert.deepEqual(events.slice(0, 2).map(({ data }) => data), [
    { tool_call_id: one.id, approved: true, edited: false, by: "user" },
    { tool_call_id: other.id, approved: false, edited: false, by: "superseded" },
  ]);
  assert.deepEqual([events[2]?.data.status, events[2]?.data.finished_reason], ["cancelled", "superseded"]);
  const { status, error } = await callRow(sql, other);
  assert.deepEqual({ status, error }, { status: "rejected", error: "superseded" });
  assert.deepEqual([(await callRow(sql, one)).error, await open(sql, owned.run_id)], ["run_ended", []]);
  const said =
    "This waited for the user's approval when they sent their next message. Nothing was changed. " +
    'Not done: cancel_loan {"loan_id": "1"}; cancel_loan {"n": 2}.';
  assert.equal(await told(sql, owned.run_id), said);
  assert.equal(next.opening?.history.at(-1)?.content, said, "the next prompt has it");
  assert.equal(
    await refused(user, "decide_tool_calls", [owned.run_id, [decision(other)]]),
    "PT409 run_not_running",
  );
});

test(
  "a run whose time to decide is over is superseded as well, and a cancelled one is cancelled",
  async (user, sql) => {
    for (const end of ["expired", "cancelled"] as const) {
      const owned = await startRun(user);
      const call = await ask(user, sql, owned);
      await park(user, owned);
      if (end === "expired") await expire(sql, call);
      else await user.call("cancel_run", [owned.run_id]);
      await user.call("start_run", startArguments({ session_id: owned.session_id }));
      const { status, error } = await callRow(sql, call);
      assert.deepEqual({ status, error }, { status: "rejected", error: end });
      const { finished_reason } = await runRow(sql, owned.run_id, "finished_reason");
      assert.equal(finished_reason, end === "expired" ? "superseded" : "cancelled");
    }
  },
);

test(
  "a sweep leaves a run that waits, and ends it once nobody has decided, or nobody has come back",
  async (user, sql) => {
    /** All that happened to the run was hours ago, but for what is decided, or expires, later. */
    const ages = async (run_id: string) => {
      await inThePast(
        sql,
        (past) =>
          past`update agent_runs set lease_expires_at = now() - interval '3 hours' where id = ${run_id}`,
      );
      await inThePast(
        sql,
        (past) =>
          past`update agent_tool_calls set expires_at = expires_at - interval '2 hours' where run_id = ${run_id}
        and expires_at < now()`,
      );
      await inThePast(
        sql,
        (past) =>
          past`update approval_decisions set decided_at = now() - interval '2 hours' where call_id in (
        select id from agent_tool_calls where run_id = ${run_id})`,
      );
    };
    const [waits, expired, decided] = [await startRun(user), await startRun(user), await startRun(user)];
    for (const owned of [waits, expired, decided]) {
      const call = await ask(user, sql, owned);
      await park(user, owned);
      if (owned === expired) {
        await expire(sql, call);
      }
      if (owned === decided) {
        await user.call("decide_tool_calls", [owned.run_id, [decision(call)]]);
      }
      await ages(owned.run_id);
    }
    await sweep(user, sql);
    const rows =
      await sql`select id, status, error ->> 'kind' as kind from agent_runs where user_id = ${user.id}`;
    const found = new Map(rows.map(({ id, status, kind }) => [id, [status, kind]]));
    assert.deepEqual(found.get(waits.run_id), ["awaiting_approval", null]);
    assert.deepEqual(found.get(expired.run_id), ["failed", "abandoned"]);
    assert.deepEqual(found.get(decided.run_id), ["failed", "abandoned"]);
    assert.match(await told(sql, expired.run_id), /abandoned.* Not done: cancel_loan/);
    for (const [owned, by] of [[expired, "expired"], [decided, "user"]] as const) {
      const events = await sql`select data ->> 'by' as by from agent_run_events
      where run_id = ${owned.run_id} and type = 'approval_decided'`;
      assert.deepEqual(events.map((event) => event.by), [by]);
    }
  },
);

test(
  "parked, decided and resumed again and again, a run keeps its calls apart and its log whole",
  async (user, sql) => {
    let owned = await startRun(user);
    for (let n = 1; n <= 3; n += 1) {
      const call = await ask(user, sql, owned, { arguments: { n } });
      const { seq } = await park(user, owned) as { seq: number };
      assert.equal(seq, n + 1);
      await user.call("decide_tool_calls", [owned.run_id, [decision(call, { approved: n % 2 === 0 })]]);
      owned = await claimRun(user, owned.run_id);
    }
    const rows =
      await sql`select status from agent_tool_calls where run_id = ${owned.run_id} order by created_at`;
    assert.deepEqual(rows.map(({ status }) => status), ["rejected", "approved", "rejected"]);
  },
);

async function told(sql: Sql, run_id: string): Promise<string> {
  const [row] = await sql`select content from chat_messages where run_id = ${run_id} and role = 'assistant'`;
  return String(row?.content);
}

/** Ends what was left an hour ago, of this user too; which of the user's runs it ended. */
async function sweep(user: User, sql: Sql): Promise<string> {
  await sql`select private.sweep_runs(interval '1 hour')`;
  const rows = await sql`select id from agent_runs where user_id = ${user.id} and status = 'failed'`;
  return rows.map(({ id }) => id).join(" ");
}
