import assert from "node:assert/strict";
import type { Verdict } from "../../../dev/try/attempt.ts";
import { exitCode, isOfCall, mostRuns, runTasks } from "../../../dev/try/run_tasks.ts";
import { modelFailure } from "../../../shared/contracts/model_failure.ts";
import { TASKS } from "../../../dev/try/tasks.ts";
import { turnOf } from "./turn_rows.ts";
import { attemptOf, FAILED, HOST, PASSED, someTasks } from "./attempts.ts";

/** Runs the first tasks, whose attempts have these verdicts, in the order in which they begin. */
async function run(verdicts: Verdict[], plan: { tasks: number; times?: number; parallel?: number }) {
  const begun: string[] = [];
  const told: string[] = [];
  const { tasks, times = 1, parallel = 1 } = plan;
  const outcome = await runTasks({ tasks: someTasks(tasks), times, parallel }, ({ name }) => {
    const verdict = verdicts[begun.length];
    assert.ok(verdict, "an attempt too many");
    begun.push(name);
    return Promise.resolve(attemptOf(name, verdict));
  }, ({ task }) => void told.push(task));
  return { ...outcome, begun, told, code: exitCode(outcome) };
}

const [FIRST = "", SECOND = "", THIRD = ""] = TASKS.map(({ name }) => name);

Deno.test("tasks are run one after the other, each as often as it is asked for, and told when it is whole", async () => {
  const { begun, told, results } = await run(Array(6).fill(PASSED), { tasks: 2, times: 3 });
  assert.deepEqual(begun, [FIRST, FIRST, FIRST, SECOND, SECOND, SECOND]);
  assert.deepEqual(told, [FIRST, SECOND]);
  assert.deepEqual(results.map(({ attempts }) => attempts.length), [3, 3]);
});

Deno.test("so many attempts run side by side as are asked for, and no more", async () => {
  const gates = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
  let begun = 0;
  const running = runTasks({ tasks: someTasks(4), times: 1, parallel: 2 }, async ({ name }) => {
    await gates[begun++]?.promise;
    return attemptOf(name, PASSED);
  }, () => {});
  assert.equal(begun, 2);
  for (const { resolve } of gates) resolve();
  await running;
  assert.equal(begun, 4);
});

Deno.test("three failures of the host in a row end everything with the reason", async () => {
  const { begun, gave_up, results, code } = await run([PASSED, HOST, HOST, HOST], { tasks: 6 });
  assert.equal(begun.length, 4);
  assert.equal(results.length, 4);
  assert.equal(gave_up, "The host does not accept the key.");
  assert.equal(code, 2);
});

Deno.test("a task between two failures of the host keeps the rest going", async () => {
  const { begun, gave_up, code } = await run([HOST, HOST, FAILED, HOST, HOST, PASSED], { tasks: 6 });
  assert.equal(begun.length, 6);
  assert.equal(gave_up, null);
  assert.equal(code, 1);
});

Deno.test("a task that the host broke off among its repetitions is told with those that were made", async () => {
  const { told, results } = await run([HOST, PASSED, HOST, HOST, HOST], { tasks: 3, times: 2 });
  assert.deepEqual(told, [FIRST, SECOND, THIRD]);
  assert.deepEqual(results.map(({ attempts }) => attempts.length), [2, 2, 1]);
});

Deno.test("the exit code is 0 only if everything that was asked for has passed", async () => {
  assert.equal((await run([PASSED, PASSED, PASSED], { tasks: 3 })).code, 0);
  assert.equal((await run([PASSED, FAILED, PASSED], { tasks: 3 })).code, 1);
  assert.equal((await run([PASSED, PASSED, HOST], { tasks: 3 })).code, 1);
  assert.equal((await run([PASSED, FAILED], { tasks: 1, times: 2 })).code, 1);
  assert.equal(exitCode({ results: [], gave_up: null }), 1);
});

Deno.test("the host's words are told where a call of the model failed a run, whosever fault it is", () => {
  const { message } = modelFailure("malformed_output");
  const error = { kind: "model_failed" as const, message, retryable: true };
  const of = (verdict: Verdict, run: Parameters<typeof turnOf>[0]["run"]) =>
    isOfCall({
      results: [{ task: FIRST, attempts: [{ ...attemptOf(FIRST, verdict), turns: [turnOf({ run })] }] }],
      gave_up: null,
    });
  assert.equal(of(FAILED, { status: "failed", error }), true);
  assert.equal(of(HOST, {}), true);
  assert.equal(of(FAILED, {}), false);
  assert.equal(of(PASSED, {}), false);
});

Deno.test("the exit code is 2 where the host let nothing be judged, be it one task", async () => {
  assert.equal((await run([HOST], { tasks: 1 })).code, 2);
  assert.equal((await run([HOST, HOST], { tasks: 2 })).code, 2);
});

Deno.test("what is told at the start is how many runs there can be: one for each message", () => {
  const tasks = TASKS.filter(({ name }) => ["show-my-tasks", "executor-reads", "over-turns"].includes(name));
  assert.equal(mostRuns({ tasks, times: 4, parallel: 1 }), 4 * (1 + 1 + 3));
});

Deno.test("what an attempt throws ends everything with it", async () => {
  const broken = () => Promise.reject(new Error("The database is gone"));
  await assert.rejects(runTasks({ tasks: someTasks(2), times: 1, parallel: 1 }, broken, () => {}), /is gone/);
});
