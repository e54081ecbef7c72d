// Tells what the trial does while it does it.
import type { RowPart } from "../../shared/llm/models/model_row.ts";
import type { CallName } from "./calls.ts";
import type { Paper } from "./paper.ts";
import { columns, heading } from "./paper.ts";
import type { TrialStep, Tried } from "./trial.ts";
import { heardRows, partWords, problemWords, TITLES } from "./words.ts";

/** A teller of the steps of a model's trial; `thinking` is what its row with a change wants of it. */
export function talk(
  id: string,
  paper: Paper,
  thinking: (change: RowPart) => "asked for" | "not asked for",
): (step: TrialStep) => void {
  const { style } = paper;
  const told = new Set<CallName>();
  const labelled = (label: string, text: string) => columns(paper, [[label.padEnd(LABEL), text]]);

  function tried({ name, change, problem, heard }: Tried): void {
    const rows = heardRows(heard, id, thinking(change));
    const known = told.has(name) && problem === null;
    heading(paper, known ? `${TITLES[name]}, with the mended row` : TITLES[name]);
    if (problem) labelled(style.red("wrong"), problemWords(problem, heard.raw));
    columns(paper, known ? rows.slice(0, 1) : rows);
    told.add(name);
  }

  return (step) => {
    switch (step.type) {
      case "tried":
        return tried(step);
      case "again":
        return paper.line("  Once more, since that may pass by itself.");
      case "changed":
        return labelled("with", `${partWords(step.part)}: ${outcome(step)}`);
      case "explained":
        return labelled("field", step.why);
      case "mended":
        return labelled(style.green("mend"), partWords(step.part));
    }
  };
}

/** The length of the longest label. */
const LABEL = "field".length;

function outcome({ tried, refusal }: Extract<TrialStep, { type: "changed" }>): string {
  switch (refusal) {
    case "none":
      return "it passes";
    case "same":
      return "the same";
    case "other":
      return tried.problem ? problemWords(tried.problem, tried.heard.raw) : "it passes";
  }
}
