-- Whether agents act with a token of their own (SECURITY.md). In mode `shared` they have the user's, and what tells
-- them apart from the user are headers, which the functions' code sends. In mode `separate` a request with such a
-- header needs a token that the project's auth server has issued to an OAuth client: its signed claim client_id names
-- that, and no code can leave it out. Such a token is an agent's in either mode (private.is_agent).
--
--   update public.agent_settings set require_agent_token = true;   -- separate, as the tables' owner
--
--   private.check_agent_token  refuses an agent's request with a person's token
--   private.keep_agent_token   has whoever starts a run or takes it over asked

create table public.agent_settings (
  only_row boolean primary key default true check (only_row),
  require_agent_token boolean not null default false
);
comment on table public.agent_settings is 'How agents act in this project: one row. Written by migrations only.';
comment on column public.agent_settings.require_agent_token is
  'True for mode separate: what says that it is an agent''s needs a token with a client_id.';
insert into public.agent_settings (require_agent_token) values (false);

alter table public.agent_settings enable row level security;
create policy "all rows: select" on public.agent_settings for select to authenticated using (true);
revoke all on public.agent_settings from public, anon, authenticated, service_role;
grant select on public.agent_settings to authenticated, service_role;

create function private.check_agent_token() returns void
language plpgsql stable security invoker set search_path = ''
as $$
begin
  if private.is_agent() and auth.jwt() ->> 'client_id' is null
    and (select s.require_agent_token from public.agent_settings s) then
    raise sqlstate 'PT403' using message = 'agent_token_required';
  end if;
end
$$;

-- A run that could write nothing is not begun.
create function private.keep_agent_token() returns trigger
language plpgsql security invoker set search_path = ''
as $$
begin
  perform private.check_agent_token();
  return new;
end
$$;
create trigger keep_agent_token before insert or update of lease_generation on public.agent_runs
  for each row execute function private.keep_agent_token();

revoke all on function private.check_agent_token(), private.keep_agent_token()
  from public, anon, authenticated, service_role;
grant execute on function private.check_agent_token() to authenticated;
