// Every tool there is, reads first. A tool of your own is one `defineReadTool` or `defineWriteTool` and a line
// here.
import { createBrainDump, getBrainDumpDetails, searchBrainDumps } from "./tools/brain_dumps.ts";
import { findAvailableSlots, getCalendarEvents } from "./tools/calendar.ts";
import { deleteCalendarEvent, updateCalendarEvent } from "./tools/calendar_writes.ts";
import { createNote, getNoteDetails, searchNotes } from "./tools/notes.ts";
import { getProjectDetails, searchProjects, updateProject } from "./tools/projects.ts";
import {
  checkTaskHasCalendarEvent,
  getTaskCalendarEvents,
  scheduleTask,
  updateOrScheduleTask,
} from "./tools/scheduling.ts";
import { createTask, getTaskDetails, listTasks, updateTask } from "./tools/tasks.ts";
import type { Tool } from "../tools/define_tool.ts";

export const catalogue: readonly Tool[] = [
  listTasks,
  searchProjects,
  searchNotes,
  searchBrainDumps,
  getTaskDetails,
  getProjectDetails,
  getNoteDetails,
  getBrainDumpDetails,
  getCalendarEvents,
  findAvailableSlots,
  getTaskCalendarEvents,
  checkTaskHasCalendarEvent,
  createTask,
  updateTask,
  updateProject,
  createNote,
  createBrainDump,
  scheduleTask,
  updateCalendarEvent,
  deleteCalendarEvent,
  updateOrScheduleTask,
];
