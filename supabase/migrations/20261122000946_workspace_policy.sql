-- What becomes of the calls of the workspace's write tools. A person is asked before an event is cancelled, by whatever
-- tool, and before a project is put away.

insert into public.tool_defaults (tool_name, policy) values
  ('create_task', 'allow'),
  ('update_task', 'allow'),
  ('update_project', 'allow'),
  ('create_note', 'allow'),
  ('create_brain_dump', 'allow'),
  ('schedule_task', 'allow'),
  ('update_calendar_event', 'allow'),
  ('delete_calendar_event', 'ask'),
  ('update_or_schedule_task', 'allow');

insert into public.tool_floors (tool_name, when_args, policy, why) values
  ('update_project', '$.updates.status ? (@ == "archived")', 'ask', 'It would archive the project.'),
  ('update_or_schedule_task', '$.force_recreate ? (@ == true)', 'ask',
    'It would cancel the event that the task has, and make a new one.');
