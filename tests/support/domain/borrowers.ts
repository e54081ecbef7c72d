// The tool for borrowers: what somebody has borrowed is personal, so that its user is asked before an agent reads it.
import { z } from "zod";
import { ok } from "../../../shared/contracts/tool_result.ts";
import { listed, notFound, quoted } from "../../../shared/tools/answers.ts";
import { rowsOf } from "../../../shared/tools/database_errors.ts";
import { defineReadTool } from "../../../shared/tools/define_tool.ts";
import { Line } from "../../../shared/tools/fields.ts";
import { library } from "./library_client.ts";

export const getBorrower = defineReadTool({
  name: "get_borrower",
  category: "detail",
  description: "What somebody has borrowed",
  args: z.strictObject({ borrower: Line }),
  async run({ borrower }, { db }) {
    const loans = library(db).from("loans").select("id, book_id, notes, returned").eq("borrower", borrower);
    const rows = rowsOf(await loans.order("id").limit(50)).map(listed);
    if (rows.length === 0) return notFound("borrower", "borrower");
    return ok({ borrower: { name: borrower, loans: rows } }, `Borrower ${quoted(borrower)}.`);
  },
});
