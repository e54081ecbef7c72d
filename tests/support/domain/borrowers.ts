// The tool for borrowers: what somebody has borrowed is personal, so that its user is asked before an agent reads it.
import { z } from "zod";
import { ok, shown } from "../../../shared/contracts/tool_result.ts";
import { notFound, withoutFalse } from "../../../shared/tools/answers.ts";
import { rowsOf } from "../../../shared/tools/database_errors.ts";
import { defineReadTool } from "../../../shared/tools/define_tool.ts";
import { Line } from "../../../shared/tools/fields.ts";
import { likeText } from "../../../shared/tools/like_text.ts";
import { library } from "./library_client.ts";

export const getBorrower = defineReadTool({
  name: "get_borrower",
  category: "detail",
  description: "What somebody has borrowed",
  args: z.strictObject({ borrower: Line }),
  async run({ borrower }, { db }) {
    const loans = library(db).from("loans").select("id, borrower, book_id, notes, returned");
    const found = rowsOf(await loans.ilike("borrower", likeText(borrower)).order("id").limit(50));
    if (found.length === 0) return notFound("borrower", "borrower");
    const rows = shown("public.loans", ...found.map(({ id }) => id));
    const told = found.map((loan) => withoutFalse({ ...loan, notes: loan.notes?.slice(0, 100) }));
    return ok({ loans: told }, `${found.length} loans of the borrower.`, rows);
  },
});
