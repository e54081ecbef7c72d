// The rows that a user's tools have written, whatever the domain.
import type { Json } from "../../../shared/contracts/text.ts";
import { database } from "../stack/stack.ts";
import { type Acting, at } from "./tool_user.ts";

/** The tables that the tools of a domain write. */
export type Tables = readonly string[];

type Row = Record<string, Json>;

/** Every row of the user's, whole. */
export async function ownRows(tables: Tables, { user }: { user: Acting }): Promise<Row[]> {
  const sql = database();
  try {
    const found = await Promise.all(tables.map(async (table) => {
      const rows = await sql<{ row: Row }[]>`
        select to_jsonb(t) as row from ${sql(table)} t where user_id = ${user.id} order by id`;
      return rows.map(({ row }): Row => ({ table, ...row, search: null }));
    }));
    return found.flat();
  } finally {
    await sql.end();
  }
}

/** What a person calls the row. */
export function label(row: Json | undefined): Json | undefined {
  return at(row, "title") ?? at(row, "name") ?? at(row, "borrower");
}

/** The transactions that wrote the user's rows as they are, and the one that left the receipt of a call. */
export async function writers(tables: Tables, { user }: { user: Acting }, call_id: string) {
  const sql = database();
  try {
    const rows = await Promise.all(
      tables.map((table) => sql`select xmin::text from ${sql(table)} where user_id = ${user.id}`),
    );
    const [receipt] = await sql`
      select xmin::text from tool_receipts where user_id = ${user.id} and call_id = ${call_id}`;
    return { rows: new Set(rows.flat().map(({ xmin }) => xmin)), receipt: receipt?.xmin };
  } finally {
    await sql.end();
  }
}

/** The same for two sets of rows that differ in nothing but their ids and the times of writing. */
export function likeness(rows: Row[]): string[] {
  const names = new Map(rows.map((row) => [row.id, `${row.table} ${label(row)}`]));
  const written = new Set(["id", "user_id", "created_at", "updated_at", "completed_at"]);
  return rows.map((row) =>
    JSON.stringify(
      Object.entries(row).filter(([key]) => !written.has(key)).map(([key, value]) => [
        key,
        names.get(value) ?? value,
      ]),
    )
  ).toSorted();
}
