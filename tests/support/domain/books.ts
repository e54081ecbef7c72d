// The tools for books, whose keys are uuids.
import { z } from "zod";
import { ok, shown, type ToolResult } from "../../../shared/contracts/tool_result.ts";
import {
  changed,
  gone,
  notFound,
  page,
  quoted,
  withoutEmpty,
  withoutFalse,
} from "../../../shared/tools/answers.ts";
import { dataOf, rowsOf } from "../../../shared/tools/database_errors.ts";
import { defineReadTool, defineWriteTool } from "../../../shared/tools/define_tool.ts";
import { Body, changes, Id, limit, Line, Query } from "../../../shared/tools/fields.ts";
import { likeText } from "../../../shared/tools/like_text.ts";
import { library } from "./library_client.ts";

const BOOK = "id, title, notes, status";
const Status = z.enum(["wanted", "owned", "read"]);

export const listBooks = defineReadTool({
  name: "list_books",
  category: "list",
  description: "Find books",
  args: z.strictObject({ query: Query.optional(), status: Status.optional(), limit: limit(10, 50) }),
  async run({ query, status, limit }, { db }) {
    let books = library(db).from("books").select(BOOK, { count: "exact" }).order("created_at").limit(limit);
    if (query?.trim()) books = books.ilike("title", likeText(query));
    if (status) books = books.eq("status", status);
    const answer = await books;
    const books_found = rowsOf(answer);
    const rows = books_found.map((book) => withoutFalse({ ...book, notes: book.notes?.slice(0, 100) }));
    return {
      ...page("books", rows, answer.count ?? 0, "book"),
      rows: shown("public.books", ...books_found.map(({ id }) => id)),
    };
  },
});

export const getBook = defineReadTool({
  name: "get_book",
  category: "detail",
  description: "One book whole",
  args: z.strictObject({ book_id: Id }),
  async run({ book_id }, { db }) {
    const book = await bookOf(db, book_id);
    if (book === null) return notFound("book", "book_id");
    return ok({ book: withoutEmpty(book) }, `Book ${quoted(book.title)}.`, shown("public.books", book.id));
  },
});

export const createBook = defineWriteTool({
  name: "create_book",
  category: "action",
  description: "Add a book",
  args: z.strictObject({ title: Line, notes: Body.optional() }),
  writes: [{ table: "public.books", op: "INSERT" }],
  async run(fields, { db, new_id }) {
    const book = { ...fields, id: await new_id("book") };
    return tellCreated(dataOf(await library(db).from("books").insert(book).select(BOOK).single()));
  },
  async look_up(_args, { db, new_id }) {
    return tellCreated(await bookOf(db, await new_id("book")));
  },
});

export const updateBook = defineWriteTool({
  name: "update_book",
  category: "action",
  description: "Change fields of a book",
  args: z.strictObject({
    book_id: Id,
    updates: changes({ title: Line.optional(), notes: Body.optional(), status: Status.optional() }),
  }),
  writes: [{
    ...{ table: "public.books", op: "UPDATE", target: "$.book_id", target_column: "id" },
    forceful: '$.updates.keyvalue().key ? (@ == "title")',
  }],
  async run({ book_id, updates }, { db }) {
    const answer = await library(db).from("books").update(updates).eq("id", book_id).select(BOOK)
      .maybeSingle();
    const book = dataOf(answer);
    if (book === null) return notFound("book", "book_id");
    return ok({ book: withoutEmpty(book) }, changed(book.title, updates), shown("public.books", book.id));
  },
  async look_up({ book_id, updates }, { db }) {
    const book = await bookOf(db, book_id);
    if (book === null) return gone("book");
    return ok({ book: withoutEmpty(book) }, changed(book.title, updates), shown("public.books", book.id));
  },
});

async function bookOf(db: Parameters<typeof library>[0], id: string) {
  const answer = await library(db).from("books").select(BOOK).eq("id", id).maybeSingle();
  return dataOf(answer);
}

type Book = NonNullable<Awaited<ReturnType<typeof bookOf>>>;

function tellCreated(book: Book | null): ToolResult {
  if (book === null) return gone("book");
  return ok(
    { book: withoutEmpty(book) },
    `Created the book ${quoted(book.title)}.`,
    shown("public.books", book.id),
  );
}
