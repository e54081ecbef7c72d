-- What every later migration stands on: a schema for helpers, which the API does not serve.

create schema if not exists private;
revoke all on schema private from public;
grant usage on schema private to authenticated;

-- The start of a long text, for lists and prompts.
create function private.excerpt(p_text text, p_length integer) returns text
language plpgsql immutable parallel safe security invoker set search_path = ''
as $$
begin
  return case when char_length(p_text) <= p_length then p_text else left(p_text, p_length - 1) || '…' end;
end
$$;
revoke all on function private.excerpt(text, integer) from public, anon, authenticated, service_role;
grant execute on function private.excerpt(text, integer) to authenticated;

-- Whether a name can be that of an IANA zone which means one thing everywhere: a place, or UTC. Postgres also reads
-- abbreviations (CET without summer time, IST as Israel's) and rules such as EST5EDT or Mars/Base5.
create function private.is_zone(p_name text) returns boolean
language plpgsql immutable parallel safe security invoker set search_path = ''
as $$
begin
  return char_length(p_name) <= 64 and p_name !~* '^(posix|right|systemv)/'
    and p_name ~* '^(utc|etc/gmt([+-]?0|-(1[0-4]|[1-9])|[+](1[0-2]|[1-9]))|[a-z]+(/[a-z_]+(-[a-z_]+)*){1,2})$';
end
$$;

-- The zone, if it is one of those and Postgres knows it: what every function that takes a zone asks first.
create function private.zone(p_name text) returns text
language plpgsql stable strict parallel safe security invoker set search_path = ''
as $$
begin
  if not private.is_zone(p_name) then
    raise exception 'time zone "%" not recognized: it must be an IANA name such as Europe/Berlin', p_name
      using errcode = 'invalid_parameter_value';
  end if;
  perform now() at time zone p_name;
  return p_name;
end
$$;
revoke all on function private.is_zone(text), private.zone(text) from public, anon, service_role;
grant execute on function private.is_zone(text), private.zone(text) to authenticated;

-- Whether the request is that of an agent's client: it names a tool's call, or says itself whose it is, or its token
-- was issued to an OAuth client of the project. Headers only add restrictions: the person's own client sends none.
create function private.is_agent() returns boolean
language plpgsql stable parallel safe security invoker set search_path = ''
as $$
begin
  return auth.jwt() ->> 'client_id' is not null
    or coalesce(nullif(current_setting('request.headers', true), '')::jsonb
      ?| array['x-agent', 'x-tool-call-id', 'x-tool-preview'], false);
end
$$;
revoke all on function private.is_agent() from public, anon, service_role;
grant execute on function private.is_agent() to authenticated;
