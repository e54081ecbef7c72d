// SQL for a table that users have rows of their own in, with all rights.

/** The table with these columns beside its owner, and whatever comes after them. */
export function soundTable(name: string, columns: string): string {
  return `
    create table public.${name} (${columns}, user_id uuid not null default auth.uid() references auth.users on delete cascade);
    create index on public.${name} (user_id);
    alter table public.${name} enable row level security;
    create policy own on public.${name} for all to authenticated
      using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);
    revoke all on public.${name} from public, anon, authenticated, service_role;
    grant select, insert, update on public.${name} to authenticated;`;
}
