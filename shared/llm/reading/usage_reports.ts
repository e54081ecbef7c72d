// The reports of one stream as one. Most hosts report once, at the end; some with every frame, what came up to it or only
// what came with it; some report nothing but zeros at the end.
import type { WireUsage } from "./wire_usage.ts";

export interface UsageReports {
  /** Takes a report in; `written` is how much text the model has written so far. */
  push(report: WireUsage, written: number): void;
  /** What the stream has reported, or null. `estimateOutput` is called where reports can be read in two ways. */
  settle(estimateOutput: () => number): WireUsage | null;
}

/** The reports of one stream. */
export function createUsageReports(): UsageReports {
  let last: WireUsage | null = null;
  let sum: WireUsage | null = null;
  let written_before = 0;
  /** `counts anew`: a report has no prompt any more. `does not grow`: nor did the output, though more was written. */
  let evidence: "none" | "does not grow" | "counts anew" = "none";

  return {
    push(report, written) {
      if (last !== null) {
        const grew = (report.output ?? 0) > (last.output ?? 0);
        if (report.input === 0 && last.input && report.output) evidence = "counts anew";
        else if (evidence === "none" && !grew && written > written_before) evidence = "does not grow";
      }
      sum = sum === null ? report : added(sum, report);
      last = last === null ? report : updated(last, report);
      written_before = written;
    },
    settle(estimateOutput) {
      if (last === null || sum === null || evidence === "none") return last;
      if (evidence === "counts anew") return sum;
      const estimate = estimateOutput();
      const distance = ({ output }: WireUsage) => Math.abs(Math.log(((output ?? 0) + 1) / (estimate + 1)));
      return distance(sum) < distance(last) ? sum : last;
    },
  };
}

/** What a later report does not tell, or puts at zero, stands as it was. */
function updated(before: WireUsage, after: WireUsage): WireUsage {
  return {
    input: after.input || before.input,
    output: after.output || before.output,
    cached: after.cached || before.cached,
    reasoning: after.reasoning || before.reasoning,
    cost_usd: after.cost_usd || before.cost_usd,
  };
}

/** The prompt comes once, or again and again as the same. */
function added(before: WireUsage, after: WireUsage): WireUsage {
  const both = (a: number | null, b: number | null) => a === null ? b : a + (b ?? 0);
  return {
    input: before.input === after.input ? before.input : both(before.input, after.input),
    output: both(before.output, after.output),
    cached: Math.max(before.cached ?? 0, after.cached ?? 0),
    reasoning: both(before.reasoning, after.reasoning),
    cost_usd: both(before.cost_usd, after.cost_usd),
  };
}
