// Tables of text: columns as wide as their widest cell.
import { clipped, padded, type Style, widthOf } from "./style.ts";

const GAP = "  ";

export interface Section {
  title: string;
  rows: string[][];
}

/** Sections of one table, which share their column widths, as lines. Sections without rows are left out. */
export function tableLines(
  sections: readonly Section[],
  { style, width }: { style: Style; width: number },
): string[] {
  const shown = sections.filter((section) => section.rows.length > 0);
  return shown.flatMap(({ title, rows }, index) => {
    const columns = Math.max(...rows.map((row) => row.length));
    const widths = Array.from(
      { length: columns },
      (_, at) => Math.max(...rows.map((row) => widthOf(row[at] ?? ""))),
    );
    return [
      ...(index === 0 ? [] : [""]),
      style.bold(title),
      ...rows.map((row) =>
        clipped(
          `  ${
            row.map((cell, at) => at === row.length - 1 ? cell : padded(cell, widths[at] ?? 0)).join(GAP)
          }`,
          width,
        )
      ),
    ];
  });
}
