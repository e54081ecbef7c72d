// Undoing meets other writers: whoever comes second sees what the first did, and nothing that a person wrote is lost.
import assert from "node:assert/strict";
import postgres, { type Sql, type TransactionSql } from "postgres";
import { asUser, become, callFunction, testAsUser, type User } from "./agents_calls.ts";
import { ending, event } from "./agents_runs.ts";
import { addWorld, insertRow, type Row, TABLES, type World } from "./agents_world.ts";

const ROUNDS = 30;

/** What a call has done, on a run under way. */
interface Done {
  world: World;
  call_id: string;
  book_id: string;
}

/** A book whose title a tool's call has changed from `before` to `after`. */
async function changedBook(sql: Sql, user: User): Promise<Done> {
  const world = await addWorld(sql, user.id);
  const [book_id, call_id] = [crypto.randomUUID(), crypto.randomUUID()];
  await propose(sql, world, { id: call_id, tool_name: "update_book", arguments: { book_id } });
  await sql`insert into books (id, user_id, title) values (${book_id}, ${user.id}, 'before')`;
  await sql.begin((own) => asTool(own, user, call_id, (own) => retitle(own, book_id, "after")));
  return { world, call_id, book_id };
}

/** A call that the database approves. */
async function propose(sql: Sql, world: World, call: { id: string; tool_name: string; arguments?: Row }) {
  const row = TABLES.find(({ name }) => name === "agent_tool_calls")?.row(world);
  await insertRow(sql, "agent_tool_calls", { ...row, ...call });
}

async function asTool(
  own: TransactionSql,
  user: User,
  call_id: string,
  work: (own: TransactionSql) => Promise<unknown>,
): Promise<void> {
  const headers = { "x-tool-call-id": call_id, "x-tool-attempt": crypto.randomUUID() };
  await become(own, user.id);
  await own`select set_config('request.headers', ${JSON.stringify(headers)}, true)`;
  await work(own);
}

const retitle = async (own: TransactionSql, id: string, title: string) =>
  await own`update public.books set title = ${title} where id = ${id}`;

/** How a racer fared: what it answered, or was refused with. */
function fate(work: Promise<unknown>): Promise<string> {
  return work.then((answer) => JSON.stringify(answer), (error) => {
    if (error instanceof postgres.PostgresError) return `${error.code} ${error.message}`;
    throw error;
  });
}

const undo = (sql: Sql, user: User, { call_id }: Done) =>
  fate(asUser(sql, user.id, (own) => callFunction(own, "undo_tool_call", [call_id])));

const titleOf = async (sql: Sql, { book_id }: Done): Promise<string> =>
  (await sql`select title from books where id = ${book_id}`)[0]?.title;

/** Each round on rows of its own, the two at the same time; which ends there were, and how often. */
async function rounds(
  sql: Sql,
  user: User,
  race: (done: Done) => Promise<string>,
): Promise<Record<string, number>> {
  const ends: Record<string, number> = {};
  for (let round = 0; round < ROUNDS; round++) {
    const end = await race(await changedBook(sql, user));
    ends[end] = (ends[end] ?? 0) + 1;
  }
  return ends;
}

const among = (ends: Record<string, number>, allowed: string[]) =>
  assert.deepEqual(Object.keys(ends).filter((end) => !allowed.includes(end)), []);

testAsUser("undo × the user's own write: the write stands, whoever came first", async (user, sql) => {
  const ends = await rounds(sql, user, async (done) => {
    const [undone] = await Promise.all([
      undo(sql, user, done),
      asUser(sql, user.id, (own) => retitle(own, done.book_id, "mine")),
    ]);
    assert.equal(await titleOf(sql, done), "mine");
    return undone.includes("changed_since") ? "stays" : "undone";
  });
  among(ends, ["stays", "undone"]);
});

testAsUser("undo × another call's write: that write stands, and can be undone itself", async (user, sql) => {
  const ends = await rounds(sql, user, async (done) => {
    const other = { ...done, call_id: crypto.randomUUID() };
    const args = { book_id: done.book_id };
    await propose(sql, done.world, { id: other.call_id, tool_name: "update_book", arguments: args });
    const [undone] = await Promise.all([
      undo(sql, user, done),
      sql.begin((own) => asTool(own, user, other.call_id, (own) => retitle(own, done.book_id, "other"))),
    ]);
    assert.equal(await titleOf(sql, done), "other");
    const stays = undone.includes("changed_since");
    assert.match(await undo(sql, user, other), /"undone": ?1/);
    assert.equal(await titleOf(sql, done), stays ? "after" : "before");
    return stays ? "stays" : "undone";
  });
  among(ends, ["stays", "undone"]);
});

testAsUser("undo × undo: one takes it back, the other finds nothing left", async (user, sql) => {
  const ends = await rounds(sql, user, async (done) => {
    const both = await Promise.all([undo(sql, user, done), undo(sql, user, done)]);
    assert.equal(await titleOf(sql, done), "before");
    return both.map((one) => /"undone": ?(\d)/.exec(one)?.[1] ?? one).sort().join();
  });
  assert.deepEqual(ends, { "0,1": ROUNDS });
});

testAsUser("undo × undoing the run: it is undone once, and nobody waits for ever", async (user, sql) => {
  const ends = await rounds(sql, user, async (done) => {
    const both = await Promise.all([
      undo(sql, user, done),
      fate(asUser(sql, user.id, (own) => callFunction(own, "undo_run", [done.world.agent_runs]))),
    ]);
    assert.equal(await titleOf(sql, done), "before");
    return both.some((one) => /^\d|PT|"reason"/.test(one)) ? both.join() : "undone";
  });
  assert.deepEqual(ends, { undone: ROUNDS });
});

testAsUser("undo × the end of the run: both happen", async (user, sql) => {
  const ends = await rounds(sql, user, async (done) => {
    const { agent_runs } = done.world;
    const end = [agent_runs, 1, ending("completed"), { events: [event(2, "done")] }];
    const both = await Promise.all([
      undo(sql, user, done),
      fate(asUser(sql, user.id, (own) => callFunction(own, "finish_run", end))),
    ]);
    assert.equal(await titleOf(sql, done), "before");
    const [run] = await sql`select status from agent_runs where id = ${agent_runs}`;
    return both.some((one) => one.startsWith("4")) ? both.join() : String(run?.status);
  });
  assert.deepEqual(ends, { completed: ROUNDS });
});

testAsUser(
  "undo × a row that refers to what the call made: it stays, or the reference is refused",
  async (user, sql) => {
    const ends = await rounds(sql, user, async ({ world }) => {
      const [book_id, call_id] = [crypto.randomUUID(), crypto.randomUUID()];
      await propose(sql, world, { id: call_id, tool_name: "create_book" });
      await sql.begin((own) =>
        asTool(
          own,
          user,
          call_id,
          (own) => own`insert into public.books (id, title) values (${book_id}, 'made')`,
        )
      );
      const [undone, lent] = await Promise.all([
        undo(sql, user, { world, call_id, book_id }),
        fate(asUser(sql, user.id, async (own) => {
          await own`insert into public.loans (book_id, borrower) values (${book_id}, 'Bob')`;
          return "lent";
        })),
      ]);
      const { count } = await sql`select from books where id = ${book_id}`;
      assert.equal(count, lent === '"lent"' ? 1 : 0);
      return undone.includes("in_use") ? `stays, ${lent}` : `undone, ${lent.slice(0, 5)}`;
    });
    among(ends, ['stays, "lent"', "undone, 23503"]);
  },
);
