// The rows that a call has changed: of each what it is, and column by column what stood there before and after.
import type { Change } from "../data/contents.ts";
import { exact } from "./format.ts";
import { changedColumns, nameOf } from "./row_changes.ts";

const BADGES: Readonly<Record<string, { word: string; tone: string }>> = {
  insert: { word: "new row", tone: "ok" },
  update: { word: "changed", tone: "warn" },
  delete: { word: "removed", tone: "bad" },
};

export function ChangesView({ changes }: { changes: readonly Change[] }) {
  if (changes.length === 0) return <p class="muted">It changed no row.</p>;
  return <>{changes.map((change, index) => <ChangedRow key={index} change={change} />)}</>;
}

/** Long texts stand below each other: three narrow columns of them can't be read. */
function isLong(...texts: (string | null)[]): boolean {
  return texts.some((text) => (text?.length ?? 0) > 80);
}

function ChangedRow({ change }: { change: Change }) {
  const { word, tone } = BADGES[change.op] ?? { word: change.op, tone: "faint" };
  const columns = changedColumns(change);
  const name = nameOf(change);
  return (
    <section class="block changed-row">
      <h3>
        <span class={`pill ${tone}`}>{word}</span>
        <span class="mono">{change.relation.replace(/^public\./, "")}</span>
        {name && <span class="muted cut">{name}</span>}
      </h3>
      {change.undone_at !== null && <p class="muted small">Undone: {exact(change.undone_at)}</p>}
      {!change.kept && <p class="muted small">The row was too large to be kept, or its run was purged.</p>}
      {columns.length > 0 && (
        <table class={`columns ${change.op}`}>
          <thead class="vh">
            <tr>
              <th>Column</th>
              {change.op !== "insert" && <th>Before</th>}
              {change.op !== "delete" && <th>After</th>}
            </tr>
          </thead>
          <tbody>
            {columns.map(({ column, before, after }) => (
              <tr key={column} class={isLong(before, after) ? "long" : ""}>
                <th scope="row" class="mono">{column}</th>
                {change.op !== "insert" && <td>{before !== null && <del>{before}</del>}</td>}
                {change.op !== "delete" && <td>{after !== null && <ins>{after}</ins>}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
