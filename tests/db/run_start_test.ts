// How a run starts in the database: with what, beside what, and when not.
import assert from "node:assert/strict";
import { z } from "zod";
import { addUser, asUser, refused, testAsUser as test } from "./agents_calls.ts";
import { addBook, show, shownBook, taintOf } from "./external_books.ts";
import { everything, log, loseOwner, open, runRow } from "./agents_rows.ts";
import { finishRun, lease, message, Owned, startArguments, startRun, usage } from "./agents_runs.ts";

/** A book as a run's first prompt has it. */
const Shown = z.object({ book: z.looseObject({ title: z.string() }) });

test(
  "a message starts a session, a run, a planner with its thread, and the first event",
  async (user, sql) => {
    const owned = await startRun(user, { message: "  Plan\n my   week " });

    const [session] = await sql`select title, user_id from chat_sessions where id = ${owned.session_id}`;
    assert.deepEqual({ ...session }, { title: "Plan my week", user_id: user.id });
    const run = await runRow(
      sql,
      owned.run_id,
      "status, lease_generation, lease_expires_at > now() as leased",
    );
    assert.deepEqual(run, { status: "running", lease_generation: 1, leased: true });
    const messages = await sql`select role, content, seq from chat_messages where run_id = ${owned.run_id}`;
    assert.deepEqual(messages.map((row) => ({ ...row })), [{
      role: "user",
      content: "  Plan\n my   week ",
      seq: 1,
    }]);
    const [agent] = await sql`select type, permissions from agents where id = ${owned.agent_id}`;
    assert.deepEqual({ ...agent }, { type: "planner", permissions: "read_write" });
    const [thread] =
      await sql`select planner_agent_id from agent_chat_sessions where id = ${owned.thread_id}`;
    assert.equal(thread?.planner_agent_id, owned.agent_id);
    assert.deepEqual(await log(sql, owned.run_id), [[1, "session"]]);
  },
);

test("the caller is the run's first owner, for as long as it asked", async (user, sql) => {
  const { run_id, generation } = await startRun(user, {}, 0.25);
  assert.equal(generation, 1);
  const row = await runRow(
    sql,
    run_id,
    "lease_seconds::float8 as seconds, lease_expires_at - created_at < '20 s' as soon",
  );
  assert.deepEqual(row, { seconds: 0.25, soon: true });
});

test("a caller who never hears of its run knows its id: it is that of the reservation", async (user) => {
  const [request = {}, agent = {}, seconds = 60] = startArguments();
  const { reservation: { id } } = z.object({ reservation: z.object({ id: z.string() }) }).parse(agent);
  const owned = Owned.parse(await user.call("start_run", [request, agent, seconds]));
  assert.equal(owned.run_id, id);
});

test("what a start tells of its run is what a takeover would be told of it", async (user, sql) => {
  const first = await startRun(user);
  await show(user, first, shownBook(await addBook(sql, user, "email")));
  await finishRun(user, first);
  assert.notEqual(await taintOf(sql, first), null);
  const entity_id = await addBook(sql, user);

  for (
    const request of [
      {},
      { session_id: first.session_id },
      { context_type: "book", entity_id, client_id: "a chat" },
      { session_id: first.session_id, context_type: "general", time_zone: "Asia/Tokyo" },
    ]
  ) {
    const { existing, reserved, ...told } = await startRun(user, request);
    const [taken] = await asUser(sql, user.id, (own) =>
      own<{ told: unknown }[]>`
        select private.owned_run(r) as told from public.agent_runs r where r.id = ${told.run_id}`);
    assert.deepEqual(told, taken?.told, JSON.stringify(request));
    assert.deepEqual([existing, reserved], [false, { allowed: true, tool_calls: 0, broken_budget: null }]);
    await finishRun(user, Owned.parse(told));
  }
});

test("the same request key finds the run it started, and starts no other", async (user, sql) => {
  const first = await startRun(user, { request_key: "k" });
  const again = await user.call("start_run", startArguments({ request_key: "k" }));
  await finishRun(user, first);
  const later = await user.call("start_run", startArguments({ request_key: "k" }));

  const found = { existing: true, run_id: first.run_id, session_id: first.session_id };
  assert.deepEqual([again, later], [found, found]);
  const [{ runs } = {}] = await sql`select count(*)::int as runs from agent_runs where user_id = ${user.id}`;
  assert.equal(runs, 1);
});

test("a request key does not stand for another request, nor for another user's", async (user, sql) => {
  const first = await startRun(user, { request_key: "k" });

  const other = await user.refusal("start_run", startArguments({ request_key: "k", message: "Else" }));
  assert.deepEqual([other.code, other.message], ["PT409", "request_key_reused"]);
  assert.deepEqual(JSON.parse(other.detail ?? ""), { run_id: first.run_id });
  const theirs = await startRun(await addUser(sql), { request_key: "k" });
  assert.notEqual(theirs.run_id, first.run_id);
});

test("a session with an unfinished run takes no second, and says which is in the way", async (user, sql) => {
  const first = await startRun(user);
  const before = await everything(sql, user.id);

  const { code, message, detail } = await user.refusal(
    "start_run",
    startArguments({ session_id: first.session_id }),
  );
  assert.deepEqual([code, message], ["PT409", "run_unfinished"]);
  assert.deepEqual(JSON.parse(detail ?? ""), { run_id: first.run_id, retry_after: "60" });
  assert.deepEqual(await everything(sql, user.id), before, "the refused message is not kept");
});

test("a run that was released and is not claimed yet is unfinished, not failed", async (user, sql) => {
  const first = await startRun(user);
  await user.call("release_run", [...lease(first), null]);
  const again = startArguments({ session_id: first.session_id });
  assert.equal(await refused(user, "start_run", again), "PT409 run_unfinished");
  assert.deepEqual(await runRow(sql, first.run_id, "status"), { status: "running" });
});

test(
  "a run whose owner is gone is failed by the session's next message, with what it has cost",
  async (user, sql) => {
    const gone = await startRun(user, { message: "First" });
    await user.call("record_progress", [...lease(gone), {
      messages: [message(gone.thread_id)],
      usage: usage(3),
    }]);
    await loseOwner(sql, gone.run_id);
    const next = await startRun(user, { message: "Second", session_id: gone.session_id });

    assert.deepEqual(
      next.opening?.history,
      [
        { role: "user", content: "First" },
        { role: "assistant", content: "This was interrupted before it was finished. Nothing was changed." },
      ],
      "the message that was lost on the way stays, and what became of it",
    );
    assert.deepEqual(
      await runRow(
        sql,
        gone.run_id,
        "status, error ->> 'kind' as kind, finished_at is not null as ended, usage",
      ),
      { status: "failed", kind: "internal", ended: true, usage: usage(3) },
    );
    assert.deepEqual(await log(sql, gone.run_id), [[1, "session"], [2, "error"]]);
    assert.deepEqual(await open(sql, gone.run_id), []);
  },
);

test("another user's session, and one that does not exist, are refused alike", async (user, sql) => {
  const theirs = await startRun(await addUser(sql));
  const foreign = await user.refusal("start_run", startArguments({ session_id: theirs.session_id }));
  const invented = await user.refusal("start_run", startArguments({ session_id: crypto.randomUUID() }));
  assert.deepEqual(foreign, invented);
  assert.deepEqual([foreign.code, foreign.message], ["PT404", "session"]);
});

test("an entity that the user does not have starts nothing", async (user, sql) => {
  for (const entity_id of [crypto.randomUUID(), "1", "no uuid"]) {
    const request = { context_type: "book", entity_id };
    assert.equal(await refused(user, "start_run", startArguments(request)), "PT404 entity", entity_id);
  }
  const [{ n } = {}] = await sql`select count(*)::int as n from chat_sessions where user_id = ${user.id}`;
  assert.equal(n, 0);
});

test(
  "a run is about what its message names, or else what the conversation began with, while that is there",
  async (user, sql) => {
    const added = await sql`insert into books (user_id, title)
      values (${user.id}, 'Dune'), (${user.id}, 'Emma') returning id, title`;
    const [dune, emma] = added.map(({ id }) => ({ context_type: "book", entity_id: String(id) }));
    /** The title that the run's prompt has, and the context that its thread keeps. */
    const about = async (request: object) => {
      const owned = await startRun(user, { ...request });
      await finishRun(user, owned);
      const [{ context } = {}] = await sql`select initial_context -> 'context' as context
        from agent_chat_sessions where id = ${owned.thread_id}`;
      const { entity } = z.object({ entity: Shown.nullable() }).parse(owned.opening);
      return { session_id: owned.session_id, title: entity?.book.title, entity_id: context.entity_id };
    };
    const first = await about({ ...dune });
    const { session_id } = first;
    assert.deepEqual(first, { session_id, title: "Dune", entity_id: dune?.entity_id });
    assert.deepEqual(await about({ session_id }), first);
    const other = { session_id, title: "Emma", entity_id: emma?.entity_id };
    assert.deepEqual(await about({ session_id, ...emma }), other);
    await sql`delete from books where id = ${dune?.entity_id ?? ""}`;
    assert.deepEqual(await about({ session_id }), { ...first, title: undefined });
  },
);

test("a message may be about nothing in particular: general and global", async (user, sql) => {
  for (const context_type of ["general", "global"]) {
    const { session_id, opening } = await startRun(user, { context_type });
    const [session] = await sql`select context_type, entity_id from chat_sessions where id = ${session_id}`;
    assert.deepEqual([session, opening?.entity], [{ context_type, entity_id: null }, null]);
  }
});

test(
  "a message that says that it is about nothing in particular is, whatever its conversation began with",
  async (user, sql) => {
    const book_id = crypto.randomUUID();
    await sql`insert into books (id, user_id, title) values (${book_id}, ${user.id}, 'Emma')`;
    const about = async (request: object) => {
      const owned = await startRun(user, { ...request });
      await finishRun(user, owned);
      const [thread] = await sql`select initial_context -> 'context' as context from agent_chat_sessions
      where id = ${owned.thread_id}`;
      return { session_id: owned.session_id, entity: owned.opening?.entity, context: thread?.context };
    };
    const { session_id, entity } = await about({ context_type: "book", entity_id: book_id });
    assert.ok(entity);
    for (const context_type of ["general", "global"]) {
      const general = await about({ session_id, context_type });
      assert.deepEqual([general.entity, general.context], [null, { type: context_type }]);
    }
    const unsaid = await about({ session_id });
    assert.deepEqual([unsaid.entity, unsaid.context], [entity, { type: "book", entity_id: book_id }]);
  },
);

test(
  "the model is shown the conversation, oldest first, as far back as a prompt could hold",
  async (user, sql) => {
    const first = await startRun(user, { message: "1" });
    await finishRun(user, first);
    await sql`insert into chat_messages (user_id, session_id, role, content, seq)
    select ${user.id}, ${first.session_id}, 'user', n::text, n from generate_series(3, 125) n`;
    const { opening } = await startRun(user, { session_id: first.session_id });
    assert.deepEqual(
      opening?.history.map(({ content }) => Number(content)),
      Array.from({ length: 100 }, (_, i) => i + 26),
    );
    assert.equal(opening?.history_cut, true);
  },
);

test("without a user nothing starts", async (_user, sql) => {
  await sql.begin(async (transaction) => {
    await transaction`select set_config('role', 'authenticated', true)`;
    await assert.rejects(
      () => transaction.savepoint((inner) => inner`select start_run('{"message": "Hi"}', '{}', 60)`),
      { code: "PT401" },
    );
  });
});
