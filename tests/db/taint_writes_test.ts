// What a tainted run writes: marked as external, so that what was read in it taints whoever reads it there; and where the
// rule draws its lines. The 28 turns of the rule are played in tests/domain/db/taint_rule_test.ts.
import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { z } from "zod";
import { testAsUser, type User } from "./agents_calls.ts";
import { finishRun, lease, message, type Owned, planRow, startRun } from "./agents_runs.ts";
import { addBook, marks, request, show, shownBook, taintOf } from "./external_books.ts";

const Verdict = z.looseObject({ status: z.string(), why: z.json() });
const Told = z.object({ verdicts: z.record(z.string(), Verdict) });

async function proposed(user: User, owned: Owned, tool_name: string, args: object) {
  const id = crypto.randomUUID();
  const call = {
    ...{ id, agent_id: owned.agent_id, agent_session_id: owned.thread_id, tool_call_id: "a", tool_name },
    ...{ access: "write", arguments: args, status: "proposed" },
  };
  const answer = await user.call("record_progress", [...lease(owned), { tool_calls: [call] }]);
  const verdict = Told.parse(answer).verdicts[id];
  return { id, status: verdict?.status, why: verdict?.why };
}

const statusOf = async (user: User, owned: Owned, tool_name: string, args: object) =>
  (await proposed(user, owned, tool_name, args)).status;

const rename = (book_id: string) => ({ book_id, updates: { title: "New" } });
const markRead = (book_id: string) => ({ book_id, updates: { status: "read" } });

/** Makes a call's change: a book, as an agent's tool writes it. */
async function writeBook(sql: Sql, user: User, owned: Owned): Promise<string> {
  const { id } = await proposed(user, owned, "create_book", { title: "A" });
  const headers = { "x-agent": "1", "x-tool-call-id": id, "x-tool-attempt": crypto.randomUUID() };
  return await request(sql, user, headers, async (own) => {
    const [book] = await own<{ id: string }[]>`insert into books (title) values ('From a mail') returning id`;
    return book?.id ?? "";
  });
}

testAsUser(
  "what a tainted run writes is external, and taints the next run that reads it",
  async (user, sql) => {
    const first = await startRun(user);
    await writeBook(sql, user, first);
    assert.deepEqual([...await marks(sql, user)], [], "nothing was read so far");
    await show(user, first, shownBook(await addBook(sql, user, "email")));
    const made = await writeBook(sql, user, first);
    const marked = (await marks(sql, user)).filter(({ source }) => source === "agent");
    assert.deepEqual(marked, [{ row_key: made, source: "agent" }]);
    await finishRun(user, first);

    const next = await startRun(user);
    await show(user, next, shownBook(made));
    assert.deepEqual(await taintOf(sql, next), [{ relation: "public.books", key: made, source: "agent" }]);
  },
);

/** A write of a run that has read nothing: whether the row that it leaves is marked. */
async function marked(sql: Sql, user: User, tool_name: string, args: object, write: string) {
  const { id } = await proposed(user, await startRun(user), tool_name, args);
  const headers = { "x-agent": "1", "x-tool-call-id": id, "x-tool-attempt": crypto.randomUUID() };
  const key = await request(sql, user, headers, async (own) => {
    const [row] = await own.unsafe<{ id: unknown }[]>(`${write} returning id`);
    return `${row?.id}`;
  });
  const found = (await marks(sql, user)).filter(({ row_key, source }) =>
    row_key === key && source === "agent"
  );
  return found.length === 1;
}

testAsUser(
  "what a call writes that names a row from outside is external, though nobody has read that row",
  async (user, sql) => {
    const [mail, own] = [await addBook(sql, user, "email"), await addBook(sql, user)];
    const lend = (args: object, book_id: string | null) =>
      marked(
        ...[sql, user, "create_loan", args] as const,
        `insert into loans (borrower, book_id) values ('Al', ${book_id && `'${book_id}'`})`,
      );
    assert.equal(await lend({ borrower: "Al", book_id: own }, own), false);
    assert.equal(await lend({ borrower: "Al", book_id: mail.toUpperCase() }, mail), true);
    assert.equal(await lend({ borrower: "Al", more: [{ after: mail }] }, null), true, "wherever it is named");
    assert.equal(await lend({ borrower: "Al" }, mail), true, "its parent is one");
  },
);

testAsUser("what a call changes in a row that belongs to one from outside is external", async (user, sql) => {
  for (const [source, expected] of [["email", true], [undefined, false]] as const) {
    const book = await addBook(sql, user, source);
    const [loan] = await sql<{ id: string }[]>`insert into loans (user_id, borrower, book_id)
      values (${user.id}, 'Al', ${book}) returning id`;
    const args = { loan_id: Number(loan?.id), updates: { returned: true } };
    const update = `update loans set returned = true where id = ${loan?.id}`;
    assert.equal(await marked(sql, user, "update_loan", args, update), expected);
  }
});

testAsUser(
  "a plan from before counts, and one from after, or of the very same moment, adds nothing",
  async (user, sql) => {
    const mail = await addBook(sql, user, "email");
    const other = await addBook(sql, user);
    const steps = [{ step_number: 1, executor_required: false, tools: ["update_book"] }];
    const plan = (owned: Owned) => planRow(owned, steps, { id: crypto.randomUUID() });
    const shown = (owned: Owned) => message(owned.thread_id, 1, shownBook(mail));
    const orders: [string, (owned: Owned) => object[]][] = [
      ["approved", (owned) => [{ plans: [plan(owned)] }, { messages: [shown(owned)] }]],
      ["awaiting_approval", (owned) => [{ messages: [shown(owned)] }, { plans: [plan(owned)] }]],
      ["awaiting_approval", (owned) => [{ messages: [shown(owned)], plans: [plan(owned)] }]],
    ];
    for (const [expected, batches] of orders) {
      const owned = await startRun(user);
      for (const batch of batches(owned)) await user.call("record_progress", [...lease(owned), batch]);
      assert.equal(await statusOf(user, owned, "update_book", markRead(other)), expected);
    }
  },
);

testAsUser("a step of an executor's plans nothing", async (user, sql) => {
  const owned = await startRun(user);
  const steps = [{ step_number: 1, executor_required: true, tools: ["update_book"] }];
  const plans = [planRow(owned, steps, { id: crypto.randomUUID() })];
  await user.call("record_progress", [...lease(owned), { plans }]);
  const mail = await addBook(sql, user, "email");
  await show(user, owned, shownBook(mail));
  assert.equal(await statusOf(user, owned, "update_book", markRead(mail)), "awaiting_approval");
});

const SAID: readonly [message: string, title: string, named: boolean][] = [
  ["Is Emma read?", "Emma", true],
  ["Is EMMA read?", "emma", true],
  ["Is Emma\n Woodhouse read?", "Emma Woodhouse", true],
  ["Emma's second volume", "Emma", true],
  ["Is Dilemma read?", "Emma", false],
  ["Is Emmaline read?", "Emma", false],
  ["Is It read?", "It", false],
  ["Is War read?", "War", false],
  ["Is C++ (4th) read?", "C++ (4th)", true],
  ["Is anything read?", ".*", false],
  ["Is anything read?", "....", false],
  ["我读过红楼梦脂评了吗", "红楼梦脂评", true],
  ["我读过红楼梦了吗", "红楼梦", false],
];

testAsUser("a name is of four characters, and stands in the message as a word", async (user, sql) => {
  const mail = await addBook(sql, user, "email");
  for (const [said, title, named] of SAID) {
    const book = await addBook(sql, user);
    await sql`update books set title = ${title} where id = ${book}`;
    const owned = await startRun(user, { message: said });
    await show(user, owned, shownBook(mail));
    const status = await statusOf(user, owned, "update_book", markRead(book));
    assert.equal(status, named ? "approved" : "awaiting_approval", `${title} in "${said}"`);
    await finishRun(user, owned);
  }
});

testAsUser(
  "what the conversation is about, what the run made and whose parent is named, is named",
  async (user, sql) => {
    const [focus, parent] = [await addBook(sql, user), await addBook(sql, user)];
    await sql`update books set title = 'Persuasion' where id = ${parent}`;
    const [loan] = await sql`insert into loans (user_id, borrower, book_id)
      values (${user.id}, 'Al', ${parent}) returning id`;
    const about = { context_type: "book", entity_id: focus };
    const owned = await startRun(user, { message: "Is Persuasion back?", ...about });
    await show(user, owned, shownBook(await addBook(sql, user, "email")));
    const made = await writeBook(sql, user, owned);
    for (const book of [focus, made, made.toUpperCase(), parent]) {
      assert.equal(await statusOf(user, owned, "update_book", markRead(book)), "approved");
      assert.equal(
        await statusOf(user, owned, "update_book", rename(book)),
        "awaiting_approval",
        "not planned",
      );
    }
    for (const loan_id of [Number(loan?.id), String(loan?.id)]) {
      const returned = { loan_id, updates: { returned: true } };
      assert.equal(await statusOf(user, owned, "update_loan", returned), "approved");
    }
    const unnamed = await addBook(sql, user);
    assert.equal(await statusOf(user, owned, "update_book", markRead(unnamed)), "awaiting_approval");
  },
);

testAsUser("a row of another user's is not named, whatever it is called", async (user, sql) => {
  const stranger = crypto.randomUUID();
  await sql`insert into auth.users (id) values (${stranger})`;
  const [book] =
    await sql`insert into books (user_id, title) values (${stranger}, 'Persuasion') returning id`;
  const owned = await startRun(user, { message: "Is Persuasion back?" });
  await show(user, owned, shownBook(await addBook(sql, user, "email")));
  assert.equal(await statusOf(user, owned, "update_book", markRead(book?.id)), "awaiting_approval");
});

testAsUser(
  "who is asked is told in words what was read, and what stands against the call",
  async (user, sql) => {
    const owned = await startRun(user);
    await show(user, owned, shownBook(await addBook(sql, user, "email")));
    const { why } = await proposed(user, owned, "update_book", rename(await addBook(sql, user)));
    const text = "The assistant has read an email: such text may hold orders that are not yours. " +
      "This would overwrite or take away something that you did not name.";
    assert.deepEqual(why, [{ by: "taint", text }]);
  },
);

testAsUser(
  "a name that is longer than the message is not said in it, nor one of a page's length",
  async (_user, sql) => {
    for (
      const [message, name, said] of [["Move Emma", "Emma", true], ["Move", "a (".repeat(40_000), false], [
        "a (".repeat(40_000),
        "a (".repeat(40_000),
        false,
      ]] as const
    ) {
      const [row] = await sql`select private.says(${message}, ${name}) as said`;
      assert.equal(row?.said, said);
    }
  },
);
