// When a run is tainted, by whom, and what of it nobody can take away: external rows, what the agents are shown, what
// was said before, and what the events of the run tell.
import assert from "node:assert/strict";
import type { TransactionSql } from "postgres";
import { asUser, refusalOf, testAsUser } from "./agents_calls.ts";
import { event, finishRun, lease, message, startPlan, startRun } from "./agents_runs.ts";
import { advance, claimStep } from "./agents_steps.ts";
import { inThePast } from "./agents_rows.ts";
import { proposal } from "./approvals.ts";
import { addBook, marks, outcome, request, show, shownBook, taintOf } from "./external_books.ts";

for (const source of ["email", "invite", "import", "mcp"]) {
  testAsUser(
    `a row that an importer says came by ${source} is external, and a run that is shown it is tainted`,
    async (user, sql) => {
      const book = await addBook(sql, user, source);
      assert.deepEqual([...await marks(sql, user)], [{ row_key: book, source }]);
      const owned = await startRun(user);
      assert.equal(await taintOf(sql, owned), null);
      await show(user, owned, shownBook(book));
      assert.deepEqual(await taintOf(sql, owned), [{ relation: "public.books", key: book, source }]);
    },
  );
}

testAsUser(
  "what the user wrote is the user's own, and rows of others' marks count for nobody else",
  async (user, sql) => {
    const book = await addBook(sql, user);
    assert.deepEqual([...await marks(sql, user)], []);
    await sql`insert into auth.users (id) values (${crypto.randomUUID()})`;
    await sql`insert into external_rows (user_id, relation, row_key, source)
    select id, 'public.books', ${book}, 'email' from auth.users where id <> ${user.id} limit 1`;
    const owned = await startRun(user);
    await show(user, owned, shownBook(book));
    assert.equal(await taintOf(sql, owned), null);
  },
);

testAsUser(
  "the header can only add: no other word of it, no agent and no later write takes a mark away",
  async (user, sql) => {
    const book = await addBook(sql, user, "email");
    const rename = (own: TransactionSql) => own`update books set title = 'Mine' where id = ${book}`;
    await request(sql, user, {}, rename);
    await request(sql, user, { "x-row-source": "import" }, rename);
    assert.deepEqual([...await marks(sql, user)], [{ row_key: book, source: "email" }]);
    for (const word of ["trusted", "user", "agent", ""]) {
      const refused = request(sql, user, { "x-row-source": word }, rename).then(() => null, refusalOf);
      assert.deepEqual(await refused, { code: "PT400", message: "row_source", detail: word });
    }
  },
);

testAsUser("an importer without a user marks whose rows it writes", async (user, sql) => {
  await sql.begin(async (job) => {
    await job`select set_config('request.headers', '{"x-row-source": "email"}', true)`;
    await job`insert into books (title, user_id) values ('Mailed', ${user.id})`;
  });
  assert.equal((await marks(sql, user)).length, 1);
});

testAsUser(
  "who deletes a mark trusts the row from then on; an agent may not, and nobody else's is reached",
  async (user, sql) => {
    const book = await addBook(sql, user, "email");
    const trust = (own: TransactionSql) => own`delete from external_rows`;
    for (const header of ["x-agent", "x-tool-call-id"]) {
      const refused = await request(sql, user, { [header]: crypto.randomUUID() }, trust).then(
        () => null,
        refusalOf,
      );
      assert.deepEqual([refused?.code, refused?.message], ["PT403", "not_for_agents"]);
    }
    assert.equal((await marks(sql, user)).length, 1);
    assert.equal((await request(sql, user, {}, trust)).count, 1);
    const owned = await startRun(user);
    await show(user, owned, shownBook(book));
    assert.equal(await taintOf(sql, owned), null);
  },
);

testAsUser("nobody writes marks or taints, or takes a taint away", async (user, sql) => {
  const owned = await startRun(user);
  await show(user, owned, shownBook(await addBook(sql, user, "email")));
  for (
    const statement of [
      "insert into external_rows (user_id, relation, row_key, source) values (auth.uid(), 'public.books', '1', 'email')",
      "update external_rows set source = 'import'",
      "insert into run_taints (user_id, run_id, tainted_by) values (auth.uid(), gen_random_uuid(), '[]')",
      "update run_taints set tainted_at = now() + interval '1 day'",
      "delete from run_taints",
      "insert into external_tables values ('public.books', 'email')",
      "update agent_run_events set tainted = null",
      "insert into agent_run_events (run_id, seq, type, at, data, tainted) values (gen_random_uuid(), 1, 'text', now(), '{}', false)",
    ]
  ) {
    const refused = asUser(sql, user.id, (own) => own.unsafe(statement)).then(() => null, refusalOf);
    assert.equal((await refused)?.code, "42501", statement);
  }
});

testAsUser("every row of an external table is external", async (user, sql) => {
  // One that no other test shows a row of.
  await sql`insert into external_tables values ('public.agent_settings', 'import') on conflict do nothing`;
  const owned = await startRun(user);
  const shown = { relation: "public.agent_settings", key: "1" };
  await show(user, owned, { shown_rows: [shown] });
  assert.deepEqual(await taintOf(sql, owned), [{ ...shown, source: "import" }]);
});

testAsUser(
  "what a tool says for which nobody vouches taints, and calling it in vain does not",
  async (user, sql) => {
    const owned = await startRun(user);
    await outcome(user, owned, "list_books", { ok: true });
    await outcome(user, owned, "get_review", { ok: false, error: "not_allowed", message: "No." });
    assert.equal(await taintOf(sql, owned), null);
    await outcome(user, owned, "get_review", { ok: true });
    assert.deepEqual(await taintOf(sql, owned), [{ tool: "get_review" }]);
  },
);

testAsUser(
  "what is asked for after such a tool has spoken meets a tainted run, also where both are stored at once",
  async (user, sql) => {
    const owned = await startRun(user);
    const call = { ...proposal(owned), tool_name: "get_review", access: "read", status: "succeeded" };
    const write = { book_id: await addBook(sql, user), updates: { title: "Evil" } };
    const asked = proposal(owned, { tool_name: "update_book", arguments: write });
    const said = { kind: "turn" as const, tool_calls: [{ id: "1", name: "get_review", arguments: "{}" }] };
    const told = await user.call("record_progress", [...lease(owned), {
      messages: [
        message(owned.thread_id, 1, said),
        message(owned.thread_id, 2, { kind: "result", tool_call_id: "1" }),
      ],
      tool_calls: [{ ...call, result: { ok: true } }, asked],
    }]);
    assert.partialDeepStrictEqual(told, {
      verdicts: { [String(asked.id)]: { status: "awaiting_approval" } },
    });
  },
);

testAsUser(
  "a call that shows a row from outside is told of as tainted, before the model is told what it shows",
  async (user, sql) => {
    const [own, mailed] = [await addBook(sql, user), await addBook(sql, user, "email")];
    const owned = await startRun(user);
    const showing = (key: string) => ({ ok: true, rows: [{ relation: "public.books", key }] });
    const first = { events: [event(2, "tool_result")] };
    assert.equal(await outcome(user, owned, "list_books", showing(own), first), null);
    const second = { events: [event(3, "tool_result")] };
    assert.deepEqual(await outcome(user, owned, "list_books", showing(mailed), second), { tainted_from: 3 });
    assert.deepEqual(await taintOf(sql, owned), [{ relation: "public.books", key: mailed, source: "email" }]);
  },
);

testAsUser("a run is tainted once, by what it was shown first, and stays so", async (user, sql) => {
  const [first, second] = [await addBook(sql, user, "email"), await addBook(sql, user, "invite")];
  const owned = await startRun(user);
  await show(user, owned, shownBook(first));
  await show(user, owned, shownBook(second), 2);
  assert.deepEqual(await taintOf(sql, owned), [{ relation: "public.books", key: first, source: "email" }]);
});

testAsUser("the opening shows rows: the focused one and the newest", async (user, sql) => {
  const book = await addBook(sql, user, "email");
  const owned = await startRun(user, { context_type: "book", entity_id: book });
  const shown = { relation: "public.books", key: book };
  assert.deepEqual(owned.opening?.shown_rows, [shown, shown], "in the overview, and as the entity");
});

testAsUser("what an executor reads taints the run", async (user, sql) => {
  const { owned, plan_id } = await startPlan(user);
  const claimed = await claimStep(user, plan_id);
  const told = message(claimed.thread_id, 1, shownBook(await addBook(sql, user, "email")));
  await user.call("advance_step", advance(claimed, 1, [told]));
  assert.notEqual(await taintOf(sql, owned), null);
});

testAsUser(
  "a conversation that a tainted run has answered in taints the next ones, and no other does",
  async (user, sql) => {
    const first = await startRun(user);
    await show(user, first, shownBook(await addBook(sql, user, "email")));
    await finishRun(user, first);
    const { session_id } = first;
    const second = await startRun(user, { session_id });
    assert.deepEqual(await taintOf(sql, second), [{ run: first.run_id }]);
    await finishRun(user, second);
    const third = await startRun(user, { session_id });
    assert.deepEqual(await taintOf(sql, third), [{ run: second.run_id }]);
    assert.equal(await taintOf(sql, await startRun(user)), null);
  },
);

testAsUser(
  "events tell from where on their run was tainted, whoever reads them, and whatever their writer says",
  async (user, sql) => {
    const owned = await startRun(user);
    const record = (batch: object) => user.call("record_progress", [...lease(owned), batch]);
    assert.equal(await record({ events: [event(2), { ...event(3), tainted: true }] }), null);
    const told = message(owned.thread_id, 1, shownBook(await addBook(sql, user, "email")));
    const batch = { messages: [told], events: [event(4), event(5)] };
    assert.deepEqual(await record(batch), { tainted_from: 4 });
    assert.deepEqual(await record(batch), { tainted_from: 4 }, "the same when its answer was lost");
    await finishRun(user, owned, 6);
    const events =
      await sql`select seq, tainted from agent_run_events where run_id = ${owned.run_id} order by seq`;
    assert.deepEqual(events.map(({ tainted }) => tainted), [null, null, null, true, true, true]);
    const followed = await user.call("follow_run", [owned.run_id, 5, 10]);
    assert.partialDeepStrictEqual(followed, { events: [{ seq: 6, type: "done", tainted: true }] });
  },
);

testAsUser(
  "a tainted run's account and its purge leave nothing behind that says more than which rows",
  async (user, sql) => {
    const owned = await startRun(user);
    await show(user, owned, shownBook(await addBook(sql, user, "email")));
    await finishRun(user, owned);
    await inThePast(
      sql,
      (past) =>
        past`update agent_runs set finished_at = now() - interval '1 year' where id = ${owned.run_id}`,
    );
    await sql`select private.purge_runs(now() - interval '90 days')`;
    assert.notEqual(await taintOf(sql, owned), null);
    await sql`delete from auth.users where id = ${user.id}`;
    const left = await sql`select 1 from run_taints where user_id = ${user.id}
    union all select 1 from external_rows where user_id = ${user.id}`;
    assert.equal(left.length, 0);
  },
);
