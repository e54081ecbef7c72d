-- Rows of the workspace may come from outside: a thought that was mailed in, an invitation. What names a row, and its
-- parent, for the rule of tainted runs (migration taint_rule).

create trigger note_row_source after insert or update on public.projects
  for each row execute function private.note_row_source('id');
create trigger note_row_source after insert or update on public.tasks
  for each row execute function private.note_row_source('id');
create trigger note_row_source after insert or update on public.notes
  for each row execute function private.note_row_source('id');
create trigger note_row_source after insert or update on public.brain_dumps
  for each row execute function private.note_row_source('id');
create trigger note_row_source after insert or update on public.calendar_events
  for each row execute function private.note_row_source('id');

insert into public.agent_subjects (name, relation, title_column, parent_column, parent) values
  ('project', 'public.projects', 'name', null, null),
  ('task', 'public.tasks', 'title', 'project_id', 'public.projects'),
  ('note', 'public.notes', 'title', 'project_id', 'public.projects'),
  ('brain_dump', 'public.brain_dumps', 'title', 'project_id', 'public.projects'),
  ('calendar_event', 'public.calendar_events', 'title', 'task_id', 'public.tasks');
