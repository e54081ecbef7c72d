// How large a value may be: every text that a user's token may write has a bound, and what the functions write fits.
import assert from "node:assert/strict";
import { MAX_MESSAGE_CHARS } from "../../shared/contracts/request.ts";
import { ECHO_LIMITS } from "../../shared/agents/loop/kept_echo.ts";
import { LIMITS } from "../../shared/llm/wire/wire_limits.ts";
import { restCall } from "../support/stack/rest.ts";
import { database, newUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";
import { type Argument, refused, testAsUser } from "./agents_calls.ts";
import { everything } from "./agents_rows.ts";
import { event, lease, message, startRun } from "./agents_runs.ts";
import { addWorld, insertRow, TABLES } from "./agents_world.ts";

Deno.test("every text and every JSON that a user's token may write has a bound", async () => {
  const sql = database();
  try {
    const unbound = await sql`
      select c.relname || '.' || a.attname as place
      from pg_class c
        join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
        and a.atttypid in ('text'::regtype, 'jsonb'::regtype, 'text[]'::regtype) and a.attgenerated = ''
        and has_column_privilege('authenticated', c.oid, a.attnum, 'insert, update')
        and not exists (
          select from pg_constraint k where k.conrelid = c.oid and k.contype = 'c' and a.attnum = any (k.conkey)
            and (pg_get_constraintdef(k.oid) ~ 'length' or pg_get_constraintdef(k.oid) ~ '\\{\\d*,?\\d+\\}'
              or pg_get_constraintdef(k.oid) ~ 'is_zone'))
        and not exists (
          select from pg_constraint k join pg_proc f on f.oid::regproc::text = 'private.fits'
            and f.proargtypes[0] = c.reltype
          where k.conrelid = c.oid and k.contype = 'c' and k.conname = c.relname || '_fit'
            and (f.prosrc ~ ('length\\(p_row\\.' || a.attname || '(::text)?\\) (<=|between)')
              or f.prosrc ~ ('p_row\\.' || a.attname || ' ~ .*\\{\\d*,?\\d+\\}')))
      order by 1`;
    const ours = unbound.filter(({ place }) => !/^(books|loans)\./.test(place));
    assert.deepEqual(ours.map(({ place }) => place), [], "the tests' own domain aside");
  } finally {
    await sql.end();
  }
});

/** What no function writes, by table and column. */
const TOO_LARGE: [table: string, column: string, value: unknown][] = [
  ["chat_messages", "content", "x".repeat(2_000_001)],
  ["agents", "system_prompt", "x".repeat(200_001)],
  ["agent_runs", "request", { message: "x".repeat(1_000_001) }],
  ["agent_plans", "steps", [{ task: "x".repeat(1_000_001) }]],
  ["agent_chat_sessions", "initial_context", { message: "x".repeat(4_000_001) }],
  ["agent_executions", "task", { description: "x".repeat(100_001) }],
  ["agent_chat_messages", "content", "x".repeat(4_000_001)],
  ["agent_chat_messages", "echo", { model: "m", fields: { extra_content: "x".repeat(40_000_001) } }],
  ["agent_tool_calls", "arguments", { text: "x".repeat(2_000_001) }],
  ["agent_tool_calls", "tool_name", "x".repeat(301)],
  ["agent_run_events", "data", { delta: "x".repeat(8_000_001) }],
];

test("what is larger is refused over REST, and by whoever owns the tables", async () => {
  const sql = database();
  try {
    const user = await newUser();
    const world = await addWorld(sql, user.id);
    const before = await everything(sql, user.id);
    for (const [name, column, value] of TOO_LARGE) {
      const row = { ...TABLES.find((table) => table.name === name)?.row(world), [column]: value };
      const { status, code } = await restCall(user, "POST", name, row);
      assert.deepEqual([status, code], [400, "23514"], `${name}.${column}`);
      await assert.rejects(async () => await insertRow(sql, name, row), { code: "23514" });
    }
    assert.deepEqual(await everything(sql, user.id), before);
  } finally {
    await sql.end();
  }
});

testAsUser("the longest that a user, a model and a tool can say is stored whole", async (user, sql) => {
  // Four bytes each, and a character that JSON escapes.
  const owned = await startRun(user, { message: "𝄞".repeat(MAX_MESSAGE_CHARS / 2) });
  const text = "é".repeat(LIMITS.text);
  const call = {
    ...{ id: crypto.randomUUID(), agent_id: owned.agent_id, agent_session_id: owned.thread_id },
    ...{ tool_call_id: "c".repeat(LIMITS.id), tool_name: "t".repeat(LIMITS.name), status: "failed" },
    ...{
      arguments: { text: '"'.repeat(LIMITS.arguments) },
      result: { ok: false, message: "m".repeat(300_000) },
    },
  };
  const said = message(owned.thread_id, 1, {
    ...{ kind: "turn", sender_type: "planner", role: "assistant", content: text },
    ...{ reasoning: "r".repeat(LIMITS.reasoning) },
    // As jsonb has it, a number of seven characters has three hundred.
    echo: {
      model: "m",
      fields: { extra_content: Array(Math.floor(ECHO_LIMITS.characters / 7)).fill(1e300) },
    },
    tool_calls: [{ id: "c", name: "t", arguments: '"'.repeat(LIMITS.arguments) }],
  });
  const batch = {
    messages: [said],
    tool_calls: [call],
    events: [event(2, "text", { part: 1, delta: text })],
  };
  await user.call("record_progress", [...lease(owned), batch]);
  const end: Argument[] = [...lease(owned), {
    ...{ status: "completed", finished_reason: "answered", message_id: crypto.randomUUID(), answer: text },
  }, { events: [event(3, "done")] }];
  await user.call("finish_run", end);
  const [answer] = await sql`select length(content) as length from chat_messages
    where user_id = ${user.id} and role = 'assistant'`;
  assert.equal(answer?.length, LIMITS.text);
});

testAsUser("a function that is handed too much refuses it as its caller's mistake", async (user) => {
  const owned = await startRun(user);
  const batch = { events: [event(2, "text", { delta: "x".repeat(8_000_001) })] };
  assert.match(
    await refused(user, "record_progress", [...lease(owned), batch]),
    /^23514 .*agent_run_events_fit/,
  );
});
