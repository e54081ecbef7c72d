// A write is held to what was approved: by a call, of a run that is running, that was approved, within the footprint of
// its tool. Whatever else an agent's client sends changes nothing.
import assert from "node:assert/strict";
import type { Json } from "../../shared/contracts/text.ts";
import { createEngineClient } from "../../shared/db/clients.ts";
import { library } from "../support/domain/library_client.ts";
import { database, newUser, testStack, type TestUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";
import { asUser } from "./agents_calls.ts";
import { type Answer, clientOf, onShelf, proposed, rows, said } from "./shelf.ts";

const REFUSED = "403 PT403 call_not_approved";
const OUTSIDE = "403 PT403 outside_footprint";

onShelf(
  "an agent's client writes by a call or not at all; its user's own needs none",
  async ({ me, sql }) => {
    const before = await rows(sql, me);
    const agent = library(createEngineClient(testStack(), me.token, fetch));
    for (
      const answer of [
        await agent.from("books").insert({ title: "New" }),
        await agent.from("books").update({ title: "New" }).eq("title", "Emma"),
        await agent.from("loans").update({ returned: true }).eq("borrower", "Ann"),
      ]
    ) assert.equal(said(answer), "403 PT403 no_tool_call");
    assert.equal(await rows(sql, me), before);
    assert.equal((await me.client.from("books").insert({ title: "New" })).error, null);
  },
);

onShelf("a call that nobody proposed, another user's, and one of a tool that reads write nothing", async (
  { me, sql },
) => {
  const before = await rows(sql, me);
  const theirs = await proposed(await newUser(), "create_book", { title: "New" });
  const reading = await proposed(me, "create_book", { title: "New" }, "read");
  for (const id of [crypto.randomUUID(), theirs.id, reading.id]) {
    assert.equal(said(await clientOf(me, id).from("books").insert({ title: "New" })), REFUSED);
  }
  assert.equal(await rows(sql, me), before);
});

onShelf("a call writes only when it is approved or executing", async ({ me, sql }) => {
  const answers: Record<string, string> = {};
  const statuses = [
    "proposed",
    "awaiting_approval",
    "approved",
    "executing",
    "succeeded",
    "failed",
    "rejected",
  ];
  for (const status of statuses) {
    const { id } = await proposed(me, "create_book", { title: status });
    await sql.begin(async (free) => {
      await free`set local session_replication_role = replica`;
      await free`update agent_tool_calls set status = ${status} where id = ${id}`;
    });
    answers[status] = said(await clientOf(me, id).from("books").insert({ title: status }));
    const [call] = await sql`select status from agent_tool_calls where id = ${id}`;
    assert.equal(call?.status, answers[status] === "201" ? "executing" : status);
  }
  assert.deepEqual(answers, {
    ...{ proposed: REFUSED, awaiting_approval: REFUSED, approved: "201", executing: "201" },
    ...{ succeeded: "409 PT409 call_has_ended", failed: "409 PT409 call_has_ended" },
    rejected: "409 PT409 call_has_ended",
  });
});

onShelf("a call of a run that was asked to stop, or that waits for somebody, writes nothing", async (
  { me, sql },
) => {
  const before = await rows(sql, me);
  const { id, run_id } = await proposed(me, "create_book", { title: "New" });
  await sql`update agent_runs set status = 'awaiting_approval' where id = ${run_id}`;
  assert.equal(
    said(await clientOf(me, id).from("books").insert({ title: "New" })),
    "409 PT409 run_not_running",
  );
  await sql`update agent_runs set status = 'running' where id = ${run_id}`;
  await me.client.rpc("cancel_run", { p_run_id: run_id });
  assert.equal(
    said(await clientOf(me, id).from("books").insert({ title: "New" })),
    "409 PT409 cancel_requested",
  );
  assert.equal(await rows(sql, me), before);
});

onShelf("a tool changes its own tables, by its own operations, and the row that its call names", async (
  { me, sql, book_id, other_id, loan_id },
) => {
  const before = await rows(sql, me);
  const update = { book_id, updates: { title: "Renamed" } };
  const OUTSIDE_OF: [string, Json, (db: ReturnType<typeof clientOf>) => PromiseLike<Answer>][] = [
    ["create_book", { title: "New" }, (db) => db.from("loans").insert({ borrower: "Bob" })],
    ["create_book", { title: "New" }, (db) => db.from("books").update({ title: "New" }).eq("id", book_id)],
    ["create_book", { title: "New" }, (db) => db.from("books").insert([{ title: "A" }, { title: "B" }])],
    ["update_book", update, (db) => db.from("books").insert({ title: "New" })],
    ["update_book", update, (db) => db.from("books").update({ title: "New" }).eq("id", other_id)],
    ["update_book", update, (db) => db.from("books").update({ title: "New" }).neq("title", "")],
    ["update_book", update, (db) => db.from("loans").update({ borrower: "New" }).eq("id", loan_id)],
    ["update_book", {}, (db) => db.from("books").update({ title: "New" }).eq("id", book_id)],
    [
      "update_loan",
      { loan_id: loan_id + 1 },
      (db) => db.from("loans").update({ returned: true }).eq("id", loan_id),
    ],
    ["footless", update, (db) => db.from("books").update({ title: "New" }).eq("id", book_id)],
  ];
  await sql`insert into tool_defaults (tool_name, policy) values ('footless', 'allow') on conflict do nothing`;
  for (const [name, args, write] of OUTSIDE_OF) {
    const { id } = await proposed(me, name, args);
    assert.equal(said(await write(clientOf(me, id))), OUTSIDE, `${name} ${JSON.stringify(args)}`);
    const [call] = await sql`select status from agent_tool_calls where id = ${id}`;
    assert.equal(call?.status, "approved");
  }
  assert.equal(await rows(sql, me), before);
});

onShelf("a target is known in capitals, and a number as text", async ({ me, book_id, loan_id }) => {
  const book = await proposed(me, "update_book", { book_id: book_id.toUpperCase(), updates: {} });
  const renamed = clientOf(me, book.id).from("books").update({ title: "New" }).eq("id", book_id);
  assert.equal(said(await renamed), "204");
  for (
    const [named, answer] of [[String(loan_id), "204"], [`0${loan_id}`, "204"], [`${loan_id}0`, OUTSIDE]]
  ) {
    const { id } = await proposed(me, "update_loan", { loan_id: named ?? "", updates: {} });
    const returned = clientOf(me, id).from("loans").update({ returned: true }).eq("id", loan_id);
    assert.equal(said(await returned), answer);
  }
});

onShelf("how many rows a call may change counts over all of its requests", async ({ me, sql }) => {
  const { id } = await proposed(me, "create_book", { title: "New" });
  const attempt = crypto.randomUUID();
  const insert = () => clientOf(me, id, attempt).from("books").insert({ title: "New" });
  assert.deepEqual([said(await insert()), said(await insert())], ["201", OUTSIDE]);
  const [receipt] = await sql`select changes from tool_receipts where call_id = ${id}`;
  assert.deepEqual(receipt?.changes, { "public.books INSERT": 1 });
});

/** What a call comes to whose run is stopped as it writes: where it was made, and where it was not. */
const MEETINGS: Record<
  string,
  { stop(user: TestUser, run_id: string): PromiseLike<unknown>; made: string; not: string }
> = {
  "a cancel": {
    stop: ({ client }, run_id) => client.rpc("cancel_run", { p_run_id: run_id }),
    ...{ made: "executing", not: "approved" },
  },
  "its run's end": {
    stop: ({ client }, p_run_id) =>
      client.rpc("fail_run", {
        ...{ p_run_id, p_generation: 1 },
        p_error: { kind: "internal", message: "No.", retryable: false },
      }),
    ...{ made: "succeeded", not: "rejected" },
  },
};

for (const [what, { stop, made, not }] of Object.entries(MEETINGS)) {
  test(`a write and ${what} that meet: the write was made and is told, or it was not made`, async () => {
    const sql = database();
    try {
      for (let tries = 0; tries < 30; tries++) {
        const user = await newUser();
        const { id, run_id } = await proposed(user, "create_book", { title: "New" });
        const [written] = await Promise.all([
          clientOf(user, id).from("books").insert({ title: "New" }),
          stop(user, run_id),
        ]);
        const books = await sql`select title from books where user_id = ${user.id}`;
        const [call] = await sql`select status from agent_tool_calls where id = ${id}`;
        assert.equal(books.length, written.error ? 0 : 1);
        assert.equal(call?.status, written.error ? not : made);
      }
    } finally {
      await sql.end();
    }
  });
}

onShelf(
  "a call without an attempt, and a header that is no uuid, is refused in plain words",
  async ({ me, sql }) => {
    const before = await rows(sql, me);
    const { id } = await proposed(me, "create_book", { title: "New" });
    const headers = [
      { "x-tool-call-id": id },
      { "x-tool-call-id": "mine", "x-tool-attempt": crypto.randomUUID() },
      { "x-tool-call-id": id, "x-tool-attempt": "1" },
    ];
    const told = headers.map((sent) =>
      asUser(sql, me.id, async (own) => {
        await own`select set_config('request.headers', ${JSON.stringify(sent)}, true)`;
        await own`insert into books (title) values ('New')`;
      }).then(() => "done", (error) => `${error.code} ${error.message} ${error.detail}`)
    );
    assert.deepEqual(await Promise.all(told), [
      "PT400 tool_header x-tool-attempt",
      "PT400 tool_header x-tool-call-id",
      "PT400 tool_header x-tool-attempt",
    ]);
    assert.equal(await rows(sql, me), before);
  },
);
