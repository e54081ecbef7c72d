// Lists that are longer than what the project answers at once.

/** As many rows as PostgREST answers with at the most (`max_rows`). */
const PAGE = 1_000;
/** How many pages are asked for at once, where the first was full. */
const AT_ONCE = 4;

/** All rows: the first page alone, since most lists have no other, and the rest several at a time. */
export async function wholeList<Row>(page: (from: number, to: number) => Promise<Row[]>): Promise<Row[]> {
  const found = await page(0, PAGE - 1);
  let full = found.length === PAGE;
  for (let from = PAGE; full; from += AT_ONCE * PAGE) {
    const starts = Array.from({ length: AT_ONCE }, (_, index) => from + index * PAGE);
    const pages = await Promise.all(starts.map((start) => page(start, start + PAGE - 1)));
    for (const rows of pages) for (const row of rows) found.push(row);
    full = pages.at(-1)?.length === PAGE;
  }
  return found;
}
