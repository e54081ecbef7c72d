// A person's rules about their agents' tools: nobody else makes them or takes them back, no agent does, and one that is
// remembered with a decision is about calls like that one and no others.
import assert from "node:assert/strict";
import type { Sql } from "postgres";
import type { Json } from "../../shared/contracts/text.ts";
import { newUser } from "../support/stack/stack.ts";
import { test as plainTest } from "../support/test.ts";
import { addUser, asUser, refusalOf, testAsUser as test, type User } from "./agents_calls.ts";
import { type Owned, startRun } from "./agents_runs.ts";
import { addRule, type NewTool, newTool, propose } from "./policies.ts";

async function answerTo(statement: () => Promise<unknown>): Promise<string> {
  try {
    return `${JSON.stringify(await statement())}`;
  } catch (error) {
    return refusalOf(error).code;
  }
}

/** A statement as one who acts for the user, with these headers and claims. */
function acting(
  sql: Sql,
  user: User,
  { headers = {}, claims = {} }: { headers?: object; claims?: object } = {},
) {
  return (statement: string) =>
    answerTo(() =>
      asUser(sql, user.id, async (transaction) => {
        const all = JSON.stringify({ sub: user.id, role: "authenticated", ...claims });
        await transaction`select set_config('request.jwt.claims', ${all}, true),
          set_config('request.headers', ${JSON.stringify(headers)}, true)`;
        return (await transaction.unsafe(statement)).count;
      })
    );
}

const AGENTS: Record<string, Parameters<typeof acting>[2]> = {
  "an agent's client": { headers: { "x-agent": "planner" } },
  "a tool's call": { headers: { "x-tool-call-id": crypto.randomUUID() } },
  "an agent's token": { claims: { client_id: crypto.randomUUID() } },
};
const INSERT = "insert into public.tool_rules (tool_name, policy) values ('cancel_loan', 'allow')";
const DELETE = "delete from public.tool_rules";

test("its user makes a rule and takes it back; no agent does, and nobody changes one", async (user, sql) => {
  const person = acting(sql, user);
  assert.equal(await person(INSERT), "1");
  for (const [who, how] of Object.entries(AGENTS)) {
    const agent = acting(sql, user, how);
    assert.equal(await agent(INSERT), "42501", who);
    assert.equal(await agent(DELETE), "0", who);
    assert.equal(await agent("select from public.tool_rules"), "1", who);
  }
  assert.equal(await person("update public.tool_rules set policy = 'deny'"), "42501");
  for (const column of ["user_id", "from_call", "id", "created_at"]) {
    const value = column === "created_at" ? "now()" : `'${user.id}'`;
    const said = await person(
      `insert into public.tool_rules (tool_name, policy, ${column}) values ('x', 'allow', ${value})`,
    );
    assert.equal(said, "42501", column);
  }
  assert.equal(await person(DELETE), "1");
});

test("another user's rules are nobody's to see, take back or be bound by", async (user, sql) => {
  const other = await addUser(sql);
  const name = await newTool(sql, { policy: "ask" });
  await addRule(sql, other, { tool_name: name, policy: "allow" });
  assert.equal((await propose(user, await startRun(user), name)).status, "awaiting_approval");
  assert.equal((await propose(other, await startRun(other), name)).status, "approved");
  const mine = acting(sql, user);
  assert.equal(await mine("select from public.tool_rules"), "0");
  assert.equal(await mine(DELETE), "0");
  const theirs = await startRun(other);
  assert.equal(
    await mine(`insert into public.tool_rules (tool_name, policy, session_id)
      values ('x', 'deny', '${theirs.session_id}')`),
    "23503",
  );
});

plainTest("over REST, a rule is listed, holds, and is taken back", async () => {
  const { client } = await newUser();
  const rule = { tool_name: "cancel_loan", policy: "deny" as const, when_args: "$.loan_id ? (@ == 7)" };
  const { data, error } = await client.from("tool_rules").insert(rule).select().single();
  assert.equal(error, null);
  const listed = await client.from("tool_rules").select("tool_name, policy, when_args");
  assert.deepEqual(listed.data, [{ ...rule, when_args: '$."loan_id"?(@ == 7)' }]);
  const predicate = await client.from("tool_rules").insert({ ...rule, when_args: "$.loan_id == 7" });
  assert.deepEqual([predicate.status, predicate.error?.code], [400, "23514"]);
  assert.equal((await client.from("tool_rules").delete().eq("id", data?.id ?? "")).error, null);
  assert.deepEqual((await client.from("tool_rules").select()).data, []);
});

test("a rule holds in its session, until its time, for its tool", async (user, sql) => {
  const [here, elsewhere] = [await startRun(user), await startRun(user)];
  const [name, another] = [await newTool(sql, { policy: "ask" }), await newTool(sql, { policy: "ask" })];
  const status = async (owned: Owned, tool: string) => (await propose(user, owned, tool)).status;
  await addRule(sql, user, { tool_name: name, policy: "allow", session_id: here.session_id });
  assert.equal(await status(here, name), "approved");
  assert.equal(await status(elsewhere, name), "awaiting_approval", "not in another session");
  assert.equal(await status(here, another), "awaiting_approval", "not for another tool");
  await sql`update tool_rules set expires_at = now() - interval '1 second' where tool_name = ${name}`;
  assert.equal(await status(here, name), "awaiting_approval", "not for ever");
});

/** Decides to remember an approval, as the trigger of decisions does. */
async function remember(sql: Sql, id: string, scope: string): Promise<string> {
  return await answerTo(async () => {
    await sql`select private.remember_call(c, ${scope}) from agent_tool_calls c where c.id = ${id}`;
    return "remembered";
  });
}

interface Likeness {
  what: string;
  footprints: NewTool["footprints"];
  args: Json;
  words: RegExp;
  like: Json[];
  unlike: Json[];
}

const EVENT = { target: "$.event_id", target_column: "id" };
const SERIES = [EVENT, { target: '$.scope ? (@ != "")' }];
const LIKENESS: Likeness[] = [
  {
    what: "one thing",
    footprints: [EVENT],
    args: { event_id: "e1", updates: { title: "A new name" } },
    words: /^Later calls of \S+ where event_id is "e1", with any updates\.title, and nothing else\.$/,
    like: [{ event_id: "e1" }, { event_id: "e1", updates: { title: "B" } }, { event_id: "e1", updates: {} }],
    unlike: [
      ...[{ event_id: "e2", updates: { title: "A new name" } }, {}, { event_id: "E1" }, { event_id: ["e1"] }],
      ...[{ event_id: ["e1", "e2"] }, { event_id: ["e1", { id: "e2" }] }, { event_id: { id: "e1" } }],
      ...[{ event_id: "e1", updates: { status: "x" } }, { event_id: "e1", updates: [{ title: "B" }] }],
      ...[{ event_id: "e1", updates: { title: ["B"] } }, { event_id: "e1", force: true }, [{
        event_id: "e1",
      }]],
    ],
  },
  {
    what: "a thing by a name, and another by a number",
    footprints: [{ target: "strict $.event", target_column: "title" }, {
      target: "$.id",
      target_column: "id",
    }],
    args: { event: "Lunch with Jonas", id: 7 },
    words: /where event is "Lunch with Jonas" and id is 7, and nothing else\.$/,
    like: [],
    unlike: [{ event: "Lunch with Jonas" }, { id: 7 }, { event: "Lunch with Ida", id: 7 }, {
      ...{ event: "Lunch with Jonas", id: "7" },
    }],
  },
  {
    what: "one occurrence of a series",
    footprints: SERIES,
    args: { event_id: "e1", scope: "this", occurrence: "2026-11-30T09:00Z" },
    words:
      /where event_id is "e1" and occurrence is "2026-11-30T09:00Z" and scope is "this", and nothing else/,
    like: [],
    unlike: [{ event_id: "e1", scope: "all" }, { event_id: "e1" }, { event_id: "e1", scope: "this" }, {
      ...{ event_id: "e1", scope: "all", occurrence: "2026-11-30T09:00Z" },
    }],
  },
  {
    what: "a choice deep inside, and what was left open",
    footprints: SERIES,
    args: { event_id: "e1", scope: null, updates: { how: { gently: true, times: 2, mode: "soft" } } },
    words: /where event_id is "e1" and updates\.how\.gently is true and updates\.how\.mode is "soft" and /,
    like: [{ event_id: "e1", updates: { how: { gently: true, times: 2, mode: "soft" } } }],
    unlike: [
      { event_id: "e1", updates: { how: { gently: false, times: 2, mode: "soft" } } },
      { event_id: "e1", updates: { how: { gently: true, times: 3, mode: "soft" } } },
      { event_id: "e1", updates: { how: { gently: true, times: 2, mode: "hard" } } },
      { event_id: "e1", updates: { how: { gently: true, times: 2, mode: "soft", more: "text" } } },
      { event_id: "e1", scope: "all", updates: { how: { gently: true, times: 2, mode: "soft" } } },
      { event_id: "e1" },
    ],
  },
  {
    what: "nothing that exists",
    footprints: [{}],
    args: { title: "A new thing" },
    words: /^Later calls of \S+, with any title, and nothing else\.$/,
    like: [{ title: "Another new thing" }, {}],
    unlike: [{ title: "A new thing", status: "done" }],
  },
  {
    what: "the very same, where there is no footprint",
    footprints: [],
    args: { query: 'a "quoted" $word \\', limit: 5, open: true, none: null },
    words: /where limit is 5 and none is null and open is true and query is .*, and nothing else\.$/,
    like: [{ open: true, query: 'a "quoted" $word \\', none: null, limit: 5 }],
    unlike: [
      { query: 'a "quoted" $word \\', limit: 5, open: true },
      {
        ...{ query: 'a "quoted" $word \\', limit: 5, open: true, none: null, more: 1 },
      },
      { query: "a text", limit: 5, open: true, none: null },
      {},
    ],
  },
];

test(
  "what is remembered is about calls like the one that was shown, and about no others",
  async (user, sql) => {
    const owned = await startRun(user);
    for (const { what, footprints, args, words, like, unlike } of LIKENESS) {
      const name = await newTool(sql, { policy: "ask", ...(footprints && { footprints }) });
      const shown = await propose(user, owned, name, args);
      assert.match(shown.remember ?? "", words, what);
      assert.equal(await remember(sql, shown.id, "always"), '"remembered"');
      for (const other of [args, ...like]) {
        assert.equal(
          (await propose(user, owned, name, other)).status,
          "approved",
          `${what}: ${JSON.stringify(other)}`,
        );
      }
      for (const other of unlike) {
        const { status } = await propose(user, owned, name, other);
        assert.equal(status, "awaiting_approval", `${what}: ${JSON.stringify(other)}`);
      }
      const [rule] =
        await sql`select words, policy, session_id from tool_rules where from_call = ${shown.id}`;
      assert.deepEqual({ ...rule }, { words: shown.remember, policy: "allow", session_id: null });
    }
  },
);

test("once is no rule, and that of a session holds in that session alone", async (user, sql) => {
  const [here, elsewhere] = [await startRun(user), await startRun(user)];
  const name = await newTool(sql, { policy: "ask", footprints: [EVENT] });
  const args = { event_id: "e1" };
  const once = await propose(user, here, name, args);
  await remember(sql, once.id, "once");
  assert.equal((await propose(user, here, name, args)).status, "awaiting_approval");
  await remember(sql, once.id, "session");
  assert.equal((await propose(user, here, name, args)).status, "approved");
  assert.equal((await propose(user, elsewhere, name, args)).status, "awaiting_approval");
});

test(
  "what asks by a floor or a rule is not allowed beforehand, nor what names a thing by more than a word",
  async (user, sql) => {
    const owned = await startRun(user);
    const floored = await newTool(sql, { policy: "ask", floors: [{ policy: "ask" }] });
    const ruled = await newTool(sql, { policy: "allow" });
    await addRule(sql, user, { tool_name: ruled, policy: "ask" });
    const plain = await newTool(sql, { policy: "ask" });
    const calls: [string, Json][] = [[floored, {}], [ruled, {}], [plain, { list: [1] }]];
    for (const [name, args] of calls) {
      const { id, status, remember: words } = await propose(user, owned, name, args);
      assert.deepEqual([status, words], ["awaiting_approval", null]);
      assert.equal(await remember(sql, id, "always"), "PT400");
    }
  },
);

test("of a call that was edited, what is remembered is what the person made of it", async (user, sql) => {
  const owned = await startRun(user);
  const name = await newTool(sql, { policy: "ask", footprints: [EVENT] });
  const shown = await propose(user, owned, name, { event_id: "e1" });
  await sql`update agent_tool_calls set status = 'approved', proposed_arguments = arguments,
    arguments = '{"event_id": "e2"}' where id = ${shown.id}`;
  await remember(sql, shown.id, "always");
  assert.equal((await propose(user, owned, name, { event_id: "e1" })).status, "awaiting_approval");
  assert.equal((await propose(user, owned, name, { event_id: "e2" })).status, "approved");
  const [rule] = await sql`select words from tool_rules where from_call = ${shown.id}`;
  assert.match(rule?.words, /where event_id is "e2", and nothing else\.$/);
});
