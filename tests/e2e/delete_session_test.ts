// A conversation that its user deletes: no text of it is left anywhere, and what is left are facts.
import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { z } from "zod";
import type { ReadEvent } from "../../shared/contracts/read_event.ts";
import { initialRunState, reduceRun } from "../../shared/contracts/run_state.ts";
import { answerTurn, onStep, planTurn, submitTurn } from "../support/agents/plans.ts";
import { scriptModel } from "../support/models/script.ts";
import { cancelTurn, decisionOn, lend, openIn } from "../support/stack/asking.ts";
import { callFunction, chat } from "../support/stack/calling.ts";
import { OUR_SCHEMAS } from "../support/stack/our_schemas.ts";
import { clientOf } from "../support/stack/reading.ts";
import { database, newUser, testStack, type TestUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

/** The user's own things are theirs, and no part of the conversation. */
const DOMAIN = ["public.books", "public.loans"];

/** Each table, as its owner sees it: how many rows there are of the user's, and how many with the word in them. */
async function look(sql: Sql, user: TestUser, word: string) {
  const tables = await sql`select c.relnamespace::regnamespace::text as schema, c.relname, exists (
      select from pg_attribute a where a.attrelid = c.oid and a.attname = 'user_id') as owned
    from pg_class c
    where c.relkind in ('r', 'p') and c.relnamespace::regnamespace::text = any (${OUR_SCHEMAS})`;
  const rows: Record<string, number> = {};
  const spoken: string[] = [];
  for (const { schema, relname, owned } of tables) {
    const name = `${schema}.${relname}`;
    if (DOMAIN.includes(name)) continue;
    const table = sql`${sql(schema)}.${sql(relname)}`;
    const [said] = await sql`select 1 from ${table} t where to_jsonb(t)::text like ${`%${word}%`} limit 1`;
    if (said) spoken.push(name);
    const [count] = owned
      ? await sql`select count(*)::int as n from ${table} where user_id = ${user.id}`
      : [];
    rows[name] = count?.n ?? 0;
  }
  return { rows, spoken: spoken.toSorted() };
}

/** A conversation with the word wherever somebody may say it: a plan, writes, an approval, a summary. */
async function spoken(user: TestUser, word: string): Promise<{ session_id: string; run_id: string }> {
  const { client } = user;
  const [loan] = await lend(user, `Ann ${word}`);
  const { data: book } = await client.from("books").insert({ title: `Emma ${word}` }).select("id").single();
  const rename = { book_id: book?.id ?? "", updates: { title: `Other ${word}`, notes: word } };
  const own = { step_number: 2, executor_required: false, tools: ["cancel_loan"], depends_on: [1] };
  await using _ = await scriptModel(user.id, [
    { text: `I rename ${word}.`, tool_calls: [{ name: "update_book", arguments: rename }] },
    planTurn(
      [{ step_number: 1, title: `Look ${word}` }, { ...own, title: `Cancel ${word}` }],
      `Goal ${word}`,
    ),
    { when: onStep(1), tool_calls: [{ name: "list_books", arguments: {} }] },
    submitTurn(1, { summary: `Found ${word}.`, data: { word } }),
    { ...cancelTurn(loan), text: `Cancelling ${word}.`, when: onStep(2) },
    submitTurn(2, { summary: `Cancelled ${word}.` }),
    answerTurn(`All about ${word}.`),
    { text: `Again ${word}.` },
  ]);
  const agent = clientOf(user, testStack().url);
  let run = await agent.startRun({
    message: `Please, ${word}`,
    request_key: "first",
    client_id: `Chat ${word}`,
  });
  const events: ReadEvent[] = await Array.fromAsync(run.events());
  const asked = openIn(events.reduce(reduceRun, initialRunState(run.run_id)));
  const answer = { reason: `For ${word}.`, scope: "session" as const };
  run = await run.decide(asked.map((one) => decisionOn(one, answer)));
  assert.equal((await Array.fromAsync(run.events())).at(-1)?.type, "done");
  const session_id = events[0]?.type === "session" ? events[0].session_id : "";
  await chat(user, { message: `And ${word}`, session_id });
  const summary = { number: 1, content: `They spoke of ${word}.`, upto_seq: 2, model_used: "m" };
  await client.from("chat_session_summaries").insert({
    session_id,
    ...summary,
    input_tokens: 1,
    output_tokens: 1,
  });
  await client.from("chat_sessions").update({ title: `About ${word}`, preferences: { word } }).eq(
    "id",
    session_id,
  );
  return { session_id, run_id: run.run_id };
}

const deleted = async ({ client }: TestUser, p_session_id: string) => {
  const { error, status } = await client.rpc("delete_session", { p_session_id });
  return [status, error?.message];
};

test("a conversation that its user deletes leaves no text of it anywhere, and every row that is a fact", async () => {
  await using stack = new AsyncDisposableStack();
  const sql = stack.adopt(database(), (sql) => sql.end());
  const user = await newUser();
  const word = `Needle${crypto.randomUUID()}`;
  const { session_id } = await spoken(user, word);
  const before = await look(sql, user, word);
  assert.deepEqual(before.spoken, [
    ...["public.agent_chat_messages", "public.agent_chat_sessions", "public.agent_executions"],
    ...["public.agent_plans", "public.agent_run_events", "public.agent_runs", "public.agent_tool_calls"],
    ...["public.approval_decisions", "public.chat_messages", "public.chat_session_summaries"],
    ...["public.chat_sessions", "public.tool_effects"],
  ]);
  assert.equal(before.rows["public.tool_rules"], 1, "for this conversation");

  assert.deepEqual(await deleted(user, session_id), [204, undefined]);

  const after = await look(sql, user, word);
  assert.deepEqual(after.spoken, []);
  const gone = { "public.tool_rules": 0, "public.request_keys": 0 };
  assert.deepEqual(after.rows, { ...before.rows, ...gone });
  assert.deepEqual(await deleted(user, session_id), [204, undefined], "a second time");
  assert.deepEqual(await look(sql, user, word), after);
});

const Refused = z.object({ error: z.object({ kind: z.string(), message: z.string() }) });

test("what was deleted is not listed, not said again and not gone on with", async () => {
  const user = await newUser();
  const { session_id, run_id } = await spoken(user, "Pear");
  const agent = clientOf(user, testStack().url);
  assert.equal((await agent.listSessions()).sessions.length, 1);
  await deleted(user, session_id);
  assert.deepEqual((await agent.listSessions()).sessions, []);
  const again = { message: "Please, Pear", request_key: "first" };
  const in_chat = { message: "More", client_id: "Chat Pear" };
  for (
    const [answer, says] of [
      [await callFunction(user, "agent-planner", { body: { message: "More", session_id } }), /another one/],
      [await callFunction(user, `agent-planner/runs/${run_id}/events`, { method: "GET" }), /deleted/],
      [await callFunction(user, "agent-planner", { body: again }), /another one/],
      [await callFunction(user, "agent-planner", { body: in_chat }), /another one/],
    ] as const
  ) {
    const { error } = Refused.parse(await answer.json());
    assert.deepEqual([answer.status, error.kind], [410, "gone"]);
    assert.match(error.message, says);
  }
  const { purged_at, messages, usage } = await agent.getRun(run_id);
  assert.ok(purged_at !== null && usage !== null);
  assert.deepEqual(messages.map(({ content }) => content), ["", ""]);
});

test("a conversation is deleted by its user, and once its runs have ended", async () => {
  const [user, other] = [await newUser(), await newUser()];
  const [loan] = await lend(user, "Ann");
  await using _ = await scriptModel(user.id, [cancelTurn(loan)]);
  const { state } = await chat(user, { message: "Please" });
  const session_id = state.session_id ?? "";
  assert.deepEqual(await deleted(user, session_id), [409, "run_unfinished"]);
  assert.deepEqual(await deleted(other, session_id), [404, "session"]);
  await (await callFunction(user, `agent-planner/runs/${state.run_id}/cancel`, { body: {} })).text();
  await Array.fromAsync(clientOf(user, testStack().url).events(state.run_id));
  assert.deepEqual(await deleted(other, session_id), [404, "session"]);
  assert.deepEqual(await deleted(user, session_id), [204, undefined]);
});
