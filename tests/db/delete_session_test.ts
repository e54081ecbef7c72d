// What a deleted conversation refuses, and what it leaves as it was; that no text is left is an end-to-end test's.
import assert from "node:assert/strict";
import { refused, testAsUser as test } from "./agents_calls.ts";
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
