// A tool call's status moves along its arrows and no others; what moves it there that is not its outcome is the
// database's own, and what was approved is what is made.
import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { asUser, refusalOf, testAsUser as test, type User } from "./agents_calls.ts";
import { type Owned, startRun } from "./agents_runs.ts";

const STATUSES = [
  ...["proposed", "awaiting_approval", "approved", "executing", "succeeded", "failed", "rejected"],
] as const;
const OUTCOMES = ["succeeded", "failed", "rejected"];

const ARROWS: Record<string, readonly string[]> = {
  proposed: ["approved", "awaiting_approval", "rejected"],
  awaiting_approval: ["approved", "rejected"],
  approved: ["executing", ...OUTCOMES],
  executing: OUTCOMES,
};

type Act = (user: User, work: (sql: Sql) => Promise<unknown>) => Promise<string>;

/** What a statement is answered: `ok`, or what refuses it. */
async function answerTo(statement: () => Promise<unknown>): Promise<string> {
  try {
    await statement();
    return "ok";
  } catch (error) {
    return `${refusalOf(error).code} ${refusalOf(error).message}`;
  }
}

const call = (user: User, owned: Owned, status: string, access: string | null = "write") => ({
  ...{ id: crypto.randomUUID(), user_id: user.id, run_id: owned.run_id, agent_id: owned.agent_id },
  ...{ agent_session_id: owned.thread_id, tool_call_id: "a", tool_name: "create_book", access },
  ...{ arguments: { title: "Emma" }, status },
});

/** A call that stands at a status, whatever leads there. */
async function callAt(sql: Sql, user: User, owned: Owned, status: string): Promise<string> {
  const row = call(user, owned, status);
  await sql.begin(async (free) => {
    await free`set local session_replication_role = replica`;
    await free`insert into agent_tool_calls ${free(row)}`;
  });
  return row.id;
}

async function leaveReceipt(sql: Sql, user: User, call_id: string): Promise<void> {
  const key = { user_id: user.id, call_id, attempt: crypto.randomUUID(), relation: "public.books" };
  await sql`insert into tool_receipts ${sql({ ...key, row_key: sql.json({ id: "1" }) })}`;
}

/** Who moves a call: its user by the API, or what has the rights of the tables' owner. */
const ACTORS: Record<string, (sql: Sql) => Act> = {
  "the API": (sql) => (user, work) =>
    answerTo(() =>
      asUser(sql, user.id, async (transaction) => {
        await work(transaction as unknown as Sql);
        return true;
      })
    ),
  "the database": (sql) => (_user, work) => answerTo(() => work(sql)),
};

function expected(actor: string, from: string, to: string): string {
  const by_api = actor === "the API";
  if (OUTCOMES.includes(from)) return by_api || from !== to ? "PT409 call_has_ended" : "ok";
  if (from === to) return "ok";
  const follows = ARROWS[from]?.includes(to) && (!by_api || OUTCOMES.includes(to));
  return follows ? "ok" : "PT409 status_not_next";
}

for (const [actor, acting] of Object.entries(ACTORS)) {
  test(`every pair of statuses: ${actor} moves a call along its arrows only`, async (user, sql) => {
    const owned = await startRun(user);
    for (const from of STATUSES) {
      for (const to of STATUSES) {
        const id = await callAt(sql, user, owned, from);
        const answer = await acting(sql)(
          user,
          (db) => db`update public.agent_tool_calls set status = ${to} where id = ${id}`,
        );
        assert.equal(answer, expected(actor, from, to), `${from} to ${to}`);
        const [row] = await sql`select status from agent_tool_calls where id = ${id}`;
        assert.equal(row?.status, answer === "ok" ? to : from);
      }
    }
  });
}

test("a call that has changed something was not rejected; one that has not may be", async (user, sql) => {
  const owned = await startRun(user);
  for (const [made, answer] of [[true, "PT409 status_not_next"], [false, "ok"]] as const) {
    const id = await callAt(sql, user, owned, "executing");
    if (made) await leaveReceipt(sql, user, id);
    for (const acting of Object.values(ACTORS)) {
      const said = await acting(sql)(
        user,
        (db) => db`update public.agent_tool_calls set status = 'rejected' where id = ${id}`,
      );
      assert.equal(said, answer);
      if (!made) break;
    }
  }
});

test("a new call is a proposal, or has an outcome that is no write", async (user, sql) => {
  const owned = await startRun(user);
  for (const status of STATUSES) {
    for (const access of ["read", "write", null]) {
      const row = call(user, owned, status, access);
      const answer = await ACTORS["the API"]?.(sql)(
        user,
        (db) => db`insert into public.agent_tool_calls ${db(row)}`,
      );
      const may = status === "proposed" || status === "failed" || status === "rejected" ||
        (status === "succeeded" && access !== "write");
      assert.equal(answer, may ? "ok" : "PT409 call_not_proposed", `${status} ${access}`);
      const [stored] = await sql`select status from agent_tool_calls where id = ${row.id}`;
      assert.equal(stored?.status, may ? status === "proposed" ? "approved" : status : undefined);
    }
  }
});

test("the arguments of a call are nobody's to change, and its hash is the database's", async (user, sql) => {
  const owned = await startRun(user);
  const other = sql.json({ title: "Other" });
  for (const status of STATUSES) {
    const id = await callAt(sql, user, owned, status);
    const change = (actor: string) =>
      ACTORS[actor]?.(sql)(
        user,
        (db) => db`update public.agent_tool_calls set arguments = ${other} where id = ${id}`,
      );
    assert.match(await change("the API") ?? "", /^42501 /, status);
    const editable = status === "awaiting_approval";
    assert.equal(await change("the database"), editable ? "ok" : "PT409 call_is_approved", status);
    const [row] =
      await sql`select arguments, arguments_sha256 = encode(sha256(convert_to(arguments::text, 'UTF8')),
      'hex') as hashed from agent_tool_calls where id = ${id}`;
    assert.deepEqual(row?.arguments, { title: editable ? "Other" : "Emma" });
    if (editable) assert.equal(row?.hashed, true);
  }
  const row = { ...call(user, owned, "proposed"), arguments_sha256: "0" };
  const forged = await ACTORS["the API"]?.(sql)(
    user,
    (db) => db`insert into public.agent_tool_calls ${db(row)}`,
  );
  assert.match(forged ?? "", /^42501 /);
});
