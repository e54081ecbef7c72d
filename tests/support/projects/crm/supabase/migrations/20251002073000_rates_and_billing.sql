-- Filled by a job every night, the same for everybody.
create table public.exchange_rates (
  currency char(3) primary key,
  eur numeric(18, 8) not null,
  valid_on date not null default current_date
);
grant select on public.exchange_rates to authenticated;
grant all on public.exchange_rates to service_role;

-- What the payment provider sends us; nobody reads it through the API.
create table public.billing_events (
  id text primary key,
  payload jsonb not null,
  received_at timestamptz not null default now()
);
alter table public.billing_events enable row level security;
grant all on public.billing_events to service_role;
