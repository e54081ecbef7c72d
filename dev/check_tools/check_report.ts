// What a person reads of a check of tools.
import { columns, heading, type Paper, paragraph } from "../models/paper.ts";
import type { Checked } from "./check_catalogue.ts";
import { CHECKS } from "./findings.ts";

/** Writes each tool with what came of it; the sum is the last line. */
export function report({ tools, without_rows }: Checked, paper: Paper): void {
  const { style } = paper;
  columns(
    paper,
    tools.map(({ tool, calls, failures, notes }) => [
      failures.length === 0 ? style.green("ok") : style.red("failed"),
      tool,
      [
        ...failures.map(({ check, sentence }) => `${sentence} (${CHECKS[check]})`),
        ...notes,
        ...(failures.length + notes.length === 0 ? [`${calls} calls`] : []),
      ].join("\n"),
    ]),
    "",
  );
  if (without_rows.length > 0) {
    heading(paper, "No row could be made of");
    columns(paper, without_rows.map(([table, why]) => [table, why]));
  }
  paper.line();
  paragraph(paper, sum({ tools }));
}

export function sum({ tools }: Pick<Checked, "tools">): string {
  const failed = tools.filter(({ failures }) => failures.length > 0).map(({ tool }) => tool);
  const calls = tools.reduce((all, { calls }) => all + calls, 0);
  return failed.length === 0
    ? `All ${tools.length} tools passed, in ${calls} calls.`
    : `${failed.length} of ${tools.length} tools failed: ${failed.join(", ")}.`;
}
