-- All that the old CRM knew of a company, one to one.
create table public.company_profiles (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  customer_id uuid not null unique references public.customers (id) on delete cascade,
  updated_at timestamptz not null default now(),
  legal_name text,
  trade_name text,
  registration_number text,
  tax_number text,
  vat_id text,
  legal_form text,
  founded_on date,
  industry text,
  sub_industry text,
  employees integer,
  employees_abroad integer,
  annual_revenue numeric(20, 2),
  annual_profit numeric(20, 2),
  currency char(3),
  credit_limit numeric(12, 2),
  credit_rating text,
  payment_days smallint,
  payment_method text,
  bank_name text,
  iban text,
  bic text,
  street text,
  house_number text,
  postal_code text,
  city text,
  region text,
  country char(2),
  latitude double precision,
  longitude double precision,
  billing_street text,
  billing_postal_code text,
  billing_city text,
  billing_country char(2),
  phone text,
  fax text,
  email text,
  website text,
  linkedin_url text,
  logo_path text,
  language char(2),
  time_zone text,
  newsletter boolean not null default false,
  is_partner boolean not null default false,
  is_reference boolean not null default false,
  do_not_call boolean not null default false,
  source text,
  campaign text,
  first_contact_on date,
  last_contact_on date,
  contract_starts_on date,
  contract_ends_on date,
  discount_percent numeric(5, 2),
  remarks text,
  created_at timestamptz not null default now()
);
create index company_profiles_user_id_idx on public.company_profiles (user_id);
create trigger company_profiles_set_updated_at before update on public.company_profiles
  for each row execute function public.set_updated_at();

alter table public.company_profiles enable row level security;
create policy "Own profiles" on public.company_profiles for all to authenticated
  using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);

grant select, insert, update on public.company_profiles to authenticated;
grant all on public.company_profiles to service_role;
