// Whatever number a user puts where a function or a row takes one: the answer is that it is wrong, or it is taken, and
// it is never a fault of the server's.
import assert from "node:assert/strict";
import { restCall } from "../support/stack/rest.ts";
import { database, newUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";
import { actingAs, type Argument, callFunction, testAsUser } from "./agents_calls.ts";
import { startPlan } from "./agents_runs.ts";
import { claimStep } from "./agents_steps.ts";
import { asCaller } from "./as_role.ts";
import { API_FUNCTIONS } from "./schema_functions.ts";
import { MISTAKE, validCalls } from "./valid_calls.ts";

const NUMBERS = [-1, 0, 1.5, 2 ** 31 - 1, 2 ** 31, -(2 ** 31) - 1, 2 ** 53, 2 ** 63, 1e300];

/** Each number in the arguments, at whatever depth, in place of which stands another one. */
function* withNumber(value: unknown, at: string, number: number): Generator<[what: string, value: unknown]> {
  if (typeof value === "number") yield [at, number];
  if (typeof value !== "object" || value === null) return;
  for (const [key, part] of Object.entries(value)) {
    for (const [what, changed] of withNumber(part, `${at}.${key}`, number)) {
      yield [what, Array.isArray(value) ? value.with(Number(key), changed) : { ...value, [key]: changed }];
    }
  }
}

testAsUser(
  "a number that is none of a call's is taken, or refused as its caller's mistake",
  async (user, sql) => {
    const calls = await validCalls(user);
    const caller = { role: "authenticated", user_id: user.id } as const;
    let tried = 0;
    for (const [name, args] of Object.entries(calls)) {
      for (const number of NUMBERS) {
        for (const [what, changed] of withNumber(args, name, number)) {
          const outcome = await asCaller(sql, caller, async (own) => {
            await callFunction(own, name, Array.isArray(changed) ? changed : []);
            await own`set constraints all immediate`;
            return name;
          });
          if (!outcome.ok) assert.match(outcome.code, MISTAKE, `${what} = ${number}`);
          tried += 1;
        }
      }
    }
    assert.ok(tried > 300, `${tried} calls`);
  },
);

test("over REST a number of any size is no fault of the server's, in no argument of any function", async () => {
  const sql = database();
  try {
    const user = await newUser();
    for (const name of API_FUNCTIONS) {
      const parameters = await sql<{ name: string; type: string }[]>`
        select a.name, a.type::regtype::text as type from pg_proc p,
          unnest(p.proargnames[:p.pronargs], p.proargtypes::oid[]) a (name, type)
        where p.proname = ${name} and p.pronamespace = 'public'::regnamespace`;
      for (const one of parameters.filter(({ type }) => /int|numeric|double/.test(type))) {
        for (const number of NUMBERS) {
          const args = Object.fromEntries(parameters.map(({ name, type }) => [name, plain(type)]));
          const { status } = await restCall(user, "POST", `rpc/${name}`, { ...args, [one.name]: number });
          assert.ok(status < 500, `${name}, ${one.name} = ${number}: ${status}`);
        }
      }
    }
  } finally {
    await sql.end();
  }
});

/** Something of a type, so that a call is not refused for what it lacks. */
function plain(type: string): Argument {
  if (type === "uuid") return crypto.randomUUID();
  if (type === "jsonb") return {};
  if (/int|numeric|double/.test(type)) return 1;
  if (type.startsWith("timestamp")) return "2026-11-22T12:00:00Z";
  return type === "text" ? "UTC" : null;
}

test("a row of one's own holds no number that makes a call of a function fail as the server's fault", async () => {
  const sql = database();
  try {
    const user = await newUser();
    const columns = await sql<{ table: string; column: string }[]>`
      select table_name as table, column_name as column from information_schema.column_privileges
      where grantee = 'authenticated' and privilege_type = 'UPDATE' and table_schema = 'public'
        and table_name in ('agent_runs', 'agent_executions')
        and (table_name, column_name) in (select table_name, column_name from information_schema.columns
          where data_type in ('integer', 'bigint', 'numeric', 'jsonb') and table_schema = 'public')`;
    assert.ok(columns.length > 8);
    for (const { table, column } of columns) {
      for (const number of NUMBERS) {
        const { owned, plan_id } = await startPlan(actingAs(sql, user.id));
        await claimStep(actingAs(sql, user.id), plan_id);
        const of = table === "agent_runs" ? "id" : "run_id";
        const value = column === "usage" ? { input_tokens: number, model_calls: number } : number;
        const change = { [column]: value, lease_expires_at: "2020-01-01T00:00:00Z" };
        const what = `${table}.${column} = ${number}`;
        const { status } = await restCall(user, "PATCH", `${table}?${of}=eq.${owned.run_id}`, change);
        assert.ok(status < 500, `${what}: ${status}`);
        const lost = { lease_expires_at: "2020-01-01T00:00:00Z" };
        await restCall(user, "PATCH", `agent_runs?id=eq.${owned.run_id}`, lost);
        const calls = {
          claim_run: { p_run_id: owned.run_id, p_lease_seconds: 1 },
          get_run: { p_run_id: owned.run_id },
          follow_run: { p_run_id: owned.run_id, p_after: 0, p_limit: 100 },
          get_step: { p_plan_id: plan_id, p_step_number: 1 },
          cancel_run: { p_run_id: owned.run_id },
        };
        for (const [name, args] of Object.entries(calls)) {
          const answer = await restCall(user, "POST", `rpc/${name}`, args);
          const told = `${what} (${status}), ${name}: ${answer.status} ${answer.message}`;
          // What is out of range is told as a conflict by the functions: a number left no room to go on from.
          assert.ok(answer.status < 300 || /^(22003|22008|PT4\d\d)$/.test(answer.code ?? ""), told);
        }
      }
    }
  } finally {
    await sql.end();
  }
});
