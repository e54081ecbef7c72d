// Whatever is left out of a call, or is null in it: the API answers that the call is wrong, and nothing has changed.
import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { restCall } from "../support/stack/rest.ts";
import { database, newUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";
import { actingAs, type Argument, callFunction, refused, testAsUser } from "./agents_calls.ts";
import { everything } from "./agents_rows.ts";
import { ending, event, lease, type Owned, startPlan } from "./agents_runs.ts";
import { claimStep, executor, outcome, progress, worker } from "./agents_steps.ts";
import { asCaller } from "./as_role.ts";
import { API_FUNCTIONS } from "./schema_functions.ts";
import { MISTAKE, validCalls } from "./valid_calls.ts";

/** What may be left out, or be null, because it is one of the things that a caller may mean. */
const OPTIONAL = new Set([
  ...[
    "start_run.0.request_key",
    "start_run.1.limits",
    "claim_step.2.limits",
    "claim_step.2.allowed_tools",
    "advance_step.5",
  ],
  ...["park_run.2", "park_run.2.messages", "park_run.2.events"],
  ...["reserve_usage.3", "record_progress.2", "record_progress.2.messages", "record_progress.2.events"],
  ...["finish_run.2.strategy", "finish_run.2.usage", "finish_run.2.finished_reason"],
  ...[
    "advance_step.2.rows",
    "record_step.2.rows",
    "release_step.2",
    "release_step.2.rows",
    "finish_step.3.rows",
  ],
  ...["finish_step.2.result", "finish_step.2.duration_ms", "answer_step.3.planner_agent_id"],
  ...["answer_step.3.rows", "answer_step.3.usage"],
]);

/** Each way to leave one thing out: its name, and the arguments without it. */
function* poorer(name: string, args: readonly Argument[]): Generator<[what: string, args: Argument[]]> {
  for (const [i, arg] of args.entries()) {
    if (arg === null) continue;
    yield [`${name}.${i}`, args.with(i, null)];
    if (typeof arg !== "object") continue;
    for (const key of Object.keys(arg)) {
      const rest = Object.fromEntries(Object.entries(arg).filter(([other]) => other !== key));
      yield [`${name}.${i}.${key}`, args.with(i, rest)];
      yield [`${name}.${i}.${key}`, args.with(i, { ...arg, [key]: null })];
    }
  }
}

testAsUser("a call that lacks something is refused as its caller's mistake", async (user, sql) => {
  const calls = await validCalls(user);
  const caller = { role: "authenticated", user_id: user.id } as const;
  const tryCall = (name: string, args: Argument[]) =>
    asCaller(sql, caller, async (own) => {
      await callFunction(own, name, args);
      await own`set constraints all immediate`;
      return name;
    });
  for (const [name, args] of Object.entries(calls)) {
    assert.deepEqual(await tryCall(name, args), { ok: true, value: name }, `${name}, whole`);
    for (const [what, less] of poorer(name, args)) {
      const outcome = await tryCall(name, less);
      if (outcome.ok) assert.ok(OPTIONAL.has(what), `${what} is missing and not missed`);
      else assert.match(outcome.code, MISTAKE, what);
    }
  }
});

test("a call whose arguments are all null is no fault of the server's, and changes nothing", async () => {
  const sql = database();
  try {
    const user = await newUser();
    await startPlan(actingAs(sql, user.id));
    const before = await everything(sql, user.id);
    for (const name of API_FUNCTIONS) {
      const { status } = await restCall(user, "POST", `rpc/${name}`, await nulls(sql, name));
      assert.ok(status < 500, `${name} answers ${status}`);
    }
    assert.deepEqual(await everything(sql, user.id), before);
  } finally {
    await sql.end();
  }
});

async function nulls(sql: Sql, name: string): Promise<Record<string, null>> {
  const rows = await sql<{ name: string }[]>`select unnest(proargnames[:pronargs]) as name from pg_proc
    where proname = ${name} and pronamespace = 'public'::regnamespace`;
  return Object.fromEntries(rows.map(({ name }) => [name, null]));
}

testAsUser("who claims a step says what it is, and for how long it works", async (user, sql) => {
  const { plan_id } = await startPlan(user);
  const before = await everything(sql, user.id);
  for (const more of [{ type: null }, { type: "" }, { type: "visitor" }, { lease_seconds: 0 }]) {
    const answer = await refused(user, "claim_step", [plan_id, 1, { ...executor(), ...more }]);
    assert.equal(answer, "PT400 claimant");
  }
  const { type: _, ...nameless } = executor();
  assert.equal(await refused(user, "claim_step", [plan_id, 1, nameless]), "PT400 claimant");
  assert.deepEqual(await everything(sql, user.id), before);
});

testAsUser(
  "a run and a step end in a terminal state, and an error has its three fields",
  async (user, sql) => {
    const { owned, plan_id } = await startPlan(user);
    const claimed = await claimStep(user, plan_id);
    const before = await everything(sql, user.id);
    const finish = (
      owned: Owned,
      status: string,
    ) => [...lease(owned), ending(status), { events: [event(2, "done")] }];
    for (const status of ["running", "awaiting_approval"]) {
      assert.equal(await refused(user, "finish_run", finish(owned, status)), "PT400 outcome");
    }
    for (const status of ["running", "skipped"]) {
      const args = [...worker(claimed), outcome(status), progress()];
      assert.equal(await refused(user, "finish_step", args), "PT400 outcome");
    }
    for (const error of [null, {}, { kind: "internal", message: null, retryable: true }]) {
      assert.equal(await refused(user, "fail_run", [...lease(owned), error]), "PT400 outcome");
    }
    assert.deepEqual(await everything(sql, user.id), before);
  },
);
