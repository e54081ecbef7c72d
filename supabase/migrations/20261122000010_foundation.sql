-- What every later migration stands on: a schema for helpers, which the API does not serve.

create schema if not exists private;
revoke all on schema private from public;
grant usage on schema private to authenticated;

-- The start of a long text, for lists and prompts.
create function private.excerpt(p_text text, p_length integer) returns text
language sql immutable parallel safe security invoker set search_path = ''
as $$
  select case when char_length(p_text) <= p_length then p_text else left(p_text, p_length - 1) || '…' end
$$;
revoke all on function private.excerpt(text, integer) from public, anon, authenticated, service_role;
grant execute on function private.excerpt(text, integer) to authenticated;
