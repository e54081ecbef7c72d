// The rights of the API's roles, checked in: a new table, column right or function counts once it stands here.

/** Tables: authenticated may select and insert, service_role may select, and these columns may be updated. */
export const UPDATABLE_COLUMNS: Record<string, readonly string[]> = {
  agent_chat_messages: [],
  agent_chat_sessions: ["finished_at", "initial_context", "message_count", "status"],
  agent_executions: [
    ...["duration_ms", "error", "finished_at", "lease_expires_at", "lease_generation", "message_count"],
    ...["released", "result", "status", "tokens_used", "tool_calls_made", "usage"],
  ],
  agent_plans: ["finished_at", "status"],
  agent_run_events: [],
  agent_runs: [
    ...["cancel_requested_at", "error", "finished_at", "finished_reason", "lease_expires_at"],
    ...["lease_generation", "lease_seconds", "released", "status", "strategy", "takeovers", "usage"],
  ],
  agent_tool_calls: [],
  agents: ["completed_at", "status"],
  brain_dumps: ["ai_summary", "content", "project_id", "status", "tags", "title"],
  calendar_events: [
    ...["all_day", "description", "ends_at", "recurrence", "recurrence_ends", "starts_at", "status"],
    ...["task_id", "time_zone", "title"],
  ],
  chat_messages: [],
  chat_sessions: ["preferences", "status", "summary", "title", "updated_at"],
  notes: ["category", "content", "project_id", "tags", "title"],
  projects: [
    ...["context", "description", "end_date", "executive_summary", "name", "slug", "start_date", "status"],
    ...["tags"],
  ],
  tasks: [
    ...["deleted_at", "dependencies", "description", "details", "duration_minutes", "parent_task_id"],
    ...["priority", "project_id", "recurrence_ends", "recurrence_pattern", "start_date", "status"],
    ...["task_type", "title"],
  ],
  tool_receipts: [],
};

/** The ledger of usage keeps to rules of its own: no times of a caller's, no settlement without its secret. */
export const LEDGER: readonly string[] = [
  "table public.usage_reservations, row-level security t",
  "table public.usage_settlements, row-level security t",
  "v public.usage_ledger, row-level security f",
  ...["usage_reservations", "usage_settlements", "usage_ledger"].flatMap((name) => [
    `right ${name} authenticated: select`,
    `right ${name} service_role: select`,
  ]),
  "right usage_reservations authenticated: insert id, input_tokens, output_tokens, run_id, seal, user_id",
  "right usage_settlements authenticated: insert " +
  "cost_usd, input_tokens, model_calls, output_tokens, reservation_id, secret, tool_calls, user_id",
];

/** What migrations alone write, and every user may read. */
export const OPERATOR_TABLES: readonly string[] = [
  "table public.agent_subjects, row-level security t",
  "right agent_subjects authenticated: select",
  "right agent_subjects service_role: select",
  "policy agent_subjects for select to {authenticated}, PERMISSIVE: using true check -",
];

/** Functions that authenticated, and nobody else, may call through the API. */
export const API_FUNCTIONS: readonly string[] = [
  "advance_step",
  "agent_entity",
  "agent_overview",
  "answer_step",
  "calendar_occurrences",
  "cancel_run",
  "change_calendar_event",
  "claim_run",
  "claim_step",
  "fail_run",
  "finish_run",
  "finish_step",
  "follow_run",
  "free_slots",
  "get_run",
  "get_step",
  "heartbeat_run",
  "heartbeat_step",
  "list_tasks",
  "record_progress",
  "release_run",
  "release_step",
  "reserve_usage",
  "schedule_task_event",
  "search_brain_dumps",
  "search_notes",
  "search_projects",
  "settle_usage",
  "start_run",
  "usage_wait",
];

/** Helpers of those, in a schema that the API does not serve. */
export const PRIVATE_FUNCTIONS: readonly string[] = [
  "private.append_events",
  "private.append_executions",
  "private.append_plans",
  "private.append_rows",
  "private.append_threads",
  "private.check_quota",
  "private.claimed_step",
  "private.close_run_rows",
  "private.date_task",
  "private.day_start",
  "private.earlier_results",
  "private.end_as_failed",
  "private.event_of_task",
  "private.excerpt",
  "private.folded",
  "private.hold_run",
  "private.hold_step",
  "private.lock_plan",
  "private.lock_session",
  "private.next_attempt",
  "private.open_run",
  "private.open_session",
  "private.is_overdue",
  "private.is_value",
  "private.owned_run",
  "private.resume_attempt",
  "private.run_context",
  "private.run_log",
  "private.run_of_key",
  "private.run_opening",
  "private.run_plans",
  "private.run_usage",
  "private.search_score",
  "private.search_terms",
  "private.step_answered",
  "private.step_progress",
  "private.step_state",
  "private.step_task",
  "private.subject_count",
  "private.subject_fields",
  "private.subject_newest",
  "private.subject_overview",
  "private.tags_text",
  "private.thread_calls",
  "private.thread_messages",
  "private.uuid_or_null",
  "private.word_place",
  "private.worker_status",
];

/** Functions of triggers, which nobody calls, and those that only the owner of the tables calls. */
export const UNCALLED_FUNCTIONS: readonly string[] = [
  "private.check_task_parents",
  "private.purge_run",
  "private.purge_runs",
  "private.check_time_zone",
  "private.keep_completed_at",
  "private.keep_tool_receipt",
  "private.touch_updated_at",
];
