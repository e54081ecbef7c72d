-- Calls, meetings and mails. Ids are numbers here: the old CRM's were, and its exports still come in.
create type public.activity_kind as enum ('call', 'meeting', 'email', 'note');

create table public.activities (
  id bigint generated always as identity primary key,
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  customer_id uuid not null references public.customers (id) on delete cascade,
  deal_id uuid references public.deals (id) on delete set null,
  kind public.activity_kind not null,
  subject text not null,
  body text,
  happened_at timestamptz not null default now(),
  lasted interval,
  details jsonb not null default '{}',
  tags text[] not null default '{}',
  created_at timestamptz not null default now()
);
comment on column public.activities.details is 'What the importing system said beside it';
create index activities_user_id_happened_at_idx on public.activities (user_id, happened_at desc);
create index activities_customer_id_idx on public.activities (customer_id);
create index activities_deal_id_idx on public.activities (deal_id);
create index activities_tags_idx on public.activities using gin (tags);

alter table public.activities enable row level security;
create policy "Own activities" on public.activities for all to authenticated
  using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);

grant select, insert, update on public.activities to authenticated;
grant all on public.activities to service_role;
