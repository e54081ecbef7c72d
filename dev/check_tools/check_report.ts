// What a person reads of a check of tools.
import { columns, heading, type Paper, paragraph } from "../models/paper.ts";
import type { Checked } from "./check_catalogue.ts";
import { CHECKS } from "./findings.ts";

/** Writes each tool with what came of it; the sum is the last line. */
export function report({ tools, without_rows }: Checked, paper: Paper): void {
  const { style } = paper;
  columns(
    paper,
    tools.map(({ tool, calls, failures, is_tried, notes }) => [
      failures.length > 0 ? style.red("failed") : is_tried ? style.green("ok") : style.yellow("untried"),
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
  const untried = tools.filter(({ failures, is_tried }) => failures.length === 0 && !is_tried);
  const calls = tools.reduce((all, { calls }) => all + calls, 0);
  if (failed.length > 0) return `${failed.length} of ${tools.length} tools failed: ${failed.join(", ")}.`;
  return untried.length === 0
    ? `All ${tools.length} tools passed, in ${calls} calls.`
    : `${tools.length - untried.length} of ${tools.length} tools passed, in ${calls} calls; can't be tried: ${
      untried.map(({ tool }) => tool).join(", ")
    }.`;
}
