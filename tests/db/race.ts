// Races made certain: one connection holds a lock, each rival starts on a connection of its own and is seen
// waiting in pg_stat_activity, then the lock is let go. No clock decides who meets whom.
import postgres, { type Sql } from "postgres";
import { actingAs, type Argument, type Refusal, refusalOf, type User } from "./agents_calls.ts";
import { freshDatabase } from "../support/stack.ts";

export type Outcome = { ok: true; answer: unknown } | ({ ok: false } & Refusal);

export interface Race extends AsyncDisposable {
  /** A connection beside the race, for what comes before it and for looking at it. */
  sql: Sql;
  /** Runs a statement that takes a lock, and keeps it until `release`. */
  hold(statement: string): Promise<{ release(): Promise<void> }>;
  /** Starts the user's call; resolves when it waits for a lock. The outcome comes later. */
  rival(user: User, name: string, args: readonly Argument[]): Promise<{ outcome: Promise<Outcome> }>;
}

// A rival that does not wait after so many looks never will.
const LOOKS = 20_000;

/** On a database of its own. Use with `await using`. */
export async function startRace(): Promise<Race> {
  const cleanup = new AsyncDisposableStack();
  const { url, drop } = await freshDatabase();
  cleanup.defer(drop);
  const letGo: (() => void)[] = [];
  const connect = (): Sql => {
    const sql = postgres(url, { max: 1, onnotice: () => {} });
    cleanup.defer(() => sql.end());
    return sql;
  };
  const sql = connect();

  const hold: Race["hold"] = async (statement) => {
    const held = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    const transaction = connect().begin(async (inner) => {
      await inner.unsafe(statement);
      held.resolve();
      await released.promise;
    });
    transaction.catch(held.reject);
    letGo.push(released.resolve);
    await held.promise;
    return {
      async release() {
        released.resolve();
        await transaction;
      },
    };
  };

  const rival: Race["rival"] = async (user, name, args) => {
    const own = connect();
    const [{ pid } = {}] = await own`select pg_backend_pid() as pid`;
    let over = false;
    const outcome = actingAs(own, user.id).call(name, args)
      .then(
        (answer): Outcome => ({ ok: true, answer }),
        (error): Outcome => ({ ok: false, ...refusalOf(error) }),
      )
      .finally(() => over = true);
    for (let look = 0; look < LOOKS; look += 1) {
      const [{ waits } = {}] = await sql`
        select wait_event_type is not distinct from 'Lock' as waits from pg_stat_activity where pid = ${pid}`;
      if (waits) return { outcome };
      if (over) throw new Error(`${name} did not wait: ${JSON.stringify(await outcome)}`);
    }
    throw new Error(`${name} neither ended nor waited for a lock`);
  };

  return {
    sql,
    hold,
    rival,
    async [Symbol.asyncDispose]() {
      // A test that fails before it releases must not wait for its own lock.
      for (const release of letGo) release();
      await cleanup.disposeAsync();
    },
  };
}
