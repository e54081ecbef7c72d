// Seeded chaos: many runs at once, every boundary of each failing now and then. A seed repeats every decision;
// which of them a run lives to meet is a matter of time.
import type postgres from "postgres";
import { z } from "zod";
import type { ReadEvent } from "../../../shared/contracts/read_event.ts";
import { newPerson } from "../stack/person.ts";
import { lookAt } from "../stack/stack.ts";
import {
  type MortalFunctions,
  type Passing,
  startMortalFunctions,
  type Verdict,
} from "../mortal/mortal_functions.ts";
import type { Log } from "../../../dev/process/child.ts";
import { cuttingFetch } from "./cutting_fetch.ts";
import { damageOf } from "./damage.ts";
import { chance, createCounter } from "./decision.ts";
import { takeFaultyRun } from "./faulty_run.ts";
import { ASK_STEP, ASK_TWO, CANCEL, PLAN, type Shape, SIMPLE, TOOL } from "./shapes.ts";

export interface ChaosOptions {
  seed: number;
  runs: number;
  /** How many pairs of functions there are, and how many runs each has at a time. Every second pair hands its runs
   * on whenever something has been stored. */
  pairs: number;
  runs_per_pair: number;
  /** The probability of a fault at each boundary. */
  fault_rate: number;
  /** The stack whose database, auth and model they use. */
  stack: { url: string; publishable_key: string; database_url: string; model_url: string };
  /** Throws when the ended run breaks an invariant. */
  check(sql: postgres.Sql, run_id: string, seen: { streamed: ReadEvent[] }): Promise<void>;
  log: Log;
}

export interface ChaosReport {
  /** How the runs ended, by status. */
  ended: Record<string, number>;
  /** What the failed ones failed of, by kind of error. */
  failures: Record<string, number>;
  /** Runs with such damage; a run may have several kinds. `broken` counts what `check` found. */
  damaged: Record<"stuck" | "lost" | "duplicated" | "broken", number>;
  faults: Record<"throw" | "kill" | "cut", number>;
  takeovers: number;
  /** How long each run took. */
  took_ms: number[];
  /** One line for each thing that went wrong. */
  problems: string[];
  seconds: number;
}

/** Longer than a client that was cut off again and again may pause. */
const PATIENCE_MS = 60_000;
const SHAPES: readonly [number, Shape][] = [
  [0.25, SIMPLE],
  [0.5, TOOL],
  [0.6, ASK_TWO],
  [0.7, ASK_STEP],
  [0.88, PLAN],
  [1, CANCEL],
];
/** More events than this a run of the longest shape rarely has when somebody stops it. */
const LATEST_CANCEL = 25;

export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const { seed, runs, fault_rate, stack, check, log } = options;
  const started = performance.now();
  const report: ChaosReport = {
    ended: {},
    failures: {},
    damaged: { stuck: 0, lost: 0, duplicated: 0, broken: 0 },
    faults: { throw: 0, kill: 0, cut: 0 },
    takeovers: 0,
    took_ms: [],
    problems: [],
    seconds: 0,
  };
  await using cleanup = new AsyncDisposableStack();
  const sql = lookAt(stack.database_url);
  cleanup.defer(() => sql.end());
  /** The runs that are under way, by their users' pseudonyms. */
  const deciders = new Map<string, (passing: Passing) => Verdict>();
  const pairs = await Promise.all(Array.from({ length: options.pairs }, (_, index) =>
    startMortalFunctions({
      auth_and_rest: stack.url,
      publishable_key: stack.publishable_key,
      env: { ...functionsEnv(stack.model_url), RUN_DEADLINE_SECONDS: index % 2 === 0 ? "60" : "0" },
      decide: (passing) => deciders.get(passing.user)?.(passing) ?? "go_on",
      log,
    })));
  for (const pair of pairs) cleanup.use(pair);

  await Promise.all(pairs.flatMap((pair, index) => {
    const numbers = Array.from({ length: runs }, (_, i) => i + 1).filter((n) => n % pairs.length === index);
    return Array.from({ length: options.runs_per_pair }, async () => {
      for (let number = numbers.shift(); number; number = numbers.shift()) await one(number, pair);
    });
  }));
  report.seconds = (performance.now() - started) / 1000;
  return report;

  async function one(number: number, pair: MortalFunctions): Promise<void> {
    const draw = (...key: (string | number)[]) => chance(seed, number, ...key);
    const shape = SHAPES.find(([below]) => draw("shape") < below)?.[1] ?? PLAN;
    const person = await newPerson(stack);
    const passings = createCounter();
    const strikes = (point: string) => {
      const count = passings(point);
      return draw(point, count) < fault_rate ? count : null;
    };
    deciders.set(person.pseudonym, ({ function: name, point }) => {
      const place = `${name} ${point}`;
      const count = strikes(place);
      if (count === null) return "go_on";
      // Tools never throw, so what can happen to them is that their process dies.
      const mayThrow = !point.startsWith("tool.");
      const verdict = mayThrow && draw("kind", place, count) < 0.5 ? "throw" : "kill";
      report.faults[verdict] += 1;
      return verdict;
    });
    const run = await takeFaultyRun({
      shape,
      person,
      url: pair.url,
      publishable_key: stack.publishable_key,
      model_url: stack.model_url,
      fetch: cuttingFetch(fetch, (point) => {
        const cut = strikes(point) !== null;
        if (cut) report.faults.cut += 1;
        return cut;
      }),
      ...(shape === CANCEL && { cancel_after: 1 + Math.floor(draw("cancel") * LATEST_CANCEL) }),
      patience_ms: PATIENCE_MS,
    });
    deciders.delete(person.pseudonym);
    report.took_ms.push(run.took_ms);

    const damage = await damageOf(sql, person.id, shape, run);
    for (const kind of new Set(damage.map(({ kind }) => kind))) report.damaged[kind] += 1;
    const problems = damage.map(({ kind, what }) => `${kind}: ${what}`);
    if (run.run_id !== null && run.stuck === null) {
      await check(sql, run.run_id, { streamed: run.events }).catch((error: unknown) => {
        report.damaged.broken += 1;
        problems.push(error instanceof Error ? error.message : String(error));
      });
    }
    for (const what of problems) {
      report.problems.push(`run ${number} (${shape.name}, ${run.run_id}): ${what}`);
    }
    const rows = await sql`
      select status, lease_generation, error ->> 'kind' as failure from agent_runs where user_id = ${person.id}`;
    for (const { status, lease_generation, failure } of Ended.parse([...rows])) {
      report.ended[status] = (report.ended[status] ?? 0) + 1;
      if (failure !== null) report.failures[failure] = (report.failures[failure] ?? 0) + 1;
      report.takeovers += lease_generation - 1;
    }
  }
}

const Ended = z.array(z.object({
  status: z.string(),
  lease_generation: z.coerce.number(),
  failure: z.string().nullable(),
}));

function functionsEnv(model_url: string): Record<string, string> {
  return {
    LLM_BASE_URL: model_url,
    LLM_API_KEY: "none",
    LLM_BALANCED_MODELS: "scripted",
    LLM_SPEED_MODELS: "scripted",
    LLM_BREAKER_FAILURES: "1000000",
    RUN_LEASE_SECONDS: "1",
  };
}
