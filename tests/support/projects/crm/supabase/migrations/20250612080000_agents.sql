-- Sales agents outside of the company, who get a share.
create table public.agents (
  id serial primary key,
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  name text not null,
  region text,
  commission_percent numeric(4, 1) not null default 0,
  api_token text
);
create index agents_user_id_idx on public.agents (user_id);

alter table public.agents enable row level security;
create policy "Own agents" on public.agents for all to authenticated
  using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);

grant select, insert, update on public.agents to authenticated;
grant usage on sequence public.agents_id_seq to authenticated;
grant all on public.agents to service_role;
