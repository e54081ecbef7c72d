// Six kinds of things of a project with many rows, most of them other users', for what a run's first prompt costs there.
import postgres, { type Sql } from "postgres";
import { ENGINE_MIGRATIONS } from "../../../dev/parts.ts";
import { createTemplate, dropDatabase } from "../../../dev/database/template.ts";

export interface BigTables {
  sql: Sql;
  /** Who owns one row in six, and sees the tickets of a team. */
  user_id: string;
}

const TABLES = `
  create table public.teams (id uuid primary key default gen_random_uuid(), name text not null);
  create table public.team_members (team_id uuid references public.teams, user_id uuid, primary key (user_id, team_id));
  create table public.customers (id uuid primary key default gen_random_uuid(), user_id uuid not null, name text not null,
    created_at timestamptz not null);
  create index on public.customers (user_id, created_at);
  create table public.deals (id bigint generated always as identity primary key, user_id uuid not null,
    customer_id uuid, title text not null, stage text not null);
  create index on public.deals (user_id, id);
  create table public.activities (id bigint generated always as identity primary key, user_id uuid not null,
    subject text not null);
  create index on public.activities (user_id, id);
  create table public.tickets (id bigint generated always as identity primary key, team_id uuid not null,
    title text not null);
  create index on public.tickets (team_id, id);
  create view public.deals_of_customers with (security_invoker = true) as
    select d.id, d.title, c.name from public.deals d join public.customers c on c.id = d.customer_id;
  do $$ declare v_table text; begin
    foreach v_table in array '{customers,deals,activities}'::text[] loop
      execute format('alter table public.%1$I enable row level security;
        create policy own on public.%1$I to authenticated using ((select auth.uid()) = user_id)', v_table);
    end loop;
  end $$;
  alter table public.team_members enable row level security;
  create policy own on public.team_members to authenticated using ((select auth.uid()) = user_id);
  alter table public.tickets enable row level security;
  create policy team on public.tickets to authenticated
    using (team_id in (select m.team_id from public.team_members m where m.user_id = (select auth.uid())));
  alter table public.teams enable row level security;
  create policy team on public.teams to authenticated
    using (id in (select m.team_id from public.team_members m where m.user_id = (select auth.uid())));
  grant select on all tables in schema public to authenticated;
  insert into public.agent_subjects (name, relation, title_column, group_column, newest_column, count_up_to) values
    ('customer', 'public.customers', 'name', null, 'created_at', 1000),
    ('deal', 'public.deals', 'title', 'stage', 'id', 1000),
    ('activity', 'public.activities', 'subject', null, 'id', 1000),
    ('ticket', 'public.tickets', null, null, null, 1000),
    ('deal_of_customer', 'public.deals_of_customers', 'title', null, null, 0),
    ('team', 'public.teams', 'name', null, null, 1000)`;

/** Lends a database of its own, with so many customers, deals and tickets. */
export async function withBigTables<Result>(
  admin_url: string,
  rows: number,
  work: (tables: BigTables) => Promise<Result>,
): Promise<Result> {
  const name = `big_${crypto.randomUUID().slice(0, 8)}`;
  const sql = postgres(await createTemplate(admin_url, name, [ENGINE_MIGRATIONS]), {
    max: 1,
    onnotice: () => {},
  });
  try {
    const user_id = crypto.randomUUID();
    await sql`insert into auth.users (id, email) values (${user_id}, 'big@example.com')`;
    await sql.unsafe(TABLES);
    await sql`insert into teams (name) select 'Team ' || n from generate_series(1, 10) n`;
    await sql`insert into team_members select id, ${user_id} from teams order by name limit 1`;
    // The user's rows come last: whoever reads the table from its beginning reads all of it.
    await sql`insert into customers (user_id, name, created_at)
      select case when n > ${rows}::int * 5 / 6 then ${user_id}::uuid else md5((n % 50)::text)::uuid end,
        'Customer ' || n, '2026-01-01'::timestamptz + n * interval '1 minute' from generate_series(1, ${rows}::int) n`;
    await sql`insert into deals (user_id, customer_id, title, stage)
      select user_id, id, 'Deal of ' || name, (array['lead', 'won', 'lost'])[1 + random(0, 2)] from customers
      order by created_at`;
    await sql`insert into tickets (team_id, title)
      select (select id from teams order by name limit 1 offset 9 - (n * 10 - 1) / ${rows}::int), 'Ticket ' || n
      from generate_series(1, ${rows}::int) n`;
    await sql`vacuum (analyze)`;
    return await work({ sql, user_id });
  } finally {
    await sql.end();
    await dropDatabase(admin_url, name);
  }
}

/** Runs a statement as the user, once its plans are made: the pages that it reads, and its milliseconds. */
export async function costOf(
  { sql, user_id }: BigTables,
  statement: string,
): Promise<{ pages: number; ms: number }> {
  return await sql.begin(async (as) => {
    await as`select set_config('role', 'authenticated', true),
      set_config('request.jwt.claims', ${JSON.stringify({ sub: user_id })}, true)`;
    for (let warm_up = 0; warm_up < 2; warm_up++) await as.unsafe(statement);
    const [row] = await as.unsafe(`explain (analyze, buffers, format json) ${statement}`);
    const [plan] = row?.["QUERY PLAN"] ?? [];
    return {
      pages: plan.Plan["Shared Hit Blocks"] + plan.Plan["Shared Read Blocks"],
      ms: plan["Execution Time"],
    };
  });
}
