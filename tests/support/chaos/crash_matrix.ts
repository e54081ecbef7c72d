// The crash matrix: a scripted run is hurt once at every point that it passes, each time from zero, with the real
// client reading on until the run has ended.
import type { Sql } from "postgres";
import { type Damage, damageOf } from "./damage.ts";
import { createCounter } from "./decision.ts";
import { type FaultyRun, takeFaultyRun } from "./faulty_run.ts";
import type { Shape } from "./shapes.ts";
import { pseudonym } from "../../../shared/llm/sending/pseudonym.ts";
import {
  mortalFunctions,
  type Mortals,
  type Passing,
  type Verdict,
} from "../mortal/open_mortal_functions.ts";
import { newUser, testStack } from "../stack/stack.ts";

/** The n-th passing of a point by one of the functions. */
export interface Place {
  function: Passing["function"];
  point: string;
  nth: number;
}

export interface Case extends Place {
  shape: Shape;
  mode: "throw" | "kill";
}

export interface CaseResult {
  run: FaultyRun;
  passed: Place[];
  /** False when this time the run did not pass the place. */
  reached: boolean;
  damage: Damage[];
  /** How often the most repeated model request was sent. */
  most_repeated: number;
  /** From the kill of the planner until the next one owned the run; null where there was no such takeover. */
  takeover_ms: number | null;
  /** What the functions wrote meanwhile. */
  lines: string[];
}

/** A pair of functions for one run at a time. */
export interface Worker extends AsyncDisposable {
  /** The run of the shape, not hurt. */
  whole(shape: Shape): Promise<CaseResult>;
  hurt(one: Case): Promise<CaseResult>;
}

export const LEASE_SECONDS = 1;
const PATIENCE_MS = 60_000;
/** How often a run is sent past a place that it meets or misses by the clock alone. */
const TRIES = 3;

/** Functions that hand their runs on after `deadline_seconds`; 0: at every checkpoint. */
export async function startWorker(sql: Sql, deadline_seconds: number): Promise<Worker> {
  let decide: (passing: Passing) => Verdict = () => "go_on";
  const functions = await mortalFunctions({
    env: { RUN_LEASE_SECONDS: String(LEASE_SECONDS), RUN_DEADLINE_SECONDS: String(deadline_seconds) },
    decide: (passing) => decide(passing),
  });
  const options = { sql, functions, onDecide: (now: typeof decide) => void (decide = now) };
  return {
    whole: (shape) => take(shape, null, options),
    async hurt(one) {
      let result = await take(one.shape, one, options);
      for (let tries = 1; !result.reached && tries < TRIES; tries++) {
        result = await take(one.shape, one, options);
      }
      return result;
    },
    [Symbol.asyncDispose]: () => functions[Symbol.asyncDispose](),
  };
}

interface TakeOptions {
  sql: Sql;
  functions: Mortals;
  onDecide(decide: (passing: Passing) => Verdict): void;
}

async function take(
  shape: Shape,
  hurt: Case | null,
  { sql, functions, onDecide }: TakeOptions,
): Promise<CaseResult> {
  const { publishable_key, model_url } = testStack();
  const user = await newUser();
  const person = { id: user.id, token: user.token, pseudonym: pseudonym(user.id) };
  const passed: Place[] = [];
  const count = createCounter();
  let reached = false;
  let killed_at: number | null = null;
  let takeover_ms: number | null = null;
  onDecide(({ function: name, point, user }) => {
    if (user !== person.pseudonym) return "go_on";
    const place = { function: name, point, nth: count(`${name} ${point}`) };
    passed.push(place);
    if (killed_at !== null && point === "store.claimRun:after") takeover_ms ??= performance.now() - killed_at;
    if (hurt === null || nameOf(hurt) !== nameOf(place)) return "go_on";
    reached = true;
    if (hurt.mode === "kill" && name === "agent-planner") killed_at = performance.now();
    return hurt.mode;
  });
  const before = functions.lines.length;
  const run = await takeFaultyRun({
    shape,
    person,
    url: functions.url,
    publishable_key,
    model_url,
    fetch,
    patience_ms: PATIENCE_MS,
  });
  const damage = await damageOf(sql, user.id, shape, run);
  const lines = functions.lines.slice(before);
  return { run, passed, reached, damage, most_repeated: mostRepeated(run), takeover_ms, lines };
}

function mostRepeated({ requests }: FaultyRun): number {
  const count = createCounter();
  return Math.max(0, ...requests.map(({ messages }) => count(JSON.stringify(messages))));
}

/** The places that every one of the runs passed; what only some passed is a matter of time. */
export function placesOf(runs: readonly CaseResult[]): Place[] {
  const [first, ...rest] = runs.map(({ passed }) => passed);
  const others = rest.map((places) => new Set(places.map(nameOf)));
  return (first ?? []).filter((place) => others.every((names) => names.has(nameOf(place))));
}

export function nameOf({ function: name, point, nth }: Place): string {
  return `${name} ${point} #${nth}`;
}

export interface HurtRun {
  one: Case;
  result: CaseResult;
}

/** Each worker takes the next case as soon as it is free. The results are in the order of the cases. */
export async function hurtAll(cases: readonly Case[], workers: readonly Worker[]): Promise<HurtRun[]> {
  const results = new Map<Case, CaseResult>();
  const queue = [...cases];
  await Promise.all(workers.map(async (worker) => {
    for (let one = queue.shift(); one; one = queue.shift()) results.set(one, await worker.hurt(one));
  }));
  return cases.flatMap((one) => {
    const result = results.get(one);
    return result ? [{ one, result }] : [];
  });
}
