// Races made certain: one call has been made and its transaction is kept open, the rival starts on a connection of
// its own and is seen waiting in pg_stat_activity, then the first is let through. No clock decides who meets whom.
import assert from "node:assert/strict";
import postgres, { type Sql, type TransactionSql } from "postgres";
import { testStack } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";
import {
  addUser,
  type Argument,
  asUser,
  callFunction,
  type Refusal,
  refusalOf,
  type User,
} from "./agents_calls.ts";
import { log, open } from "./agents_rows.ts";
import { insertRow, type Row } from "./agents_world.ts";

/** A function with its arguments, or a row that is added by hand. */
export type Call = [name: string, args: readonly Argument[]] | { insert: string; row: Row };

export type Outcome = { ok: true; answer: unknown } | ({ ok: false } & Refusal);

export interface Race extends AsyncDisposable {
  user: User;
  /** A connection beside the race, for what comes before it and for looking at it. */
  sql: Sql;
  /** Makes a call and keeps its transaction open until `release`. */
  hold(call: Call): Promise<{ release(): Promise<void> }>;
  /** The same of a call that must wait for nobody. */
  holdBeside(call: Call): Promise<{ release(): Promise<void> }>;
  /** Starts a call; resolves when it waits for a lock. What it then gets, it keeps until `release`. */
  queue(call: Call): Promise<{ outcome: Promise<Outcome>; release(): Promise<void> }>;
  /** Starts a call; resolves when it waits for a lock. The outcome comes later. */
  rival(call: Call): Promise<{ outcome: Promise<Outcome> }>;
  /** Starts a call; resolves when it waits for a lock, or is over. The outcome comes later. */
  start(call: Call): Promise<{ outcome: Promise<Outcome> }>;
  /** Takes a lock from all others, as the owner of the tables, until `open`. */
  gate(lock: (sql: TransactionSql) => PromiseLike<unknown>): Promise<{ open(): Promise<void> }>;
  /** The second call meets the first one's open transaction, and waits for it; what became of the second. */
  inOrder(first: Call, second: Call): Promise<Outcome>;
}

/** A test of a race between the calls of one user, who has nothing yet. */
export function testRace(name: string, body: (race: Race) => Promise<void>): void {
  test(name, async () => {
    await using race = await startRace();
    await body(race);
  });
}

// A rival that does not wait after so many looks never will.
const LOOKS = 20_000;

async function startRace(): Promise<Race> {
  const cleanup = new AsyncDisposableStack();
  const letGo: (() => void)[] = [];
  const connect = (): Sql => {
    const sql = postgres(testStack().database_url, { max: 1, onnotice: () => {} });
    cleanup.defer(() => sql.end());
    return sql;
  };
  const sql = connect();
  const user = await addUser(sql);

  /** Makes the call; its transaction ends once `released` has resolved. */
  async function begin(call: Call, released: Promise<void>) {
    const own = connect();
    const [{ pid } = {}] = await own`select pg_backend_pid() as pid`;
    const made = Promise.withResolvers<Outcome>();
    const transaction = asUser(own, user.id, async (inner) => {
      made.resolve({ ok: true, answer: await make(inner, call) });
      await released;
      return true;
    });
    transaction.then(() => own.end(), () => own.end());
    transaction.catch((error) => {
      try {
        made.resolve({ ok: false, ...refusalOf(error) });
      } catch (other) {
        made.reject(other);
      }
    });
    return { pid: Number(pid), outcome: made.promise, transaction };
  }

  /** Resolves when the backend waits for a lock, with true, or its call is over. */
  async function settled(name: string, { pid, outcome }: { pid: number; outcome: Promise<Outcome> }) {
    let over = false;
    outcome.finally(() => over = true).catch(() => {});
    for (let look = 0; look < LOOKS; look += 1) {
      const [{ waits } = {}] = await sql`
        select wait_event_type is not distinct from 'Lock' as waits from pg_stat_activity where pid = ${pid}`;
      if (waits || over) return waits === true;
    }
    throw new Error(`${name} neither ended nor waited for a lock`);
  }

  async function waiting(name: string, begun: { pid: number; outcome: Promise<Outcome> }) {
    if (await settled(name, begun)) return;
    throw new Error(`${name} did not wait: ${JSON.stringify(await begun.outcome)}`);
  }

  const gate: Race["gate"] = async (lock) => {
    const opened = Promise.withResolvers<void>();
    const locked = Promise.withResolvers<void>();
    letGo.push(opened.resolve);
    const held = connect().begin(async (own) => {
      await lock(own);
      locked.resolve();
      await opened.promise;
    });
    held.catch(locked.reject);
    await locked.promise;
    return {
      async open() {
        opened.resolve();
        await held;
      },
    };
  };

  const start: Race["start"] = async (call) => {
    const begun = await begin(call, Promise.resolve());
    await settled(nameOf(call), begun);
    return { outcome: begun.outcome.then((outcome) => begun.transaction.then(() => outcome, () => outcome)) };
  };

  async function open(call: Call) {
    const released = Promise.withResolvers<void>();
    letGo.push(released.resolve);
    const begun = await begin(call, released.promise);
    return {
      begun,
      async release() {
        released.resolve();
        await begun.transaction;
      },
    };
  }

  const hold: Race["hold"] = async (call) => {
    const { begun, release } = await open(call);
    const outcome = await begun.outcome;
    if (!outcome.ok) throw new Error(`${nameOf(call)} was refused: ${said(outcome)}`);
    return { release };
  };

  const holdBeside: Race["holdBeside"] = async (call) => {
    const { begun, release } = await open(call);
    const waits = await settled(nameOf(call), begun);
    assert.ok(!waits, `${nameOf(call)} waits for a lock`);
    assert.equal(said(await begun.outcome), "ok");
    return { release };
  };

  const queue: Race["queue"] = async (call) => {
    const { begun, release } = await open(call);
    await waiting(nameOf(call), begun);
    return { outcome: begun.outcome, release };
  };

  const rival: Race["rival"] = async (call) => {
    const begun = await begin(call, Promise.resolve());
    await waiting(nameOf(call), begun);
    // Its answer counts once it is kept.
    return { outcome: begun.outcome.then((outcome) => begun.transaction.then(() => outcome, () => outcome)) };
  };

  return {
    user,
    sql,
    hold,
    holdBeside,
    queue,
    rival,
    start,
    gate,
    async inOrder(first, second) {
      const held = await hold(first);
      const { outcome } = await rival(second);
      await held.release();
      return await outcome;
    },
    async [Symbol.asyncDispose]() {
      // A test that fails before it releases must not wait for its own lock.
      for (const release of letGo) release();
      await cleanup.disposeAsync();
    },
  };
}

async function make(sql: TransactionSql, call: Call): Promise<unknown> {
  if (Array.isArray(call)) return await callFunction(sql, ...call);
  return (await insertRow(sql, call.insert, call.row)).count;
}

function nameOf(call: Call): string {
  return Array.isArray(call) ? call[0] : `insert into ${call.insert}`;
}

export function said(outcome: Outcome): string {
  return outcome.ok ? "ok" : `${outcome.code} ${outcome.message}`;
}

/** What holds of every run, whichever calls met. */
export async function assertSound(sql: Sql, run_id: string): Promise<void> {
  const events = await log(sql, run_id);
  assert.deepEqual(events.map(([seq]) => seq), events.map((_, i) => i + 1), "the log has no gap");
  const ends = events.filter(([, type]) => type === "done" || type === "error");
  const [run] = await sql`select finished_at is not null as ended from agent_runs where id = ${run_id}`;
  assert.deepEqual(ends, run?.ended ? events.slice(-1) : [], "one terminal event, the last");
  if (run?.ended) assert.deepEqual(await open(sql, run_id), []);
  const workers = await sql`select 1 from agent_executions where run_id = ${run_id} and status = 'running'
    group by plan_id, step_number having count(*) > 1`;
  assert.equal(workers.length, 0, "a step has one worker");
}
