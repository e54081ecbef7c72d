// What a deleted conversation refuses, and what it leaves as it was; that no text is left is an end-to-end test's.
import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { asUser, callFunction, refused, testAsUser as test } from "./agents_calls.ts";
import { everything } from "./agents_rows.ts";
import { finishRun, type Owned, startArguments, startRun } from "./agents_runs.ts";

const SUMMARY = {
  number: 1,
  content: "They spoke.",
  upto_seq: 2,
  model_used: "m",
  input_tokens: 1,
  output_tokens: 1,
};

test("a summary that comes after its conversation was deleted is not kept", async (user, sql) => {
  const owned = await startRun(user);
  await finishRun(user, owned);
  await user.call("delete_session", [owned.session_id]);
  assert.equal(await user.call("add_summary", [owned.run_id, SUMMARY, null]), false);
  const kept = await sql`select number from chat_session_summaries where user_id = ${user.id}`;
  assert.equal(kept.length, 0);
});

test(
  "nothing is gone on with in a deleted conversation, and its user's others are as they were",
  async (user, sql) => {
    const ofSession = async ({ session_id, run_id }: Owned) =>
      Object.entries(await everything(sql, user.id)).map(([table, rows]) => [
        table,
        rows.filter((row) => [session_id, run_id].some((id) => JSON.stringify(row).includes(id))),
      ]);
    const [kept, gone] = [await startRun(user), await startRun(user)];
    for (const owned of [kept, gone]) await finishRun(user, owned);
    const before = await ofSession(kept);
    await user.call("delete_session", [gone.session_id]);
    assert.deepEqual(await ofSession(kept), before);
    const more = startArguments({ message: "More", session_id: gone.session_id });
    assert.equal(await refused(user, "start_run", more), "PT410 session_deleted");
    await startRun(user, { message: "More", session_id: kept.session_id });
  },
);

test("a rule for one conversation goes with it, and one that holds beyond it stays", async (user, sql) => {
  const owned = await startRun(user);
  await finishRun(user, owned);
  for (const session_id of [owned.session_id, null]) {
    await sql`insert into tool_rules (user_id, tool_name, session_id, policy)
      values (${user.id}, 'cancel_loan', ${session_id}, 'allow')`;
  }
  await user.call("delete_session", [owned.session_id]);
  const rules = await sql`select session_id from tool_rules where user_id = ${user.id}`;
  assert.deepEqual(rules.map(({ session_id }) => session_id), [null]);
});

test("no agent deletes a conversation, whatever its client is", async (user, sql) => {
  const owned = await startRun(user);
  await finishRun(user, owned);
  const before = await everything(sql, user.id);
  const agents: [string, object][] = [
    ["request.headers", { "x-agent": "planner" }],
    ["request.headers", { "x-tool-call-id": crypto.randomUUID() }],
    ["request.headers", { "x-tool-preview": "1" }],
    ["request.jwt.claims", { sub: user.id, role: "authenticated", client_id: crypto.randomUUID() }],
  ];
  for (const [setting, value] of agents) {
    const deleting = asUser(sql, user.id, async (own) => {
      await own`select set_config(${setting}, ${JSON.stringify(value)}, true)`;
      return await callFunction(own, "delete_session", [owned.session_id]);
    });
    await assert.rejects(deleting, { code: "PT403", message: "not_for_agents" });
  }
  assert.deepEqual(await everything(sql, user.id), before);
});

test(
  "what is deleted is given no name any more, nor by a request that waited for its end",
  async (user, sql) => {
    const owned = await startRun(user);
    await finishRun(user, owned);
    const begun = Promise.withResolvers<number>();
    const refusedName = (title: string) =>
      assert.rejects(
        asUser(sql, user.id, async (own) => {
          const [{ pid } = {}] = await own`select pg_backend_pid() as pid`;
          begun.resolve(Number(pid));
          await own`update public.chat_sessions set title = ${title} where id = ${owned.session_id}`;
          return "renamed";
        }),
        { code: "42501" },
      );
    const renaming = await asUser(sql, user.id, async (own) => {
      await callFunction(own, "delete_session", [owned.session_id]);
      const meanwhile = refusedName("In between");
      await untilWaiting(sql, await begun.promise);
      return { meanwhile };
    });
    await renaming.meanwhile;
    await refusedName("Later");
    const [session] = await sql`select title from chat_sessions where id = ${owned.session_id}`;
    assert.equal(session?.title, "Deleted");
  },
);

async function untilWaiting(sql: Sql, pid: number): Promise<void> {
  for (let look = 0; look < 20_000; look += 1) {
    const [found] = await sql`
      select pid from pg_stat_activity where pid = ${pid} and wait_event_type = 'Lock'`;
    if (found) return;
  }
  throw new Error("The request did not wait");
}
