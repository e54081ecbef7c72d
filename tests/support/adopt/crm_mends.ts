// What the CRM's makers do about what they are told: by the refusals of new-tools, and by the self-test.

/** What the sentences of new-tools ask for. */
export const MENDED = `alter table public.exchange_rates enable row level security;
create policy "Everybody signed in" on public.exchange_rates for select to authenticated using (true);
alter view public.customer_revenue set (security_invoker = true);
`;

/** What the self-test says of their own tables: mended where it is a slip, excused where it is meant so. */
export const SECURED = `do $$
declare
  v_table text;
begin
  -- Whose a row is, its user may not change.
  foreach v_table in array '{activities,agents,company_profiles,customers,deals,tickets}'::text[] loop
    execute format('revoke update on public.%I from authenticated', v_table);
    execute (
      select format('grant update (%s) on public.%I to authenticated', string_agg(quote_ident(attname), ', '), v_table)
      from pg_attribute
      where attrelid = format('public.%I', v_table)::regclass and attnum > 0 and not attisdropped
        and attname not in ('id', 'user_id', 'assignee_id') and attgenerated = ''
    );
  end loop;
end
$$;

insert into agent_private.security_exceptions (check_id, object, reason) values
  ('S22', 'public.tickets', 'They are their team''s; policies ask for it.'),
  ('S22', 'public.teams', 'Who is in a team stands in team_members.'),
  ('S22', 'public.messages', 'They are their ticket''s.'),
  ('S22', 'public.billing_events', 'The server''s alone.'),
  ('S02', 'public.billing_events', 'The server''s alone.'),
  ('S22', 'public.exchange_rates', 'The same for everybody; a job writes them.'),
  ('S03', 'policy "Everybody signed in" on public.exchange_rates for select', 'The same for everybody.'),
  ('P1', 'public.exchange_rates', 'The same for everybody, to read.'),
  ('S23', 'public.activities (activities_customer_id_fkey)', 'A reference shows nothing of the row.'),
  ('S23', 'public.activities (activities_deal_id_fkey)', 'A reference shows nothing of the row.'),
  ('S23', 'public.company_profiles (company_profiles_customer_id_fkey)', 'A reference shows nothing of the row.'),
  ('S23', 'public.deals (deals_customer_id_fkey)', 'A reference shows nothing of the row.'),
  ('S23', 'public.tickets (tickets_customer_id_fkey)', 'A reference shows nothing of the row.');
`;
