// What a person has approved is what is done: a call that would change anything else changes nothing, and is told as
// stale.
import assert from "node:assert/strict";
import { z } from "zod";
import { Effect } from "../../shared/contracts/approval.ts";
import type { Json } from "../../shared/contracts/text.ts";
import { createPreviewDb, createWriteDb } from "../../shared/db/clients.ts";
import { library } from "../support/domain/library_client.ts";
import { test_domain } from "../support/domain/test_domain.ts";
import { testStack } from "../support/stack/stack.ts";
import { approve, show } from "../support/tools/decided_call.ts";
import { proposeFreely, proposeOpen, setStatus } from "../support/tools/proposed_call.ts";
import { diffOf } from "../support/tools/previewed.ts";
import { toolUser } from "../support/tools/tool_user.ts";
import { asUser } from "../db/agents_calls.ts";
import { type Answer, onShelf, rows, said, type Shelf } from "../db/shelf.ts";

const STALE = "409 PT409 approval_stale";

/** A call of the user's that waits, and what it would change. */
async function shown({ me }: Shelf, name: string, args: Json) {
  const { toolbox, log } = toolUser(test_domain, me);
  const call = { call_id: crypto.randomUUID(), name, arguments: args };
  await proposeOpen(me, { id: call.call_id, name, arguments: args });
  const preview = await toolbox.preview(call);
  assert.ok(preview.kind === "effects", JSON.stringify([preview, log]));
  return { call, effects: preview.effects, dispatch: () => toolbox.dispatch(call) };
}

/** The same, approved as it was shown. */
async function approved(shelf: Shelf, name: string, args: Json) {
  const one = await shown(shelf, name, args);
  await show(shelf.me, one.call.call_id, { effects: one.effects });
  await approve(shelf.me, one.call.call_id);
  return one;
}

const client = ({ me }: Shelf, call_id: string, attempt: string = crypto.randomUUID()) =>
  library(createWriteDb(testStack(), me.token, fetch, { call_id, attempt }));

type Client = ReturnType<typeof client>;

/** The id of an approved call that may change anything, of which `write` was shown. */
async function approvedFreely({ me }: Shelf, write: (db: Client) => PromiseLike<Answer>): Promise<string> {
  const call_id = await proposeFreely(me);
  await setStatus(call_id, "awaiting_approval");
  const trial = { call_id, attempt: crypto.randomUUID() };
  const { error } = await write(library(createPreviewDb(testStack(), me.token, fetch, trial)));
  await show(me, call_id, { effects: z.array(Effect).parse(JSON.parse(error?.details ?? "")) });
  await approve(me, call_id);
  return call_id;
}

/** Within the footprint of a call that was approved to set a book's status, and not what it was approved for. */
const OTHERWISE: Record<string, (db: Client, shelf: Shelf) => PromiseLike<Answer>> = {
  "does more": (db, { book_id }) =>
    db.from("books").update({ status: "read", title: "Renamed" }).eq("id", book_id),
  "does less": (db, { book_id }) => db.from("books").update({ status: "wanted" }).eq("id", book_id),
  "sets another value": (db, { book_id }) => db.from("books").update({ status: "owned" }).eq("id", book_id),
  "sets another column": (db, { book_id }) => db.from("books").update({ notes: "read" }).eq("id", book_id),
};

for (const [what, write] of Object.entries(OTHERWISE)) {
  onShelf(
    `an approved call that ${what} changes nothing, and may be made as it was approved`,
    async (shelf) => {
      const { me, sql, book_id } = shelf;
      const { call, dispatch } = await approved(shelf, "update_book", {
        book_id,
        updates: { status: "read" },
      });
      const before = await rows(sql, me);
      assert.equal(said(await write(client(shelf, call.call_id), shelf)), STALE);
      assert.equal(await rows(sql, me), before);
      const [row] = await sql`select status from agent_tool_calls where id = ${call.call_id}`;
      assert.equal(row?.status, "approved");
      assert.equal((await dispatch()).ok, true);
    },
  );
}

onShelf(
  "an approved call that does the same once more, in a request of its own, changes nothing more",
  async (shelf) => {
    const { book_id } = shelf;
    const lend = (db: Client) => db.from("loans").insert({ borrower: "Bob", book_id });
    const db = client(shelf, await approvedFreely(shelf, lend));
    assert.deepEqual([said(await lend(db)), said(await lend(db))], ["201", STALE]);
  },
);

/** What the user does between the approval of a new title and the write, and whether that is another change then. */
const SINCE: Record<string, [since: { title?: string; notes?: string }, result: "ok" | "stale"]> = {
  "the column that it changes has been changed": [{ title: "Mine" }, "stale"],
  "another column has been changed": [{ notes: "mine" }, "ok"],
  "nothing has been changed": [{}, "ok"],
};

for (const [what, [since, expected]] of Object.entries(SINCE)) {
  onShelf(`where ${what} since, an approved call is ${expected}`, async (shelf) => {
    const { me, sql, book_id } = shelf;
    const { dispatch } = await approved(shelf, "update_book", { book_id, updates: { title: "New" } });
    if (Object.keys(since).length > 0) {
      assert.equal((await me.client.from("books").update(since).eq("id", book_id)).error, null);
    }
    const before = await rows(sql, me);
    const result = await dispatch();
    assert.equal(result.ok ? "ok" : result.error, expected, result.message);
    if (expected === "stale") {
      assert.equal(await rows(sql, me), before);
      assert.equal(
        result.message,
        "What was approved is not what this would change by now, so nothing was changed.",
      );
    }
  });
}

onShelf(
  "an update says what the row was called, and is of no row that is called otherwise by then",
  async (shelf) => {
    const { me, sql, book_id } = shelf;
    const { dispatch, effects } = await approved(shelf, "update_book", {
      book_id,
      updates: { notes: "New" },
    });
    const [book] = await sql`select title from books where id = ${book_id}`;
    assert.deepEqual(effects.map((effect) => "title" in effect && effect.title), [book?.title]);
    assert.equal((await me.client.from("books").update({ title: "Mine" }).eq("id", book_id)).error, null);
    const stale = await dispatch();
    assert.equal(stale.ok || stale.error, "stale");
    assert.equal(
      (await me.client.from("books").update({ title: book?.title }).eq("id", book_id)).error,
      null,
    );
    assert.ok((await dispatch()).ok);
  },
);

/** What a card may say that the dry run did not. */
const LIES: Record<string, (effects: Effect[], shelf: Shelf) => Effect[]> = {
  "nothing": () => [],
  "another row": (effects, { other_id }) => effects.map((one) => ({ ...one, key: { id: other_id } })),
  "another value": ([one]) =>
    one?.op === "update" ? [{ ...one, changes: { ...one.changes, status: ["wanted", "owned"] } }] : [],
  "less than there is": ([one]) =>
    one?.op === "update" ? [{ ...one, changes: { status: ["wanted", "read"] } }] : [],
  "that a column binds nobody": (effects) => effects.map((one) => ({ ...one, made: ["title"] })),
  "more": (effects) => [...effects, ...effects],
};

for (const [what, lie] of Object.entries(LIES)) {
  onShelf(
    `where the card said ${what}, what was approved is not what is done, and nothing is`,
    async (shelf) => {
      const { me, sql, book_id } = shelf;
      const { call, effects, dispatch } = await shown(shelf, "update_book", {
        ...{ book_id, updates: { status: "read", title: "New" } },
      });
      await show(me, call.call_id, { effects: lie(effects, shelf) });
      await approve(me, call.call_id);
      const before = await rows(sql, me);
      const result = await dispatch();
      assert.equal(result.ok || result.error, "stale");
      assert.equal(await rows(sql, me), before);
    },
  );
}

onShelf(
  "a new row binds by all but its number: it may refer to no other book, and have no other text",
  async (shelf) => {
    const { book_id, other_id } = shelf;
    const { call } = await approved(shelf, "create_loan", { borrower: "Bob", book_id });
    const db = client(shelf, call.call_id);
    const lend = async (loan: { borrower: string; book_id?: string; notes?: string }) =>
      said(await db.from("loans").insert(loan));
    assert.deepEqual([
      await lend({ borrower: "Bob", book_id: other_id }),
      await lend({ borrower: "Bob" }),
      await lend({ borrower: "Bobby", book_id }),
      await lend({ borrower: "Bob", book_id, notes: "n" }),
      await lend({ borrower: "Bob", book_id }),
    ], [STALE, STALE, STALE, STALE, "201"]);
  },
);

onShelf("a row that is deleted binds whole", async (shelf) => {
  const { me, loan_id } = shelf;
  const { dispatch } = await approved(shelf, "cancel_loan", { loan_id });
  await me.client.from("loans").update({ returned: true }).eq("id", loan_id);
  const stale = await dispatch();
  assert.equal(stale.ok || stale.error, "stale");
  await me.client.from("loans").update({ returned: false }).eq("id", loan_id);
  assert.equal((await dispatch()).ok, true);
});

onShelf("whenever a transaction looks at its constraints, an approved call does no more", async (shelf) => {
  const { me, sql, book_id } = shelf;
  const call_id = await approvedFreely(
    shelf,
    (db) => db.from("books").update({ status: "read" }).eq("id", book_id),
  );
  const headers = { "x-tool-call-id": call_id, "x-tool-attempt": crypto.randomUUID() };
  const before = await rows(sql, me);
  const update = (set: string) => `update public.books set ${set} where id = '${book_id}'`;
  for (
    const statements of [
      ["set constraints all immediate", update("status = 'read'"), update("title = 'New'")],
      [
        update("status = 'read'"),
        "set constraints all immediate",
        "set constraints all deferred",
        update("title = 'New'"),
      ],
      [update("title = 'New'"), update("status = 'read'"), update("title = 'Newer'")],
    ]
  ) {
    const written = asUser(sql, me.id, async (own) => {
      await own`select set_config('request.headers', ${JSON.stringify(headers)}, true)`;
      for (const statement of statements) await own.unsafe(statement);
      return true;
    });
    await assert.rejects(written, { code: "PT409", message: "approval_stale" });
    assert.equal(await rows(sql, me), before);
  }
});

onShelf("a call that was approved without a preview is held to its footprint alone", async (shelf) => {
  const { me, sql, book_id } = shelf;
  const call = { id: crypto.randomUUID(), name: "update_book", arguments: { book_id, updates: {} } };
  await proposeOpen(me, call);
  await show(me, call.id, { problem: "Nobody knows what it would change." });
  await approve(me, call.id);
  const write = client(shelf, call.id).from("books").update({ title: "Anything" }).eq("id", book_id);
  assert.equal(said(await write), "204");
  assert.match(await rows(sql, me), /Anything/);
});

onShelf(
  "a person's own arguments are tried, shown and held to like those that were proposed",
  async (shelf) => {
    const { me, book_id, other_id } = shelf;
    const { call, effects, dispatch } = await shown(shelf, "update_book", {
      book_id,
      updates: { title: "New" },
    });
    await show(me, call.call_id, { effects });
    const { source, toolbox } = toolUser(test_domain, me);
    const edited = { ...call, arguments: { book_id: other_id, updates: { title: "Mine" } } };
    const tried = await source.edit(edited, "UTC");
    assert.ok(tried.ok && tried.effects);
    const [effect] = tried.effects;
    assert.deepEqual(effect?.op === "update" && [effect.key, effect.changes], [{ id: other_id }, {
      title: ["Dune", "Mine"],
    }]);

    await approve(me, call.call_id, { arguments: edited.arguments, effects: tried.effects });
    const unlike = await toolbox.dispatch({
      ...edited,
      arguments: { book_id: other_id, updates: { title: "Ours" } },
    });
    assert.equal(unlike.ok || unlike.error, "stale");
    const asProposed = await dispatch();
    assert.equal(asProposed.ok || asProposed.error, "not_allowed");
    assert.equal((await toolbox.dispatch(edited)).ok, true);
    assert.deepEqual(await diffOf(me.id, call.call_id), tried.effects);
  },
);
