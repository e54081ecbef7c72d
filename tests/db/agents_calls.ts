// The run and step functions as their callers use them: each call a transaction of its own, as a user, and kept.
import postgres, { type Sql, type TransactionSql } from "postgres";
import { database } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

/** What a function refused with. */
export interface Refusal {
  code: string;
  message: string;
  detail: string | undefined;
}

export interface User {
  id: string;
  /** Calls a function; the JSON that it answers. */
  call(name: string, args: readonly Argument[]): Promise<unknown>;
  /** Calls a function that must refuse. */
  refusal(name: string, args: readonly Argument[]): Promise<Refusal>;
}

/** Objects travel as JSON. */
export type Argument = string | number | null | object;

/** A test with a user of its own, on the stack's database; `sql` is a superuser's look at it. */
export function testAsUser(name: string, body: (user: User, sql: Sql) => Promise<void>): void {
  test(name, async () => {
    const sql = database();
    try {
      await body(await addUser(sql), sql);
    } finally {
      await sql.end();
    }
  });
}

/** A user with no row, acting on connections of `sql`. */
export async function addUser(sql: Sql): Promise<User> {
  const id = crypto.randomUUID();
  await sql`insert into auth.users (id, email) values (${id}, ${`${id}@example.com`})`;
  return actingAs(sql, id);
}

/** The user `id` on connections of `sql`. */
export function actingAs(sql: Sql, id: string): User {
  const call: User["call"] = (name, args) =>
    asUser(sql, id, async (transaction) => await callFunction(transaction, name, args));
  return {
    id,
    call,
    async refusal(name, args) {
      try {
        await call(name, args);
      } catch (error) {
        return refusalOf(error);
      }
      throw new Error(`${name} was not refused`);
    },
  };
}

/** What a rejected call was refused with; other errors are thrown on. */
export function refusalOf(error: unknown): Refusal {
  if (!(error instanceof postgres.PostgresError)) throw error;
  return { code: error.code, message: error.message, detail: error.detail };
}

/** Code and message in one line. */
export async function refused(user: User, name: string, args: readonly Argument[]): Promise<string> {
  const { code, message } = await user.refusal(name, args);
  return `${code} ${message}`;
}

/** A transaction as PostgREST runs it for this user. */
export async function asUser<Result>(
  sql: Sql,
  user_id: string,
  work: (transaction: TransactionSql) => Promise<Result>,
): Promise<Result> {
  const results: Result[] = [];
  await sql.begin(async (transaction) => {
    await become(transaction, user_id);
    results.push(await work(transaction));
  });
  const [result] = results;
  if (result === undefined) throw new Error("The work gave no result");
  return result;
}

export async function become(transaction: TransactionSql, user_id: string): Promise<void> {
  const claims = JSON.stringify({ sub: user_id, role: "authenticated" });
  await transaction`select set_config('request.jwt.claims', ${claims}, true),
    set_config('role', 'authenticated', true)`;
}

/** Calls a function on a transaction that has its caller already. */
export async function callFunction(
  transaction: TransactionSql,
  name: string,
  args: readonly Argument[],
): Promise<unknown> {
  const places = args.map((arg, i) =>
    typeof arg === "object" && arg !== null ? `$${i + 1}::text::jsonb` : `$${i + 1}`
  );
  const [row] = await transaction.unsafe(
    `select to_jsonb(public.${name}(${places.join(", ")})) as answer`,
    args.map((arg) => typeof arg === "object" && arg !== null ? JSON.stringify(arg) : arg),
  );
  return row?.answer ?? null;
}
