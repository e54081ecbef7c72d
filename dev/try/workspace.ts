// The rows of a user's workspace, whole, and what has become of them between two looks.
import type { SupabaseClient } from "@supabase/supabase-js";
import type { Database } from "../../shared/domain/database.types.ts";

/** Acts as the user, under row-level security. */
export type UserClient = SupabaseClient<Database>;

export const TABLES = ["projects", "tasks", "notes", "brain_dumps", "calendar_events"] as const;
export type Table = typeof TABLES[number];
export type Row<Name extends Table> = Database["public"]["Tables"][Name]["Row"];

export type Workspace = { [Name in Table]: Row<Name>[] };

/** A row that is new or gone, or one with the fields that changed. */
export interface Change {
  table: Table;
  change: "created" | "updated" | "removed";
  id: string;
  /** Its title, or its name. */
  title: string;
  /** As it is; as it was, where it is gone. */
  row: Record<string, unknown>;
  fields: Record<string, { before: unknown; after: unknown }>;
}

/** What the database keeps by itself; `completed_at` follows from the status. */
const KEPT = new Set(["user_id", "created_at", "updated_at", "completed_at", "search", "folded"]);

/** Every row. Throws when the database refuses one of the reads. */
export async function readWorkspace(client: UserClient): Promise<Workspace> {
  const [projects, tasks, notes, brain_dumps, calendar_events] = await Promise.all([
    rows(client.from("projects").select("*").order("id")),
    rows(client.from("tasks").select("*").order("id")),
    rows(client.from("notes").select("*").order("id")),
    rows(client.from("brain_dumps").select("*").order("id")),
    rows(client.from("calendar_events").select("*").order("id")),
  ]);
  return { projects, tasks, notes, brain_dumps, calendar_events };
}

/** The rows that are not in both as they were. */
export function changesBetween(before: Workspace, after: Workspace): Change[] {
  return TABLES.flatMap((table) => changesOf(table, before[table], after[table]));
}

function changesOf(
  table: Table,
  before: readonly (Record<string, unknown> & { id: string })[],
  after: readonly (Record<string, unknown> & { id: string })[],
): Change[] {
  const old = new Map(before.map((row) => [row.id, row]));
  const left = new Set(after.map(({ id }) => id));
  const gone = before.filter(({ id }) => !left.has(id));
  return [
    ...after.flatMap((row): Change[] => {
      const was = old.get(row.id);
      const head = { table, id: row.id, title: titleOf(row), row };
      if (was === undefined) return [{ ...head, change: "created", fields: {} }];
      const fields = changedFields(was, row);
      return Object.keys(fields).length === 0 ? [] : [{ ...head, change: "updated", fields }];
    }),
    ...gone.map((row): Change => ({
      ...{ table, id: row.id, title: titleOf(row), row },
      ...{ change: "removed", fields: {} },
    })),
  ];
}

function changedFields(before: Record<string, unknown>, after: Record<string, unknown>): Change["fields"] {
  const differs = (key: string) => JSON.stringify(before[key]) !== JSON.stringify(after[key]);
  const keys = Object.keys(after).filter((key) => !KEPT.has(key) && differs(key));
  return Object.fromEntries(keys.map((key) => [key, { before: before[key], after: after[key] }]));
}

function titleOf(row: Record<string, unknown>): string {
  return String(row.title ?? row.name ?? "");
}

async function rows<One>(
  query: PromiseLike<{ data: One[] | null; error: { message: string } | null }>,
): Promise<One[]> {
  const { data, error } = await query;
  if (error !== null) throw new Error(`Cannot read the workspace: ${error.message}`);
  return data ?? [];
}
