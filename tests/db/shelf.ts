// A user's books and loans, and calls of tools on them as an agent's client makes them.
import assert from "node:assert/strict";
import type { Sql } from "postgres";
import type { Json } from "../../shared/contracts/text.ts";
import { createWriteDb } from "../../shared/db/clients.ts";
import { library } from "../support/domain/library_client.ts";
import { database, newUser, testStack, type TestUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";
import { propose } from "../support/tools/proposed_call.ts";

/** Two books and a loan of a user's. */
export interface Shelf {
  me: TestUser;
  sql: Sql;
  book_id: string;
  other_id: string;
  loan_id: number;
}

/** A test on two books and a loan of a new user's. */
export function onShelf(name: string, body: (shelf: Shelf) => Promise<void>): void {
  test(name, async () => {
    const sql = database();
    try {
      const me = await newUser();
      const books = await me.client.from("books").insert([{ title: "Emma" }, { title: "Dune" }]).select("id");
      const [book, other] = books.data ?? [];
      const loan = await me.client.from("loans").insert({ borrower: "Ann" }).select("id").single();
      assert.ok(book && other && loan.data);
      await body({ me, sql, book_id: book.id, other_id: other.id, loan_id: loan.data.id });
    } finally {
      await sql.end();
    }
  });
}

/** A call of the user's that the database approves. */
export async function proposed(me: TestUser, name: string, args: Json, access: "read" | "write" = "write") {
  const id = crypto.randomUUID();
  const { run_id } = await propose(me, { id, name, arguments: args, access });
  return { id, run_id };
}

/** A tool's client for an attempt at the call. */
export const clientOf = (me: TestUser, call_id: string, attempt: string = crypto.randomUUID()) =>
  library(createWriteDb(testStack(), me.token, fetch, { call_id, attempt }));

export interface Answer {
  status: number;
  error: { code: string; message: string; details?: string } | null;
}

/** How a request was answered. */
export const said = ({ status, error }: Answer) =>
  error ? `${status} ${error.code} ${error.message}` : `${status}`;
/** The user's books and loans. */
export const rows = async (sql: Sql, { id }: TestUser) => {
  const books = await sql`select title, notes, status from books where user_id = ${id} order by title`;
  const loans = await sql`select borrower, returned from loans where user_id = ${id} order by id`;
  return JSON.stringify([books, loans]);
};
