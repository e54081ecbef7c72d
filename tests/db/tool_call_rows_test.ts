// A write call is a row before it is made, changes once to its outcome, and is closed with its run: what it left behind
// says whether it was carried out.
import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { asUser, refusalOf, testAsUser as test, type User } from "./agents_calls.ts";
import { loseOwner } from "./agents_rows.ts";
import { claimRun, ending, event, lease, type Owned, recordCalls, startRun } from "./agents_runs.ts";

const CALL = { tool_name: "create_book", access: "write", arguments: { title: "Milk" } };
const OUTCOME = { status: "succeeded", result: { ok: true, data: 1, message: "Made." }, duration_ms: 5 };

const row = (owned: Owned, id: string, more: object = {}) => ({
  ...{ id, agent_id: owned.agent_id, agent_session_id: owned.thread_id, tool_call_id: "a", ...CALL },
  ...{ status: "proposed", result: null, created_at: "2026-11-22T12:00:00Z" },
  ...more,
});

async function record(user: User, owned: Owned, ...tool_calls: object[]): Promise<void> {
  await user.call("record_progress", [...lease(owned), { tool_calls }]);
}

async function call(sql: Sql, id: string) {
  const [found] = await sql`select status, result, error, duration_ms, finished_at is not null as ended
    from agent_tool_calls where id = ${id}`;
  return { ...found };
}

/** A write that may be made, whose process tells nothing more. */
async function approved(user: User): Promise<{ owned: Owned; id: string }> {
  const owned = await startRun(user);
  const id = crypto.randomUUID();
  await record(user, owned, row(owned, id));
  return { owned, id };
}

async function leaveReceipt(sql: Sql, user: User, call_id: string): Promise<void> {
  const key = { user_id: user.id, call_id, attempt: crypto.randomUUID(), relation: "public.books" };
  await sql`insert into tool_receipts ${sql({ ...key, row_key: sql.json({ id: "1" }) })}`;
}

test(
  "a write that is stored before it is made has one outcome; what comes later changes nothing",
  async (user, sql) => {
    const { owned, id } = await approved(user);
    const before = { status: "approved", result: null, error: null, duration_ms: null, ended: false };
    assert.deepEqual(await call(sql, id), before);
    await record(user, owned, row(owned, id));
    assert.deepEqual(await call(sql, id), before, "the next owner stores it again");

    const finished_at = "2026-11-22T12:00:01Z";
    await record(user, owned, row(owned, id, { ...OUTCOME, finished_at }));
    const after = { ...OUTCOME, error: null, ended: true };
    assert.deepEqual(await call(sql, id), after);
    await record(user, owned, row(owned, id, { status: "failed", error: "No." }));
    await record(user, owned, row(owned, id));
    assert.deepEqual(await call(sql, id), after);
  },
);

test("a proposal reads its own row, however many calls its user has made", async (user, sql) => {
  const owned = await startRun(user);
  const proposed = Array.from({ length: 40 }, () => row(owned, crypto.randomUUID()));
  await record(user, owned, ...proposed);
  const batch = JSON.stringify({ tool_calls: proposed.slice(0, 1) });
  // Without it any index of the user's looks as good as the key.
  await sql`analyze agent_tool_calls`;
  const read = await asUser(sql, user.id, async (own) => {
    const rows = async () => {
      const [found] = await own`select seq_tup_read + idx_tup_fetch as rows from pg_stat_xact_user_tables
        where relname = 'agent_tool_calls'`;
      return Number(found?.rows);
    };
    // Of a table this small the planner would read all.
    for (const way of ["seqscan", "hashjoin", "mergejoin"]) {
      await own`select set_config(${`enable_${way}`}, 'off', true)`;
    }
    const before = await rows();
    const [told] = await own`select private.verdicts(${batch}::text::jsonb) as verdicts`;
    assert.deepEqual(Object.keys(told?.verdicts), [proposed[0]?.id]);
    return await rows() - before;
  });
  assert.ok(read >= 1 && read < 5, String(read));
});

test(
  "by hand, too, a call changes only to an outcome, and in no other column",
  async (user, sql) => {
    const { owned, id } = await approved(user);
    const by_hand = (column: string, value: string) =>
      asUser(sql, user.id, async (transaction) => {
        await transaction.unsafe(
          `update public.agent_tool_calls set ${column} = ${value} where id = '${id}'`,
        );
        return true;
      });
    const refused = async (column: string, value: string) => {
      try {
        await by_hand(column, value);
      } catch (error) {
        return `${refusalOf(error).code} ${refusalOf(error).message}`;
      }
    };
    for (const status of ["proposed", "awaiting_approval", "executing"]) {
      assert.equal(await refused("status", `'${status}'`), "PT409 status_not_next", status);
    }
    for (
      const [column, value] of [
        ["tool_name", "'look'"],
        ["arguments", "'{}'"],
        [
          "created_at",
          "now()",
        ],
        ["arguments_sha256", "'0'"],
        ["why", "'[]'"],
        ["asked_at", "now()"],
        ["expires_at", "now()"],
        [
          "remember",
          "''",
        ],
        ["proposed_arguments", "'{}'"],
      ] as const
    ) {
      assert.match(await refused(column, value) ?? "", /^42501 /, column);
    }
    await record(user, owned, row(owned, id, OUTCOME));
    for (
      const [column, value] of [["status", "'executing'"], ["status", "'failed'"], [
        "result",
        "'{}'",
      ]] as const
    ) {
      assert.equal(await refused(column, value), "PT409 call_has_ended", value);
    }
  },
);

test(
  "a proposal is answered with its verdict, as often as it is made; other rows are not",
  async (user, sql) => {
    const owned = await startRun(user);
    const [write, read] = [crypto.randomUUID(), crypto.randomUUID()];
    const propose = () =>
      user.call("record_progress", [...lease(owned), { tool_calls: [row(owned, write)] }]);
    const { arguments_sha256 } = (await sql`
      select encode(sha256(convert_to(${
      sql.json(CALL.arguments)
    }::jsonb::text, 'UTF8')), 'hex') as arguments_sha256`)[0] ?? {};
    const verdict = {
      ...{ status: "approved", arguments_sha256, why: null, expires_at: null, remember: null, result: null },
    };
    const told = { verdicts: { [write]: verdict } };
    assert.deepEqual([await propose(), await propose()], [told, told]);
    const look = row(owned, read, { ...OUTCOME, access: "read" });
    const others = { tool_calls: [look, row(owned, write, { ...OUTCOME, arguments: { title: "Other" } })] };
    assert.equal(await user.call("record_progress", [...lease(owned), others]), null);
    assert.deepEqual(await propose(), { verdicts: { [write]: { ...verdict, status: "succeeded" } } });

    const calls =
      await sql`select arguments, arguments_sha256 = encode(sha256(convert_to(arguments::text, 'UTF8')), 'hex')
    as hashed from agent_tool_calls where run_id = ${owned.run_id}`;
    assert.deepEqual(
      calls.map((call) => ({ ...call })),
      [1, 2].map(() => ({ arguments: CALL.arguments, hashed: true })),
    );
  },
);

test(
  "who is asked is shown the first preview of a call, and no later one; where the dry run says that nobody need be asked, it was not carried out",
  async (user, sql) => {
    const owned = await startRun(user);
    const [shown, refused] = [crypto.randomUUID(), crypto.randomUUID()];
    const asks = { tool_name: "cancel_loan", arguments: { loan_id: 1 } };
    const record = (...calls: object[]) =>
      user.call("record_progress", [...lease(owned), { tool_calls: calls }]);
    await record(row(owned, shown, asks), row(owned, refused, asks));
    const preview = (problem: string | null, effects: object[] | null) =>
      row(owned, shown, { ...asks, status: "awaiting_approval", problem, effects });
    await record(preview(null, [{ table: "public.loans" }]));
    await record(preview("Too late.", null), row(owned, refused, { ...asks, ...OUTCOME, status: "failed" }));
    const calls =
      await sql`select id, status, effects, problem from agent_tool_calls where run_id = ${owned.run_id}`;
    assert.deepEqual(Object.fromEntries(calls.map(({ id, ...call }) => [id, call])), {
      [shown]: { status: "awaiting_approval", effects: [{ table: "public.loans" }], problem: null },
      [refused]: { status: "rejected", effects: null, problem: null },
    });
  },
);

test("a new owner hears of calls whose outcome is known, and makes the others again", async (user, sql) => {
  const { owned, id } = await approved(user);
  const known = crypto.randomUUID();
  await recordCalls(user, owned, [row(owned, known, OUTCOME)]);
  await loseOwner(sql, owned.run_id);
  const next = await claimRun(user, owned.run_id);
  assert.deepEqual(next.tool_calls.map((one) => one.id), [known]);
  await record(user, next, row(next, id, OUTCOME));
  assert.equal((await call(sql, id)).status, "succeeded");
});

const ERROR = { kind: "internal", message: "It could not be stored.", retryable: true };

/** Every way in which a run ends over a write. */
const ENDS: Record<string, (user: User, owned: Owned, sql: Sql) => Promise<unknown>> = {
  "its owner answers": (user, owned) =>
    user.call("finish_run", [...lease(owned), ending("completed"), { events: [event(2, "done")] }]),
  "its owner ends it as cancelled": (user, owned) =>
    user.call("finish_run", [...lease(owned), ending("cancelled"), { events: [event(2, "done")] }]),
  "its owner fails it": (user, owned) => user.call("fail_run", [...lease(owned), ERROR]),
  "the session's next run supersedes it": async (user, owned, sql) => {
    await loseOwner(sql, owned.run_id);
    await startRun(user, { session_id: owned.session_id });
  },
};

for (const [name, end] of Object.entries(ENDS)) {
  test(
    `when ${name}, a write that was being made succeeded if it left a receipt, else it was not made`,
    async (user, sql) => {
      const made = await approved(user);
      const unmade = await approved(user);
      await leaveReceipt(sql, user, made.id);
      for (const { owned } of [made, unmade]) await end(user, owned, sql);

      const { duration_ms: _, ...succeeded } = await call(sql, made.id);
      const told = "It was carried out. Its process ended before it could tell more.";
      const result = { ok: true, data: null, message: told };
      assert.deepEqual(succeeded, { status: "succeeded", result, error: null, ended: true });
      const rejected = await call(sql, unmade.id);
      assert.deepEqual([rejected.status, rejected.error, rejected.ended], ["rejected", "run_ended", true]);
    },
  );
}
