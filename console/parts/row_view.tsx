// A row of the database as it is, with the two ways to read it again.
import { readRow } from "../data/contents.ts";
import { useData } from "../data/use_data.ts";
import type { RowAddress } from "../data/row_address.ts";
import { sqlText, supabaseText } from "./copy_texts.ts";
import { JsonView } from "./json_view.tsx";
import { Loading } from "./loading.tsx";
import type { Span } from "./span.ts";
import { useLoaded } from "./use_loaded.ts";

/** `row` is null for what has none yet. */
export function RowView({ row, span }: { row: RowAddress | null; span: Span }) {
  if (row === null) return <p class="muted">Its row is there once the run has ended or waits.</p>;
  return <StoredRow row={row} state={span.state} />;
}

function StoredRow({ row, state }: { row: RowAddress; state: string }) {
  const data = useData();
  const loaded = useLoaded(data, JSON.stringify([row, state]), () => readRow(data, row));
  const { project } = data;
  return (
    <>
      <h3>SQL</h3>
      <pre class="code" tabIndex={0} aria-label="SQL">{sqlText(project, row)}</pre>
      <h3>supabase-js</h3>
      <pre class="code" tabIndex={0} aria-label="supabase-js">{supabaseText(project, row)}</pre>
      <h3>
        <span class="mono">{row.table}</span>
      </h3>
      <Loading of={loaded}>
        {(value) =>
          value === null
            ? <p class="muted">There is no such row.</p>
            : <JsonView value={value} label="Row" />}
      </Loading>
    </>
  );
}
