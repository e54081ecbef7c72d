// Another user's row and a row that does not exist are the same to every tool.
import assert from "node:assert/strict";
import type { Json } from "../../shared/contracts/text.ts";
import { TOOL_NAMES } from "../support/domain/test_domain.ts";
import { ownRows } from "../support/tools/own_rows.ts";
import { at, NOBODYS_ID, text } from "../support/tools/tool_user.ts";
import { newToolUser } from "./library.ts";

interface Ids {
  book_id: string;
  loan_id: number;
  borrower: string;
}

/** For each tool that takes ids: a call in which each of its ids is used. */
const CALLS: Record<string, (ids: Ids) => Json> = {
  get_book: ({ book_id }) => ({ book_id }),
  get_loan: ({ loan_id }) => ({ loan_id }),
  get_borrower: ({ borrower }) => ({ borrower }),
  get_review: ({ book_id }) => ({ book_id }),
  create_loan: ({ book_id }) => ({ borrower: "Bob", book_id }),
  update_book: ({ book_id }) => ({ book_id, updates: { title: "Mine" } }),
  update_loan: ({ loan_id }) => ({ loan_id, updates: { borrower: "Mine" } }),
  cancel_loan: ({ loan_id }) => ({ loan_id }),
};

const WITHOUT_IDS = ["list_books", "list_loans", "create_book"];

Deno.test("every tool that takes an id is tried with another user's", () => {
  assert.deepEqual([...Object.keys(CALLS), ...WITHOUT_IDS].toSorted(), TOOL_NAMES.toSorted());
});

Deno.test("another user's rows are as good as none, for every tool and every id", async () => {
  const [owner, stranger] = await Promise.all([newToolUser(), newToolUser()]);
  const book_id = text(await owner.ok("create_book", { title: "Secret" }), "book.id");
  const loan = await owner.ok("create_loan", { book_id, borrower: "Ann" });
  const theirs = { book_id, loan_id: Number(at(loan, "loan.id")), borrower: "Ann" };
  const nobodys = { book_id: NOBODYS_ID, loan_id: 2 ** 40, borrower: "Nobody" };
  const everything = async () => JSON.stringify(await ownRows(["books", "loans"], owner));
  const before = await everything();

  for (const [name, args] of Object.entries(CALLS)) {
    const refused = await stranger.fails(name, args(theirs));
    assert.equal(refused.error, "not_found", name);
    assert.deepEqual(refused, await stranger.fails(name, args(nobodys)), name);
  }
  assert.equal(await everything(), before);
  assert.equal(at(await stranger.ok("list_books", {}), "total"), 0);
  assert.equal(at(await stranger.ok("list_loans", { book_id }), "total"), 0);
});
