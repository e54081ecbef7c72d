create type public.customer_tier as enum ('free', 'standard', 'enterprise');
create type public.deal_stage as enum ('lead', 'qualified', 'proposal', 'won', 'lost');

create function public.set_updated_at()
returns trigger language plpgsql set search_path = '' as $$
begin
  new.updated_at := now();
  return new;
end
$$;
revoke execute on function public.set_updated_at() from public;

create table public.customers (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  name varchar(120) not null,
  email text,
  phone text,
  website text,
  tier public.customer_tier not null default 'standard',
  notes text,
  is_active boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz
);
comment on table public.customers is 'Companies that buy from us, or might';
comment on column public.customers.tier is 'What they pay for';
create index customers_user_id_name_idx on public.customers (user_id, name);

create table public.deals (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  customer_id uuid not null references public.customers (id) on delete restrict,
  title text not null,
  stage public.deal_stage not null default 'lead',
  amount numeric(12, 2) not null default 0,
  probability smallint check (probability between 0 and 100),
  close_date date,
  notes text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz,
  constraint deals_amount_not_negative check (amount >= 0)
);
comment on column public.deals.amount is 'EUR, without tax';
comment on column public.deals.close_date is 'When we expect the signature';
create index deals_user_id_stage_idx on public.deals (user_id, stage);
create index deals_customer_id_idx on public.deals (customer_id);

create trigger customers_set_updated_at before update on public.customers
  for each row execute function public.set_updated_at();
create trigger deals_set_updated_at before update on public.deals
  for each row execute function public.set_updated_at();

alter table public.customers enable row level security;
alter table public.deals enable row level security;

create policy "Own customers" on public.customers for select to authenticated
  using ((select auth.uid()) = user_id);
create policy "Add own customers" on public.customers for insert to authenticated
  with check ((select auth.uid()) = user_id);
create policy "Change own customers" on public.customers for update to authenticated
  using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);
create policy "Own deals" on public.deals for all to authenticated
  using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);

grant select, insert, update on public.customers to authenticated;
grant select, insert, update, delete on public.deals to authenticated;
grant all on public.customers, public.deals to service_role;
