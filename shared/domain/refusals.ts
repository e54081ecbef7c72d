// The constraints of the workspace that a tool's arguments can run into, as sentences for the model.
import type { Refusals } from "../tools/define_domain.ts";

export const refusals: Refusals = {
  tasks_project_fkey: ["not_found", "There is no project with this project_id."],
  tasks_parent_fkey: ["not_found", "There is no task with this parent_task_id."],
  notes_project_fkey: ["not_found", "There is no project with this project_id."],
  brain_dumps_project_fkey: ["not_found", "There is no project with this project_id."],
  calendar_events_end_after_start: ["invalid_arguments", "The end must be after the start."],
  tasks_parents_make_no_circle: [
    "invalid_arguments",
    "The parent_task_id is this very task or a subtask of it.",
  ],
  calendar_events_occur: [
    "invalid_arguments",
    "It would have no occurrence, so that nothing would be left of it. Give a later recurrence_ends, or cancel it with delete_calendar_event and scope all.",
  ],
  calendar_events_apart: [
    "invalid_arguments",
    "Its occurrences would reach into one another. Make them shorter, or use scope this for a single one.",
  ],
  calendar_events_years: ["invalid_arguments", "An event lies between the years 1900 and 9999."],
  projects_end_not_before_start: ["invalid_arguments", "end_date must not be before start_date."],
};
