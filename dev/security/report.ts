// What a person reads of the self-test.
import { columns, heading, type Paper, paragraph } from "../models/paper.ts";
import type { Finding, Level, Outcome } from "./finding.ts";
import { grantsMend } from "./grants_mend.ts";

const LEVELS: readonly Level[] = ["error", "warn", "info"];
const WORDS: Record<Level, [one: string, many: string]> = {
  error: ["error", "errors"],
  warn: ["warning", "warnings"],
  info: ["hint", "hints"],
};

const MODES: Record<Outcome["mode"], string> = {
  shared: "the functions act with the user's own token, so the database can't tell their code from the user",
  separate: "agents need a token of their own, by which the database tells them from the user",
};

/** Writes what was asked and what came of it; the sum is the last line. */
export function report(outcome: Outcome, paper: Paper): void {
  const { mode, database, schemas, looked_at, checks, checks_ms, probes, probes_ms } = outcome;
  columns(paper, [
    ["Database", `${database.name}, Postgres ${database.version}, as ${database.role}`],
    ["Mode", `${mode}: ${MODES[mode]}`],
    [
      "Looked at",
      `schema ${schemas.join(", ")}: ${looked_at.tables} tables, ${looked_at.views} views, ` +
      `${looked_at.policies} policies; ${looked_at.functions} functions, the helpers included`,
    ],
    ["Asked", `${checks} checks in ${checks_ms} ms, ${probes.length} probes in ${probes_ms} ms`],
    ...probes.map(({ probe, tries, on, without_rows }) => [
      "",
      `${probe} ${tries}: ${on} relations${
        without_rows > 0 ? `, ${without_rows} of them without a row to get at` : ""
      }`,
    ]),
  ], "");
  section(
    paper,
    "Excused: meant to be so, no findings",
    outcome.excused.map(({ check_id, object, reason }) => [
      paper.style.dim("excused"),
      check_id,
      `${object}\n${reason}`,
    ]),
  );
  section(paper, "Not looked at", outcome.unseen.map(({ object, why }) => ["", "", `${object}: ${why}`]));
  section(paper, "Found", outcome.findings.map((finding) => cells(finding, paper)));
  mend(outcome.findings, paper);
  paper.line();
  paragraph(paper, sum(outcome.findings));
}

function section(paper: Paper, title: string, rows: string[][]): void {
  if (rows.length === 0) return;
  heading(paper, title);
  columns(paper, rows);
}

/** Not wrapped: it is to be copied. */
function mend(findings: readonly Finding[], paper: Paper): void {
  const lines = grantsMend(findings);
  if (lines.length === 0) return;
  heading(paper, "One migration mends the grants above (leave out what is meant to be open)");
  for (const words of lines) paper.line(`  ${words}`);
}

function cells({ level, check_id, object, detail }: Finding, { style }: Paper): string[] {
  const shown = level === "error"
    ? style.red(level)
    : level === "warn"
    ? style.yellow(level)
    : style.dim(level);
  return [shown, check_id, `${object}\n${detail}`];
}

/** How many of each level, in words. */
export function sum(findings: readonly Finding[]): string {
  const counts = LEVELS.flatMap((level) => {
    const count = findings.filter((finding) => finding.level === level).length;
    return count === 0 ? [] : [`${count} ${WORDS[level][count === 1 ? 0 : 1]}`];
  });
  return counts.length === 0 ? "Nothing was found." : `Found: ${counts.join(", ")}.`;
}
