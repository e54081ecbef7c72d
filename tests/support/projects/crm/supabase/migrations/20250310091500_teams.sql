-- Teams and who is in them. Policies ask through a function in schema private, which the API does not serve: a policy
-- on team_members that reads team_members would call itself.
create schema private;
revoke all on schema private from public;
grant usage on schema private to authenticated;

create type public.team_role as enum ('owner', 'member', 'viewer');

create table public.teams (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  slug text not null unique,
  created_at timestamptz not null default now()
);

create table public.team_members (
  team_id uuid not null references public.teams (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  role public.team_role not null default 'member',
  joined_at timestamptz not null default now(),
  primary key (team_id, user_id)
);
create index team_members_user_id_idx on public.team_members (user_id);

create function private.is_team_member(p_team uuid)
returns boolean language sql stable security definer set search_path = '' as $$
  select exists (
    select 1 from public.team_members m where m.team_id = p_team and m.user_id = (select auth.uid())
  )
$$;
revoke all on function private.is_team_member(uuid) from public;
grant execute on function private.is_team_member(uuid) to authenticated;

alter table public.teams enable row level security;
alter table public.team_members enable row level security;

create policy "Members see their teams" on public.teams
  for select to authenticated using (private.is_team_member(id));
create policy "Members see who is in their teams" on public.team_members
  for select to authenticated using (private.is_team_member(team_id));

grant select on public.teams, public.team_members to authenticated;
grant all on public.teams, public.team_members to service_role;
