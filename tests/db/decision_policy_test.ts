// What policy says of a decision: for how long it holds and for which calls, who may make it, and what nobody may approve.
import assert from "node:assert/strict";
import type { Sql } from "postgres";
import type { Json } from "../../shared/contracts/text.ts";
import { asUser, callFunction, refusalOf, testAsUser as test, type User } from "./agents_calls.ts";
import { startRun } from "./agents_runs.ts";
import { type Asked, asked, decision } from "./approvals.ts";
import { addRule, newTool, propose } from "./policies.ts";

const TARGET = { target: "$.loan_id", target_column: "id" };

/** Decides with a token of these claims; what refuses it, or `ok`. */
async function decide(sql: Sql, user: User, run_id: string, made: object, claims = {}): Promise<string> {
  try {
    return await asUser(sql, user.id, async (own) => {
      const all = JSON.stringify({ sub: user.id, role: "authenticated", ...claims });
      await own`select set_config('request.jwt.claims', ${all}, true)`;
      await callFunction(own, "decide_tool_calls", [run_id, [made]]);
      return "ok";
    });
  } catch (error) {
    return `${refusalOf(error).code} ${refusalOf(error).message}`;
  }
}

const statusOf = async (sql: Sql, { id }: Asked) =>
  (await sql`select status from agent_tool_calls where id = ${id}`)[0]?.status;

test("approving one call lets no other through, and once is for that call alone", async (user, sql) => {
  const owned = await startRun(user);
  const name = await newTool(sql, { policy: "ask", footprints: [TARGET] });
  const [a, b] = [
    await propose(user, owned, name, { loan_id: 1 }),
    await propose(user, owned, name, { loan_id: 2 }),
  ];
  assert.equal(await decide(sql, user, owned.run_id, decision(await asked(sql, a.id))), "ok");
  assert.equal((await asked(sql, b.id)).id, b.id, "the other one waits");
  assert.equal(
    (await propose(user, owned, name, { loan_id: 1 })).status,
    "awaiting_approval",
    "so does the next",
  );
  assert.equal((await sql`select from tool_rules where user_id = ${user.id}`).length, 0);
});

test(
  "a decision for the session holds in it, for calls like that one; one for always holds everywhere",
  async (user, sql) => {
    const [owned, elsewhere] = [await startRun(user), await startRun(user)];
    const name = await newTool(sql, { policy: "ask", footprints: [TARGET] });
    const held = async (scope: string) => {
      const { id } = await propose(user, owned, name, { loan_id: scope });
      assert.equal(await decide(sql, user, owned.run_id, decision(await asked(sql, id), { scope })), "ok");
      const next = [[owned, scope], [owned, "another"], [elsewhere, scope]] as const;
      const statuses = next.map(async ([run, loan_id]) =>
        (await propose(user, run, name, { loan_id })).status
      );
      return await Promise.all(statuses);
    };
    assert.deepEqual(await held("session"), ["approved", "awaiting_approval", "awaiting_approval"]);
    assert.deepEqual(await held("always"), ["approved", "awaiting_approval", "approved"]);
  },
);

test("what can't be allowed beforehand is not remembered, and not decided either", async (user, sql) => {
  const owned = await startRun(user);
  const name = await newTool(sql, { policy: "allow", floors: [{ policy: "ask" }] });
  const call = await asked(sql, (await propose(user, owned, name)).id);
  const always = decision(call, { scope: "always" });
  assert.equal(await decide(sql, user, owned.run_id, always), "PT400 nothing_to_remember");
  assert.equal(await statusOf(sql, call), "awaiting_approval");
  assert.equal(await decide(sql, user, owned.run_id, decision(call)), "ok");
});

test(
  "nobody approves what is denied: not by changing the arguments, and not what a rule has denied since",
  async (user, sql) => {
    const owned = await startRun(user);
    const floors = [{ policy: "deny" as const, when_args: "$.all" }];
    const name = await newTool(sql, { policy: "ask", floors });
    const call = await asked(sql, (await propose(user, owned, name, { loan_id: 1 })).id);
    const edited = decision(call, { arguments: { all: true } });
    assert.equal(await decide(sql, user, owned.run_id, edited), "PT403 policy_denies");
    await addRule(sql, user, { tool_name: name, policy: "deny" });
    assert.equal(await decide(sql, user, owned.run_id, decision(call)), "PT403 policy_denies");
    assert.equal(await statusOf(sql, call), "awaiting_approval");
    const declined = decision(call, { approved: false });
    assert.equal(await decide(sql, user, owned.run_id, declined), "ok", "declining is free");
  },
);

test(
  "where a floor asks for fresh proof, an approval needs a second factor after the request; a refusal does not",
  async (user, sql) => {
    const owned = await startRun(user);
    const floors = [{ policy: "ask" as const, fresh: true, when_args: "$.all" }];
    const name = await newTool(sql, { policy: "ask", floors });
    const proof = (seconds: number, method = "totp") => ({
      amr: [{ method: "password", timestamp: 1 }, {
        method,
        timestamp: Math.floor(Date.now() / 1000) + seconds,
      }],
    });
    const call = await asked(sql, (await propose(user, owned, name, { all: true })).id);
    for (const claims of [{}, proof(-60), proof(60, "password")]) {
      assert.equal(await decide(sql, user, owned.run_id, decision(call), claims), "PT403 fresh_proof");
    }
    assert.equal(await decide(sql, user, owned.run_id, decision(call), proof(60)), "ok");
    assert.equal(await statusOf(sql, call), "approved");

    const args: Json[] = [{ loan_id: 1 }, { all: 1 }];
    const [plain, other] = args.map((one) => propose(user, owned, name, one));
    const calm = await asked(sql, (await plain)?.id ?? "");
    const edited = decision(calm, { arguments: { all: true } });
    assert.equal(
      await decide(sql, user, owned.run_id, edited),
      "PT403 fresh_proof",
      "what it becomes counts",
    );
    assert.equal(await decide(sql, user, owned.run_id, decision(calm)), "ok");
    const unwanted = decision(await asked(sql, (await other)?.id ?? ""), { approved: false });
    assert.equal(await decide(sql, user, owned.run_id, unwanted), "ok");
  },
);
