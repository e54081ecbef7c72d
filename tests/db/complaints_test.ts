// What users of other agents complain of where a person approves (issue numbers of their projects), as far as the
// database can rule it out.
import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { z } from "zod";
import { become, refused, testAsUser as test, type User } from "./agents_calls.ts";
import { log, loseOwner, runRow } from "./agents_rows.ts";
import { claimRun, lease, type Owned, startArguments, startRun } from "./agents_runs.ts";
import { ask, type Asked, asked, callRow, decision, expire, park, proposal } from "./approvals.ts";

const decide = (user: User, { run_id }: Owned, ...decisions: object[]) =>
  user.call("decide_tool_calls", [run_id, decisions]);

const Verdicts = z.object({ verdicts: z.record(z.string(), z.looseObject({ status: z.string() })) });

/** What becomes of a further call, with these arguments. */
async function verdict(user: User, owned: Owned, args: object): Promise<unknown> {
  const row = proposal(owned, { arguments: args });
  const told = await user.call("record_progress", [...lease(owned), { tool_calls: [row] }]);
  return Verdicts.parse(told).verdicts[String(row.id)]?.status;
}

/** The approved write is made, as its tool does. */
async function makeWrite(sql: Sql, user: User, call: Asked, loan_id: string): Promise<void> {
  await sql.begin(async (own) => {
    await become(own, user.id);
    const headers = { "x-agent": "1", "x-tool-call-id": call.id, "x-tool-attempt": crypto.randomUUID() };
    await own`select set_config('request.headers', ${JSON.stringify(headers)}, true)`;
    await own`delete from public.loans where id = ${loan_id}`;
  });
}

test(
  "approving one call lets no other through, whatever it has in common (pi-mcp-adapter 367)",
  async (user, sql) => {
    const owned = await startRun(user);
    const call = await ask(user, sql, owned, { arguments: { loan_id: "1" } });
    await decide(user, owned, decision(call));
    for (const args of [{ loan_id: "2" }, { loan_id: "1", more: true }, {}]) {
      assert.equal(await verdict(user, owned, args), "awaiting_approval", JSON.stringify(args));
    }
  },
);

test("once is once: the very same call is asked about again (hermes-webui 6036)", async (user, sql) => {
  const owned = await startRun(user);
  const call = await ask(user, sql, owned);
  await decide(user, owned, decision(call, { scope: "once" }));
  assert.equal(await verdict(user, owned, { loan_id: "1" }), "awaiting_approval");
  const [{ rules } = {}] =
    await sql`select count(*)::int as rules from tool_rules where user_id = ${user.id}`;
  assert.equal(rules, 0);
});

test("for the session is for that session (vscode 309234)", async (user, sql) => {
  const owned = await startRun(user);
  const call = await ask(user, sql, owned);
  await decide(user, owned, decision(call, { scope: "session" }));
  const args = { loan_id: "1" };
  await loseOwner(sql, owned.run_id);
  const later = await startRun(user, { session_id: owned.session_id });
  assert.equal(await verdict(user, later, args), "approved");
  assert.equal(await verdict(user, later, { loan_id: "2" }), "awaiting_approval", "and for that thing");
  assert.equal(await verdict(user, await startRun(user), args), "awaiting_approval");
});

test(
  "each of several answers goes to its own call, in whatever order they come (agent-framework 6910, langgraph 6626)",
  async (user, sql) => {
    const owned = await startRun(user);
    const calls: Asked[] = [];
    for (let n = 0; n < 5; n += 1) calls.push(await ask(user, sql, owned, { arguments: { n } }));
    await park(user, owned);
    const answers = calls.map((call, n) =>
      decision(call, n % 2 === 0 ? {} : { approved: false, reason: `No ${n}` })
    );
    await decide(user, owned, ...answers.toReversed().slice(0, 3));
    await decide(user, owned, ...answers.slice(0, 2));
    const claimed = await claimRun(user, owned.run_id);
    assert.deepEqual(
      (claimed.open_calls as { id: string }[]).map(({ id }) => id),
      [0, 2, 4].map((n) => calls[n]?.id),
    );
    assert.deepEqual(
      claimed.tool_calls.map(({ id, result }) => [id, (result as { message: string }).message.slice(-4)]),
      [1, 3].map((n) => [calls[n]?.id, `No ${n}`]),
    );
  },
);

test(
  "what was approved and done is told, although the run fails right after (agent-framework 7458)",
  async (user, sql) => {
    const owned = await startRun(user);
    const [loan] =
      await sql`insert into loans (user_id, borrower) values (${user.id}, 'Ann') returning id::text as id`;
    const call = await ask(user, sql, owned, { arguments: { loan_id: loan?.id } });
    await park(user, owned);
    await decide(user, owned, decision(call));
    const claimed = await claimRun(user, owned.run_id);
    await makeWrite(sql, user, call, loan?.id);
    const error = { kind: "internal", message: "No. Please try again.", retryable: true };
    await user.call("fail_run", [...lease(claimed), error]);
    assert.equal((await callRow(sql, call)).status, "succeeded");
    const [said] =
      await sql`select content from chat_messages where run_id = ${owned.run_id} and role = 'assistant'`;
    assert.match(String(said?.content), /Done before: cancel_loan was carried out\.$/);
    const { error: told } = await runRow(sql, owned.run_id, "error");
    assert.equal((told as { retryable: boolean }).retryable, false, "nobody is told to send it again");
  },
);

test("a second question of the same run is asked as the first one was (Yuxi 475)", async (user, sql) => {
  let owned = await startRun(user);
  for (const n of [1, 2]) {
    const call = await ask(user, sql, owned, { arguments: { n } });
    const { data } = await park(user, owned) as { data: { open: string[] } };
    assert.deepEqual(data.open, [call.id]);
    assert.deepEqual(await user.call("open_approvals", []).then((all) => (all as unknown[]).length), 1);
    await decide(user, owned, decision(call));
    owned = await claimRun(user, owned.run_id);
  }
  assert.deepEqual((await log(sql, owned.run_id)).map(([, type]) => type), [
    "session",
    "run_paused",
    "run_paused",
  ]);
});

test(
  "what was declined is not asked about again, however often the model calls it (agent-framework 8503, lettabot 601)",
  async (user, sql) => {
    const owned = await startRun(user);
    await decide(user, owned, decision(await ask(user, sql, owned), { approved: false }));
    for (let n = 0; n < 20; n += 1) assert.equal(await verdict(user, owned, { loan_id: "1" }), "rejected");
    assert.deepEqual(await user.call("open_approvals", []), []);
  },
);

test("a question that nobody answers keeps the session from nothing (letta)", async (user, sql) => {
  const owned = await startRun(user);
  await ask(user, sql, owned);
  await park(user, owned);
  const next = await user.call("start_run", startArguments({ session_id: owned.session_id }));
  assert.notEqual((next as Owned).run_id, owned.run_id);
});

test("many questions are answered, or run out of time, at once (convex agent 354)", async (user, sql) => {
  for (const end of ["decided", "expired"]) {
    const owned = await startRun(user);
    const rows = Array.from({ length: 56 }, (_, n) => proposal(owned, { arguments: { n } }));
    await user.call("record_progress", [...lease(owned), { tool_calls: rows }]);
    await park(user, owned);
    const ids = rows.map(({ id }) => String(id));
    const calls = await Promise.all(ids.map((id) => asked(sql, id)));
    if (end === "decided") {
      assert.deepEqual(await decide(user, owned, ...calls.map((call) => decision(call))), { open: [] });
    } else await expire(sql, ...calls);
    const claimed = await claimRun(user, owned.run_id);
    const { length } = end === "decided" ? claimed.open_calls as unknown[] : claimed.tool_calls;
    assert.equal(length, 56);
  }
});

test(
  "an edit counts, is what is made, and is no way around what is denied (nemo-platform 1128, langchain 40166)",
  async (user, sql) => {
    const owned = await startRun(user);
    const call = await ask(user, sql, owned);
    await decide(user, owned, decision(call, { arguments: { loan_id: "2" } }));
    assert.deepEqual((await callRow(sql, call)).arguments, { loan_id: "2" });
    await sql`insert into tool_rules (user_id, tool_name, policy, when_args)
    values (${user.id}, 'cancel_loan', 'deny', '$.loan_id ? (@ == "9")')`;
    const other = await ask(user, sql, owned, { arguments: { loan_id: "3" } });
    const around = [owned.run_id, [decision(other, { arguments: { loan_id: "9" } })]];
    assert.match(await refused(user, "decide_tool_calls", around), /^PT403 policy_denies$/);
    assert.equal((await callRow(sql, other)).status, "awaiting_approval");
  },
);
