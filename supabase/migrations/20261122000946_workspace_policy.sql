-- What becomes of the calls of the workspace's write tools.

insert into public.tool_defaults (tool_name, policy) values
  ('create_task', 'allow'),
  ('update_task', 'allow'),
  ('update_project', 'allow'),
  ('create_note', 'allow'),
  ('create_brain_dump', 'allow'),
  ('schedule_task', 'allow'),
  ('update_calendar_event', 'allow'),
  ('delete_calendar_event', 'allow'),
  ('update_or_schedule_task', 'allow');
