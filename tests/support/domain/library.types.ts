
export type Json = string | number | boolean | null | { [key: string]: Json } | Json[]

export type Database = {
  
  "public": {
          Tables: {
            "agent_chat_messages": {
                  Row: {
                    "agent_session_id": string,"cached_tokens": number | null,"content": string,"cost_estimated": boolean | null,"cost_usd": number | null,"created_at": string,"cut": Json | null,"cut_off": boolean | null,"detail": Json | null,"echo": Json | null,"id": string,"input_tokens": number | null,"kind": Database["public"]['Enums']["message_kind"],"model_used": string | null,"output_tokens": number | null,"parent_user_session_id": string,"reasoning": string | null,"role": Database["public"]['Enums']["message_role"],"run_id": string,"sender_agent_id": string | null,"sender_type": Database["public"]['Enums']["sender_type"],"seq": number,"shown_rows": Json | null,"tokens_used": number | null,"tool_call_id": string | null,"tool_calls": Json | null,"usage_estimated": boolean | null,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "agent_session_id": string,"cached_tokens"?: number | null,"content": string,"cost_estimated"?: boolean | null,"cost_usd"?: number | null,"created_at"?: string,"cut"?: Json | null,"cut_off"?: boolean | null,"detail"?: Json | null,"echo"?: Json | null,"id"?: string,"input_tokens"?: number | null,"kind": Database["public"]['Enums']["message_kind"],"model_used"?: string | null,"output_tokens"?: number | null,"parent_user_session_id": string,"reasoning"?: string | null,"role": Database["public"]['Enums']["message_role"],"run_id": string,"sender_agent_id"?: string | null,"sender_type": Database["public"]['Enums']["sender_type"],"seq": number,"shown_rows"?: Json | null,"tokens_used"?: never,"tool_call_id"?: string | null,"tool_calls"?: Json | null,"usage_estimated"?: boolean | null,"user_id"?: string
                  }
                  Update: {
                    "agent_session_id"?: string,"cached_tokens"?: number | null,"content"?: string,"cost_estimated"?: boolean | null,"cost_usd"?: number | null,"created_at"?: string,"cut"?: Json | null,"cut_off"?: boolean | null,"detail"?: Json | null,"echo"?: Json | null,"id"?: string,"input_tokens"?: number | null,"kind"?: Database["public"]['Enums']["message_kind"],"model_used"?: string | null,"output_tokens"?: number | null,"parent_user_session_id"?: string,"reasoning"?: string | null,"role"?: Database["public"]['Enums']["message_role"],"run_id"?: string,"sender_agent_id"?: string | null,"sender_type"?: Database["public"]['Enums']["sender_type"],"seq"?: number,"shown_rows"?: Json | null,"tokens_used"?: never,"tool_call_id"?: string | null,"tool_calls"?: Json | null,"usage_estimated"?: boolean | null,"user_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "agent_chat_messages_agent_session_fkey"
      columns: ["user_id","run_id","parent_user_session_id","agent_session_id"]
isOneToOne: false
      referencedRelation: "agent_chat_sessions"
      referencedColumns: ["user_id","run_id","parent_session_id","id"]
    },{
      foreignKeyName: "agent_chat_messages_sender_agent_fkey"
      columns: ["user_id","run_id","sender_agent_id"]
isOneToOne: false
      referencedRelation: "agents"
      referencedColumns: ["user_id","run_id","id"]
    }
                  ]
                },"agent_chat_sessions": {
                  Row: {
                    "created_at": string,"executor_agent_id": string | null,"finished_at": string | null,"id": string,"initial_context": NonNullable<Json>,"message_count": number,"parent_session_id": string,"plan_id": string | null,"planner_agent_id": string | null,"run_id": string,"session_type": Database["public"]['Enums']["thread_type"],"status": Database["public"]['Enums']["agent_status"],"step_number": number | null,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"executor_agent_id"?: string | null,"finished_at"?: string | null,"id"?: string,"initial_context": NonNullable<Json>,"message_count"?: number,"parent_session_id": string,"plan_id"?: string | null,"planner_agent_id"?: string | null,"run_id": string,"session_type": Database["public"]['Enums']["thread_type"],"status"?: Database["public"]['Enums']["agent_status"],"step_number"?: number | null,"user_id"?: string
                  }
                  Update: {
                    "created_at"?: string,"executor_agent_id"?: string | null,"finished_at"?: string | null,"id"?: string,"initial_context"?: NonNullable<Json>,"message_count"?: number,"parent_session_id"?: string,"plan_id"?: string | null,"planner_agent_id"?: string | null,"run_id"?: string,"session_type"?: Database["public"]['Enums']["thread_type"],"status"?: Database["public"]['Enums']["agent_status"],"step_number"?: number | null,"user_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "agent_chat_sessions_executor_agent_fkey"
      columns: ["user_id","run_id","executor_agent_id"]
isOneToOne: false
      referencedRelation: "agents"
      referencedColumns: ["user_id","run_id","id"]
    },{
      foreignKeyName: "agent_chat_sessions_plan_fkey"
      columns: ["user_id","run_id","plan_id"]
isOneToOne: false
      referencedRelation: "agent_plans"
      referencedColumns: ["user_id","run_id","id"]
    },{
      foreignKeyName: "agent_chat_sessions_planner_agent_fkey"
      columns: ["user_id","run_id","planner_agent_id"]
isOneToOne: false
      referencedRelation: "agents"
      referencedColumns: ["user_id","run_id","id"]
    },{
      foreignKeyName: "agent_chat_sessions_run_fkey"
      columns: ["user_id","run_id","parent_session_id"]
isOneToOne: false
      referencedRelation: "agent_run_list"
      referencedColumns: ["user_id","id","session_id"]
    },{
      foreignKeyName: "agent_chat_sessions_run_fkey"
      columns: ["user_id","run_id","parent_session_id"]
isOneToOne: false
      referencedRelation: "agent_runs"
      referencedColumns: ["user_id","id","session_id"]
    }
                  ]
                },"agent_executions": {
                  Row: {
                    "agent_session_id": string | null,"attempt": number,"created_at": string,"duration_ms": number | null,"error": string | null,"executor_agent_id": string | null,"finished_at": string | null,"id": string,"lease_expires_at": string | null,"lease_generation": number,"lease_seconds": number | null,"message_count": number,"owner_reservation_id": string | null,"plan_id": string,"released": boolean,"result": Json | null,"run_id": string,"session_id": string,"status": Database["public"]['Enums']["execution_status"],"step_number": number,"success": boolean | null,"task": NonNullable<Json>,"tokens_used": number,"tool_calls_made": number,"tools_available": NonNullable<Json>,"usage": Json | null,"user_id": string,"worker": Database["public"]['Enums']["agent_type"] | null
                  }
                  ComputedFields: never
                  Insert: {
                    "agent_session_id"?: string | null,"attempt": number,"created_at"?: string,"duration_ms"?: number | null,"error"?: string | null,"executor_agent_id"?: string | null,"finished_at"?: string | null,"id"?: string,"lease_expires_at"?: string | null,"lease_generation"?: number,"lease_seconds"?: number | null,"message_count"?: number,"owner_reservation_id"?: string | null,"plan_id": string,"released"?: boolean,"result"?: Json | null,"run_id": string,"session_id": string,"status"?: Database["public"]['Enums']["execution_status"],"step_number": number,"success"?: never,"task": NonNullable<Json>,"tokens_used"?: number,"tool_calls_made"?: number,"tools_available"?: NonNullable<Json>,"usage"?: Json | null,"user_id"?: string,"worker"?: Database["public"]['Enums']["agent_type"] | null
                  }
                  Update: {
                    "agent_session_id"?: string | null,"attempt"?: number,"created_at"?: string,"duration_ms"?: number | null,"error"?: string | null,"executor_agent_id"?: string | null,"finished_at"?: string | null,"id"?: string,"lease_expires_at"?: string | null,"lease_generation"?: number,"lease_seconds"?: number | null,"message_count"?: number,"owner_reservation_id"?: string | null,"plan_id"?: string,"released"?: boolean,"result"?: Json | null,"run_id"?: string,"session_id"?: string,"status"?: Database["public"]['Enums']["execution_status"],"step_number"?: number,"success"?: never,"task"?: NonNullable<Json>,"tokens_used"?: number,"tool_calls_made"?: number,"tools_available"?: NonNullable<Json>,"usage"?: Json | null,"user_id"?: string,"worker"?: Database["public"]['Enums']["agent_type"] | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "agent_executions_agent_session_fkey"
      columns: ["user_id","run_id","agent_session_id"]
isOneToOne: false
      referencedRelation: "agent_chat_sessions"
      referencedColumns: ["user_id","run_id","id"]
    },{
      foreignKeyName: "agent_executions_executor_agent_fkey"
      columns: ["user_id","run_id","executor_agent_id"]
isOneToOne: false
      referencedRelation: "agents"
      referencedColumns: ["user_id","run_id","id"]
    },{
      foreignKeyName: "agent_executions_plan_fkey"
      columns: ["user_id","run_id","plan_id"]
isOneToOne: false
      referencedRelation: "agent_plans"
      referencedColumns: ["user_id","run_id","id"]
    },{
      foreignKeyName: "agent_executions_run_fkey"
      columns: ["user_id","run_id","session_id"]
isOneToOne: false
      referencedRelation: "agent_run_list"
      referencedColumns: ["user_id","id","session_id"]
    },{
      foreignKeyName: "agent_executions_run_fkey"
      columns: ["user_id","run_id","session_id"]
isOneToOne: false
      referencedRelation: "agent_runs"
      referencedColumns: ["user_id","id","session_id"]
    }
                  ]
                },"agent_plans": {
                  Row: {
                    "created_at": string,"finished_at": string | null,"goal": string,"id": string,"planner_agent_id": string,"revision": number,"run_id": string,"session_id": string,"status": Database["public"]['Enums']["plan_status"],"steps": NonNullable<Json>,"strategy": Database["public"]['Enums']["run_strategy"],"supersedes": string | null,"user_id": string,"user_message": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"finished_at"?: string | null,"goal": string,"id"?: string,"planner_agent_id": string,"revision"?: number,"run_id": string,"session_id": string,"status"?: Database["public"]['Enums']["plan_status"],"steps": NonNullable<Json>,"strategy"?: Database["public"]['Enums']["run_strategy"],"supersedes"?: string | null,"user_id"?: string,"user_message": string
                  }
                  Update: {
                    "created_at"?: string,"finished_at"?: string | null,"goal"?: string,"id"?: string,"planner_agent_id"?: string,"revision"?: number,"run_id"?: string,"session_id"?: string,"status"?: Database["public"]['Enums']["plan_status"],"steps"?: NonNullable<Json>,"strategy"?: Database["public"]['Enums']["run_strategy"],"supersedes"?: string | null,"user_id"?: string,"user_message"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "agent_plans_planner_agent_fkey"
      columns: ["user_id","run_id","planner_agent_id"]
isOneToOne: false
      referencedRelation: "agents"
      referencedColumns: ["user_id","run_id","id"]
    },{
      foreignKeyName: "agent_plans_run_fkey"
      columns: ["user_id","run_id","session_id"]
isOneToOne: false
      referencedRelation: "agent_run_list"
      referencedColumns: ["user_id","id","session_id"]
    },{
      foreignKeyName: "agent_plans_run_fkey"
      columns: ["user_id","run_id","session_id"]
isOneToOne: false
      referencedRelation: "agent_runs"
      referencedColumns: ["user_id","id","session_id"]
    },{
      foreignKeyName: "agent_plans_supersedes_fkey"
      columns: ["user_id","run_id","supersedes"]
isOneToOne: false
      referencedRelation: "agent_plans"
      referencedColumns: ["user_id","run_id","id"]
    }
                  ]
                },"agent_run_events": {
                  Row: {
                    "agent": Json | null,"at": string,"data": NonNullable<Json>,"run_id": string,"seq": number,"tainted": boolean | null,"type": string,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "agent"?: Json | null,"at": string,"data": NonNullable<Json>,"run_id": string,"seq": number,"tainted"?: boolean | null,"type": string,"user_id"?: string
                  }
                  Update: {
                    "agent"?: Json | null,"at"?: string,"data"?: NonNullable<Json>,"run_id"?: string,"seq"?: number,"tainted"?: boolean | null,"type"?: string,"user_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "agent_run_events_run_fkey"
      columns: ["user_id","run_id"]
isOneToOne: false
      referencedRelation: "agent_run_list"
      referencedColumns: ["user_id","id"]
    },{
      foreignKeyName: "agent_run_events_run_fkey"
      columns: ["user_id","run_id"]
isOneToOne: false
      referencedRelation: "agent_runs"
      referencedColumns: ["user_id","id"]
    }
                  ]
                },"agent_runs": {
                  Row: {
                    "cancel_requested_at": string | null,"created_at": string,"error": Json | null,"finished_at": string | null,"finished_reason": string | null,"id": string,"lease_expires_at": string,"lease_generation": number,"lease_seconds": number,"leased_at": string,"limits": NonNullable<Json>,"owner_reservation_id": string | null,"purged_at": string | null,"released": boolean,"request": NonNullable<Json>,"request_key": string | null,"session_id": string,"status": Database["public"]['Enums']["run_status"],"strategy": Database["public"]['Enums']["run_strategy"] | null,"takeovers": number,"time_zone": string,"usage": Json | null,"user_id": string,"worked_ms": number
                  }
                  ComputedFields: never
                  Insert: {
                    "cancel_requested_at"?: string | null,"created_at"?: string,"error"?: Json | null,"finished_at"?: string | null,"finished_reason"?: string | null,"id"?: string,"lease_expires_at": string,"lease_generation"?: number,"lease_seconds"?: number,"leased_at"?: string,"limits"?: NonNullable<Json>,"owner_reservation_id"?: string | null,"purged_at"?: string | null,"released"?: boolean,"request": NonNullable<Json>,"request_key"?: string | null,"session_id": string,"status"?: Database["public"]['Enums']["run_status"],"strategy"?: Database["public"]['Enums']["run_strategy"] | null,"takeovers"?: number,"time_zone"?: string,"usage"?: Json | null,"user_id"?: string,"worked_ms"?: number
                  }
                  Update: {
                    "cancel_requested_at"?: string | null,"created_at"?: string,"error"?: Json | null,"finished_at"?: string | null,"finished_reason"?: string | null,"id"?: string,"lease_expires_at"?: string,"lease_generation"?: number,"lease_seconds"?: number,"leased_at"?: string,"limits"?: NonNullable<Json>,"owner_reservation_id"?: string | null,"purged_at"?: string | null,"released"?: boolean,"request"?: NonNullable<Json>,"request_key"?: string | null,"session_id"?: string,"status"?: Database["public"]['Enums']["run_status"],"strategy"?: Database["public"]['Enums']["run_strategy"] | null,"takeovers"?: number,"time_zone"?: string,"usage"?: Json | null,"user_id"?: string,"worked_ms"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "agent_runs_session_fkey"
      columns: ["user_id","session_id"]
isOneToOne: false
      referencedRelation: "chat_sessions"
      referencedColumns: ["user_id","id"]
    }
                  ]
                },"agent_settings": {
                  Row: {
                    "only_row": boolean,"require_agent_token": boolean
                  }
                  ComputedFields: never
                  Insert: {
                    "only_row"?: boolean,"require_agent_token"?: boolean
                  }
                  Update: {
                    "only_row"?: boolean,"require_agent_token"?: boolean
                  }
                  Relationships: [
                    
                  ]
                },"agent_subjects": {
                  Row: {
                    "columns": (string)[],"condition": string | null,"count_up_to": number,"group_column": string | null,"id_column": string,"id_rest": (string)[],"name": string,"newest_column": string | null,"parent": unknown,"parent_column": string | null,"relation": unknown,"title_column": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "columns"?: (string)[],"condition"?: string | null,"count_up_to"?: number,"group_column"?: string | null,"id_column"?: string,"id_rest"?: (string)[],"name": string,"newest_column"?: string | null,"parent"?: unknown,"parent_column"?: string | null,"relation": unknown,"title_column"?: string | null
                  }
                  Update: {
                    "columns"?: (string)[],"condition"?: string | null,"count_up_to"?: number,"group_column"?: string | null,"id_column"?: string,"id_rest"?: (string)[],"name"?: string,"newest_column"?: string | null,"parent"?: unknown,"parent_column"?: string | null,"relation"?: unknown,"title_column"?: string | null
                  }
                  Relationships: [
                    
                  ]
                },"agent_tool_calls": {
                  Row: {
                    "access": Database["public"]['Enums']["tool_access"] | null,"agent_id": string,"agent_session_id": string,"arguments": Json | null,"arguments_sha256": string | null,"asked_at": string | null,"created_at": string,"duration_ms": number | null,"effects": Json | null,"error": string | null,"expires_at": string | null,"finished_at": string | null,"id": string,"problem": string | null,"proposed_arguments": Json | null,"remember": string | null,"result": Json | null,"run_id": string,"status": Database["public"]['Enums']["tool_call_status"],"tool_call_id": string,"tool_name": string,"user_id": string,"why": Json | null
                  }
                  ComputedFields: never
                  Insert: {
                    "access"?: Database["public"]['Enums']["tool_access"] | null,"agent_id": string,"agent_session_id": string,"arguments"?: Json | null,"arguments_sha256"?: string | null,"asked_at"?: string | null,"created_at"?: string,"duration_ms"?: number | null,"effects"?: Json | null,"error"?: string | null,"expires_at"?: string | null,"finished_at"?: string | null,"id": string,"problem"?: string | null,"proposed_arguments"?: Json | null,"remember"?: string | null,"result"?: Json | null,"run_id": string,"status": Database["public"]['Enums']["tool_call_status"],"tool_call_id": string,"tool_name": string,"user_id"?: string,"why"?: Json | null
                  }
                  Update: {
                    "access"?: Database["public"]['Enums']["tool_access"] | null,"agent_id"?: string,"agent_session_id"?: string,"arguments"?: Json | null,"arguments_sha256"?: string | null,"asked_at"?: string | null,"created_at"?: string,"duration_ms"?: number | null,"effects"?: Json | null,"error"?: string | null,"expires_at"?: string | null,"finished_at"?: string | null,"id"?: string,"problem"?: string | null,"proposed_arguments"?: Json | null,"remember"?: string | null,"result"?: Json | null,"run_id"?: string,"status"?: Database["public"]['Enums']["tool_call_status"],"tool_call_id"?: string,"tool_name"?: string,"user_id"?: string,"why"?: Json | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "agent_tool_calls_agent_fkey"
      columns: ["user_id","run_id","agent_id"]
isOneToOne: false
      referencedRelation: "agents"
      referencedColumns: ["user_id","run_id","id"]
    },{
      foreignKeyName: "agent_tool_calls_agent_session_fkey"
      columns: ["user_id","run_id","agent_session_id"]
isOneToOne: false
      referencedRelation: "agent_chat_sessions"
      referencedColumns: ["user_id","run_id","id"]
    }
                  ]
                },"agents": {
                  Row: {
                    "available_tools": NonNullable<Json>,"completed_at": string | null,"created_at": string,"created_for_plan": string | null,"created_for_session": string,"id": string,"model_preference": NonNullable<Json>,"name": string,"permissions": Database["public"]['Enums']["agent_permission"],"run_id": string,"status": Database["public"]['Enums']["agent_status"],"system_prompt": string,"type": Database["public"]['Enums']["agent_type"],"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "available_tools": NonNullable<Json>,"completed_at"?: string | null,"created_at"?: string,"created_for_plan"?: string | null,"created_for_session": string,"id"?: string,"model_preference": NonNullable<Json>,"name": string,"permissions": Database["public"]['Enums']["agent_permission"],"run_id": string,"status"?: Database["public"]['Enums']["agent_status"],"system_prompt": string,"type": Database["public"]['Enums']["agent_type"],"user_id"?: string
                  }
                  Update: {
                    "available_tools"?: NonNullable<Json>,"completed_at"?: string | null,"created_at"?: string,"created_for_plan"?: string | null,"created_for_session"?: string,"id"?: string,"model_preference"?: NonNullable<Json>,"name"?: string,"permissions"?: Database["public"]['Enums']["agent_permission"],"run_id"?: string,"status"?: Database["public"]['Enums']["agent_status"],"system_prompt"?: string,"type"?: Database["public"]['Enums']["agent_type"],"user_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "agents_created_for_plan_fkey"
      columns: ["user_id","run_id","created_for_plan"]
isOneToOne: false
      referencedRelation: "agent_plans"
      referencedColumns: ["user_id","run_id","id"]
    },{
      foreignKeyName: "agents_run_fkey"
      columns: ["user_id","run_id","created_for_session"]
isOneToOne: false
      referencedRelation: "agent_run_list"
      referencedColumns: ["user_id","id","session_id"]
    },{
      foreignKeyName: "agents_run_fkey"
      columns: ["user_id","run_id","created_for_session"]
isOneToOne: false
      referencedRelation: "agent_runs"
      referencedColumns: ["user_id","id","session_id"]
    }
                  ]
                },"approval_decisions": {
                  Row: {
                    "approved": boolean,"call_id": string,"decided_at": string,"decided_session": string | null,"edited": Json | null,"effects": Json | null,"reason": string | null,"scope": Database["public"]['Enums']["approval_scope"],"shown_sha256": string,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "approved": boolean,"call_id": string,"decided_at"?: string,"decided_session"?: string | null,"edited"?: Json | null,"effects"?: Json | null,"reason"?: string | null,"scope"?: Database["public"]['Enums']["approval_scope"],"shown_sha256": string,"user_id"?: string
                  }
                  Update: {
                    "approved"?: boolean,"call_id"?: string,"decided_at"?: string,"decided_session"?: string | null,"edited"?: Json | null,"effects"?: Json | null,"reason"?: string | null,"scope"?: Database["public"]['Enums']["approval_scope"],"shown_sha256"?: string,"user_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "approval_decisions_call_fkey"
      columns: ["user_id","call_id"]
isOneToOne: true
      referencedRelation: "agent_tool_calls"
      referencedColumns: ["user_id","id"]
    }
                  ]
                },"books": {
                  Row: {
                    "created_at": string,"id": string,"notes": string | null,"status": string,"title": string,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"id"?: string,"notes"?: string | null,"status"?: string,"title": string,"user_id"?: string
                  }
                  Update: {
                    "created_at"?: string,"id"?: string,"notes"?: string | null,"status"?: string,"title"?: string,"user_id"?: string
                  }
                  Relationships: [
                    
                  ]
                },"chat_messages": {
                  Row: {
                    "content": string,"created_at": string,"id": string,"role": Database["public"]['Enums']["chat_role"],"run_id": string | null,"seq": number,"session_id": string,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "content": string,"created_at"?: string,"id"?: string,"role": Database["public"]['Enums']["chat_role"],"run_id"?: string | null,"seq": number,"session_id": string,"user_id"?: string
                  }
                  Update: {
                    "content"?: string,"created_at"?: string,"id"?: string,"role"?: Database["public"]['Enums']["chat_role"],"run_id"?: string | null,"seq"?: number,"session_id"?: string,"user_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "chat_messages_run_fkey"
      columns: ["user_id","run_id","session_id"]
isOneToOne: false
      referencedRelation: "agent_run_list"
      referencedColumns: ["user_id","id","session_id"]
    },{
      foreignKeyName: "chat_messages_run_fkey"
      columns: ["user_id","run_id","session_id"]
isOneToOne: false
      referencedRelation: "agent_runs"
      referencedColumns: ["user_id","id","session_id"]
    },{
      foreignKeyName: "chat_messages_session_fkey"
      columns: ["user_id","session_id"]
isOneToOne: false
      referencedRelation: "chat_sessions"
      referencedColumns: ["user_id","id"]
    }
                  ]
                },"chat_session_summaries": {
                  Row: {
                    "content": string,"created_at": string,"input_tokens": number,"model_used": string,"number": number,"output_tokens": number,"session_id": string,"upto_seq": number,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "content": string,"created_at"?: string,"input_tokens": number,"model_used": string,"number": number,"output_tokens": number,"session_id": string,"upto_seq": number,"user_id"?: string
                  }
                  Update: {
                    "content"?: string,"created_at"?: string,"input_tokens"?: number,"model_used"?: string,"number"?: number,"output_tokens"?: number,"session_id"?: string,"upto_seq"?: number,"user_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "chat_session_summaries_message_fkey"
      columns: ["user_id","session_id","upto_seq"]
isOneToOne: false
      referencedRelation: "chat_messages"
      referencedColumns: ["user_id","session_id","seq"]
    }
                  ]
                },"chat_sessions": {
                  Row: {
                    "client_id": string | null,"context_type": string,"created_at": string,"deleted_at": string | null,"entity_id": string | null,"id": string,"preferences": NonNullable<Json>,"status": Database["public"]['Enums']["session_status"],"title": string,"updated_at": string,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "client_id"?: string | null,"context_type"?: string,"created_at"?: string,"deleted_at"?: string | null,"entity_id"?: string | null,"id"?: string,"preferences"?: NonNullable<Json>,"status"?: Database["public"]['Enums']["session_status"],"title": string,"updated_at"?: string,"user_id"?: string
                  }
                  Update: {
                    "client_id"?: string | null,"context_type"?: string,"created_at"?: string,"deleted_at"?: string | null,"entity_id"?: string | null,"id"?: string,"preferences"?: NonNullable<Json>,"status"?: Database["public"]['Enums']["session_status"],"title"?: string,"updated_at"?: string,"user_id"?: string
                  }
                  Relationships: [
                    
                  ]
                },"external_rows": {
                  Row: {
                    "noted_at": string,"relation": string,"row_key": string,"source": string,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "noted_at"?: string,"relation": string,"row_key": string,"source": string,"user_id": string
                  }
                  Update: {
                    "noted_at"?: string,"relation"?: string,"row_key"?: string,"source"?: string,"user_id"?: string
                  }
                  Relationships: [
                    
                  ]
                },"external_tables": {
                  Row: {
                    "relation": unknown,"source": string
                  }
                  ComputedFields: never
                  Insert: {
                    "relation": unknown,"source": string
                  }
                  Update: {
                    "relation"?: unknown,"source"?: string
                  }
                  Relationships: [
                    
                  ]
                },"loans": {
                  Row: {
                    "book_id": string | null,"borrower": string,"created_at": string,"id": number,"notes": string | null,"returned": boolean,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "book_id"?: string | null,"borrower": string,"created_at"?: string,"id"?: never,"notes"?: string | null,"returned"?: boolean,"user_id"?: string
                  }
                  Update: {
                    "book_id"?: string | null,"borrower"?: string,"created_at"?: string,"id"?: never,"notes"?: string | null,"returned"?: boolean,"user_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "loans_book_fkey"
      columns: ["user_id","book_id"]
isOneToOne: false
      referencedRelation: "books"
      referencedColumns: ["user_id","id"]
    }
                  ]
                },"request_keys": {
                  Row: {
                    "delivered_at": string | null,"key": string,"run_id": string,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "delivered_at"?: string | null,"key": string,"run_id": string,"user_id"?: string
                  }
                  Update: {
                    "delivered_at"?: string | null,"key"?: string,"run_id"?: string,"user_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "request_keys_run_fkey"
      columns: ["user_id","run_id"]
isOneToOne: false
      referencedRelation: "agent_run_list"
      referencedColumns: ["user_id","id"]
    },{
      foreignKeyName: "request_keys_run_fkey"
      columns: ["user_id","run_id"]
isOneToOne: false
      referencedRelation: "agent_runs"
      referencedColumns: ["user_id","id"]
    }
                  ]
                },"run_taints": {
                  Row: {
                    "run_id": string,"tainted_at": string,"tainted_by": NonNullable<Json>,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "run_id": string,"tainted_at"?: string,"tainted_by": NonNullable<Json>,"user_id": string
                  }
                  Update: {
                    "run_id"?: string,"tainted_at"?: string,"tainted_by"?: NonNullable<Json>,"user_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "run_taints_run_fkey"
      columns: ["user_id","run_id"]
isOneToOne: true
      referencedRelation: "agent_run_list"
      referencedColumns: ["user_id","id"]
    },{
      foreignKeyName: "run_taints_run_fkey"
      columns: ["user_id","run_id"]
isOneToOne: true
      referencedRelation: "agent_runs"
      referencedColumns: ["user_id","id"]
    }
                  ]
                },"tool_defaults": {
                  Row: {
                    "access": Database["public"]['Enums']["tool_access"],"policy": Database["public"]['Enums']["tool_policy"],"tool_name": string,"untrusted_output": boolean
                  }
                  ComputedFields: never
                  Insert: {
                    "access"?: Database["public"]['Enums']["tool_access"],"policy": Database["public"]['Enums']["tool_policy"],"tool_name": string,"untrusted_output"?: boolean
                  }
                  Update: {
                    "access"?: Database["public"]['Enums']["tool_access"],"policy"?: Database["public"]['Enums']["tool_policy"],"tool_name"?: string,"untrusted_output"?: boolean
                  }
                  Relationships: [
                    
                  ]
                },"tool_effects": {
                  Row: {
                    "after": Json | null,"before": Json | null,"call_id": string,"created_at": string,"digest": string | null,"kept": boolean | null,"op": string,"relation": string,"row_key": NonNullable<Json>,"seq": number,"undone_at": string | null,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "after"?: Json | null,"before"?: Json | null,"call_id": string,"created_at"?: string,"digest"?: string | null,"kept"?: never,"op": string,"relation": string,"row_key": NonNullable<Json>,"seq"?: number,"undone_at"?: string | null,"user_id": string
                  }
                  Update: {
                    "after"?: Json | null,"before"?: Json | null,"call_id"?: string,"created_at"?: string,"digest"?: string | null,"kept"?: never,"op"?: string,"relation"?: string,"row_key"?: NonNullable<Json>,"seq"?: number,"undone_at"?: string | null,"user_id"?: string
                  }
                  Relationships: [
                    
                  ]
                },"tool_floors": {
                  Row: {
                    "expires_in": string | null,"fresh": boolean,"number": number,"policy": Database["public"]['Enums']["tool_policy"],"tool_name": string,"when_args": unknown,"why": string
                  }
                  ComputedFields: never
                  Insert: {
                    "expires_in"?: string | null,"fresh"?: boolean,"number"?: number,"policy": Database["public"]['Enums']["tool_policy"],"tool_name": string,"when_args"?: unknown,"why": string
                  }
                  Update: {
                    "expires_in"?: string | null,"fresh"?: boolean,"number"?: number,"policy"?: Database["public"]['Enums']["tool_policy"],"tool_name"?: string,"when_args"?: unknown,"why"?: string
                  }
                  Relationships: [
                    
                  ]
                },"tool_footprints": {
                  Row: {
                    "forceful": unknown,"max_rows": number,"number": number,"op": string,"table_name": unknown,"target": unknown,"target_column": string | null,"target_rest": NonNullable<Json>,"tool_name": string
                  }
                  ComputedFields: never
                  Insert: {
                    "forceful"?: unknown,"max_rows"?: number,"number"?: number,"op": string,"table_name": unknown,"target"?: unknown,"target_column"?: string | null,"target_rest"?: NonNullable<Json>,"tool_name": string
                  }
                  Update: {
                    "forceful"?: unknown,"max_rows"?: number,"number"?: number,"op"?: string,"table_name"?: unknown,"target"?: unknown,"target_column"?: string | null,"target_rest"?: NonNullable<Json>,"tool_name"?: string
                  }
                  Relationships: [
                    
                  ]
                },"tool_receipts": {
                  Row: {
                    "attempt": string,"call_id": string,"changes": NonNullable<Json>,"created_at": string,"relation": string,"row_key": NonNullable<Json>,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "attempt": string,"call_id": string,"changes"?: NonNullable<Json>,"created_at"?: string,"relation": string,"row_key": NonNullable<Json>,"user_id"?: string
                  }
                  Update: {
                    "attempt"?: string,"call_id"?: string,"changes"?: NonNullable<Json>,"created_at"?: string,"relation"?: string,"row_key"?: NonNullable<Json>,"user_id"?: string
                  }
                  Relationships: [
                    
                  ]
                },"tool_rules": {
                  Row: {
                    "created_at": string,"expires_at": string | null,"from_call": string | null,"id": string,"policy": Database["public"]['Enums']["tool_policy"],"session_id": string | null,"tool_name": string,"user_id": string,"when_args": unknown,"words": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"expires_at"?: string | null,"from_call"?: string | null,"id"?: string,"policy": Database["public"]['Enums']["tool_policy"],"session_id"?: string | null,"tool_name": string,"user_id"?: string,"when_args"?: unknown,"words"?: string | null
                  }
                  Update: {
                    "created_at"?: string,"expires_at"?: string | null,"from_call"?: string | null,"id"?: string,"policy"?: Database["public"]['Enums']["tool_policy"],"session_id"?: string | null,"tool_name"?: string,"user_id"?: string,"when_args"?: unknown,"words"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "tool_rules_from_call_fkey"
      columns: ["user_id","from_call"]
isOneToOne: false
      referencedRelation: "agent_tool_calls"
      referencedColumns: ["user_id","id"]
    },{
      foreignKeyName: "tool_rules_session_fkey"
      columns: ["user_id","session_id"]
isOneToOne: false
      referencedRelation: "chat_sessions"
      referencedColumns: ["user_id","id"]
    }
                  ]
                },"usage_reservations": {
                  Row: {
                    "agent_session_id": string | null,"attempt": number,"broken_budget": string | null,"cost_usd": number | null,"id": string,"input_tokens": number,"opens_run": boolean,"output_tokens": number,"reserved_at": string,"run_id": string,"seal": string,"tool_calls": number,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "agent_session_id"?: string | null,"attempt"?: number,"broken_budget"?: string | null,"cost_usd"?: number | null,"id": string,"input_tokens": number,"opens_run"?: boolean,"output_tokens": number,"reserved_at"?: string,"run_id": string,"seal": string,"tool_calls"?: number,"user_id"?: string
                  }
                  Update: {
                    "agent_session_id"?: string | null,"attempt"?: number,"broken_budget"?: string | null,"cost_usd"?: number | null,"id"?: string,"input_tokens"?: number,"opens_run"?: boolean,"output_tokens"?: number,"reserved_at"?: string,"run_id"?: string,"seal"?: string,"tool_calls"?: number,"user_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "usage_reservations_run_fkey"
      columns: ["user_id","run_id"]
isOneToOne: false
      referencedRelation: "agent_run_list"
      referencedColumns: ["user_id","id"]
    },{
      foreignKeyName: "usage_reservations_run_fkey"
      columns: ["user_id","run_id"]
isOneToOne: false
      referencedRelation: "agent_runs"
      referencedColumns: ["user_id","id"]
    }
                  ]
                },"usage_settlements": {
                  Row: {
                    "cached_tokens": number,"cost_usd": number | null,"cuts": Json | null,"duration_ms": number | null,"end_reason": string | null,"failure": string | null,"first_token_ms": number | null,"input_tokens": number,"message_seq": number | null,"model_answered": string | null,"model_asked": string | null,"model_calls": number,"output_tokens": number,"parameters": Json | null,"reservation_id": string,"secret": string,"settled_at": string,"started_at": string | null,"tool_calls": number,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "cached_tokens"?: number,"cost_usd"?: number | null,"cuts"?: Json | null,"duration_ms"?: number | null,"end_reason"?: string | null,"failure"?: string | null,"first_token_ms"?: number | null,"input_tokens": number,"message_seq"?: number | null,"model_answered"?: string | null,"model_asked"?: string | null,"model_calls": number,"output_tokens": number,"parameters"?: Json | null,"reservation_id": string,"secret": string,"settled_at"?: string,"started_at"?: string | null,"tool_calls": number,"user_id"?: string
                  }
                  Update: {
                    "cached_tokens"?: number,"cost_usd"?: number | null,"cuts"?: Json | null,"duration_ms"?: number | null,"end_reason"?: string | null,"failure"?: string | null,"first_token_ms"?: number | null,"input_tokens"?: number,"message_seq"?: number | null,"model_answered"?: string | null,"model_asked"?: string | null,"model_calls"?: number,"output_tokens"?: number,"parameters"?: Json | null,"reservation_id"?: string,"secret"?: string,"settled_at"?: string,"started_at"?: string | null,"tool_calls"?: number,"user_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "usage_settlements_reservation_fkey"
      columns: ["user_id","reservation_id"]
isOneToOne: true
      referencedRelation: "usage_ledger"
      referencedColumns: ["user_id","id"]
    },{
      foreignKeyName: "usage_settlements_reservation_fkey"
      columns: ["user_id","reservation_id"]
isOneToOne: true
      referencedRelation: "usage_reservations"
      referencedColumns: ["user_id","id"]
    }
                  ]
                },"usage_sums": {
                  Row: {
                    "runs": number,"tokens": number,"upto": string,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "runs": number,"tokens": number,"upto": string,"user_id": string
                  }
                  Update: {
                    "runs"?: number,"tokens"?: number,"upto"?: string,"user_id"?: string
                  }
                  Relationships: [
                    
                  ]
                }
          }
          Views: {
            "agent_run_list": {
                  Row: {
                    "abandoned": boolean | null,"created_at": string,"error": Json | null,"finished_at": string | null,"finished_reason": string | null,"id": string,"request_key": string | null,"session_id": string,"status": Database["public"]['Enums']["run_status"],"strategy": Database["public"]['Enums']["run_strategy"] | null,"usage": Json | null,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                           "abandoned"?: never,"created_at"?: string | null,"error"?: Json | null,"finished_at"?: string | null,"finished_reason"?: string | null,"id"?: string | null,"request_key"?: string | null,"session_id"?: string | null,"status"?: Database["public"]['Enums']["run_status"] | null,"strategy"?: Database["public"]['Enums']["run_strategy"] | null,"usage"?: Json | null,"user_id"?: string | null
                         }
                        Update: {
                           "abandoned"?: never,"created_at"?: string | null,"error"?: Json | null,"finished_at"?: string | null,"finished_reason"?: string | null,"id"?: string | null,"request_key"?: string | null,"session_id"?: string | null,"status"?: Database["public"]['Enums']["run_status"] | null,"strategy"?: Database["public"]['Enums']["run_strategy"] | null,"usage"?: Json | null,"user_id"?: string | null
                         }
                        Relationships: [
                    {
      foreignKeyName: "agent_runs_session_fkey"
      columns: ["user_id","session_id"]
isOneToOne: false
      referencedRelation: "chat_sessions"
      referencedColumns: ["user_id","id"]
    }
                  ]
                },"usage_ledger": {
                  Row: {
                    "agent_session_id": string | null,"attempt": number,"broken_budget": string | null,"cached_tokens": number | null,"cost_usd": number | null,"cuts": Json | null,"duration_ms": number | null,"end_reason": string | null,"failure": string | null,"first_token_ms": number | null,"id": string,"input_tokens": number | null,"message_seq": number | null,"model_answered": string | null,"model_asked": string | null,"model_calls": number | null,"output_tokens": number | null,"parameters": Json | null,"reserved_at": string,"run_id": string,"settled_at": string | null,"started_at": string | null,"tool_calls": number | null,"user_id": string
                  }
                  ComputedFields: never
                  Relationships: [
                    {
      foreignKeyName: "usage_reservations_run_fkey"
      columns: ["user_id","run_id"]
isOneToOne: false
      referencedRelation: "agent_run_list"
      referencedColumns: ["user_id","id"]
    },{
      foreignKeyName: "usage_reservations_run_fkey"
      columns: ["user_id","run_id"]
isOneToOne: false
      referencedRelation: "agent_runs"
      referencedColumns: ["user_id","id"]
    }
                  ]
                }
          }
          Functions: {
            "add_summary":
{ Args: { "p_run_id": string,"p_settlement": Json,"p_summary": Json }; Returns: boolean
                           },
"advance_step":
{ Args: { "p_execution_id": string,"p_generation": number,"p_limits": Json,"p_progress": Json,"p_reservation": Json,"p_settlement": Json }; Returns: Json
                           },
"agent_entity":
{ Args: { "p_id": string,"p_type": string }; Returns: Json
                           },
"agent_overview":
{ Args: { "p_time_zone"?: string }; Returns: Json
                           },
"answer_step":
{ Args: { "p_answer": Json,"p_generation": number,"p_plan_id": string,"p_step_number": number }; Returns: undefined
                           },
"cancel_run":
{ Args: { "p_run_id": string }; Returns: Json
                           },
"claim_run":
{ Args: { "p_lease_seconds": number,"p_limits"?: Json,"p_reservation"?: Json,"p_run_id": string }; Returns: Json
                           },
"claim_step":
{ Args: { "p_agent": Json,"p_plan_id": string,"p_step_number": number }; Returns: Json
                           },
"client_chat_history":
{ Args: { "p_client_id": string,"p_events": number,"p_messages": number }; Returns: Json
                           },
"client_chat_run":
{ Args: { "p_client_id": string }; Returns: string
                           },
"client_run":
{ Args: { "p_run_id": string }; Returns: Json
                           },
"decide_tool_calls":
{ Args: { "p_decisions": Json,"p_run_id": string }; Returns: Json
                           },
"delete_session":
{ Args: { "p_session_id": string }; Returns: undefined
                           },
"fail_run":
{ Args: { "p_error": Json,"p_generation": number,"p_run_id": string }; Returns: Json
                           },
"finish_run":
{ Args: { "p_batch": Json,"p_generation": number,"p_outcome": Json,"p_run_id": string }; Returns: Json
                           },
"finish_step":
{ Args: { "p_execution_id": string,"p_generation": number,"p_outcome": Json,"p_progress": Json }; Returns: undefined
                           },
"follow_run":
{ Args: { "p_after": number,"p_limit": number,"p_run_id": string }; Returns: Json
                           },
"get_run":
{ Args: { "p_run_id": string }; Returns: Json
                           },
"get_step":
{ Args: { "p_plan_id": string,"p_step_number": number }; Returns: Json
                           },
"heartbeat_run":
{ Args: { "p_generation": number,"p_run_id": string }; Returns: boolean
                           },
"heartbeat_step":
{ Args: { "p_execution_id": string,"p_generation": number }; Returns: boolean
                           },
"mark_delivered":
{ Args: { "p_run_id": string }; Returns: undefined
                           },
"open_approvals":
{ Args: Record<PropertyKey, never>; Returns: Json
                           },
"park_run":
{ Args: { "p_batch": Json,"p_generation": number,"p_run_id": string,"p_settlement": Json }; Returns: Json
                           },
"record_progress":
{ Args: { "p_batch": Json,"p_generation": number,"p_run_id": string }; Returns: Json
                           },
"record_step":
{ Args: { "p_execution_id": string,"p_generation": number,"p_progress": Json }; Returns: Json
                           },
"release_run":
{ Args: { "p_generation": number,"p_run_id": string,"p_settlement": Json }; Returns: undefined
                           },
"release_step":
{ Args: { "p_execution_id": string,"p_generation": number,"p_progress": Json,"p_settlement": Json }; Returns: undefined
                           },
"reserve_usage":
{ Args: { "p_limits": Json,"p_reservation": Json,"p_run_id": string,"p_settlement": Json }; Returns: Json
                           },
"settle_usage":
{ Args: { "p_settlement": Json }; Returns: undefined
                           },
"start_run":
{ Args: { "p_agent": Json,"p_lease_seconds": number,"p_request": Json }; Returns: Json
                           },
"undo_run":
{ Args: { "p_run_id": string }; Returns: Json
                           },
"undo_tool_call":
{ Args: { "p_call_id": string,"p_run_id"?: string }; Returns: Json
                           },
"unsummarised":
{ Args: { "p_run_id": string }; Returns: Json
                           },
"usage_by_day":
{ Args: { "p_days"?: number,"p_time_zone"?: string }; Returns: {
              "cached_tokens": number,"cost_usd": number,"day": string,"input_tokens": number,"model_calls": number,"output_tokens": number,"runs": number,"tool_calls": number
            }[]
                           },
"usage_limits":
{ Args: { "p_limits": Json,"p_tokens": number }; Returns: Json
                           },
"usage_wait":
{ Args: { "p_limits": Json,"p_tokens": number }; Returns: number
                           }
          }
          Enums: {
            "agent_permission": "read_only"|"read_write","agent_status": "active"|"completed"|"failed"|"cancelled","agent_type": "planner"|"executor","approval_scope": "once"|"session"|"always","chat_role": "user"|"assistant","execution_status": "running"|"completed"|"partial"|"needs_input"|"failed"|"skipped"|"cancelled","message_kind": "prompt"|"task"|"turn"|"result"|"answer"|"nudge"|"limit","message_role": "system"|"user"|"assistant"|"tool","plan_status": "pending"|"executing"|"completed"|"failed"|"cancelled","run_status": "running"|"awaiting_approval"|"completed"|"failed"|"cancelled","run_strategy": "simple"|"tool_use"|"complex","sender_type": "system"|"user"|"planner"|"executor"|"tool","session_status": "active"|"archived","thread_type": "planner_thinking"|"planner_executor","tool_access": "read"|"write","tool_call_status": "proposed"|"awaiting_approval"|"approved"|"rejected"|"executing"|"succeeded"|"failed","tool_policy": "allow"|"ask"|"deny"
          }
          CompositeTypes: {
            [_ in never]: never
          }
        }
}

type DatabaseWithoutInternals = Omit<Database, '__InternalSupabase'>

type DefaultSchema = DatabaseWithoutInternals[Extract<keyof Database, "public">]

export type Tables<
  DefaultSchemaTableNameOrOptions extends
    | keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
        DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])
    : never = never
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
      DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])[TableName] extends {
      Row: infer R
    }
    ? R
    : never
  : DefaultSchemaTableNameOrOptions extends keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
  ? (DefaultSchema["Tables"] & DefaultSchema["Views"])[DefaultSchemaTableNameOrOptions] extends {
      Row: infer R
    }
    ? R
    : never
  : never

export type TablesInsert<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never = never
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Insert: infer I
    }
    ? I
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
  ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
      Insert: infer I
    }
    ? I
    : never
  : never

export type TablesUpdate<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never = never
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Update: infer U
    }
    ? U
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
  ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
      Update: infer U
    }
    ? U
    : never
  : never

export type Enums<
  DefaultSchemaEnumNameOrOptions extends
    | keyof DefaultSchema["Enums"]
    | { schema: keyof DatabaseWithoutInternals },
  EnumName extends DefaultSchemaEnumNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"]
    : never = never
> = DefaultSchemaEnumNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"][EnumName]
  : DefaultSchemaEnumNameOrOptions extends keyof DefaultSchema["Enums"]
  ? DefaultSchema["Enums"][DefaultSchemaEnumNameOrOptions]
  : never

export type CompositeTypes<
  PublicCompositeTypeNameOrOptions extends
    | keyof DefaultSchema["CompositeTypes"]
    | { schema: keyof DatabaseWithoutInternals },
  CompositeTypeName extends PublicCompositeTypeNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"]
    : never = never
> = PublicCompositeTypeNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"][CompositeTypeName]
  : PublicCompositeTypeNameOrOptions extends keyof DefaultSchema["CompositeTypes"]
  ? DefaultSchema["CompositeTypes"][PublicCompositeTypeNameOrOptions]
  : never

export const Constants = {
  "public": {
          Enums: {
            "agent_permission": ["read_only", "read_write"],"agent_status": ["active", "completed", "failed", "cancelled"],"agent_type": ["planner", "executor"],"approval_scope": ["once", "session", "always"],"chat_role": ["user", "assistant"],"execution_status": ["running", "completed", "partial", "needs_input", "failed", "skipped", "cancelled"],"message_kind": ["prompt", "task", "turn", "result", "answer", "nudge", "limit"],"message_role": ["system", "user", "assistant", "tool"],"plan_status": ["pending", "executing", "completed", "failed", "cancelled"],"run_status": ["running", "awaiting_approval", "completed", "failed", "cancelled"],"run_strategy": ["simple", "tool_use", "complex"],"sender_type": ["system", "user", "planner", "executor", "tool"],"session_status": ["active", "archived"],"thread_type": ["planner_thinking", "planner_executor"],"tool_access": ["read", "write"],"tool_call_status": ["proposed", "awaiting_approval", "approved", "rejected", "executing", "succeeded", "failed"],"tool_policy": ["allow", "ask", "deny"]
          }
        }
} as const
