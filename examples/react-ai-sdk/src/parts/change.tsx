/** A row that a call would change, as it was and as it would be. */
export interface Effect {
  op: "insert" | "update" | "delete" | "unshown";
  table: string;
  title?: string;
  row?: Record<string, unknown>;
  changes?: Record<string, [unknown, unknown]>;
}

const WORDS = { insert: "Adds to", update: "Changes", delete: "Deletes from", unshown: "Changes, unseen," };

export function Change({ effect: { op, table, title, row = {}, changes } }: { effect: Effect }) {
  const columns: [name: string, old: unknown, value: unknown][] = changes
    ? Object.entries(changes).map(([name, [old, value]]) => [name, old, value])
    : Object.entries(row).map(([name, value]) => op === "delete" ? [name, value, null] : [name, null, value]);
  return (
    <table>
      <caption>{WORDS[op]} {table.replace(/^public\./, "")}{title && `: ${title}`}</caption>
      <tbody>
        {columns.filter(([, old, value]) => old !== null || value !== null).map(([name, old, value]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>
              {old !== null && <del>{shown(old)}</del>} {value !== null && <ins>{shown(value)}</ins>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function shown(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
