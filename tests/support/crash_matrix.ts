// The crash matrix: one scripted run is hurt once at every point that it passes, each time from zero, with the
// real client reading on until the run has ended.
import type { Sql } from "postgres";
import { type Damage, damageOf } from "../../dev/chaos/damage.ts";
import { createCounter } from "../../dev/chaos/decision.ts";
import { type FaultyRun, takeFaultyRun } from "../../dev/chaos/faulty_run.ts";
import { PLAN } from "../../dev/chaos/shapes.ts";
import { pseudonym } from "../../shared/llm/pseudonym.ts";
import { mortalFunctions, type Mortals, type Passing, type Verdict } from "./mortal_functions.ts";
import { newUser, testStack, type TestUser } from "./stack.ts";

/** The n-th passing of a point by one of the functions. */
export interface Place {
  function: Passing["function"];
  point: string;
  nth: number;
}

export interface Case extends Place {
  mode: "throw" | "kill";
}

export interface CaseResult {
  run: FaultyRun;
  user: TestUser;
  /** False when this time the run did not pass the point so often. */
  reached: boolean;
  damage: Damage[];
  /** How often the most repeated model request was sent. */
  most_repeated: number;
  /** What the functions wrote meanwhile. */
  lines: string[];
}

/** A pair of functions for one run at a time. */
export interface Worker extends AsyncDisposable {
  take(hurt: Case | null): Promise<CaseResult & { passed: Place[] }>;
}

const ENVIRONMENT = { RUN_LEASE_SECONDS: "1", RUN_DEADLINE_SECONDS: "60" };
const PATIENCE_MS = 20_000;

export async function startWorker(sql: Sql): Promise<Worker> {
  let decide: (passing: Passing) => Verdict = () => "go_on";
  const functions = await mortalFunctions({ env: ENVIRONMENT, decide: (passing) => decide(passing) });
  return {
    take: (hurt) => take(hurt, { sql, functions, onDecide: (now) => decide = now }),
    [Symbol.asyncDispose]: () => functions[Symbol.asyncDispose](),
  };
}

interface TakeOptions {
  sql: Sql;
  functions: Mortals;
  onDecide(decide: (passing: Passing) => Verdict): void;
}

async function take(hurt: Case | null, { sql, functions, onDecide }: TakeOptions) {
  const { publishable_key, model_url } = testStack();
  const user = await newUser();
  const person = { id: user.id, token: user.token, pseudonym: await pseudonym(user.id) };
  const passed: Place[] = [];
  const count = createCounter();
  let reached = false;
  onDecide(({ function: name, point, user }) => {
    if (user !== person.pseudonym) return "go_on";
    const place = { function: name, point, nth: count(`${name} ${point}`) };
    passed.push(place);
    if (hurt === null || hurt.function !== name || hurt.point !== point || hurt.nth !== place.nth) {
      return "go_on";
    }
    reached = true;
    return hurt.mode;
  });
  const before = functions.lines.length;
  const run = await takeFaultyRun({
    shape: PLAN,
    person,
    url: functions.url,
    publishable_key,
    model_url,
    fetch,
    patience_ms: PATIENCE_MS,
  });
  const damage = await damageOf(sql, user.id, PLAN, run);
  const lines = functions.lines.slice(before);
  return { run, user, reached, damage, most_repeated: mostRepeated(run), lines, passed };
}

function mostRepeated({ requests }: FaultyRun): number {
  const count = createCounter();
  return Math.max(0, ...requests.map(({ messages }) => count(JSON.stringify(messages))));
}

/** The places that every one of the runs passed; what only some passed is a matter of time. */
export function placesOf(runs: readonly (readonly Place[])[]): Place[] {
  const [first = [], ...rest] = runs;
  const others = rest.map((places) => new Set(places.map(nameOf)));
  return first.filter((place) => others.every((names) => names.has(nameOf(place))));
}

export function nameOf({ function: name, point, nth }: Place): string {
  return `${name} ${point} #${nth}`;
}
