// Tells what the trial does while it does it.
import type { Paper } from "./paper.ts";
import { columns, heading } from "./paper.ts";
import type { TrialStep } from "./trial.ts";
import { heardRows, partWords, problemWords, TITLES } from "./words.ts";

/** A teller of the steps of a model's trial. */
export function talk(id: string, paper: Paper): (step: TrialStep) => void {
  const { style } = paper;
  return (step) => {
    switch (step.type) {
      case "tried":
        heading(paper, TITLES[step.name]);
        return columns(paper, [
          ...(step.problem ? [[style.red("wrong"), problemWords(step.problem, step.heard.raw)]] : []),
          ...heardRows(step.heard, id),
        ]);
      case "again":
        return paper.line("  Once more, since that may pass by itself.");
      case "changed":
        return columns(paper, [["with", `${partWords(step.part)}: ${outcome(step)}`]]);
      case "mended":
        return columns(paper, [[style.green("mend"), partWords(step.part)]]);
    }
  };
}

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
