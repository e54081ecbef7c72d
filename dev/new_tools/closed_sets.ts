// Columns of text that a check constraint holds to a few values: the same as an enum to whoever fills them in.
import type { Column } from "./relation.ts";

const TEXTS = ["text", "varchar", "bpchar", "citext"];

/** `status = ANY (ARRAY['open'::text, 'done'::text])`, as Postgres writes `status in ('open', 'done')`. */
const ONE_OF =
  /^CHECK \(\(+(?:"[^"]+"|\w+)\)?(?:::text)? = ANY \(\(?ARRAY\[((?:'(?:[^']|'')*'::[a-z ]+(?:, )?)+)\]\)?(?:::text\[\])?\)+$/;

/** The columns, with the values that a check allows. */
export function closedSets(
  columns: readonly Column[],
  checks: readonly { column: string; definition: string }[],
): Column[] {
  return columns.map((column) => {
    if (column.labels !== null || column.is_array || !TEXTS.includes(column.type)) return column;
    const labels = checks.filter((check) => check.column === column.name)
      .map(({ definition }) => valuesOf(definition)).find((values) => values !== null);
    return labels === undefined ? column : { ...column, labels };
  });
}

function valuesOf(definition: string): string[] | null {
  const values = ONE_OF.exec(definition)?.[1];
  if (values === undefined) return null;
  return [...values.matchAll(/'((?:[^']|'')*)'::/g)].map(([, value = ""]) => value.replaceAll("''", "'"));
}
