// The rights of the API's roles, checked in: a new table, column right or function counts once it stands here.

/** Tables: authenticated may select and insert, service_role may select, and these columns may be updated. */
export const UPDATABLE_COLUMNS: Record<string, readonly string[]> = {
  agent_chat_messages: [],
  agent_chat_sessions: ["finished_at", "initial_context", "message_count", "status"],
  agent_executions: [
    ...["duration_ms", "error", "finished_at", "lease_expires_at", "lease_generation", "message_count"],
    ...["owner_reservation_id", "released", "result", "status", "tokens_used", "tool_calls_made", "usage"],
  ],
  agent_plans: ["finished_at", "status"],
  agent_run_events: [],
  agent_runs: [
    ...["cancel_requested_at", "error", "finished_at", "finished_reason", "lease_expires_at"],
    ...["lease_generation", "lease_seconds", "leased_at", "owner_reservation_id", "released", "status"],
    ...["strategy", "takeovers", "usage", "worked_ms"],
  ],
  agent_tool_calls: ["duration_ms", "error", "finished_at", "result", "status"],
  agents: ["completed_at", "status"],
  brain_dumps: ["ai_summary", "content", "project_id", "status", "tags", "title"],
  calendar_events: [
    ...["all_day", "description", "ends_at", "original_starts_at", "recurrence", "recurrence_ends"],
    ...["series_id", "starts_at", "status", "task_id", "time_zone", "title"],
  ],
  chat_messages: [],
  chat_sessions: ["preferences", "status", "title", "updated_at"],
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
  request_keys: ["delivered_at", "run_id"],
  tool_receipts: [],
};

/** What a user may say of a new row, where that is not all of it. */
export const INSERTABLE_COLUMNS: Record<string, readonly string[]> = {
  agent_chat_sessions: [
    ...["created_at", "executor_agent_id", "id", "initial_context", "parent_session_id", "plan_id"],
    ...["planner_agent_id", "run_id", "session_type", "step_number", "user_id"],
  ],
  agent_executions: [
    ...["agent_session_id", "attempt", "error", "executor_agent_id", "finished_at", "id", "lease_expires_at"],
    ...[
      "lease_seconds",
      "owner_reservation_id",
      "plan_id",
      "run_id",
      "session_id",
      "status",
      "step_number",
      "task",
    ],
    ...["tools_available", "user_id", "worker"],
  ],
  agent_plans: [
    ...["goal", "id", "planner_agent_id", "revision", "run_id", "session_id", "steps", "supersedes"],
    ...["user_id", "user_message"],
  ],
  agent_runs: [
    ...[
      "id",
      "lease_expires_at",
      "lease_seconds",
      "limits",
      "owner_reservation_id",
      "request",
      "request_key",
    ],
    "session_id",
    ...["time_zone", "user_id"],
  ],
  agents: [
    ...["available_tools", "created_for_plan", "created_for_session", "id", "model_preference", "name"],
    ...["permissions", "run_id", "system_prompt", "type", "user_id"],
  ],
  chat_messages: ["content", "id", "role", "run_id", "seq", "session_id", "user_id"],
  chat_sessions: ["context_type", "entity_id", "preferences", "title", "user_id"],
  tool_receipts: ["attempt", "call_id", "relation", "row_key", "user_id"],
};

/** The ledger of usage keeps to rules of its own: no times of a caller's, no settlement without its secret. */
export const LEDGER: readonly string[] = [
  "table public.usage_reservations, row-level security t",
  "table public.usage_settlements, row-level security t",
  "v public.usage_ledger, row-level security f",
  "v public.agent_run_list, row-level security f",
  "right agent_run_list authenticated: select",
  "right agent_run_list service_role: select",
  ...["usage_reservations", "usage_settlements", "usage_ledger"].flatMap((name) => [
    `right ${name} authenticated: select`,
    `right ${name} service_role: select`,
  ]),
  "right usage_reservations authenticated: insert broken_budget, cost_usd, id, input_tokens, output_tokens, " +
  "run_id, seal, tool_calls, user_id",
  "right usage_settlements authenticated: insert " +
  "cost_usd, input_tokens, model_calls, output_tokens, reservation_id, secret, tool_calls, user_id",
];

/** Summaries can be added, but not dated. */
export const SUMMARIES: readonly string[] = [
  "table public.chat_session_summaries, row-level security t",
  "right chat_session_summaries authenticated: select",
  "right chat_session_summaries service_role: select",
  "right chat_session_summaries authenticated: insert " +
  "content, input_tokens, model_used, number, output_tokens, session_id, upto_seq, user_id",
];

/** What tools have changed: written by a trigger alone. */
export const EFFECTS: readonly string[] = [
  "S private.tool_effect_numbers, row-level security f",
  "table public.tool_effects, row-level security t",
  "right tool_effects authenticated: select",
  "right tool_effects service_role: select",
  "policy tool_effects for select to {authenticated}, PERMISSIVE: using (( SELECT auth.uid() AS uid) = user_id) check -",
];

/** With their owner's rights: each asks who calls, or is a trigger's. */
export const DEFINERS: readonly string[] = [
  "private.keep_tool_effect",
  "private.undo_call",
  "private.undo_calls",
];

/** Settings of functions, where that is more than an empty search path. */
export const SETTINGS: Record<string, string> = {
  "private.row_image":
    'search_path="",TimeZone=UTC,extra_float_digits=1,IntervalStyle=iso_8601,bytea_output=hex',
};

/** What migrations alone write, and every user may read. */
export const OPERATOR_TABLES: readonly string[] = [
  "table public.agent_subjects, row-level security t",
  "right agent_subjects authenticated: select",
  "right agent_subjects service_role: select",
  "policy agent_subjects for select to {authenticated}, PERMISSIVE: using true check -",
];

/** What the owner of the tables alone reads and writes. */
export const OWNERS_TABLES: readonly string[] = ["table private.security_exceptions, row-level security t"];

/** Functions that authenticated, and nobody else, may call through the API. */
export const API_FUNCTIONS: readonly string[] = [
  "add_summary",
  "advance_step",
  "agent_entity",
  "agent_overview",
  "answer_step",
  "calendar_occurrences",
  "cancel_run",
  "change_calendar_event",
  "claim_run",
  "claim_step",
  "event_overlaps",
  "fail_run",
  "finish_run",
  "finish_step",
  "follow_run",
  "free_slots",
  "get_run",
  "get_step",
  "heartbeat_run",
  "heartbeat_step",
  "list_events",
  "list_task_events",
  "list_tasks",
  "mark_delivered",
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
  "undo_run",
  "undo_tool_call",
  "unsummarised",
  "usage_wait",
];

/** Helpers of those, in a schema that the API does not serve. */
export const PRIVATE_FUNCTIONS: readonly string[] = [
  "private.append_events",
  "private.append_executions",
  "private.append_plans",
  "private.append_rows",
  "private.append_threads",
  "private.beginning",
  "private.check_quota",
  "private.changed_rows",
  "private.claimed_step",
  "private.close_calls",
  "private.close_run_rows",
  "private.date_task",
  "private.day_start",
  "private.earlier_results",
  "private.end_as_failed",
  "private.end_in_log",
  "private.end_without_owner",
  "private.end_run",
  "private.event_of_task",
  "private.excerpt",
  "private.folded",
  "private.told_time",
  "private.folded_spelt",
  "private.searched",
  "private.is_listed",
  "private.hold_run",
  "private.hold_step",
  "private.lock_plan",
  "private.lock_run",
  "private.lock_run_to_end",
  "private.lock_session",
  "private.lock_step_run",
  "private.lock_usage",
  "private.next_attempt",
  "private.open_run",
  "private.open_session",
  "private.in_history",
  "private.is_abandoned",
  "private.is_agent",
  "private.is_overdue",
  "private.is_owner",
  "private.is_value",
  "private.keep_made_key",
  "private.last_events",
  "private.lease_ms",
  "private.made_key",
  "private.owned_run",
  "private.plan_end",
  "private.refuse_after_end",
  "private.reserve_claim",
  "private.reserved",
  "private.resume_attempt",
  "private.run_budget",
  "private.run_context",
  "private.run_log",
  "private.run_of_key",
  "private.run_of_made_key",
  "private.run_of_reservation",
  "private.run_opening",
  "private.run_plans",
  "private.run_usage",
  "private.runs_wait",
  "private.search_rows",
  "private.session_history",
  "private.search_terms",
  "private.step_answered",
  "private.step_progress",
  "private.step_state",
  "private.step_task",
  "private.tell_end",
  "private.terminal_event",
  "private.told_effect",
  "private.told_effects",
  "private.told_text",
  "private.subject_count",
  "private.subject_fields",
  "private.subject_newest",
  "private.subject_overview",
  "private.supersede_run",
  "private.tags_text",
  "private.take_run",
  "private.thread_calls",
  "private.thread_messages",
  "private.told_end",
  "private.safe_to_repeat",
  "private.tokens_wait",
  "private.undo_call",
  "private.undo_calls",
  "private.uuid_or_null",
  "private.without_retry",
  "private.carry_occurrences",
  "private.change_series",
  "private.changed_event",
  "private.check_window",
  "private.change_occurrences",
  "private.change_problem",
  "private.end_event",
  "private.event_end",
  "private.is_usage",
  "private.is_zone",
  "private.next_generation",
  "private.make_event",
  "private.next_occurrence",
  "private.occurrence_from",
  "private.wished_event",
  "private.zone",
  "private.local_instant",
  "private.lock_named_event",
  "private.occurrence_event",
  "private.occurrence_local",
  "private.occurrence_number",
  "private.recurrence_step",
  "private.write_event",
  "private.worker_status",
];

/** Those of the self-test, which the owner of the tables calls. */
const SELF_TEST = [
  ...["asks_caller", "engine_tables", "glues_statements", "inner_schema", "keeps_receipts", "security_all"],
  ...[
    "security_buckets",
    "security_checks",
    "security_clauses",
    "security_columns",
    "security_default_rights",
  ],
  ...["security_extensions", "security_findings", "security_functions", "security_policies"],
  ...["security_realtime", "security_references", "security_relations", "security_rights", "security_roles"],
  ...["security_routines", "security_tables", "security_triggers", "security_views", "without_comments"],
].map((name) => `private.${name}`);

/** Functions of triggers, which nobody calls, and those that only the owner of the tables calls. */
export const UNCALLED_FUNCTIONS: readonly string[] = [
  ...SELF_TEST,
  "private.check_end",
  "private.check_undoing",
  "private.check_task_parents",
  "private.image_at",
  "private.is_referenced",
  "private.keep_effect_open",
  "private.keep_ended_run",
  "private.keep_lease",
  "private.keep_order",
  "private.keep_receipt_open",
  "private.keep_settlement",
  "private.keep_unfinished",
  "private.purge_run",
  "private.purge_runs",
  "private.sweep_run",
  "private.sweep_runs",
  "private.check_series_occurs",
  "private.settle_event",
  "private.keep_completed_at",
  "private.keep_outcome",
  "private.keep_tool_receipt",
  "private.keep_tool_effect",
  "private.mark_opening",
  "private.row_condition",
  "private.row_image",
  "private.touch_updated_at",
  "private.undo_effect",
  "private.undo_effects",
  "private.undo_in_turn",
];
