// A stock Postgres database with the least of the platform that the migrations need, so that nothing the local
// stack brings on top can hide a fault in them.
import postgres from "postgres";
import { createDatabase, dropDatabase } from "../../../dev/database/template.ts";
import { testStack } from "./stack.ts";

// The roles belong to the server and are there already.
const STUB = `
  create schema extensions;
  create schema auth;
  create table auth.users (id uuid primary key, email text);
  create function auth.uid() returns uuid language sql stable as
    $$ select (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid $$;
  create function auth.jwt() returns jsonb language sql stable as
    $$ select nullif(current_setting('request.jwt.claims', true), '')::jsonb $$;
  create function auth.role() returns text language sql stable as $$ select auth.jwt() ->> 'role' $$;
  grant usage on schema auth, extensions, public to anon, authenticated, service_role;`;

export interface StockDatabase extends AsyncDisposable {
  url: string;
  sql: postgres.Sql;
}

/** Use with `await using`. */
export async function stockDatabase(): Promise<StockDatabase> {
  const { admin_url } = testStack();
  const name = `stock_${crypto.randomUUID().slice(0, 13)}`;
  const url = await createDatabase(admin_url, name, "template0");
  const sql = postgres(url, { max: 2, onnotice: () => {} });
  await sql.unsafe(STUB);
  return {
    url,
    sql,
    async [Symbol.asyncDispose]() {
      await sql.end();
      await dropDatabase(admin_url, name);
    },
  };
}
