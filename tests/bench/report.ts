// The table that the benchmark prints: what was measured, the result, and the aim beside it.
import { tableLines } from "../../dev/terminal/table.ts";
import { PLAIN } from "../../dev/terminal/style.ts";

export interface Figure {
  what: string;
  result: string;
  /** What the project wants to reach; empty where a figure only explains another. */
  aim: string;
  /** Spread, number of samples, what stands behind the figure. */
  detail: string;
}

export interface FigureGroup {
  title: string;
  figures: Figure[];
}

/** All groups as one table. */
export function reportLines(groups: readonly FigureGroup[]): string[] {
  const sections = groups.map(({ title, figures }) => ({
    title,
    rows: figures.map(({ what, result, aim, detail }) => [
      what,
      result,
      aim === "" ? "" : `aim ${aim}`,
      detail,
    ]),
  }));
  return tableLines(sections, { style: PLAIN, width: Infinity });
}
