// A dry run is of an open call, within the call's footprint, and leaves nothing behind, whatever it says of itself.
import assert from "node:assert/strict";
import postgres, { type Sql } from "postgres";
import type { Json } from "../../shared/contracts/text.ts";
import { createPreviewDb, createWriteDb } from "../../shared/db/clients.ts";
import { library } from "../support/domain/library_client.ts";
import { freshDatabase, newUser, testStack, type TestUser } from "../support/stack/stack.ts";
import { setStatus } from "../support/tools/proposed_call.ts";
import { addUser, asUser, refusalOf } from "./agents_calls.ts";
import { addWorld } from "./agents_world.ts";
import { type Answer, onShelf, proposed, rows, said } from "./shelf.ts";

const SEEN = "409 PT409 tool_preview";
const ENDED = "409 PT409 call_has_ended";
const NOT_OPEN = "409 PT409 call_not_open";
const OUTSIDE = "403 PT403 outside_footprint";

async function open(me: TestUser, name: string, args: Json, status = "awaiting_approval") {
  const call = await proposed(me, name, args);
  await setStatus(call.id, status);
  return call;
}

const trying = (me: TestUser, call_id: string, edited?: Json) =>
  library(
    createPreviewDb(testStack(), me.token, fetch, {
      call_id,
      attempt: crypto.randomUUID(),
      arguments: edited,
    }),
  );

/** All that a dry run might leave behind. */
async function everything(sql: Sql, me: TestUser): Promise<string> {
  const left = await sql`select (select count(*) from tool_receipts where user_id = ${me.id}) as receipts,
    (select count(*) from tool_effects where user_id = ${me.id}) as effects,
    (select json_agg(status order by id) from agent_tool_calls where user_id = ${me.id}) as calls`;
  return JSON.stringify([await rows(sql, me), left]);
}

onShelf("a dry run is made while the call is open, and of no other", async ({ me, sql }) => {
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
    const { id } = await open(me, "create_book", { title: status }, status);
    const before = await everything(sql, me);
    answers[status] = said(await trying(me, id).from("books").insert({ title: status }));
    assert.equal(await everything(sql, me), before);
  }
  assert.deepEqual(answers, {
    ...{ proposed: SEEN, awaiting_approval: SEEN, approved: NOT_OPEN, executing: NOT_OPEN },
    ...{ succeeded: ENDED, failed: ENDED, rejected: ENDED },
  });
});

onShelf(
  "a dry run is made while its run works or waits, not of one that was asked to stop or has ended",
  async (
    { me, sql },
  ) => {
    const { id, run_id } = await open(me, "create_book", { title: "New" });
    const insert = async () => said(await trying(me, id).from("books").insert({ title: "New" }));
    await sql`update agent_runs set status = 'awaiting_approval' where id = ${run_id}`;
    assert.equal(await insert(), SEEN);
    await me.client.rpc("cancel_run", { p_run_id: run_id });
    assert.equal(await insert(), "409 PT409 cancel_requested");
    await sql.begin(async (free) => {
      await free`set local session_replication_role = replica`;
      await free`update agent_runs set status = 'cancelled', cancel_requested_at = null where id = ${run_id}`;
    });
    assert.equal(await insert(), "409 PT409 run_not_running");
  },
);

onShelf("a dry run names a call of the user's that writes, or is refused", async ({ me, sql }) => {
  const before = await rows(sql, me);
  const theirs = await open(await newUser(), "create_book", { title: "New" });
  const reading = await proposed(me, "create_book", { title: "New" }, "read");
  await setStatus(reading.id, "awaiting_approval");
  const answers = [];
  for (const { id } of [theirs, { id: crypto.randomUUID() }, reading]) {
    answers.push(said(await trying(me, id).from("books").insert({ title: "New" })));
  }
  assert.deepEqual(answers, ["403 PT403 call_not_approved", "403 PT403 call_not_approved", NOT_OPEN]);
  const without = await me.client.from("books").insert({ title: "New" }).setHeader("x-tool-preview", "1");
  assert.equal(said(without), "403 PT403 no_tool_call");
  assert.equal(await rows(sql, me), before);
});

onShelf(
  "a dry run is held to the footprint: of the call's arguments, or of those that a person has changed",
  async (
    { me, sql, book_id, other_id },
  ) => {
    const { id } = await open(me, "update_book", { book_id, updates: {} });
    const before = await everything(sql, me);
    const other = { book_id: other_id, updates: {} };
    const TRIED: [edited: Json | undefined, id: string, answer: string][] = [
      [undefined, book_id, SEEN],
      [undefined, other_id, OUTSIDE],
      [other, other_id, SEEN],
      [other, book_id, OUTSIDE],
      [{}, book_id, OUTSIDE],
      [null, book_id, OUTSIDE],
    ];
    for (const [edited, row, answer] of TRIED) {
      const update = trying(me, id, edited).from("books").update({ title: "New" }).eq("id", row);
      assert.equal(said(await update), answer, JSON.stringify([edited, row]));
    }
    await setStatus(id, "approved");
    const real = createWriteDb(testStack(), me.token, fetch, { call_id: id, attempt: crypto.randomUUID() });
    const write = library(real).from("books").update({ title: "New" }).eq("id", other_id)
      .setHeader("x-tool-arguments", JSON.stringify(other));
    assert.equal(said(await write), OUTSIDE);
    await setStatus(id, "awaiting_approval");
    assert.equal(await everything(sql, me), before);
  },
);

onShelf("a dry run of what changes nothing leaves nothing behind, not even a clock's time", async (
  { me, sql, book_id },
) => {
  const { id } = await open(me, "update_book", { book_id, updates: {} });
  const before = await everything(sql, me);
  const [{ xmin } = {}] = await sql`select xmin::text from books where id = ${book_id}`;
  const answer: Answer = await trying(me, id).from("books")
    .update({ title: "Emma" }).eq("id", book_id);
  assert.deepEqual([said(answer), answer.error?.details], [SEEN, "[]"]);
  assert.equal((await sql`select xmin::text from books where id = ${book_id}`)[0]?.xmin, xmin);
  assert.equal(await everything(sql, me), before);
});

Deno.test("a dry run of a change to a table that keeps no effects, or not all, is refused", async () => {
  const { url, drop } = await freshDatabase();
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    const user = await addUser(sql);
    const { agent_tool_calls: call_id } = await addWorld(sql, user.id);
    await sql.unsafe(`
      create table public.things (id integer primary key, user_id uuid not null default auth.uid());
      grant insert on public.things to authenticated;
      create trigger keep_tool_receipt after insert or update or delete on public.things
        for each row execute function private.keep_tool_receipt('id');
      set session_replication_role = replica;
      update public.agent_tool_calls set status = 'awaiting_approval', access = 'write', tool_name = 'add_thing';
      set session_replication_role = origin;
      insert into public.tool_footprints (tool_name, table_name, op) values ('add_thing', 'public.things', 'INSERT')`);
    const headers = {
      "x-tool-call-id": call_id,
      "x-tool-attempt": crypto.randomUUID(),
      "x-tool-preview": "1",
    };
    const insert = () =>
      asUser(sql, user.id, async (own) => {
        await own`select set_config('request.headers', ${JSON.stringify(headers)}, true)`;
        return await own`insert into public.things (id) values (1)`;
      }).then(() => "done", (error) => {
        const { code, message, detail } = refusalOf(error);
        return `${code} ${message} ${detail}`;
      });
    const keep = (events: string, rest = "") =>
      sql.unsafe(`create or replace trigger record_tool_effect after ${events} on public.things
        for each row ${rest} execute function private.keep_tool_effect('id')`);
    assert.equal(await insert(), "PT403 effects_not_kept public.things");
    for (
      const [events, rest] of [["insert or update"], ["insert or update or delete", "when (false)"]] as const
    ) {
      await keep(events, rest);
      assert.equal(await insert(), "PT403 effects_not_kept public.things");
    }
    await keep("insert or update or delete");
    assert.match(await insert(), /^PT409 tool_preview \[\{/);
    await sql`alter table public.things disable trigger record_tool_effect`;
    assert.equal(await insert(), "PT403 effects_not_kept public.things");
    assert.equal((await sql`select from public.things`).count, 0);
  } finally {
    await sql.end();
    await drop();
  }
});
