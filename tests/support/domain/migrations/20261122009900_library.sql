-- The tests' own domain, in databases that tests make and in no other: books, whose keys are uuids that a tool
-- derives from its call, and loans, whose keys the database makes.

create table public.books (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null default auth.uid() references auth.users on delete cascade,
  title text not null check (title <> ''),
  notes text,
  status text not null default 'wanted' constraint books_status_known check (status in ('wanted', 'owned', 'read')),
  created_at timestamptz not null default now(),
  unique (user_id, id)
);
create index books_by_age on public.books (user_id, created_at);

create table public.loans (
  id bigint generated always as identity primary key,
  user_id uuid not null default auth.uid() references auth.users on delete cascade,
  book_id uuid,
  borrower text not null check (borrower <> ''),
  notes text,
  returned boolean not null default false,
  created_at timestamptz not null default now(),
  constraint loans_book_fkey foreign key (user_id, book_id) references public.books (user_id, id)
);
create index loans_by_book on public.loans (user_id, book_id);

alter table public.books enable row level security;
alter table public.loans enable row level security;

create policy books_select on public.books for select to authenticated
  using ((select auth.uid()) = user_id);
create policy books_insert on public.books for insert to authenticated
  with check ((select auth.uid()) = user_id);
create policy books_update on public.books for update to authenticated
  using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);
create policy loans_select on public.loans for select to authenticated
  using ((select auth.uid()) = user_id);
create policy loans_insert on public.loans for insert to authenticated
  with check ((select auth.uid()) = user_id);
create policy loans_update on public.loans for update to authenticated
  using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);
create policy loans_delete on public.loans for delete to authenticated
  using ((select auth.uid()) = user_id);

revoke all on public.books, public.loans from public, anon, authenticated, service_role;
revoke all on sequence public.loans_id_seq from public, anon, authenticated, service_role;
grant select, insert on public.books, public.loans to authenticated;
grant update (title, notes, status) on public.books to authenticated;
grant update (book_id, borrower, notes, returned) on public.loans to authenticated;
grant delete on public.loans to authenticated;
grant select on public.books, public.loans to service_role;

create trigger keep_tool_receipt after insert or update or delete on public.books
  for each row execute function private.keep_tool_receipt('id');
create trigger keep_tool_receipt after insert or update or delete on public.loans
  for each row execute function private.keep_tool_receipt('id');

create trigger record_tool_effect after insert or update or delete on public.books
  for each row execute function private.keep_tool_effect('id', '--clock', 'created_at');
create trigger record_tool_effect after insert or update or delete on public.loans
  for each row execute function private.keep_tool_effect('id', '--clock', 'created_at');

create trigger note_row_source after insert or update on public.books
  for each row execute function private.note_row_source('id');
create trigger note_row_source after insert or update on public.loans
  for each row execute function private.note_row_source('id');

insert into public.tool_footprints (tool_name, table_name, op, target, target_column, forceful) values
  ('create_book', 'public.books', 'INSERT', null, null, null),
  ('update_book', 'public.books', 'UPDATE', '$.book_id', 'id', '$.updates.keyvalue().key ? (@ == "title")'),
  ('create_loan', 'public.loans', 'INSERT', null, null, null),
  ('update_loan', 'public.loans', 'UPDATE', '$.loan_id', 'id', null),
  ('cancel_loan', 'public.loans', 'DELETE', '$.loan_id', 'id', '$');

insert into public.tool_defaults (tool_name, policy) values
  ('create_book', 'allow'),
  ('update_book', 'allow'),
  ('create_loan', 'allow'),
  ('update_loan', 'allow'),
  ('cancel_loan', 'ask');
insert into public.tool_defaults (tool_name, access, policy, untrusted_output) values
  ('get_borrower', 'read', 'ask', false),
  ('get_review', 'read', 'allow', true);

insert into public.agent_subjects
    (name, relation, title_column, columns, group_column, newest_column, parent_column, parent) values
  ('book', 'public.books', 'title', '{notes,status}', 'status', 'created_at', null, null),
  ('loan', 'public.loans', 'borrower', '{book_id,notes,returned}', null, 'created_at', 'book_id', 'public.books');
