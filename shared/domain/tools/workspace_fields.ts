// The fields of arguments that only the workspace has: the closed sets of its columns.
import { z } from "zod";

export const ProjectStatus = z.enum(["active", "paused", "completed", "archived"]);
export const TaskStatus = z.enum(["backlog", "in_progress", "done", "blocked"]);
export const TaskPriority = z.enum(["low", "medium", "high"]);
export const TaskType = z.enum(["one_off", "recurring"]);
export const RecurrencePattern = z.enum(["daily", "weekdays", "weekly", "biweekly", "monthly"]);
export const BrainDumpStatus = z.enum(["pending", "parsed", "saved", "parsed_and_deleted"]);
