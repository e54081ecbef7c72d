// A tool that reads and has to ask proposes its calls as one that writes does; its owner knows of it beforehand, and the
// database takes no answer of it without.
import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { refused, testAsUser as test, type User } from "./agents_calls.ts";
import { loseOwner } from "./agents_rows.ts";
import { claimRun, lease, type Owned, startRun } from "./agents_runs.ts";
import { addRule, callRow, newTool, propose } from "./policies.ts";

const READ = { status: "succeeded", result: { ok: true, data: {}, message: "Read." }, duration_ms: 1 };

async function guards(sql: Sql, user: User, { session_id }: Owned, name: string): Promise<boolean> {
  const [row] =
    await sql`select ${name} = any (private.guarded_reads(${user.id}, ${session_id}, 'infinity')) as guards`;
  return row?.guards;
}

/** What the database says to a read that nobody was told of before. */
async function read(user: User, owned: Owned, name: string): Promise<string> {
  const batch = [...lease(owned), { tool_calls: [callRow(owned, name, {}, "read", READ)] }];
  try {
    await user.call("record_progress", batch);
    return "ok";
  } catch {
    return await refused(user, "record_progress", batch);
  }
}

const REFUSED = "PT409 call_not_proposed";

test(
  "reads are guarded that ask or are denied, by default, by a floor or by a rule; others need nobody",
  async (user, sql) => {
    const owned = await startRun(user);
    const read_tool = { access: "read" as const };
    const free = [
      `unheard_${crypto.randomUUID()}`,
      await newTool(sql, { ...read_tool, policy: "allow" }),
    ];
    const guarded = [
      await newTool(sql, { ...read_tool, policy: "ask" }),
      await newTool(sql, { ...read_tool, policy: "deny" }),
      await newTool(sql, {
        ...read_tool,
        policy: "allow",
        floors: [{ policy: "ask", when_args: "$.secret" }],
      }),
      await newTool(sql, { floors: [{ policy: "ask" }] }),
    ];
    for (const name of free) {
      assert.deepEqual([await guards(sql, user, owned, name), await read(user, owned, name)], [false, "ok"]);
    }
    for (const name of guarded) {
      assert.deepEqual([await guards(sql, user, owned, name), await read(user, owned, name)], [
        true,
        REFUSED,
      ]);
    }
    assert.equal(await guards(sql, user, owned, "cancel_loan"), false, "it writes");
  },
);

test("a rule about what is no tool of the domain's does not keep it from being told", async (user, sql) => {
  const owned = await startRun(user);
  const tool_name = `built_in_${crypto.randomUUID()}`;
  await addRule(sql, user, { tool_name, policy: "ask" });
  await loseOwner(sql, owned.run_id);
  const next = await claimRun(user, owned.run_id);
  const row = { ...callRow(next, tool_name, {}, "read", READ), access: null };
  await user.call("record_progress", [...lease(next), { tool_calls: [row] }]);
});

test("what was proposed and allowed may be told", async (user, sql) => {
  const owned = await startRun(user);
  const name = await newTool(sql, {
    ...{ policy: "allow", access: "read", floors: [{ policy: "ask", when_args: "$.secret" }] },
  });
  const { id, status } = await propose(user, owned, name, {}, "read");
  assert.equal(status, "approved");
  const row = { ...callRow(owned, name, {}, "read", READ), id };
  await user.call("record_progress", [...lease(owned), { tool_calls: [row] }]);
  const [call] = await sql`select status from agent_tool_calls where id = ${id}`;
  assert.equal(call?.status, "succeeded");
  assert.equal((await propose(user, owned, name, { secret: 1 }, "read")).status, "awaiting_approval");
});

test("a rule counts for its user, in its session, from the next owner on", async (user, sql) => {
  const [owned, other] = [await startRun(user), await startRun(user)];
  const name = `unheard_${crypto.randomUUID()}`;
  await addRule(sql, user, { tool_name: name, policy: "ask", session_id: owned.session_id });
  assert.equal(await read(user, owned, name), "ok", "its owner has not heard of it");
  assert.equal(await guards(sql, user, other, name), false);
  await loseOwner(sql, owned.run_id);
  const next = await claimRun(user, owned.run_id);
  assert.deepEqual([await guards(sql, user, next, name), await read(user, next, name)], [true, REFUSED]);
  assert.equal((await propose(user, next, name, {}, "read")).status, "awaiting_approval");
});
