// What the self-test of the schema finds nothing about: a project's own table as it ought to be, and what looks like
// a fault and is none.

/** A project's own table as it ought to be: nothing is found about it. */
export const THINGS = `
  create table public.things (
    id uuid not null default gen_random_uuid(),
    user_id uuid not null default auth.uid() references auth.users on delete cascade,
    title text,
    primary key (user_id, id)
  );
  alter table public.things enable row level security;
  create policy read on public.things for select to authenticated using ((select auth.uid()) = user_id);
  create policy write on public.things for insert to authenticated with check ((select auth.uid()) = user_id);
  create policy change on public.things for update to authenticated
    using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);
  revoke all on public.things from public, anon, authenticated, service_role;
  grant select, insert (id, title), update (title) on public.things to authenticated;
  create trigger keep_tool_receipt after insert or update or delete on public.things
    for each row execute function private.keep_tool_receipt('id');
  create trigger record_tool_effect after insert or update or delete on public.things
    for each row execute function private.keep_tool_effect('id');
  create trigger note_row_source after insert or update on public.things
    for each row execute function private.note_row_source('id');`;

const DEFINER = "language sql security definer set search_path = ''";

/** What looks like a fault and is none. */
export const SOUND: Record<string, string> = {
  "a project's own table": "select 1",
  "a policy of the server's":
    "create policy serve on public.things to service_role using (true) with check (true)",
  "a policy that only takes away":
    "create policy bound on public.things as restrictive to public using (true)",
  "a policy that asks in a function": `
    create function private.owns(p uuid) returns boolean ${DEFINER} return p = (select auth.uid());
    revoke all on function private.owns(uuid) from public;
    grant execute on function private.owns(uuid) to authenticated;
    alter policy read on public.things using (private.owns(user_id))`,
  "a policy that asks the claims": `alter policy read on public.things using (
      user_id::text = (select current_setting('request.jwt.claims', true)::jsonb ->> 'sub'))`,
  "a policy that asks whether there is a user, and which": `alter policy read on public.things using (
      (select auth.uid()) is not null and (select auth.uid()) = user_id)`,
  "a trigger with its owner's rights": `
    create function public.sign_up() returns trigger language plpgsql security definer set search_path = '' as
      'begin return new; end';
    revoke all on function public.sign_up() from public`,
  "a statement whose names and values are given": `
    create function private.run(p text) returns text language plpgsql set search_path = '' as $$
    declare v text; begin execute format('select %I from public.things where title = $1', 'id') into v using 'a' || p;
    return 'found ' || v; end $$`,
  "a statement whose names were given before": `
    create function private.run(p text) returns void language plpgsql set search_path = '' as $$
    declare q text := format('select %I from public.things where title = %L', 'id', p); begin execute q; end $$`,
  "a trigger that is made": `
    create function private.run() returns void language plpgsql set search_path = '' as $$
    begin create trigger again after insert or update or delete on public.things
      for each row execute function private.keep_tool_receipt('id'); end $$`,
  "a policy of several words that end in a comparison": `alter policy read on public.things
    using ((select auth.uid()) = user_id and (title = 'true' or title = '1'))`,
  "a statement that is a constant": `
    create function private.run() returns text language plpgsql set search_path = '' as $$
    begin execute 'select title || '';'' from public.things'; return ''; end $$`,
  "a reference that compares the users": `alter table public.things add column parent uuid,
    add constraint parents foreign key (user_id, parent) references public.things (user_id, id)`,
  "a reference to whoever made it": "alter table public.things add column made_by uuid references auth.users",
  "a view with its reader's rights": `
    create view public.some_things with (security_invoker = on) as select id from public.things;
    grant select on public.some_things to authenticated`,
  "realtime of a table with row-level security":
    "alter publication supabase_realtime add table public.things",
  "another publication": "create publication warehouse for all tables",
  "rights of the server's": "grant all on public.things to service_role",
};
