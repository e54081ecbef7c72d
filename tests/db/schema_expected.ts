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
  agent_tool_calls: ["duration_ms", "effects", "error", "finished_at", "problem", "result", "status"],
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
};

/** What a user may say of a new row, where that is not all of it. */
export const INSERTABLE_COLUMNS: Record<string, readonly string[]> = {
  agent_run_events: ["agent", "at", "data", "run_id", "seq", "type", "user_id"],
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
  chat_sessions: ["client_id", "context_type", "entity_id", "preferences", "title", "user_id"],
  agent_tool_calls: [
    ...["access", "agent_id", "agent_session_id", "arguments", "created_at", "duration_ms", "error"],
    ...["finished_at", "id", "result", "run_id", "status", "tool_call_id", "tool_name", "user_id"],
  ],
};

/** The ledger of usage keeps to rules of its own: no time by which it counts is a caller's, no settlement without its secret. */
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
  "right usage_reservations authenticated: insert agent_session_id, attempt, broken_budget, cost_usd, id, " +
  "input_tokens, output_tokens, run_id, seal, tool_calls, user_id",
  "right usage_settlements authenticated: insert " +
  "cached_tokens, cost_usd, cuts, duration_ms, end_reason, failure, first_token_ms, input_tokens, message_seq, " +
  "model_answered, model_asked, model_calls, output_tokens, parameters, reservation_id, secret, started_at, " +
  "tool_calls, user_id",
];

/** Summaries can be added, but not dated. */
export const SUMMARIES: readonly string[] = [
  "table public.chat_session_summaries, row-level security t",
  "right chat_session_summaries authenticated: select",
  "right chat_session_summaries service_role: select",
  "right chat_session_summaries authenticated: insert " +
  "content, input_tokens, model_used, number, output_tokens, session_id, upto_seq, user_id",
];

/** Which rows are external: a trigger alone says so, and who trusts a row takes its mark away. */
export const EXTERNAL_ROWS: readonly string[] = [
  "table public.external_rows, row-level security t",
  "right external_rows authenticated: select",
  "right external_rows authenticated: delete",
  "right external_rows service_role: select",
  ...["select", "delete"].map((command) =>
    `policy external_rows for ${command} to {authenticated}, PERMISSIVE: ` +
    "using (( SELECT auth.uid() AS uid) = user_id) check -"
  ),
];

/** What their own rows are after an update, where not every row will do. */
export const UPDATED_ROWS: Record<string, string> = {
  chat_sessions: "((( SELECT auth.uid() AS uid) = user_id) AND (deleted_at IS NULL))",
};

/** What tools have changed: written by a trigger alone. */
export const EFFECTS: readonly string[] = [
  "S private.tool_effect_numbers, row-level security f",
  "table public.tool_effects, row-level security t",
  "right tool_effects authenticated: select",
  "right tool_effects service_role: select",
  "policy tool_effects for select to {authenticated}, PERMISSIVE: using (( SELECT auth.uid() AS uid) = user_id) check -",
];

/** What people decide: added by them alone, as of now, and never changed. */
export const DECISIONS: readonly string[] = [
  "table public.approval_decisions, row-level security t",
  "right approval_decisions authenticated: select",
  "right approval_decisions service_role: select",
  "right approval_decisions authenticated: insert " +
  "approved, call_id, edited, effects, reason, scope, shown_sha256",
];

/** What a person says of their agents' tools: added and taken back, by no agent. */
export const RULES: readonly string[] = [
  "table public.tool_rules, row-level security t",
  "right tool_rules authenticated: delete",
  "right tool_rules authenticated: insert expires_at, policy, session_id, tool_name, when_args, words",
  "right tool_rules authenticated: select",
  "right tool_rules service_role: select",
  "policy tool_rules for select to {authenticated}, PERMISSIVE: using (( SELECT auth.uid() AS uid) = user_id) check -",
  ...["insert to {authenticated}, PERMISSIVE: using - check", "delete to {authenticated}, PERMISSIVE: using"]
    .map((rule) =>
      `policy tool_rules for ${rule} ((( SELECT auth.uid() AS uid) = user_id) AND ` +
      `(NOT ( SELECT private.is_agent() AS is_agent)))${rule.startsWith("delete") ? " check -" : ""}`
    ),
];

/** With their owner's rights: each asks who calls, or is a trigger's. */
export const DEFINERS: readonly string[] = [
  "private.delete_session",
  "private.keep_tool_effect",
  "private.keep_tool_receipt",
  "private.note_row_source",
  "private.running_runs",
  "private.sum_usage",
  "private.taint_by_call",
  "private.taint_by_history",
  "private.taint_by_messages",
  "private.settle_decision",
  "private.settle_tool_effects",
  "private.undo_call",
  "private.undo_calls",
];

/** Settings of functions, where that is more than an empty search path. */
export const SETTINGS: Record<string, string> = {
  "advance_step": 'search_path="",plan_cache_mode=force_generic_plan',
  "claim_run": 'search_path="",plan_cache_mode=force_generic_plan',
  "claim_step": 'search_path="",plan_cache_mode=force_generic_plan',
  "finish_run": 'search_path="",plan_cache_mode=force_generic_plan',
  "finish_step": 'search_path="",plan_cache_mode=force_generic_plan',
  "follow_run": 'search_path="",plan_cache_mode=force_generic_plan',
  "heartbeat_run": 'search_path="",plan_cache_mode=force_generic_plan',
  "heartbeat_step": 'search_path="",plan_cache_mode=force_generic_plan',
  "mark_delivered": 'search_path="",plan_cache_mode=force_generic_plan',
  "record_progress": 'search_path="",plan_cache_mode=force_generic_plan',
  "record_step": 'search_path="",plan_cache_mode=force_generic_plan',
  "reserve_usage": 'search_path="",plan_cache_mode=force_generic_plan',
  "start_run": 'search_path="",plan_cache_mode=force_generic_plan',
  "agent_entity": 'search_path="",plan_cache_mode=force_generic_plan',
  "calendar_occurrences": 'search_path="",plan_cache_mode=force_generic_plan,jit=off',
  "event_overlaps": 'search_path="",plan_cache_mode=force_generic_plan,jit=off',
  "list_events": 'search_path="",plan_cache_mode=force_generic_plan',
  "list_task_events": 'search_path="",plan_cache_mode=force_generic_plan',
  "project_details": 'search_path="",plan_cache_mode=force_generic_plan',
  "task_details": 'search_path="",plan_cache_mode=force_generic_plan',
  "list_tasks": 'search_path="",plan_cache_mode=force_generic_plan',
  "search_brain_dumps": 'search_path="",plan_cache_mode=force_generic_plan',
  "search_notes": 'search_path="",plan_cache_mode=force_generic_plan',
  "search_projects": 'search_path="",plan_cache_mode=force_generic_plan',
  "private.brain_dumps_fitting": 'search_path="",plan_cache_mode=force_generic_plan',
  "private.notes_fitting": 'search_path="",plan_cache_mode=force_generic_plan',
  "private.notes_found": 'search_path="",plan_cache_mode=force_generic_plan',
  "private.notes_of_all": 'search_path="",plan_cache_mode=force_generic_plan',
  "private.notes_of_category": 'search_path="",plan_cache_mode=force_generic_plan',
  "private.notes_of_project": 'search_path="",plan_cache_mode=force_generic_plan',
  "private.projects_fitting": 'search_path="",plan_cache_mode=force_generic_plan',
  "private.tasks_fitting": 'search_path="",plan_cache_mode=force_generic_plan',
  "private.tasks_found": 'search_path="",plan_cache_mode=force_generic_plan',
  "private.tasks_of_all": 'search_path="",plan_cache_mode=force_generic_plan',
  "private.tasks_of_parent": 'search_path="",plan_cache_mode=force_generic_plan',
  "private.tasks_of_project": 'search_path="",plan_cache_mode=force_generic_plan',
  "private.is_readable": 'search_path="",extra_float_digits=1',
  "private.row_image":
    'search_path="",TimeZone=UTC,extra_float_digits=1,IntervalStyle=iso_8601,bytea_output=hex',
};

/** What migrations alone write, and every user may read. */
export const OPERATOR_TABLES: readonly string[] = [
  ...[
    "agent_settings",
    "agent_subjects",
    "external_tables",
    "tool_defaults",
    "tool_floors",
    "tool_footprints",
  ],
].flatMap((name) => [
  `table public.${name}, row-level security t`,
  `right ${name} authenticated: select`,
  `right ${name} service_role: select`,
  `policy ${name} for select to {authenticated}, PERMISSIVE: using true check -`,
]);

/** What the owner of the tables alone reads and writes. */
export const OWNERS_TABLES: readonly string[] = [
  "table private.noted_definitions, row-level security t",
  "table private.security_exceptions, row-level security t",
];

/** What triggers alone write, and every user may read of their own. */
export const DATABASE_TABLES: readonly string[] = ["run_taints", "tool_receipts", "usage_sums"];
