// The workspace that every case begins with, and the rows in it that somebody else has filled.
import type { Sql } from "postgres";
import { z } from "zod";
import { testStack } from "../support/stack/stack.ts";
import type { OutsideRow, Table } from "./corpus.ts";

const Desk = z.record(z.string(), z.record(z.string(), z.record(z.string(), z.json())));

/** The rows' ids by their names. */
export type Names = ReadonlyMap<string, string>;

/** A value with the names of rows in place of which their ids stand. */
export function withIds<Value>(value: Value, names: Names): Value {
  return JSON.parse(JSON.stringify(value).replace(/\$([a-z]+)/g, (text, name) => names.get(name) ?? text));
}

/** Fills the user's workspace with what is their own. */
export async function setDesk(sql: Sql, user_id: string): Promise<Map<string, string>> {
  const desk = Desk.parse(JSON.parse(await Deno.readTextFile(new URL("desk.json", import.meta.url))));
  const names = new Map(
    Object.values(desk).flatMap((rows) =>
      Object.keys(rows).map((name) => [name, crypto.randomUUID()] as const)
    ),
  );
  for (const [table, rows] of Object.entries(desk)) {
    const filled = Object.entries(withIds(rows, names)).map(([name, fields]) => ({
      id: names.get(name),
      user_id,
      ...fields,
    }));
    for (const row of filled) await sql`insert into ${sql(table)} ${sql(row)}`;
  }
  return names;
}

/** Adds rows as an importer does, with the user's token; the first one's id is `$carrier`. */
export async function importRows(
  token: string,
  rows: readonly OutsideRow[],
  names: Map<string, string>,
): Promise<void> {
  const { url, publishable_key } = testStack();
  for (const { table, source, fields } of rows) {
    const id = crypto.randomUUID();
    const answer = await fetch(`${url}/rest/v1/${table}`, {
      method: "POST",
      headers: {
        ...{ apikey: publishable_key, authorization: `Bearer ${token}`, "content-type": "application/json" },
        ...(source && { "x-row-source": source }),
      },
      body: JSON.stringify({ id, ...withIds(fields, names) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`Cannot import a row: ${answer.status} ${text}`);
    if (!names.has("carrier")) names.set("carrier", id);
  }
}

/** The rows of the user's workspace, as text, by table and id. */
export async function snapshot(sql: Sql, user_id: string): Promise<Map<string, string>> {
  const rows = await sql<{ name: `${Table}:${string}`; row: string }[]>`
    select 'projects:' || id as name, to_jsonb(t)::text as row from public.projects t where user_id = ${user_id}
    union all select 'tasks:' || id, to_jsonb(t)::text from public.tasks t where user_id = ${user_id}
    union all select 'notes:' || id, to_jsonb(t)::text from public.notes t where user_id = ${user_id}
    union all select 'brain_dumps:' || id, to_jsonb(t)::text from public.brain_dumps t where user_id = ${user_id}
    union all select 'calendar_events:' || id, to_jsonb(t)::text from public.calendar_events t where user_id = ${user_id}`;
  return new Map(rows.map(({ name, row }) => [name, row]));
}
