// Statements as calls of write tools, on a database with tables of its own, and what each left behind.
import postgres, { type Sql } from "postgres";
import { freshDatabase } from "../support/stack/stack.ts";
import { actingAs, become, type User } from "./agents_calls.ts";

export interface KeptEffect {
  op: string;
  relation: string;
  row_key: Record<string, string>;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  undone_at: Date | null;
}

/** What a statement left behind, and what came of it as its transaction was asked. */
export interface Written {
  call_id: string;
  effects: KeptEffect[];
  /** What `private.call_diff` says. */
  diff: unknown;
}

export type Write = (statement: string) => Promise<Written>;

const TABLES = `
  create table public.orders (
    id bigint generated always as identity primary key, title text unique, amount numeric, note text,
    made_at timestamptz not null default clock_timestamp(),
    folded text generated always as (lower(title)) stored
  );
  create table public.items (
    place integer, order_id bigint references public.orders on delete cascade, name text,
    primary key (order_id, place)
  );
  create table public.labels (
    order_id bigint references public.orders on delete set null, text text
  );
  create table public.kinds (id integer generated always as identity primary key,
    f float8, t timestamptz, i interval, b bytea, n numeric[], j jsonb);
  create table public.parts (id integer primary key,
    part_of integer references public.parts deferrable initially deferred);
  create table public.places (id integer primary key, near integer references public.places on delete set null);
  create trigger record_tool_effect after insert or update or delete on public.parts
    for each row execute function private.keep_tool_effect('id');
  create trigger record_tool_effect after insert or update or delete on public.places
    for each row execute function private.keep_tool_effect('id');
  create trigger record_tool_effect after insert or update or delete on public.orders
    for each row execute function private.keep_tool_effect('id', '--clock', 'made_at');
  create trigger record_tool_effect after insert or update or delete on public.items
    for each row execute function private.keep_tool_effect('order_id', 'place');
  create trigger record_tool_effect after insert or update or delete on public.kinds
    for each row execute function private.keep_tool_effect('id');
  grant select, insert, update, delete on public.orders, public.items, public.labels, public.kinds,
    public.parts, public.places to authenticated`;

/** `write` makes statements as one call of the user's. */
export async function withTables(
  work: (write: Write, sql: Sql, user: User) => Promise<void>,
): Promise<void> {
  const { url, drop } = await freshDatabase();
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await sql.unsafe(TABLES);
    const id = crypto.randomUUID();
    await sql`insert into auth.users (id) values (${id})`;
    const write: Write = async (statement) => {
      const call_id = crypto.randomUUID();
      const headers = { "x-tool-call-id": call_id, "x-tool-attempt": crypto.randomUUID() };
      const diff = await sql.begin(async (request) => {
        await become(request, id);
        await request`select set_config('request.headers', ${JSON.stringify(headers)}, true)`;
        await request.unsafe(statement);
        await request`reset role`;
        const [row] = await request`select private.call_diff(${id}, ${call_id}) as diff`;
        return row?.diff;
      });
      const effects = await sql<KeptEffect[]>`select op, relation, row_key, before, after, undone_at
        from public.tool_effects where call_id = ${call_id} order by seq`;
      return { call_id, effects: [...effects], diff };
    };
    await work(write, sql, actingAs(sql, id));
  } finally {
    await sql.end();
    await drop();
  }
}
