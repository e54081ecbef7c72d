// Counts the statements that reach the database, with pg_stat_statements.
import postgres from "postgres";
import { z } from "zod";
import type { Stack } from "../../dev/stack.ts";

export interface Statements {
  /** Queries and calls on behalf of the functions. */
  own: number;
  /** Of the auth server, which looks up the user of a token. */
  auth: number;
  /** What REST puts around each request: begin, commit, and the request's settings, written and read back. */
  frame: number;
  /** Those that statements run inside of the database. */
  nested: number;
  /** That all of them read, or find in memory. */
  pages: number;
  /** Of Postgres, for all of them. */
  ms: number;
}

export interface Counter extends AsyncDisposable {
  /** Counts from zero again. */
  reset(): Promise<void>;
  read(): Promise<Statements>;
}

const Rows = z.array(z.object({
  ...{ query: z.string(), toplevel: z.boolean(), calls: z.coerce.number() },
  ...{ pages: z.coerce.number(), ms: z.number() },
}));

/** Starts to count, in the stack's own database only. */
export async function startCounter({ admin_url, database_url }: Stack): Promise<Counter> {
  const database = decodeURIComponent(new URL(database_url).pathname.slice(1));
  const sql = postgres(admin_url, { max: 1, onnotice: () => {} });
  await sql`create extension if not exists pg_stat_statements`;
  await sql`alter system set pg_stat_statements.track = 'all'`;
  await sql`select pg_reload_conf()`;
  return {
    async reset() {
      await sql`select pg_stat_statements_reset()`;
    },
    async read() {
      const rows = Rows.parse(
        await sql`
          select s.query, s.toplevel, s.calls, s.shared_blks_hit + s.shared_blks_read as pages,
            s.total_exec_time as ms
          from pg_stat_statements s join pg_database d on d.oid = s.dbid
          where d.datname = ${database}`,
      );
      const counted: Statements = { own: 0, auth: 0, frame: 0, nested: 0, pages: 0, ms: 0 };
      for (const { query, toplevel, calls, pages, ms } of rows) {
        counted[toplevel ? kindOf(query) : "nested"] += calls;
        // A statement's own hold those of the statements inside of it.
        counted.pages += toplevel ? pages : 0;
        counted.ms += toplevel ? ms : 0;
      }
      return counted;
    },
    async [Symbol.asyncDispose]() {
      await sql`alter system reset pg_stat_statements.track`;
      await sql`select pg_reload_conf()`;
      await sql.end();
    },
  };
}

function kindOf(query: string): "own" | "auth" | "frame" {
  if (/^(begin|commit|rollback|select set_config|select current_setting)\b/i.test(query)) return "frame";
  return /\bfrom "auth"\.|\bfrom auth\./i.test(query) ? "auth" : "own";
}
