// What the run and step functions do for a user who is not the one whose run it is: as much as if it did not exist.
import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { addUser, type Argument, refusalOf, testAsUser as test, type User } from "./agents_calls.ts";
import { everything, loseOwner, loseWorker } from "./agents_rows.ts";
import { ending, event, message, reservation, startPlan, startRun } from "./agents_runs.ts";
import { answer, ask, claimStep, executor, outcome, planner, progress } from "./agents_steps.ts";

/** Ids of a run that is going on, with a step that is worked on and one that asked. */
interface Ids {
  run_id: string;
  plan_id: string;
  execution_id: string;
  call_id: string;
}

const INVENTED: Ids = {
  run_id: crypto.randomUUID(),
  plan_id: crypto.randomUUID(),
  execution_id: crypto.randomUUID(),
  call_id: crypto.randomUUID(),
};

async function prepare(user: User, sql: Sql): Promise<Ids> {
  const { owned, plan_id } = await startPlan(user, [{ step_number: 1 }, { step_number: 2 }]);
  const { execution_id } = await claimStep(user, plan_id, 1);
  await ask(user, await claimStep(user, plan_id, 2));
  const call_id = crypto.randomUUID();
  await sql`insert into agent_tool_calls (user_id, id, run_id, agent_id, agent_session_id, tool_call_id, tool_name,
      status)
    values (${user.id}, ${call_id}, ${owned.run_id}, ${owned.agent_id}, ${owned.thread_id}, 'c', 'none', 'failed')`;
  // Whoever may claim would get it.
  await loseOwner(sql, owned.run_id);
  await loseWorker(sql, execution_id);
  return { run_id: owned.run_id, plan_id, execution_id, call_id };
}

/** Every function that is given an id, with arguments that its owner could use. */
async function callsOn(
  { run_id, plan_id, execution_id, call_id }: Ids,
  caller: User,
): Promise<Record<string, Argument[]>> {
  const own = await startRun(caller);
  const row = message(own.thread_id);
  const summary = {
    number: 1,
    content: "A",
    upto_seq: 1,
    model_used: "m",
    input_tokens: 1,
    output_tokens: 1,
  };
  return {
    add_summary: [run_id, summary, null],
    answer_step: [plan_id, 2, 1, answer(own)],
    advance_step: [execution_id, 1, progress(1, [row]), reservation(), null, {}],
    record_step: [execution_id, 1, progress(1, [row])],
    cancel_run: [run_id],
    claim_run: [run_id, 60],
    claim_step: [plan_id, 1, executor()],
    decide_tool_calls: [run_id, []],
    park_run: [run_id, 1, {}, null],
    fail_run: [run_id, 1, { kind: "internal", message: "No.", retryable: false }],
    finish_run: [run_id, 1, ending("completed"), { events: [event(2, "done")] }],
    finish_step: [execution_id, 1, outcome("completed"), progress(1, [row])],
    client_run: [run_id],
    follow_run: [run_id, 0, 100],
    get_run: [run_id],
    get_step: [plan_id, 1],
    heartbeat_run: [run_id, 1],
    mark_delivered: [run_id],
    heartbeat_step: [execution_id, 1],
    record_progress: [run_id, 1, { events: [event(2)] }],
    release_run: [run_id, 1, null],
    release_step: [execution_id, 1, progress(1, [row]), null],
    reserve_usage: [run_id, reservation(), null, {}],
    undo_run: [run_id],
    undo_tool_call: [call_id, run_id],
    unsummarised: [run_id],
  };
}

async function answerOf(user: User, name: string, args: Argument[]): Promise<string> {
  try {
    return `answered ${JSON.stringify(await user.call(name, args))}`;
  } catch (error) {
    const { code, message } = refusalOf(error);
    return `${code} ${message}`;
  }
}

const ANSWERS: Record<string, string> = {
  add_summary: "answered false",
  answer_step: "PT409 step_asked_nothing",
  advance_step: "PT404 execution",
  record_step: "PT404 execution",
  cancel_run: "PT404 run",
  claim_run: "PT404 run",
  claim_step: "PT404 plan",
  decide_tool_calls: "PT404 run",
  park_run: "PT404 run",
  fail_run: "PT404 run",
  finish_run: "PT404 run",
  finish_step: "PT404 execution",
  client_run: "answered null",
  follow_run: "answered null",
  get_run: "answered null",
  get_step: "answered null",
  heartbeat_run: "PT404 run",
  mark_delivered: "PT404 run",
  heartbeat_step: "PT404 execution",
  record_progress: "PT404 run",
  release_run: "PT404 run",
  release_step: "PT404 execution",
  undo_run: "PT404 run",
  undo_tool_call: "PT404 call",
  unsummarised: "answered null",
};

test(
  "the run of another is answered like one that does not exist, and nothing changes",
  async (owner, sql) => {
    const theirs = await prepare(owner, sql);
    const stranger = await addUser(sql);
    const onTheirs = await callsOn(theirs, stranger);
    const onNone = await callsOn(INVENTED, stranger);
    const before = [await everything(sql, owner.id), await everything(sql, stranger.id)];

    for (const [name, args] of Object.entries(onTheirs)) {
      const [said, saidOfNone] = [
        await answerOf(stranger, name, args),
        await answerOf(stranger, name, onNone[name] ?? []),
      ];
      assert.equal(said, saidOfNone, `${name} tells whether there is such a run`);
      if (name === "reserve_usage") assert.match(said, /^23503 /);
      else assert.equal(said, ANSWERS[name], name);
    }
    assert.deepEqual([await everything(sql, owner.id), await everything(sql, stranger.id)], before);
  },
);

test("the planner's own claim of another's step finds no plan either", async (owner, sql) => {
  const { plan_id } = await prepare(owner, sql);
  const stranger = await addUser(sql);
  const own = await startRun(stranger);
  assert.equal(await answerOf(stranger, "claim_step", [plan_id, 1, planner(own)]), "PT404 plan");
});

test("the same calls do something for the one whose run it is", async (owner, sql) => {
  for (const name of Object.keys(ANSWERS)) {
    const ids = await prepare(owner, sql);
    const args = (await callsOn(ids, owner))[name] ?? [];
    const said = await answerOf(owner, name, args);
    // Rows for another thread are refused; that is past the question whose run it is.
    assert.notEqual(said, ANSWERS[name], name);
  }
});

test(
  "every function that is given the id of a run, a plan or an execution is among those tried here",
  async (user, sql) => {
    const given = await sql<{ name: string }[]>`select proname::text as name from pg_proc
    where pronamespace = 'public'::regnamespace
      and proargnames && array['p_run_id', 'p_plan_id', 'p_execution_id'] order by 1`;
    assert.deepEqual(Object.keys(await callsOn(INVENTED, user)).sort(), given.map(({ name }) => name));
  },
);
