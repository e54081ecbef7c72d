// What will change: per row what it is, then column by column what stands there and what would.
import { useMemo } from "preact/hooks";
import type { Effect, Open } from "../../client/mod.ts";
import { type EffectRow, effectRows } from "./effect_rows.ts";
import { counted } from "./format.ts";

interface EffectsViewProps {
  effects: readonly Open<Effect>[] | null;
  /** Why they are not known. */
  problem?: string;
  /** They are what was shown before, and hold no more. */
  old?: boolean;
}

export function EffectsView({ effects, problem, old }: EffectsViewProps) {
  const rows = useMemo(() => effectRows(effects ?? []), [effects]);
  if (effects === null) {
    return (
      <p class="note plain">
        {problem === undefined
          ? "It only reads, with these arguments, and changes nothing."
          : `This tool can’t be tried out first: only its arguments are known. ${problem}`}
      </p>
    );
  }
  const tables = new Set(rows.map(({ table }) => table)).size;
  return (
    <section
      class={`block effects ${old ? "old" : ""}`}
      aria-label={old ? "What was shown before" : "What will change"}
    >
      <div class="block-head">
        <h3>{old ? "What was shown before" : "What will change"}</h3>
        <span class="pill faint">{counted(rows.length, "row")}, {counted(tables, "table")}</span>
        {!old && (
          <span class="effects-how block-end small muted">
            tried out under your own rights, and taken back
          </span>
        )}
      </div>
      {rows.length === 0 && <p class="effect-rest small muted">It would change nothing.</p>}
      {rows.map((row, index) => <Row key={index} row={row} />)}
    </section>
  );
}

function Row({ row: { badge, table, name, columns, rest } }: { row: EffectRow }) {
  return (
    <div class="effect">
      <h4>
        <span class={`pill ${badge.tone}`}>{badge.word}</span>
        <span class="mono">{table}</span>
        <span class="muted cut">{name}</span>
      </h4>
      {columns.length > 0 && (
        <table class="columns effect-columns">
          <thead class="vh">
            <tr>
              <th>Column</th>
              <th>Before</th>
              <th>After</th>
            </tr>
          </thead>
          <tbody>
            {columns.map(({ column, before, after, made }) => (
              <tr key={column}>
                <th scope="row" class="mono">{column}</th>
                {before !== null && (
                  <td colSpan={after === null ? 2 : 1}>
                    <del>{before}</del>
                  </td>
                )}
                {after !== null && (
                  <td colSpan={before === null ? 2 : 1}>
                    <ins>{after}</ins>
                    {made && <span class="small muted">made anew then</span>}
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {rest && <p class="effect-rest small muted">{rest}</p>}
    </div>
  );
}
