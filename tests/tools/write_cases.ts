// Every write tool of the test domain in every way in which it writes, and rows to call it on.
import type { CallsAgain } from "../support/tools/call_again.ts";
import { test_domain } from "../support/domain/test_domain.ts";
import { database, newUser, type TestUser } from "../support/stack/stack.ts";
import type { ToolUser } from "../support/tools/tool_user.ts";

export const TABLES = ["loans", "books"];

interface World {
  book_id: string;
  loan_id: number;
}

export const WRITES: CallsAgain<World, TestUser> = {
  domain: test_domain,
  newUser,
  tables: TABLES,
  newWorld,
  cases: [
    {
      tool: "create_book",
      way: "creates",
      args: () => ({ title: "New", notes: "N" }),
      row: "book",
      tells: /^Created the book/,
    },
    {
      tool: "update_book",
      way: "changes",
      args: ({ book_id }) => ({ book_id, updates: { title: "Renamed", status: "read" } }),
      row: "book",
      tells: /^Changed title, status of/,
    },
    {
      tool: "create_loan",
      way: "creates, with a key that the database makes",
      args: ({ book_id }) => ({ borrower: "Bob", book_id }),
      row: "loan",
      tells: /^Created the loan/,
    },
    {
      tool: "update_loan",
      way: "changes",
      args: ({ loan_id }) => ({ loan_id, updates: { borrower: "Bob", returned: true } }),
      row: "loan",
      tells: /^Changed borrower, returned of/,
    },
    {
      tool: "cancel_loan",
      way: "deletes",
      args: ({ loan_id }) => ({ loan_id }),
      row: "loan",
      tells: /^Cancelled the loan/,
      deletes: true,
    },
  ],
  meanwhile: {
    async "edits every row"({ user: { client } }) {
      return [
        await client.from("books").update({ title: "Mine", status: "owned" }).neq("title", ""),
        await client.from("loans").update({ borrower: "Mine" }).neq("borrower", ""),
      ];
    },
  },
};

/** Two rows that a call can name, made anew: whatever there was is gone. */
async function newWorld({ user }: ToolUser): Promise<World> {
  const sql = database();
  try {
    for (const table of [...TABLES, "tool_receipts"]) {
      await sql`delete from ${sql(table)} where user_id = ${user.id}`;
    }
  } finally {
    await sql.end();
  }
  const book = await user.client.from("books").insert({ title: "Emma" }).select("id").single();
  if (book.error) throw book.error;
  const book_id = book.data.id;
  const loan = await user.client.from("loans").insert({ book_id, borrower: "Ann" }).select("id").single();
  if (loan.error) throw loan.error;
  return { book_id, loan_id: loan.data.id };
}
