// The page docs/benchmarks.md: what a run has measured goes between its marks, all else is written by hand.
import { fileURLToPath } from "node:url";
import { reportOf } from "./report.ts";
import type { Results } from "./results.ts";

const PAGE = fileURLToPath(new URL("../../../docs/benchmarks.md", import.meta.url));
const MARKS = { begin: "<!-- figures -->", end: "<!-- /figures -->" };

export async function writePage(results: Results): Promise<void> {
  await Deno.writeTextFile(PAGE, withFigures(await Deno.readTextFile(PAGE), reportOf(results)));
  // Tables are padded as in the other pages.
  const { success } = await new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", PAGE] }).spawn()
    .status;
  if (!success) throw new Error("Cannot format docs/benchmarks.md: see above");
}

/** The page with other figures between its marks. */
export function withFigures(page: string, figures: string): string {
  const begin = page.indexOf(MARKS.begin);
  const end = page.indexOf(MARKS.end);
  if (begin < 0 || end < begin) throw new Error("Cannot write the figures: the page has no place for them");
  return `${page.slice(0, begin)}${MARKS.begin}\n\n${figures}\n\n${page.slice(end)}`;
}
