// Every point that a run passes, hurt once: a failure that is thrown there, and SIGKILL of the process that
// passes it. To see to some cases alone: `deno task test tests/e2e/crash_matrix_test.ts -- store.finishRun`.
import assert from "node:assert/strict";
import {
  type Case,
  type CaseResult,
  nameOf,
  placesOf,
  startWorker,
  type Worker,
} from "../support/crash_matrix.ts";
import { checkInvariants } from "../support/invariants.ts";
import { database } from "../support/stack.ts";

const WORKERS = 4;
const MODES = ["kill", "throw"] as const;

Deno.test("a run that is hurt at any one point ends, once, with nothing lost and nothing twice", async (t) => {
  const sql = database();
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => sql.end());
  const workers = await Promise.all(Array.from({ length: WORKERS }, () => startWorker(sql)));
  for (const worker of workers) cleanup.use(worker);

  const whole = await Promise.all(workers.map((worker) => worker.take(null)));
  for (const result of whole) {
    assert.deepEqual(await problemsOf(result), []);
    assert.equal(result.run.events.at(-1)?.type, "done");
    assert.equal(result.most_repeated, 1);
  }
  const places = placesOf(whole.map(({ passed }) => passed));
  const cases: Case[] = places.flatMap((place) => MODES.map((mode) => ({ ...place, mode })))
    .filter((one) => Deno.args.length === 0 || Deno.args.some((part) => titleOf(one).includes(part)));

  const started = performance.now();
  const results = await spread(cases, workers);
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  let sound = 0;
  for (const [one, result] of results) {
    await t.step(titleOf(one), async () => {
      const problems = await problemsOf(result);
      const [what = "nothing"] = result.run.events.slice(-1).map((e) =>
        e.type === "done" ? e.status : e.type
      );
      if (!result.reached) problems.push("the run did not come by");
      if (problems.length > 0) {
        throw new Error(
          [`ended with ${what} after ${Math.round(result.run.took_ms)} ms`, ...problems, ...result.lines]
            .join("\n  "),
        );
      }
      sound += 1;
    });
  }
  console.log(`${places.length} points, ${sound} of ${results.size} cases recovered, in ${seconds} s`);

  async function problemsOf(result: CaseResult): Promise<string[]> {
    const { run, damage, most_repeated } = result;
    const problems = damage.map(({ kind, what }) => `${kind}: ${what}`);
    if (run.unexpected.length > 0) problems.push(`${run.unexpected.length} model calls that no turn answers`);
    if (most_repeated > 2) problems.push(`a model call was made ${most_repeated} times`);
    if (run.run_id !== null && run.stuck === null) {
      await checkInvariants(sql, run.run_id, { streamed: run.events }).catch((error: Error) =>
        problems.push(error.message)
      );
    }
    return problems;
  }
});

/** Each worker takes the next case as soon as it is free. */
async function spread(cases: readonly Case[], workers: readonly Worker[]): Promise<Map<Case, CaseResult>> {
  const results = new Map<Case, CaseResult>();
  const queue = [...cases];
  await Promise.all(workers.map(async (worker) => {
    for (let one = queue.shift(); one; one = queue.shift()) results.set(one, await worker.take(one));
  }));
  return new Map(cases.flatMap((one) => {
    const result = results.get(one);
    return result ? [[one, result]] : [];
  }));
}

function titleOf(one: Case): string {
  return `${one.mode} at ${nameOf(one)}`;
}
