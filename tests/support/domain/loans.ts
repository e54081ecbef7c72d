// The tools for loans, whose keys the database makes.
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

const LOAN = "id, book_id, borrower, notes, returned";
const LoanId = z.int({ error: "must be a number, as a list tool returned it" });

export const listLoans = defineReadTool({
  name: "list_loans",
  category: "list",
  description: "Find loans",
  args: z.strictObject({ query: Query.optional(), book_id: Id.optional(), limit: limit(10, 50) }),
  async run({ query, book_id, limit }, { db }) {
    let loans = library(db).from("loans").select(LOAN, { count: "exact" }).order("id").limit(limit);
    if (query?.trim()) loans = loans.ilike("borrower", likeText(query));
    if (book_id) loans = loans.eq("book_id", book_id);
    const answer = await loans;
    const found = rowsOf(answer);
    return {
      ...page(
        "loans",
        found.map((loan) => withoutFalse({ ...loan, notes: loan.notes?.slice(0, 100) })),
        answer.count ?? 0,
        "loan",
      ),
      rows: shown("public.loans", ...found.map(({ id }) => id)),
    };
  },
});

export const getLoan = defineReadTool({
  name: "get_loan",
  category: "detail",
  description: "One loan whole",
  args: z.strictObject({ loan_id: LoanId }),
  async run({ loan_id }, { db }) {
    const loan = await loanOf(db, loan_id);
    if (loan === null) return notFound("loan", "loan_id");
    return ok(
      { loan: withoutEmpty(loan) },
      `Loan to ${quoted(loan.borrower)}.`,
      shown("public.loans", loan.id),
    );
  },
});

export const createLoan = defineWriteTool({
  name: "create_loan",
  category: "action",
  description: "Lend something to somebody",
  args: z.strictObject({ borrower: Line, book_id: Id.optional(), notes: Body.optional() }),
  writes: [{ table: "public.loans", op: "INSERT" }],
  async run(loan, { db }) {
    return tellCreated(dataOf(await library(db).from("loans").insert(loan).select(LOAN).single()));
  },
  async look_up(_args, { db, receipt }) {
    return tellCreated(await loanOf(db, receipt.row_key.id));
  },
});

export const updateLoan = defineWriteTool({
  name: "update_loan",
  category: "action",
  description: "Change fields of a loan",
  args: z.strictObject({
    loan_id: LoanId,
    updates: changes({ borrower: Line.optional(), returned: z.boolean().optional() }),
  }),
  writes: [{ table: "public.loans", op: "UPDATE", target: "$.loan_id", target_column: "id" }],
  async run({ loan_id, updates }, { db }) {
    const answer = await library(db).from("loans").update(updates).eq("id", loan_id).select(LOAN)
      .maybeSingle();
    const loan = dataOf(answer);
    if (loan === null) return notFound("loan", "loan_id");
    return ok({ loan: withoutEmpty(loan) }, changed(loan.borrower, updates), shown("public.loans", loan.id));
  },
  async look_up({ loan_id, updates }, { db }) {
    const loan = await loanOf(db, loan_id);
    if (loan === null) return gone("loan");
    return ok({ loan: withoutEmpty(loan) }, changed(loan.borrower, updates), shown("public.loans", loan.id));
  },
});

export const cancelLoan = defineWriteTool({
  name: "cancel_loan",
  category: "action",
  description: "Take a loan off the list",
  args: z.strictObject({ loan_id: LoanId }),
  writes: [{
    ...{ table: "public.loans", op: "DELETE", target: "$.loan_id", target_column: "id", forceful: "$" },
  }],
  async run({ loan_id }, { db }) {
    const answer = await library(db).from("loans").delete().eq("id", loan_id).select("id").maybeSingle();
    return dataOf(answer) === null ? notFound("loan", "loan_id") : tellCancelled(loan_id);
  },
  look_up: ({ loan_id }) => Promise.resolve(tellCancelled(loan_id)),
});

/** The key as the model gives it, or as text, in which no digit is lost. */
async function loanOf(db: Parameters<typeof library>[0], id: number | string | undefined) {
  const answer = await library(db).from("loans").select(LOAN).filter("id", "eq", id).maybeSingle();
  return dataOf(answer);
}

type Loan = NonNullable<Awaited<ReturnType<typeof loanOf>>>;

function tellCreated(loan: Loan | null): ToolResult {
  if (loan === null) return gone("loan");
  return ok(
    { loan: withoutEmpty(loan) },
    `Created the loan to ${quoted(loan.borrower)}.`,
    shown("public.loans", loan.id),
  );
}

/** Nothing else is known of it: it is gone. */
function tellCancelled(id: number): ToolResult {
  return ok({ loan: { id } }, `Cancelled the loan ${id}.`);
}
