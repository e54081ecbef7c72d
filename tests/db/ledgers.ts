// Ledgers of usage as tests of the quota make them: of any length, and hours old.
import type { Sql } from "postgres";
import { asUser, type User } from "./agents_calls.ts";
import type { Random } from "../support/seeded.ts";

export interface LedgerCall {
  run_id: string;
  id: string;
  tokens: number;
  /** What it was settled for; null where its process died. */
  settled: number | null;
}

/** A user's runs that have ended, purged and with no row but themselves, ten to a session. */
export async function endedRuns(sql: Sql, user: Pick<User, "id">, count: number): Promise<string[]> {
  return await sql.begin(async (own) => {
    await own`set local session_replication_role = replica`;
    const rows = await own`
      with sessions as (
        insert into chat_sessions (user_id, title, context_type)
        select ${user.id}, 'Before', 'general' from generate_series(1, ${Math.ceil(count / 10)}) returning id
      ), numbered as (select id, row_number() over () as n from sessions)
      insert into agent_runs (user_id, session_id, request, status, lease_expires_at, finished_at, purged_at, created_at)
      select ${user.id}, s.id, '{"message": ""}', 'completed', now(), now(), now(), now() - g * interval '40 seconds'
      from generate_series(1, ${count}) g join numbered s on s.n = ceil(g / 10.0) returning id`;
    return rows.map(({ id }) => String(id));
  });
}

/** Calls that no sum holds yet: up to nine, five on average. */
export const UNSUMMED = 5;

/** A day of settled calls, one after the other, shared out among runs, with the sums that such a day leaves: of each ten
 * calls, and five since. */
export async function longDay(
  sql: Sql,
  user: Pick<User, "id">,
  { runs, calls }: { runs: number; calls: number },
): Promise<void> {
  const ids = await endedRuns(sql, user, runs);
  const each = calls / runs;
  await sql.begin(async (own) => {
    await own`set local session_replication_role = replica`;
    await own`
      insert into usage_reservations (id, user_id, run_id, seal, input_tokens, output_tokens, opens_run, reserved_at)
      select gen_random_uuid(), ${user.id}, (${ids}::uuid[])[1 + n / ${each}::int], repeat('a', 64), 300, 0,
        n % ${each}::int = 0, now() - interval '24 hours' + n * interval '86000 seconds' / ${calls}::int
      from generate_series(0, ${calls - 1}::int) n`;
    await own`
      insert into usage_settlements (user_id, reservation_id, secret, model_calls, tool_calls, input_tokens, output_tokens)
      select user_id, id, '', 1, 0, 200, 0 from usage_reservations
      where user_id = ${user.id} and reserved_at >= now() - interval '1 day' order by reserved_at`;
    await own`
      insert into usage_sums (user_id, upto, tokens, runs)
      select ${user.id}, reserved_at, 200 * n, ceil(n / ${each}::numeric) from (
        select reserved_at, row_number() over (order by reserved_at) as n from usage_reservations
        where user_id = ${user.id} and reserved_at >= now() - interval '1 day') o where n % 10 = ${UNSUMMED}`;
  });
}

/** Adds these calls to the ledger, as made just now, in their order; the first of a run opens it. */
export async function addCalls(sql: Sql, user: User, calls: readonly LedgerCall[]): Promise<void> {
  await sql.begin(async (own) => {
    await own`set local session_replication_role = replica`;
    await own`
      insert into usage_reservations (id, user_id, run_id, seal, input_tokens, output_tokens, opens_run, reserved_at)
      select (c ->> 'id')::uuid, ${user.id}, (c ->> 'run_id')::uuid, repeat('a', 64), (c ->> 'tokens')::int, 0,
        row_number() over (partition by c ->> 'run_id' order by n) = 1 and not exists (select from usage_reservations r
          where r.user_id = ${user.id} and r.run_id = (c ->> 'run_id')::uuid),
        now() + n * interval '1 microsecond'
      from jsonb_array_elements(${JSON.stringify(calls)}::text::jsonb) with ordinality o (c, n)`;
    await settle(own, user, calls);
  });
}

/** Settles those of these calls that are to be. */
export async function settle(
  sql: Pick<Sql, "unsafe">,
  user: User,
  calls: readonly Pick<LedgerCall, "id" | "settled">[],
): Promise<void> {
  await sql.unsafe(
    `insert into usage_settlements (user_id, reservation_id, secret, model_calls, tool_calls, input_tokens, output_tokens)
    select $1::uuid, (c ->> 'id')::uuid, '', 1, 0, (c ->> 'settled')::int, 0
    from jsonb_array_elements($2::text::jsonb) c where c ->> 'settled' is not null`,
    [user.id, JSON.stringify(calls)],
  );
}

/** Makes all that the user has spent so many seconds older. */
export async function age(sql: Sql, user: User, seconds: number): Promise<void> {
  await sql.begin(async (own) => {
    await own`set local session_replication_role = replica`;
    await own`update usage_reservations set reserved_at = reserved_at - ${seconds} * interval '1 second'
      where user_id = ${user.id}`;
    // No two of them may meet on the way.
    await own`update usage_sums set upto = upto + interval '1000 days' where user_id = ${user.id}`;
    await own`update usage_sums set upto = upto - interval '1000 days' - ${seconds} * interval '1 second'
      where user_id = ${user.id}`;
  });
}

/** What the user's next reservation or start may do at any time. */
export async function sumUsage(sql: Sql, user: User): Promise<void> {
  await asUser(sql, user.id, async (own) => (await own`select private.sum_usage()`).count);
}

/** A day and more of a user's calls, of some runs, most of them settled, with sums that were made along the way. */
export async function randomLedger(sql: Sql, user: User, random: Random): Promise<LedgerCall[]> {
  const runs = await endedRuns(sql, user, 12);
  const made: LedgerCall[] = [];
  for (let left_s = 3_600 * (random() < 0.5 ? 4 * random() : 24 + 3 * random()); left_s > 0;) {
    const batch = Array.from({ length: Math.floor(random() * 6) }, () => {
      const tokens = 1 + Math.floor(random() * 100);
      const settled = random() < 0.8 ? Math.floor(random() * 1.2 * tokens) : null;
      const run_id = runs[Math.min(runs.length - 1, Math.floor(made.length / 4 + random() * 3))] ?? "";
      return { id: crypto.randomUUID(), run_id, tokens, settled };
    });
    await addCalls(sql, user, batch);
    made.push(...batch);
    const passed = Math.min(left_s, random() < 0.9 ? random() * 900 : random() * 20_000);
    await age(sql, user, passed);
    left_s -= passed;
    if (random() < 0.5) await sumUsage(sql, user);
    const late = made.find(({ settled }) => settled === null);
    if (late && random() < 0.2) {
      late.settled = Math.floor(random() * late.tokens);
      await settle(sql, user, [late]);
    }
  }
  return made;
}
