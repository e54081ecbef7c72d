// How long a check waits for one answer, so that it comes to an end, and says for what it has waited.
import type { Sql, TransactionSql } from "postgres";
import type { Clock } from "../../shared/async/clock.ts";

/** A call makes several requests, each of which is given up by itself, and tried again. */
const PATIENCE_MS = 90_000;

/** What `work` gives; errors: it has given nothing for a minute and a half. */
export async function answeredInTime<T>(work: Promise<T>, what: string, clock: Clock): Promise<T> {
  const late = Promise.withResolvers<never>();
  const cancel = clock.after(PATIENCE_MS, () => {
    late.reject(new Error(`${what} has not been answered within ${PATIENCE_MS / 1_000} seconds.`));
  });
  return await Promise.race([work, late.promise]).finally(cancel);
}

/** A transaction that waits for no lock of another session's longer than a minute. */
export async function inTransaction(
  sql: Sql,
  work: (transaction: TransactionSql) => Promise<unknown>,
): Promise<void> {
  await sql.begin(async (transaction) => {
    await transaction`select set_config('lock_timeout', '60s', true)`;
    await work(transaction);
  });
}

/** Whether a statement was given up, which says nothing about what it would have done. */
export function isGivenUp(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "55P03";
}
