-- Modelled on what Basejump's documentation tells of: accounts, personal ones and teams, in a schema of their own that
-- the API does not serve, with who is in them and invitations; the app's own tables, in public, belong to an account.

create extension if not exists "uuid-ossp" with schema extensions;
create schema basejump;
grant usage on schema basejump to authenticated, service_role;
alter default privileges in schema basejump revoke execute on functions from public;

create type basejump.account_role as enum ('owner', 'member');
create type basejump.invitation_type as enum ('one_time', '24_hour');

create table basejump.accounts (
  id uuid not null default extensions.uuid_generate_v4() primary key,
  primary_owner_user_id uuid references auth.users not null default auth.uid(),
  name text,
  slug text unique check (slug ~ '^[a-z0-9-]+$'),
  personal_account boolean default false not null,
  private_metadata jsonb default '{}',
  public_metadata jsonb default '{}',
  created_at timestamp with time zone default now(),
  created_by uuid references auth.users
);

create table basejump.account_user (
  user_id uuid references auth.users on delete cascade not null,
  account_id uuid references basejump.accounts on delete cascade not null,
  account_role basejump.account_role not null,
  constraint account_user_pkey primary key (user_id, account_id)
);

create table basejump.invitations (
  id uuid not null default extensions.uuid_generate_v4() primary key,
  account_role basejump.account_role not null,
  account_id uuid references basejump.accounts on delete cascade not null,
  token text unique not null default md5(random()::text),
  invited_by_user_id uuid references auth.users not null,
  invitation_type basejump.invitation_type not null,
  created_at timestamp with time zone default now()
);

create function basejump.has_role_on_account(account_id uuid, account_role basejump.account_role default null)
returns boolean language sql security definer set search_path = public as $$
  select exists (
    select 1 from basejump.account_user wu
    where wu.user_id = auth.uid() and wu.account_id = has_role_on_account.account_id
      and (wu.account_role = has_role_on_account.account_role or has_role_on_account.account_role is null)
  );
$$;
grant execute on function basejump.has_role_on_account(uuid, basejump.account_role) to authenticated;

create function basejump.run_new_user_setup()
returns trigger language plpgsql security definer set search_path = public as $$
declare
  first_account_id uuid;
begin
  insert into basejump.accounts (name, primary_owner_user_id, personal_account, id)
  values (split_part(new.email, '@', 1), new.id, true, new.id) returning id into first_account_id;
  insert into basejump.account_user (account_id, user_id, account_role) values (first_account_id, new.id, 'owner');
  return new;
end;
$$;
create trigger on_auth_user_created after insert on auth.users
  for each row execute procedure basejump.run_new_user_setup();

alter table basejump.accounts enable row level security;
alter table basejump.account_user enable row level security;
alter table basejump.invitations enable row level security;
grant select, insert, update, delete on basejump.accounts, basejump.account_user, basejump.invitations
  to authenticated, service_role;
create policy "See accounts one is in" on basejump.accounts for select to authenticated
  using (basejump.has_role_on_account(id) = true);
create policy "See where one is" on basejump.account_user for select to authenticated
  using (user_id = auth.uid());

create type public.post_status as enum ('draft', 'published');
create table public.posts (
  id uuid not null default extensions.uuid_generate_v4() primary key,
  account_id uuid not null references basejump.accounts (id) on delete cascade,
  title text not null,
  content text,
  status post_status not null default 'draft',
  "publishedAt" timestamp with time zone,
  "order" integer,
  created_at timestamp with time zone default now()
);
alter table public.posts enable row level security;
create policy "Members read posts" on public.posts for select to authenticated
  using (account_id in (select wu.account_id from basejump.account_user wu where wu.user_id = auth.uid()));
create policy "Members write posts" on public.posts for insert to authenticated
  with check (basejump.has_role_on_account(account_id) = true);
create policy "Members change posts" on public.posts for update to authenticated
  using (basejump.has_role_on_account(account_id) = true);

-- What the API offers of the accounts.
create function public.get_account_id(slug text)
returns uuid language sql as $$
  select id from basejump.accounts where slug = get_account_id.slug;
$$;
grant execute on function public.get_account_id(text) to authenticated;
