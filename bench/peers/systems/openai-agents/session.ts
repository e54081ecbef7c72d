// The SDK's Session interface on one table: it ships none for Postgres, and its guide says to write one.
import { pool } from "../shared/tools.ts";

await pool.query(`create table if not exists session_items (
  session_id text not null,
  seq bigint generated always as identity,
  item jsonb not null,
  primary key (session_id, seq)
)`);

/** The items of one conversation, in their order. */
export class PostgresSession {
  readonly #id: string;

  constructor(id: string) {
    this.#id = id;
  }

  getSessionId() {
    return Promise.resolve(this.#id);
  }

  async getItems(limit?: number) {
    const { rows } = await pool.query(
      `select item from (
         select seq, item from session_items where session_id = $1 order by seq desc limit $2
       ) latest order by seq`,
      [this.#id, limit ?? null],
    );
    return rows.map(({ item }) => item);
  }

  async addItems(items: unknown[]) {
    if (items.length === 0) return;
    await pool.query(
      `insert into session_items (session_id, item)
       select $1, value from jsonb_array_elements($2::jsonb) with ordinality order by ordinality`,
      [this.#id, JSON.stringify(items)],
    );
  }

  async popItem() {
    const { rows } = await pool.query(
      `delete from session_items where (session_id, seq) = (
         select session_id, seq from session_items where session_id = $1 order by seq desc limit 1
       ) returning item`,
      [this.#id],
    );
    return rows[0]?.item;
  }

  async clearSession() {
    await pool.query("delete from session_items where session_id = $1", [this.#id]);
  }
}
