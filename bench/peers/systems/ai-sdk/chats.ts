// A chat as one row, loaded at the beginning of a turn and saved whole at its end, as the guide to persistence shows.
import { pool } from "../shared/tools.ts";

await pool.query(
  `create table if not exists chats (
     id text primary key, messages jsonb not null, updated_at timestamptz not null default now()
   )`,
);

export async function loadChat(id: string) {
  const { rows: [chat] } = await pool.query("select messages from chats where id = $1", [id]);
  return chat?.messages ?? [];
}

export async function saveChat(id: string, messages: unknown[]) {
  await pool.query(
    `insert into chats (id, messages) values ($1, $2)
     on conflict (id) do update set messages = excluded.messages, updated_at = now()`,
    [id, JSON.stringify(messages)],
  );
}
