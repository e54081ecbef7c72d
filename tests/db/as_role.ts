// Statements as one of the API's roles, the way PostgREST runs them: in a transaction, with role and claims set.
import type { Sql, TransactionSql } from "postgres";

export type Caller = { role: "authenticated"; user_id: string } | { role: "anon" } | { role: "service_role" };

/** Runs `work` as `caller` and rolls back; what Postgres refuses comes back as its SQLSTATE. */
export async function asCaller<Result>(
  sql: Sql,
  caller: Caller,
  work: (sql: TransactionSql) => Promise<Result>,
): Promise<{ ok: true; value: Result } | { ok: false; code: string }> {
  const done = new RolledBack<Result>();
  try {
    await sql.begin(async (transaction) => {
      const claims = caller.role === "authenticated"
        ? { sub: caller.user_id, role: caller.role }
        : { role: caller.role };
      await transaction`select set_config('request.jwt.claims', ${JSON.stringify(claims)}, true),
        set_config('role', ${caller.role}, true)`;
      done.results.push(await work(transaction));
      throw done;
    });
  } catch (error) {
    if (error !== done) return { ok: false, code: sqlState(error) };
  }
  const [value] = done.results;
  if (value === undefined) throw new Error("The work gave no result");
  return { ok: true, value };
}

class RolledBack<Result> extends Error {
  readonly results: Result[] = [];
}

function sqlState(error: unknown): string {
  if (error instanceof Error && "code" in error && typeof error.code === "string") return error.code;
  throw error;
}
