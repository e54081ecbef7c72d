-- How a start is found again whose caller gave no idempotency key: one is made of all that the request asks for,
-- conversation and context included. Whoever was told nothing, and sends the message again, gets the run of the first
-- one; whoever says the same again means it, and is answered again. What tells them apart is what came in between:
-- the key is free once the answer was delivered, once its user has asked the run to stop, once something else was said
-- in the conversation, and ten minutes after the run's end. A program that sends a request again does so within
-- minutes, and one who reads the answer as rows leaves no trace of it. A shorter time would make a client that waits
-- long between two attempts do the work twice, which is worse than an answer that comes a second time.
--
--   private.made_key         the key of a request
--   private.run_of_made_key  the run for which it stands
--   private.keep_made_key    from now on it stands for this one
--   mark_delivered           a reader has the run's answer

create table public.request_keys (
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  key text not null check (key ~ '^[0-9a-f]{64}$'),
  run_id uuid not null,
  delivered_at timestamptz,
  primary key (user_id, key),
  constraint request_keys_run_fkey
    foreign key (user_id, run_id) references public.agent_runs (user_id, id) on delete cascade
);
create index request_keys_run on public.request_keys (user_id, run_id);

comment on table public.request_keys is
  'Idempotency keys that were made for requests without one: by which a request that comes again finds its run.';
comment on column public.request_keys.key is 'SHA-256 of the request as JSON, in hex.';
comment on column public.request_keys.run_id is 'The latest run that the request has started.';
comment on column public.request_keys.delivered_at is
  'When a reader was given the end of the run; the same request starts another one from then on.';

alter table public.request_keys enable row level security;
create policy "own rows: select" on public.request_keys for select to authenticated
  using ((select auth.uid()) = user_id);
create policy "own rows: insert" on public.request_keys for insert to authenticated
  with check ((select auth.uid()) = user_id);
create policy "own rows: update" on public.request_keys for update to authenticated
  using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);
revoke all on public.request_keys from public, anon, authenticated, service_role;
grant select on public.request_keys to authenticated, service_role;
grant insert, update (run_id, delivered_at) on public.request_keys to authenticated;

create function private.made_key(p_request jsonb)
returns text language plpgsql immutable security invoker set search_path = '' as $$
begin
  return encode(sha256(convert_to(p_request::text, 'UTF8')), 'hex');
end $$;

create function private.run_of_made_key(p_request jsonb)
returns public.agent_runs language plpgsql stable security invoker set search_path = '' as $$
declare
  v_run public.agent_runs;
begin
  select r.* into v_run from public.request_keys k
    join public.agent_runs r on r.user_id = k.user_id and r.id = k.run_id
    where k.user_id = (select auth.uid()) and k.key = private.made_key(p_request)
      and r.cancel_requested_at is null
      and (r.finished_at is null or (k.delivered_at is null and r.finished_at > now() - interval '10 minutes'))
      and not exists (select from public.agent_runs later where later.user_id = r.user_id
        and later.session_id = r.session_id and later.created_at > r.created_at);
  return v_run;
end $$;

create function private.keep_made_key(p_request jsonb, p_run_id uuid)
returns void language plpgsql security invoker set search_path = '' as $$
begin
  insert into public.request_keys (user_id, key, run_id)
    select (select auth.uid()), private.made_key(p_request), p_run_id where p_request ->> 'request_key' is null
    on conflict (user_id, key) do update set run_id = excluded.run_id, delivered_at = null;
end $$;

-- A reader was given the end of the run, or was shown it when it had ended.
create function public.mark_delivered(p_run_id uuid)
returns void language plpgsql security invoker
set search_path = '' set plan_cache_mode = 'force_generic_plan' as $$
declare
  v_run public.agent_runs;
begin
  select * into v_run from public.agent_runs where id = p_run_id and user_id = (select auth.uid());
  if not found then
    raise sqlstate 'PT404' using message = 'run';
  elsif v_run.finished_at is not null then
    update public.request_keys set delivered_at = now()
      where user_id = v_run.user_id and run_id = v_run.id and delivered_at is null;
  end if;
end $$;

revoke execute on function private.made_key(jsonb), private.run_of_made_key(jsonb),
  private.keep_made_key(jsonb, uuid), public.mark_delivered(uuid) from public, anon, authenticated, service_role;
grant execute on function private.made_key(jsonb), private.run_of_made_key(jsonb),
  private.keep_made_key(jsonb, uuid), public.mark_delivered(uuid) to authenticated;
