// Books that came from outside, and runs that are shown them.
import type { Sql, TransactionSql } from "postgres";
import { asUser, type User } from "./agents_calls.ts";
import { proposal } from "./approvals.ts";
import { lease, message, type Owned } from "./agents_runs.ts";

/** A transaction of a request of the user's with these headers. */
export async function request<Result>(
  sql: Sql,
  { id }: User,
  headers: Record<string, string>,
  work: (own: TransactionSql) => Promise<Result>,
): Promise<Result> {
  return await asUser(sql, id, async (own) => {
    await own`select set_config('request.headers', ${JSON.stringify(headers)}, true)`;
    return await work(own);
  });
}

/** A book that came by that way; nobody's but the user's own without one. */
export async function addBook(sql: Sql, user: User, source?: string): Promise<string> {
  const headers: Record<string, string> = source === undefined ? {} : { "x-row-source": source };
  return await request(sql, user, headers, async (own) => {
    const [book] = await own<{ id: string }[]>`insert into books (title) values ('A book') returning id`;
    return book?.id ?? "";
  });
}

export const marks = (sql: Sql, user: User) =>
  sql<{ row_key: string; source: string }[]>`
    select row_key, source from external_rows where user_id = ${user.id} order by noted_at, source`;

export const shownBook = (key: string) => ({ shown_rows: [{ relation: "public.books", key }] });

export async function show(
  user: User,
  owned: Owned,
  more: object,
  seq = 1,
) {
  await user.call("record_progress", [...lease(owned), {
    messages: [message(owned.thread_id, seq, { kind: "task", ...more })],
  }]);
}

export async function taintOf(sql: Sql, { run_id }: Owned): Promise<unknown> {
  const [taint] = await sql`select tainted_by from run_taints where run_id = ${run_id}`;
  return taint?.tainted_by ?? null;
}

/** A read that the run's planner has made, as it is stored with its outcome. */
export async function outcome(
  user: User,
  owned: Owned,
  tool_name: string,
  result: { ok: boolean; error?: string; message?: string; rows?: object[] },
  batch: object = {},
): Promise<unknown> {
  const status = result.ok ? "succeeded" : "rejected";
  const call = { ...proposal(owned), tool_name, access: "read", status, result };
  return await user.call("record_progress", [...lease(owned), { tool_calls: [call], ...batch }]);
}
