-- The tables that the workspace's tools write leave receipts, by their key.

create trigger keep_tool_receipt after insert or update or delete on public.projects
  for each row execute function private.keep_tool_receipt('id');
create trigger keep_tool_receipt after insert or update or delete on public.tasks
  for each row execute function private.keep_tool_receipt('id');
create trigger keep_tool_receipt after insert or update or delete on public.notes
  for each row execute function private.keep_tool_receipt('id');
create trigger keep_tool_receipt after insert or update or delete on public.brain_dumps
  for each row execute function private.keep_tool_receipt('id');
create trigger keep_tool_receipt after insert or update or delete on public.calendar_events
  for each row execute function private.keep_tool_receipt('id');
