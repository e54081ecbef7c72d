// Tables whose keys the tests' own domain has not: bigints beyond 2^53, serials, several columns, text. And numbers of more
// digits than JSON's keep.

export const LEDGER_TABLES = `
  create table public.accounts (
    id bigint generated always as identity (start with 9007199254740993) primary key,
    user_id uuid not null default auth.uid() references auth.users on delete cascade,
    name text not null,
    balance numeric(30, 2) not null default 0,
    units bigint
  );
  create table public.tags (
    id serial primary key,
    user_id uuid not null default auth.uid() references auth.users on delete cascade,
    label text not null
  );
  create table public.entries (
    account_id bigint not null references public.accounts on delete cascade,
    code text not null,
    user_id uuid not null default auth.uid() references auth.users on delete cascade,
    amount numeric(30, 2) not null,
    note text,
    primary key (account_id, code)
  );
  create table public.currencies (
    code text primary key,
    user_id uuid not null default auth.uid() references auth.users on delete cascade,
    name text not null
  );
  do $$
  declare
    v_table text;
    v_key text;
  begin
    for v_table, v_key in values ('accounts', '''id'''), ('tags', '''id'''), ('entries', '''account_id'', ''code'''),
      ('currencies', '''code''') loop
      execute format('alter table public.%1$I enable row level security;
        create policy own on public.%1$I to authenticated
          using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);
        grant select, insert, update, delete on public.%1$I to authenticated;
        create trigger keep_tool_receipt after insert or update or delete on public.%1$I
          for each row execute function private.keep_tool_receipt(%2$s);
        create trigger record_tool_effect after insert or update or delete on public.%1$I
          for each row execute function private.keep_tool_effect(%2$s);
        create trigger note_row_source after insert or update on public.%1$I
          for each row execute function private.note_row_source(%2$s)', v_table, v_key);
    end loop;
  end $$;
  grant usage on all sequences in schema public to authenticated;

  insert into public.agent_subjects (name, relation, id_column, id_rest, title_column, columns, newest_column) values
    ('account', 'public.accounts', 'id', '{}', 'name', '{balance,units}', 'id'),
    ('tag', 'public.tags', 'id', '{}', 'label', '{}', 'id'),
    ('entry', 'public.entries', 'account_id', '{code}', 'note', '{amount}', 'account_id'),
    ('currency', 'public.currencies', 'code', '{}', 'name', '{}', 'code');
  insert into public.tool_footprints (tool_name, table_name, op, target, target_column, target_rest) values
    ('create_account', 'public.accounts', 'INSERT', null, null, '{}'),
    ('update_account', 'public.accounts', 'UPDATE', '$.account_id', 'id', '{}'),
    ('create_tag', 'public.tags', 'INSERT', null, null, '{}'),
    ('create_entry', 'public.entries', 'INSERT', null, null, '{}'),
    ('update_entry', 'public.entries', 'UPDATE', '$.account_id', 'account_id', '{"code": "$.code"}'),
    ('create_currency', 'public.currencies', 'INSERT', null, null, '{}'),
    ('update_currency', 'public.currencies', 'UPDATE', '$.code', 'code', '{}');
  insert into public.tool_defaults (tool_name, policy) values
    ('create_account', 'allow'), ('update_account', 'allow'), ('create_tag', 'allow'), ('create_entry', 'allow'),
    ('update_entry', 'allow'), ('create_currency', 'allow'), ('update_currency', 'allow');
`;
