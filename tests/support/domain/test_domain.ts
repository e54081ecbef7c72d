// The domain that the engine's tests work on: a library of books and loans. It is a domain as an adopter writes
// one, and nobody's product.
import { defineDomain } from "../../../shared/tools/define_domain.ts";
import { createBook, getBook, listBooks, updateBook } from "./books.ts";
import { getBorrower } from "./borrowers.ts";
import { getReview } from "./reviews.ts";
import { cancelLoan, createLoan, getLoan, listLoans, updateLoan } from "./loans.ts";

export const test_domain = defineDomain({
  about: "a library of books and loans",
  contexts: ["book", "loan"],
  catalogue: [
    ...[listBooks, listLoans, getBook, getLoan, getBorrower, getReview],
    ...[createBook, updateBook, createLoan, updateLoan, cancelLoan],
  ],
  refusals: { loans_book_fkey: ["not_found", "There is no book with this book_id."] },
});

/** The names of its tools, reads first. */
export const TOOL_NAMES = test_domain.catalogue.map(({ name }) => name);
