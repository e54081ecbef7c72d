// Who owns a run: one owner at a time, by a lease that runs out, and the next one knows all that is needed.
import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { parseOwned } from "../../shared/db/parsed_rows.ts";
import { refused, testAsUser as test, type User } from "./agents_calls.ts";
import { everything, log, loseOwner, loseWorker, open, runRow } from "./agents_rows.ts";
import {
  claimRun,
  ending,
  event,
  finishRun,
  lease,
  message,
  Owned,
  reservation,
  startPlan,
  startRun,
  usage,
} from "./agents_runs.ts";
import { answer, ask, claimStep, finishStep, planner } from "./agents_steps.ts";
import { messageId } from "../support/agents/stored_thread.ts";

test(
  "a run is claimed only once its lease has run out, and each owner has the next generation",
  async (user, sql) => {
    const first = await startRun(user);
    const before = await everything(sql, user.id);
    assert.equal(await refused(user, "claim_run", [first.run_id, 60]), "PT409 run_has_an_owner");
    assert.deepEqual(await everything(sql, user.id), before);

    for (const generation of [2, 3]) {
      await loseOwner(sql, first.run_id);
      assert.equal((await claimRun(user, first.run_id)).generation, generation);
      assert.equal(await refused(user, "claim_run", [first.run_id, 60]), "PT409 run_has_an_owner");
    }
  },
);

test(
  "a claim that is made again with its reservation reserves once, and is no takeover",
  async (user, sql) => {
    const { run_id } = await startRun(user);
    await loseOwner(sql, run_id);
    const order = [run_id, 60, reservation(), {}];
    const first = Owned.parse(await user.call("claim_run", order));
    const before = await sql`select * from usage_reservations where run_id = ${run_id} order by id`;
    const again = await Promise.all(
      [1, 2, 3].map(async () => Owned.parse(await user.call("claim_run", order))),
    );
    for (const one of again) assert.deepEqual(one, first);
    assert.deepEqual(
      await sql`select * from usage_reservations where run_id = ${run_id} order by id`,
      before,
    );
    assert.equal(before.length, 2, "the start's and the claim's");
    assert.deepEqual(await runRow(sql, run_id, "lease_generation, takeovers"), {
      lease_generation: 2,
      takeovers: 1,
    });
  },
);

test("a run that has ended is not claimed: null, for every caller and at all times", async (user, sql) => {
  const owned = await startRun(user);
  await finishRun(user, owned);
  await loseOwner(sql, owned.run_id);
  const before = await everything(sql, user.id);
  assert.equal(await user.call("claim_run", [owned.run_id, 60]), null);
  assert.deepEqual(await everything(sql, user.id), before);
});

test("the new owner has the run for as long as it asked", async (user, sql) => {
  const { run_id } = await startRun(user, {}, 0.000001);
  await user.call("claim_run", [run_id, 900]);
  const columns = "lease_seconds::int, lease_expires_at > clock_timestamp() + interval '800 s' as long";
  assert.deepEqual(await runRow(sql, run_id, columns), { lease_seconds: 900, long: true });
});

test("a lease of no time is none", async (user) => {
  const { run_id } = await startRun(user, {}, 0.000001);
  for (const seconds of [0, -1]) {
    assert.equal((await user.refusal("claim_run", [run_id, seconds])).code, "23514");
  }
});

const WRITES: Record<string, (user: User, owned: Owned) => Promise<unknown>> = {
  heartbeat_run: (user, owned) => user.call("heartbeat_run", lease(owned)),
  record_progress: (user, owned) => user.call("record_progress", [...lease(owned), { events: [event(2)] }]),
};
for (const [name, write] of Object.entries(WRITES)) {
  test(`${name} renews the lease, also one that ran out while nobody came`, async (user, sql) => {
    const owned = await startRun(user);
    await loseOwner(sql, owned.run_id);
    await write(user, owned);
    assert.equal(await refused(user, "claim_run", [owned.run_id, 60]), "PT409 run_has_an_owner");
  });
}

test("a lease that has hardly begun is not written anew", async (user, sql) => {
  const owned = await startRun(user);
  const before = await runRow(sql, owned.run_id, "lease_expires_at::text, xmin::text");
  assert.equal(await user.call("heartbeat_run", lease(owned)), false, "and nobody has cancelled");
  assert.deepEqual(await runRow(sql, owned.run_id, "lease_expires_at::text, xmin::text"), before);
});

test(
  "an owner that gives the run up lets the next one in at once, and may say so twice",
  async (user, sql) => {
    const owned = await startRun(user);
    await user.call("release_run", [...lease(owned), null]);
    const before = await everything(sql, user.id);
    await user.call("release_run", [...lease(owned), null]);
    assert.deepEqual(await everything(sql, user.id), before);
    const next = await claimRun(user, owned.run_id);
    assert.equal(next.generation, 2);
    assert.equal(await refused(user, "release_run", [...lease(owned), null]), "PT412 lease_lost");
  },
);

test("a heartbeat that was under way does not take a release back", async (user, sql) => {
  const owned = await startRun(user);
  await user.call("release_run", [...lease(owned), null]);
  const before = await everything(sql, user.id);
  assert.equal(await refused(user, "heartbeat_run", lease(owned)), "PT412 lease_lost");
  const record = [...lease(owned), { events: [event(2)] }];
  assert.equal(await refused(user, "record_progress", record), "PT412 lease_lost");
  assert.deepEqual(await everything(sql, user.id), before);
});

/** As if its owner had died at once and the run had been taken over. */
async function lose(user: User, sql: Sql, { run_id }: Owned): Promise<Owned> {
  await loseOwner(sql, run_id);
  return await claimRun(user, run_id);
}

test(
  "a run with takeover after takeover and no checkpoint fails, and tells so",
  async (user, sql) => {
    let owned = await startRun(user);
    for (let lost = 1; lost <= 5; lost += 1) owned = await lose(user, sql, owned);
    await loseOwner(sql, owned.run_id);

    assert.equal(await user.call("claim_run", [owned.run_id, 60]), null);
    const row = await runRow(sql, owned.run_id, "status, error ->> 'retryable' as retryable");
    assert.deepEqual(row, { status: "failed", retryable: "true" });
    const log_types = (await log(sql, owned.run_id)).map(([, type]) => type);
    assert.deepEqual(log_types, ["session", ...Array(5).fill("taken_over"), "error"]);
    assert.deepEqual(await open(sql, owned.run_id), []);
    assert.equal(await user.call("claim_run", [owned.run_id, 60]), null);
    assert.equal(await refused(user, "heartbeat_run", lease(owned)), "PT412 lease_lost");
  },
);

test("the claim of a released run is no takeover", async (user, sql) => {
  let owned = await startRun(user);
  for (let given = 1; given <= 6; given += 1) {
    await user.call("release_run", [...lease(owned), null]);
    owned = await claimRun(user, owned.run_id);
  }
  assert.deepEqual(await runRow(sql, owned.run_id, "takeovers"), { takeovers: 0 });
});

const PROGRESS: Record<string, (user: User, owned: Owned, plan_id: string) => Promise<unknown>> = {
  "a message": (user, owned) =>
    user.call("record_progress", [...lease(owned), {
      messages: [message(owned.thread_id)],
      usage: usage(1),
    }]),
  "a hand-off": (user, owned) => user.call("release_run", [...lease(owned), null]),
  "a step that ends": async (user, _owned, plan_id) =>
    await finishStep(user, await claimStep(user, plan_id, 1), "completed"),
  "a question that is answered": async (user, owned, plan_id) =>
    await user.call("answer_step", [plan_id, 2, owned.generation, answer(owned)]),
};
for (const [what, getOn] of Object.entries(PROGRESS)) {
  test(`${what} is progress: the owners lost before it are forgotten`, async (user, sql) => {
    const { owned: first, plan_id } = await startPlan(user, [{ step_number: 1 }, { step_number: 2 }]);
    await ask(user, await claimStep(user, plan_id, 2));
    let owned = first;
    for (let lost = 1; lost <= 5; lost += 1) owned = await lose(user, sql, owned);
    await getOn(user, owned, plan_id);
    for (let lost = 1; lost < 5; lost += 1) owned = await lose(user, sql, owned);
    assert.equal((await runRow(sql, owned.run_id, "status")).status, "running");
  });
}

test("events alone are no progress: they say nothing from which the run could go on", async (user, sql) => {
  let owned = await startRun(user);
  for (let lost = 1; lost <= 5; lost += 1) {
    await user.call("record_progress", [...lease(owned), { events: [event(2 * lost)] }]);
    owned = await lose(user, sql, owned);
  }
  await loseOwner(sql, owned.run_id);
  assert.equal(await user.call("claim_run", [owned.run_id, 60]), null);
});

test(
  "who takes a run over before its thread has begun gets what the first prompt is made of",
  async (user, sql) => {
    const first = await startRun(user, { message: "Earlier" });
    await user.call("finish_run", [...lease(first), ending("completed", { answer: "Yes." }), {
      events: [event(2, "done")],
    }]);
    const started = await startRun(user, { message: "Now", session_id: first.session_id });
    const { opening, messages, events, last_seq, last_text, message: asked } = parseOwned(
      await claimedAgain(user, sql, started),
    );
    assert.deepEqual(opening?.history, [{ role: "user", content: "Earlier" }, {
      role: "assistant",
      content: "Yes.",
    }]);
    assert.deepEqual(opening, parseOwned(started).opening, "as it was at the start");
    assert.deepEqual([messages, events.map(({ type }) => type), last_seq, last_text], [
      [],
      ["session", "taken_over"],
      2,
      null,
    ]);
    assert.equal(asked, "Now");
  },
);

async function claimedAgain(user: User, sql: Sql, { run_id }: Owned): Promise<unknown> {
  await loseOwner(sql, run_id);
  return await user.call("claim_run", [run_id, 60]);
}

test(
  "who takes a run over gets its thread, its calls, its log without the texts, its plans and its steps",
  async (user, sql) => {
    const { owned, plan_id } = await startPlan(user, [
      { step_number: 1 },
      { step_number: 2 },
      { step_number: 3, executor_required: false },
    ]);
    const text = (seq: number, part: number) =>
      event(seq, "text", { part, message_id: messageId(part), delta: "Hm" });
    const call_id = crypto.randomUUID();
    const at = "2026-11-22T12:00:00Z";
    await user.call("record_progress", [...lease(owned), {
      messages: [
        message(owned.thread_id, 2, { kind: "turn", sender_type: "planner" }),
        message(owned.thread_id),
      ],
      tool_calls: [{
        ...{
          id: call_id,
          agent_id: owned.agent_id,
          agent_session_id: owned.thread_id,
          tool_call_id: "call_1",
        },
        ...{ tool_name: "create_plan", arguments: {}, status: "succeeded", duration_ms: 3, created_at: at },
        result: { ok: true, data: null, message: "Good." },
      }],
      events: [event(2, "analysis", { strategy: "complex" }), text(3, 1), text(4, 2)],
      usage: usage(1),
    }]);
    const lost = await claimStep(user, plan_id, 1);
    await loseWorker(sql, lost.execution_id);
    await finishStep(user, await claimStep(user, plan_id, 1), "completed");
    await ask(user, await claimStep(user, plan_id, 2));
    const own = await claimStep(user, plan_id, 3, planner(owned));
    await user.call("record_progress", [...lease(owned), { messages: [message(own.thread_id)] }]);
    await user.call("cancel_run", [owned.run_id]);
    // Among the planner's threads, the run's own is not the one that happens to be found first.
    for (const agent_id of [null, owned.agent_id]) {
      await sql`update agent_chat_sessions set planner_agent_id = ${agent_id} where id = ${owned.thread_id}`;
    }

    const next = parseOwned(await claimedAgain(user, sql, owned));
    assert.deepEqual([next.run_id, next.generation, next.thread_id], [owned.run_id, 2, owned.thread_id]);
    assert.deepEqual([next.opening, next.usage, next.cancel_requested], [null, usage(1), true]);
    assert.deepEqual(next.messages.map(({ seq, sender }) => [seq, sender]), [[1, "user"], [2, "planner"]]);
    assert.deepEqual(next.tool_calls.map(({ id, tool_name }) => [id, tool_name]), [[call_id, "create_plan"]]);
    assert.deepEqual(next.events.map(({ seq, type }) => [seq, type]), [
      ...[[1, "session"], [2, "analysis"], [5, "taken_over"]],
    ]);
    assert.deepEqual([next.last_seq, next.last_text], [5, { part: 2, message_id: messageId(2) }]);
    assert.deepEqual(next.plans.map(({ id, revision, steps }) => [id, revision, steps.length]), [[
      plan_id,
      1,
      3,
    ]]);
    assert.deepEqual(
      next.steps.map(({ step_number, attempt, status }) => [step_number, attempt, status]).sort(),
      [[1, 2, "completed"], [2, 1, "needs_input"], [3, 1, "running"]],
    );
  },
);
