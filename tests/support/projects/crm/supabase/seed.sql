-- Rows to try the app with, for demo@example.com. Sign up first, then run it again with: supabase db reset
insert into public.teams (id, name, slug) values
  ('7ea00000-0000-4000-8000-000000000001', 'Support Europe', 'support-europe'),
  ('7ea00000-0000-4000-8000-000000000002', 'Support America', 'support-america')
on conflict do nothing;

insert into public.exchange_rates (currency, eur) values ('USD', 0.92), ('GBP', 1.17) on conflict do nothing;

with me as (select id from auth.users where email = 'demo@example.com')
insert into public.team_members (team_id, user_id, role)
select '7ea00000-0000-4000-8000-000000000001', me.id, 'owner' from me
on conflict do nothing;

with me as (select id from auth.users where email = 'demo@example.com')
insert into public.customers (id, user_id, name, email, tier, notes, deleted_at)
select c.id::uuid, me.id, c.name, c.email, c.tier::public.customer_tier, c.notes, c.deleted_at::timestamptz
from me, (values
  ('c0500000-0000-4000-8000-000000000001', 'Acme', 'buying@acme.example', 'enterprise', 'Wants a second site next year.', null),
  ('c0500000-0000-4000-8000-000000000002', 'Globex', 'it@globex.example', 'standard', null, null),
  ('c0500000-0000-4000-8000-000000000003', 'Initech', null, 'free', 'Asks for an invoice by post.', null),
  ('c0500000-0000-4000-8000-000000000004', 'Umbrella', 'hello@umbrella.example', 'standard', null, '2025-08-01')
) as c (id, name, email, tier, notes, deleted_at)
on conflict do nothing;

with me as (select id from auth.users where email = 'demo@example.com')
insert into public.deals (id, user_id, customer_id, title, stage, amount, probability, close_date, deleted_at)
select d.id::uuid, me.id, d.customer_id::uuid, d.title, d.stage::public.deal_stage, d.amount, d.probability,
  current_date + d.days, d.deleted_at::timestamptz
from me, (values
  ('dea00000-0000-4000-8000-000000000001', 'c0500000-0000-4000-8000-000000000001', 'Warehouse scanners', 'lead', 12000, 20, 40, null),
  ('dea00000-0000-4000-8000-000000000002', 'c0500000-0000-4000-8000-000000000001', 'Service contract', 'lead', 4800, 30, 60, null),
  ('dea00000-0000-4000-8000-000000000003', 'c0500000-0000-4000-8000-000000000001', 'Pilot', 'won', 2500, 100, -30, null),
  ('dea00000-0000-4000-8000-000000000004', 'c0500000-0000-4000-8000-000000000002', 'Licences for the lab', 'lead', 900, 10, 20, null),
  ('dea00000-0000-4000-8000-000000000005', 'c0500000-0000-4000-8000-000000000002', 'Migration', 'qualified', 15000, 50, 90, null),
  ('dea00000-0000-4000-8000-000000000006', 'c0500000-0000-4000-8000-000000000003', 'Printer lease', 'lost', 700, 0, -5, null),
  ('dea00000-0000-4000-8000-000000000007', 'c0500000-0000-4000-8000-000000000002', 'Old draft', 'lead', 1, 1, 1, '2025-07-01')
) as d (id, customer_id, title, stage, amount, probability, days, deleted_at)
on conflict do nothing;

with me as (select id from auth.users where email = 'demo@example.com')
insert into public.activities (user_id, customer_id, deal_id, kind, subject, lasted, details, tags)
select me.id, a.customer_id::uuid, a.deal_id::uuid, a.kind::public.activity_kind, a.subject, a.lasted::interval,
  a.details::jsonb, a.tags::text[]
from me, (values
  ('c0500000-0000-4000-8000-000000000001', 'dea00000-0000-4000-8000-000000000001', 'call', 'Asked about delivery', '25 minutes', '{"line": "mobile"}', '{urgent}'),
  ('c0500000-0000-4000-8000-000000000001', null, 'meeting', 'Site visit', '2 hours 30 minutes', '{}', '{site,plan}'),
  ('c0500000-0000-4000-8000-000000000002', 'dea00000-0000-4000-8000-000000000005', 'email', 'Sent the migration plan', null, '{"attachments": 2}', '{}')
) as a (customer_id, deal_id, kind, subject, lasted, details, tags)
where not exists (select from public.activities);

insert into public.tickets (team_id, customer_id, title, body, status, priority, external_id)
select t.team_id::uuid, c.id, t.title, t.body, t.status::public.ticket_status, t.priority, t.external_id
from (values
  ('7ea00000-0000-4000-8000-000000000001', 'Acme', 'Scanner shows no battery', 'Since the update the display is empty.', 'open', 1, 9007199254740993),
  ('7ea00000-0000-4000-8000-000000000001', 'Globex', 'Invoice twice', 'Number 4711 came two times.', 'waiting', 3, 9007199254740995),
  ('7ea00000-0000-4000-8000-000000000002', null, 'Not for Europe', 'Another team''s.', 'open', 2, null)
) as t (team_id, customer, title, body, status, priority, external_id)
left join public.customers c on c.name = t.customer
where not exists (select from public.tickets);

insert into public.messages (ticket_id, role, body)
select t.id, m.role::public.message_role, m.body
from public.tickets t,
  (values ('customer', 'Is there a spare one?'), ('colleague', 'It is on its way.')) as m (role, body)
where t.title = 'Scanner shows no battery' and not exists (select from public.messages);

with me as (select id from auth.users where email = 'demo@example.com')
insert into public.agents (user_id, name, region, commission_percent, api_token)
select me.id, 'Jonas Weber', 'North', 7.5, 'not-for-models' from me
where not exists (select from public.agents);

insert into public.company_profiles (user_id, customer_id, legal_name, city, country, employees, annual_revenue)
select c.user_id, c.id, 'Acme GmbH', 'Hamburg', 'DE', 240, 123456789012345678.91 from public.customers c
where c.name = 'Acme'
on conflict do nothing;
