create view public.open_deals with (security_invoker = true) as
  select d.id, d.title, d.stage, d.amount, d.close_date, c.name as customer
  from public.deals d
  join public.customers c on c.id = d.customer_id
  where d.stage not in ('won', 'lost') and d.deleted_at is null;
grant select on public.open_deals to authenticated, service_role;

-- Made in the SQL editor one evening.
create view public.customer_revenue as
  select c.id, c.name, sum(d.amount) as revenue
  from public.customers c
  join public.deals d on d.customer_id = c.id and d.stage = 'won'
  group by c.id, c.name;
grant select on public.customer_revenue to authenticated, service_role;

create function public.pipeline_value(p_stage public.deal_stage)
returns numeric language sql stable set search_path = '' as $$
  select coalesce(sum(amount), 0) from public.deals where stage = p_stage and deleted_at is null
$$;
revoke execute on function public.pipeline_value(public.deal_stage) from public;
grant execute on function public.pipeline_value(public.deal_stage) to authenticated;
