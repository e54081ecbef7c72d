// Every point that a run passes, hurt once: a failure that is thrown there, and SIGKILL of the process that
// passes it. To see to some cases alone: `deno task test tests/e2e/crash_matrix_deep_test.ts -- store.finishRun`.
import assert from "node:assert/strict";
import { ASK, ASK_STEP, ASK_TWO, PLAN, type Shape, SLOW } from "../support/chaos/shapes.ts";
import { initialRunState, reduceRun } from "../../shared/contracts/run_state.ts";
import {
  type Case,
  type CaseResult,
  hurtAll,
  LEASE_SECONDS,
  nameOf,
  type Place,
  placesOf,
  startWorker,
  type Worker,
} from "../support/chaos/crash_matrix.ts";
import { checkInvariants } from "../support/invariants/invariants.ts";
import { database } from "../support/stack/stack.ts";

const MODES = ["kill", "throw"] as const;
/** Of a hundred cases. What a run of so little time passes now and then is no reason to fail. */
const NOT_MET = 5;
/** Passed by the clock, so a short run may end before. */
const BY_TIME = /heartbeat/;
/** Passed on the way to a pause and back: what was proposed, tried, parked, decided and claimed is stored at these. */
const PAUSING = /preview|parkRun|claimRun|recordProgress|finishRun|tool\.create_book/;
/** Passed only where a run goes from one owner to the next. */
const HANDING_OFF = /claimRun|releaseRun|releaseStep|handOff/;

Deno.test("a run that is hurt at any one point ends, once, with nothing lost and nothing twice", async (t) => {
  const sql = database();
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => sql.end());
  const start = async (count: number, deadline_seconds: number) => {
    const started = await Promise.all(
      Array.from({ length: count }, () => startWorker(sql, deadline_seconds)),
    );
    for (const worker of started) cleanup.use(worker);
    return started;
  };
  const [keeping, handing] = await Promise.all([start(5, 60), start(2, 0)]);

  const keepers = [
    ...await casesOf(PLAN, keeping, ({ point }) => !BY_TIME.test(point)),
    ...await casesOf(SLOW, keeping, ({ point, nth }) => BY_TIME.test(point) && nth === 1),
    ...await casesOf(ASK, keeping, ({ point }) => PAUSING.test(point)),
    ...await casesOf(ASK_TWO, keeping, ({ point }) => PAUSING.test(point)),
    ...await casesOf(ASK_STEP, keeping, ({ point }) => PAUSING.test(point)),
  ];
  const handers = [
    ...await casesOf(PLAN, handing, ({ point, nth }) => HANDING_OFF.test(point) && nth % 3 === 1),
    ...await casesOf(
      ASK_STEP,
      handing,
      ({ point }) => /preview|parkRun/.test(point) || HANDING_OFF.test(point),
    ),
  ];
  const started = performance.now();
  const results = (await Promise.all([
    hurtAll(keepers.filter(isWanted), keeping),
    hurtAll(handers.filter(isWanted), handing),
  ])).flat();
  const seconds = Math.round((performance.now() - started) / 1000);

  const met = results.filter(({ result }) => result.reached);
  let recovered = 0;
  for (const { one, result } of met) {
    await t.step(titleOf(one), async () => {
      const problems = [...await problemsOf(one, result), ...completionProblems(one, result)];
      if (problems.length > 0) {
        throw new Error(["", ...problems, "", ...told(result), "", ...result.lines].join("\n  "));
      }
      recovered += 1;
    });
  }
  console.log([
    `${
      (keepers.length + handers.length) / MODES.length
    } points, ${recovered} of ${met.length} cases recovered, in ${seconds} s`,
    `${results.length - met.length} not met`,
    takeoverTimes(met.filter(({ one }) => keepers.includes(one)).map(({ result }) => result)),
  ].join("; "));
  assert.ok((results.length - met.length) * 100 <= results.length * NOT_MET, "too many places were not met");

  async function problemsOf(one: { shape: Shape; mode?: Case["mode"] }, result: CaseResult) {
    const { run, damage, most_repeated } = result;
    const problems = damage.map(({ kind, what }) => `${kind}: ${what}`);
    if (run.unexpected.length > 0) problems.push(`${run.unexpected.length} model calls that no turn answers`);
    if (most_repeated > Math.max(one.mode === undefined ? 1 : 2, 1 + lostLeases(one.shape, result))) {
      problems.push(`a model call was made ${most_repeated} times`);
    }
    if (run.run_id !== null && run.stuck === null) {
      await checkInvariants(sql, run.run_id, { streamed: run.events }).catch((error: Error) =>
        problems.push(error.message)
      );
    }
    return problems;
  }

  /** The places of the shape, from one run by each worker, which must be sound. */
  async function casesOf(
    shape: Shape,
    workers: readonly Worker[],
    wanted: (place: Place) => boolean,
  ): Promise<Case[]> {
    const whole = await Promise.all(workers.map((worker) => worker.whole(shape)));
    for (const result of whole) assert.deepEqual(await problemsOf({ shape }, result), []);
    return placesOf(whole).filter(wanted).flatMap((place) =>
      MODES.map((mode) => ({ ...place, shape, mode }))
    );
  }
});

/** Whatever dies, the run comes to the end that it would have had; only a model or a tool that fails may fail it. */
function completionProblems({ mode, point, shape }: Case, { run }: CaseResult): string[] {
  if (mode === "throw" && /^(model:|tool\.|preview\.)/.test(point)) return [];
  const state = run.events.reduce(reduceRun, initialRunState(run.run_id ?? ""));
  const steps = state.plan?.steps.map((step) => step.state) ?? [];
  const complete = state.status === "completed" && steps.length === shape.steps &&
    steps.every((step) => step === "completed");
  return complete ? [] : [`it ended ${state.status}, its steps ${steps.join(", ")}`];
}

function takeoverTimes(results: CaseResult[]): string {
  const beyond = results.flatMap(({ takeover_ms }) => takeover_ms ?? [])
    .map((ms) => Math.round(ms - LEASE_SECONDS * 1000)).toSorted((a, b) => a - b);
  const at = (part: number) => beyond[Math.floor((beyond.length - 1) * part)] ?? 0;
  return `${beyond.length} takeovers, the lease of ${LEASE_SECONDS} s and ${at(0.5)} ms (median), ${
    at(1)
  } ms (most)`;
}

/**
 * Claims that took over from a lease which expired, the planner's and the executors'. On a machine that is slow for a
 * second that may happen to a living owner, too; each such takeover may repeat one model call, and no more.
 */
function lostLeases({ steps: planned }: Shape, { passed }: CaseResult): number {
  const times = (wanted: string) => passed.filter(({ point }) => point === wanted).length;
  const let_go = times("store.releaseRun:after") + times("store.parkRun:after");
  const runs = times("store.claimRun:after") - let_go;
  // The planner's own steps are claimed by each of its owners.
  const claims = planned * (1 + times("store.parkRun:after"));
  const steps = times("store.claimStep:after") - times("store.releaseStep:after") - claims;
  return Math.max(0, runs) + Math.max(0, steps);
}

/** The stream as the client saw it, one line an event. */
function told({ run }: CaseResult): string[] {
  return run.events.map(({ seq, type, at, agent, run_id: _, ...rest }) =>
    `${seq} ${at} ${agent?.type ?? ""} ${type} ${JSON.stringify(rest)}`.slice(0, 160)
  );
}

function isWanted(one: Case): boolean {
  return Deno.args.length === 0 || Deno.args.some((part) => titleOf(one).includes(part));
}

function titleOf(one: Case): string {
  return `${one.shape.name}: ${one.mode} at ${nameOf(one)}`;
}
