// The demo workspace's read tools read, and no more; and all of its tools say which rows they show.
import { domain } from "../../../shared/domain/domain.ts";
import { type ReadsOnly, testReadsOnly } from "../../support/tools/reads_only.ts";
import { testShowsRows } from "../../support/tools/shows_rows.ts";
import { newWorkspaceUser, type WorkspaceUser } from "../support/workspace_user.ts";
import { addProject, text } from "./support.ts";
import { newWorld, TABLES, WRITE_CASES } from "./write_cases.ts";

const READS: ReadsOnly<WorkspaceUser> = {
  domain,
  newUser: newWorkspaceUser,
  async calls(me) {
    const project_id = await addProject(me.user, { name: "Website" });
    const task = await me.ok("create_task", { title: "Task", project_id, start_date: "2026-11-20" });
    const task_id = text(task, "task.id");
    await me.ok("create_task", { title: "Subtask", parent_task_id: task_id });
    await me.ok("schedule_task", { task_id, start_time: "2026-11-23T09:00", recurrence_pattern: "daily" });
    const note = await me.ok("create_note", { content: "Note", project_id, category: "idea" });
    const dump = await me.ok("create_brain_dump", { content: "Dump", project_id });

    const window = { time_min: "2026-11-23", time_max: "2026-11-25" };
    return {
      list_tasks: {
        project_id,
        status: ["backlog"],
        priority: ["medium"],
        has_date: true,
        limit: 5,
        sort_by: "start_date",
      },
      search_projects: { query: "website", status: "active", has_active_tasks: true, limit: 5 },
      search_notes: { query: "note", project_id, category: "idea", limit: 5 },
      search_brain_dumps: { query: "dump", project_id, status: "pending", limit: 5 },
      get_task_details: { task_id, include_subtasks: true, include_project_context: true },
      get_project_details: {
        project_id,
        include_tasks: true,
        include_notes: true,
        include_brain_dumps: true,
      },
      get_note_details: { note_id: text(note, "note.id") },
      get_brain_dump_details: { brain_dump_id: text(dump, "brain_dump.id") },
      get_calendar_events: { ...window, limit: 5 },
      find_available_slots: { ...window, duration_minutes: 30, preferred_hours: [9, 10] },
      get_task_calendar_events: { task_id, include_cancelled: true },
      check_task_has_calendar_event: { task_id },
    };
  },
  async change(me) {
    const { data } = await me.user.client.from("tasks").select("id").limit(1).single();
    await me.ok("update_task", { task_id: data?.id ?? "", updates: { priority: "medium" } });
  },
};

testReadsOnly(READS);
testShowsRows(READS, { cases: WRITE_CASES, newWorld, tables: TABLES });
