-- What the workspace's tools change can be taken back.

create trigger record_tool_effect after insert or update or delete on public.projects
  for each row execute function private.keep_tool_effect('user_id', 'id', '--clock', 'created_at', 'updated_at');
create trigger record_tool_effect after insert or update or delete on public.tasks
  for each row execute function
    private.keep_tool_effect('user_id', 'id', '--clock', 'created_at', 'updated_at', 'completed_at');
create trigger record_tool_effect after insert or update or delete on public.notes
  for each row execute function private.keep_tool_effect('user_id', 'id', '--clock', 'created_at', 'updated_at');
create trigger record_tool_effect after insert or update or delete on public.brain_dumps
  for each row execute function private.keep_tool_effect('user_id', 'id', '--clock', 'created_at', 'updated_at');
create trigger record_tool_effect after insert or update or delete on public.calendar_events
  for each row execute function private.keep_tool_effect('user_id', 'id', '--clock', 'created_at', 'updated_at');
