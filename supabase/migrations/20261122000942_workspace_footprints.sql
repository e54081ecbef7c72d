-- What the workspace's write tools may touch. An event's tools change its task along with it; told of a scope, they are
-- about a series, of which any row may be meant, and as many as it has.

insert into public.tool_footprints (tool_name, table_name, op, number, target, target_column, max_rows, forceful) values
  ('create_task', 'public.tasks', 'INSERT', 1, null, null, 1, null),
  ('update_task', 'public.tasks', 'UPDATE', 1, '$.task_id', 'id', 1,
    '$.updates.keyvalue().key ? (@ == "title" || @ == "description" || @ == "details")'),
  ('update_project', 'public.projects', 'UPDATE', 1, '$.project_id', 'id', 1,
    '$.updates.keyvalue().key ? (@ == "name" || @ == "description" || @ == "context" || @ == "executive_summary"
      || @ == "status")'),
  ('create_note', 'public.notes', 'INSERT', 1, null, null, 1, null),
  ('create_brain_dump', 'public.brain_dumps', 'INSERT', 1, null, null, 1, null),
  ('schedule_task', 'public.calendar_events', 'INSERT', 1, '$.task_id', 'task_id', 1, null),
  ('schedule_task', 'public.tasks', 'UPDATE', 1, '$.task_id', 'id', 1, null),
  ('update_calendar_event', 'public.calendar_events', 'UPDATE', 1, '$.event_id', 'id', 1,
    '$.updates.keyvalue().key ? (@ == "title" || @ == "description")'),
  ('update_calendar_event', 'public.calendar_events', 'UPDATE', 2, '$.scope ? (@ != null && @ != "")', null, 1000,
    '$.updates.keyvalue().key ? (@ == "title" || @ == "description")'),
  ('update_calendar_event', 'public.calendar_events', 'INSERT', 1, '$.scope ? (@ != null && @ != "")', null, 1, null),
  ('update_calendar_event', 'public.tasks', 'UPDATE', 1, null, null, 2, null),
  ('delete_calendar_event', 'public.calendar_events', 'UPDATE', 1, '$.event_id', 'id', 1, '$'),
  ('delete_calendar_event', 'public.calendar_events', 'UPDATE', 2, '$.scope ? (@ != null && @ != "")', null, 1000, '$'),
  ('delete_calendar_event', 'public.calendar_events', 'INSERT', 1, '$.scope ? (@ != null && @ != "")', null, 1, '$'),
  ('delete_calendar_event', 'public.tasks', 'UPDATE', 1, null, null, 2, '$'),
  ('update_or_schedule_task', 'public.calendar_events', 'INSERT', 1, '$.task_id', 'task_id', 1, null),
  ('update_or_schedule_task', 'public.calendar_events', 'UPDATE', 1, '$.task_id', 'task_id', 1000,
    '$.force_recreate ? (@ == true)'),
  ('update_or_schedule_task', 'public.tasks', 'UPDATE', 1, '$.task_id', 'id', 3, null);
