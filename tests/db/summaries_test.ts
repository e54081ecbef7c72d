// Summaries of conversations in the database: whose they are, what they cover, what the next one is made of.
import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { z } from "zod";
import { addUser, asUser, testAsUser as test, type User } from "./agents_calls.ts";
import {
  ending,
  event,
  finishRun,
  lease,
  type Owned,
  recordCalls,
  reservation,
  startRun,
} from "./agents_runs.ts";

const Unsummarised = z.object({
  number: z.int(),
  summary: z.string().nullable(),
  messages: z.array(z.object({ seq: z.int(), role: z.string(), content: z.string(), changed: z.unknown() })),
  last_seq: z.int(),
});

async function unsummarised(user: User, { run_id }: Owned) {
  return Unsummarised.parse(await user.call("unsummarised", [run_id]));
}

const summary = (number: number, upto_seq: number, more: object = {}) => ({
  ...{ number, content: `Summary ${number}`, upto_seq, model_used: "m", input_tokens: 1, output_tokens: 1 },
  ...more,
});

/** A run that has ended, with so many more messages of the user's in it. */
async function talk(user: User, sql: Sql, more: number, content = "Hello"): Promise<Owned> {
  const owned = await startRun(user);
  await sql`insert into chat_messages (user_id, session_id, role, content, seq, run_id)
    select ${user.id}, ${owned.session_id}, 'user', ${content}, s.last + n, ${owned.run_id}
    from generate_series(1, ${more}) n,
      (select max(seq) as last from chat_messages where session_id = ${owned.session_id}) s`;
  await finishRun(user, owned);
  return owned;
}

test("a user reads and adds summaries of their own, and changes and deletes none", async (user, sql) => {
  const { run_id, session_id } = await talk(user, sql, 1);
  assert.equal(await user.call("add_summary", [run_id, summary(1, 1), null]), true);
  const read = (reader: User) =>
    asUser(sql, reader.id, async (own) => (await own`select content from chat_session_summaries`).length);
  assert.equal(await read(user), 1);
  assert.equal(await read(await addUser(sql)), 0);
  for (
    const statement of [
      "update public.chat_session_summaries set content = 'Forged'",
      "delete from public.chat_session_summaries",
      `insert into public.chat_session_summaries (user_id, session_id, number, content, upto_seq, model_used,
        input_tokens, output_tokens, created_at) values ('${user.id}', '${session_id}', 2, 'x', 1, 'm', 1, 1, now())`,
    ]
  ) {
    await assert.rejects(() => asUser(sql, user.id, (own) => own.unsafe(statement)), { code: "42501" });
  }
});

test(
  "a summary covers messages of its own session that are there, and is not too long",
  async (user, sql) => {
    const { run_id } = await talk(user, sql, 1);
    const other = await addUser(sql);
    const theirs = await talk(other, sql, 5);
    const stranger = await user.call("add_summary", [theirs.run_id, summary(1, 1), null]);
    assert.equal(stranger, false, "a run of another user's is none");
    for (
      const [code, change] of [
        ["23503", { upto_seq: 99 }],
        ["23514", { content: "x".repeat(8_001) }],
        ["23514", {
          content: "",
        }],
        ["23514", { number: 0 }],
        ["23514", { input_tokens: -1 }],
      ] as const
    ) {
      const refusal = await user.refusal("add_summary", [run_id, summary(1, 1, change), null]);
      assert.equal(refusal.code, code, JSON.stringify(change).slice(0, 60));
    }
    const forged = (session_id: string) =>
      asUser(
        sql,
        user.id,
        (own) =>
          own`insert into public.chat_session_summaries (session_id, number, content, upto_seq, model_used,
        input_tokens, output_tokens) values (${session_id}, 1, 'x', 1, 'm', 1, 1)`,
      );
    await assert.rejects(() => forged(theirs.session_id), { code: "23503" });
    await assert.rejects(() => forged(crypto.randomUUID()), { code: "23503" });
  },
);

test("the next summary is made of the oldest messages, as many as one can take in", async (user, sql) => {
  const owned = await talk(user, sql, 150);
  const { number, messages, last_seq } = await unsummarised(user, owned);
  assert.deepEqual([number, messages.length, messages[0]?.seq, last_seq > 150], [1, 100, 1, true]);
  const long = await talk(user, sql, 10, "x".repeat(16_000));
  const some = await unsummarised(user, long);
  assert.ok(some.messages.length >= 3 && some.messages.length <= 6, `${some.messages.length} messages`);
});

test(
  "a first prompt has at most 40,000 characters of the conversation, and says what is cut",
  async (user, sql) => {
    const { session_id } = await talk(user, sql, 10, "x".repeat(16_000));
    const { opening } = await startRun(user, { session_id });
    assert.deepEqual([opening?.history.length, opening?.history_cut], [3, true]);
  },
);

test("what a turn changed stands beside what was said of it, by its receipts", async (user, sql) => {
  const owned = await startRun(user);
  const call_id = crypto.randomUUID();
  const call = {
    ...{ id: call_id, agent_id: owned.agent_id, agent_session_id: owned.thread_id, tool_call_id: "call_1" },
    ...{
      tool_name: "create_book",
      access: "write",
      status: "succeeded",
      arguments: {},
      result: { ok: true },
    },
  };
  await recordCalls(user, owned, [call]);
  const row_key = { id: "12345678901234567890" };
  await sql`insert into tool_receipts (user_id, call_id, attempt, relation, row_key)
    values (${user.id}, ${call_id}, ${crypto.randomUUID()}, 'public.books', ${sql.json(row_key)})`;
  const told = { answer: "Made." };
  await user.call("finish_run", [...lease(owned), ending("completed", told), { events: [event(2, "done")] }]);
  const { messages } = await unsummarised(user, owned);
  assert.deepEqual(messages.map(({ content, changed }) => [content, changed]), [
    ["Hello", null],
    ["Made.\n\n(Done in this turn: create_book was carried out.)", [{
      tool: "create_book",
      row: "public.books",
      key: row_key,
    }]],
  ]);
});

test(
  "what a run reserved for a summary is settled after its end, together with the summary",
  async (user, sql) => {
    const owned = await startRun(user);
    const secret = "s";
    const [{ seal } = {}] = await sql`select encode(sha256(convert_to(${secret}, 'UTF8')), 'hex') as seal`;
    const reserved = { ...reservation(), seal };
    await user.call("reserve_usage", [owned.run_id, reserved, null, {}]);
    await finishRun(user, owned);
    const settlement = {
      ...{ id: reserved.id, secret, model_calls: 1, tool_calls: 0, input_tokens: 7, output_tokens: 3 },
      cost_usd: 0,
    };
    assert.equal(await user.call("add_summary", [owned.run_id, summary(1, 1), settlement]), true);
    const [row] =
      await sql`select input_tokens::int, output_tokens::int from usage_ledger where id = ${reserved.id}`;
    assert.deepEqual({ ...row }, { input_tokens: 7, output_tokens: 3 });
  },
);

test(
  "of a conversation of 20,000 messages a first prompt reads no more than of a short one",
  async (user, sql) => {
    const { session_id } = await talk(user, sql, 1);
    await sql`insert into chat_messages (user_id, session_id, role, content, seq)
    select ${user.id}, ${session_id}, 'user', repeat('Several words, ', 15), n
      from generate_series((select max(seq) + 1 from chat_messages where session_id = ${session_id}), 20000) n`;
    const long = await startRun(user, { session_id });
    const short = await startRun(user, { session_id: (await talk(user, sql, 1)).session_id });
    await sql`analyze chat_messages`;
    const pages = { short: await pagesRead(user, sql, short), long: await pagesRead(user, sql, long) };
    // The tree of an index is a level or two higher, and what others delete meanwhile is walked over.
    assert.ok(pages.long < pages.short + 100, JSON.stringify(pages));
  },
);

/** How many pages a first prompt of the run reads. */
async function pagesRead(user: User, sql: Sql, { session_id, run_id }: Owned): Promise<number> {
  const [row] = await asUser(sql, user.id, (own) =>
    own.unsafe(`explain (analyze, buffers, format json)
      select private.session_history('${session_id}', 20001), public.unsummarised('${run_id}')`));
  const { Plan: plan } = Plans.parse(row?.["QUERY PLAN"])[0];
  return plan["Shared Hit Blocks"] + plan["Shared Read Blocks"];
}

const Plans = z.tuple([
  z.object({ Plan: z.object({ "Shared Hit Blocks": z.int(), "Shared Read Blocks": z.int() }) }),
]);

test("how turns ended that have no answer is told to the summary, too", async (user) => {
  const cancelled = await startRun(user, { message: "Delete all of it" });
  const { session_id } = cancelled;
  await user.call("cancel_run", [cancelled.run_id]);
  const end = ending("cancelled", { finished_reason: "cancelled" });
  await user.call("finish_run", [...lease(cancelled), end, { events: [event(2, "done")] }]);
  const failed = await startRun(user, { session_id });
  const error = { kind: "model_failed", message: "No model.", retryable: true };
  await user.call("fail_run", [...lease(failed), error]);
  const next = await startRun(user, { session_id });
  await finishRun(user, next);
  const { messages } = await unsummarised(user, next);
  const [stopped, broken] = messages.filter(({ role }) => role === "assistant").map(({ content }) => content);
  assert.match(stopped ?? "", /stopped/);
  assert.match(broken ?? "", /No model|failed/);
});
