-- What a row of a run, and of what it spends, may hold: `private.fits` says it, once for each table. One function of a
-- whole row and not a constraint for each rule: Postgres reads and compiles every constraint of a table anew with each
-- statement that writes a row, a function once per connection. A rule that is null holds, as in a constraint.
-- Sessions, which clients write by themselves, keep a constraint for each rule, because they are told its name.
--
-- Sizes are such that nobody fills the database with a few rows. Each bound is beyond what the functions write
-- themselves: a message has at most 16,000 characters, a turn of a model a million (two of reasoning, half of one of
-- what its host wants back), the arguments of a call 256,000, and a tool's result and a prompt's parts are cut long
-- before these.

-- A run that has ended has its time. What its user writes by hand stays within what a takeover can add to.
create function private.fits(p_row public.agent_runs)
returns boolean language plpgsql immutable parallel safe security invoker set search_path = '' as $$
begin
  return private.is_zone(p_row.time_zone) and char_length(p_row.time_zone) <= 100
    and octet_length(p_row.request::text) <= 1000000 and char_length(p_row.request_key) <= 200
    and octet_length(p_row.limits::text) <= 10000
    and p_row.lease_generation between 1 and 1000000 and p_row.takeovers between 0 and 1000
    and p_row.lease_seconds > 0 and p_row.lease_seconds <= 3600
    and isfinite(p_row.leased_at) and isfinite(p_row.lease_expires_at) and isfinite(p_row.cancel_requested_at)
    and p_row.worked_ms between 0 and 1000000000000
    and (p_row.usage is null or private.is_usage(p_row.usage) and octet_length(p_row.usage::text) <= 10000)
    and isfinite(p_row.finished_at)
    and (p_row.finished_at is null or p_row.status in ('completed', 'failed', 'cancelled'))
    and char_length(p_row.finished_reason) <= 100 and octet_length(p_row.error::text) <= 100000;
end $$;

create function private.fits(p_row public.agents)
returns boolean language plpgsql immutable parallel safe security invoker set search_path = '' as $$
begin
  return (p_row.type = 'planner' or p_row.permissions = 'read_only')
    and char_length(p_row.name) <= 300 and char_length(p_row.system_prompt) <= 200000
    and jsonb_typeof(p_row.model_preference) = 'object' and octet_length(p_row.model_preference::text) <= 20000
    and jsonb_typeof(p_row.available_tools) = 'array' and octet_length(p_row.available_tools::text) <= 100000;
end $$;

create function private.fits(p_row public.agent_plans)
returns boolean language plpgsql immutable parallel safe security invoker set search_path = '' as $$
begin
  return length(p_row.user_message) <= 16000 and length(p_row.goal) <= 500 and p_row.revision > 0
    and case jsonb_typeof(p_row.steps) when 'array' then jsonb_array_length(p_row.steps) > 0 else false end
    and octet_length(p_row.steps::text) <= 1000000;
end $$;

create function private.fits(p_row public.agent_chat_sessions)
returns boolean language plpgsql immutable parallel safe security invoker set search_path = '' as $$
begin
  return jsonb_typeof(p_row.initial_context) = 'object' and octet_length(p_row.initial_context::text) <= 4000000;
end $$;

-- A step that was skipped is no attempt, and nobody worked on it.
create function private.fits(p_row public.agent_executions)
returns boolean language plpgsql immutable parallel safe security invoker set search_path = '' as $$
begin
  return p_row.step_number > 0 and p_row.attempt >= 0
    and (p_row.worker is null) = (p_row.status = 'skipped')
    and (p_row.attempt = 0) = (p_row.status = 'skipped')
    and (p_row.executor_agent_id is null or p_row.worker = 'executor')
    and jsonb_typeof(p_row.task) = 'object' and octet_length(p_row.task::text) <= 100000
    and jsonb_typeof(p_row.tools_available) = 'array' and octet_length(p_row.tools_available::text) <= 100000
    and octet_length(p_row.result::text) <= 2000000 and char_length(p_row.error) <= 100000
    and (p_row.usage is null or private.is_usage(p_row.usage) and octet_length(p_row.usage::text) <= 10000)
    and p_row.tokens_used >= 0 and p_row.duration_ms >= 0
    and p_row.lease_generation between 1 and 1000000
    and p_row.lease_seconds > 0 and p_row.lease_seconds <= 3600 and isfinite(p_row.lease_expires_at);
end $$;

create function private.fits(p_row public.agent_chat_messages)
returns boolean language plpgsql immutable parallel safe security invoker set search_path = '' as $$
begin
  return p_row.seq > 0 and (p_row.kind = 'limit') = (p_row.detail is not null)
    and p_row.role = case p_row.kind
      when 'prompt' then 'system' when 'turn' then 'assistant' when 'result' then 'tool' else 'user'
      end::public.message_role
    and char_length(p_row.content) <= 4000000 and char_length(p_row.reasoning) <= 2000000
    and octet_length(p_row.tool_calls::text) <= 40000000
    and jsonb_typeof(p_row.echo) = 'object' and octet_length(p_row.echo::text) <= 40000000
    and octet_length(p_row.detail::text) <= 10000
    and jsonb_typeof(p_row.cut) = 'array' and octet_length(p_row.cut::text) <= 1000000
    and jsonb_typeof(p_row.shown_rows) = 'array' and octet_length(p_row.shown_rows::text) <= 1000000
    and char_length(p_row.tool_call_id) <= 1000 and char_length(p_row.model_used) <= 1000
    and p_row.input_tokens >= 0 and p_row.output_tokens >= 0 and p_row.cached_tokens >= 0 and p_row.cost_usd >= 0;
end $$;

create function private.fits(p_row public.agent_tool_calls)
returns boolean language plpgsql immutable parallel safe security invoker set search_path = '' as $$
begin
  return char_length(p_row.tool_call_id) <= 1000 and char_length(p_row.tool_name) <= 300
    and octet_length(p_row.arguments::text) <= 2000000 and octet_length(p_row.result::text) <= 4000000
    and jsonb_typeof(p_row.effects) = 'array' and octet_length(p_row.effects::text) <= 4000000
    and char_length(p_row.problem) <= 100000 and char_length(p_row.error) <= 100000
    and jsonb_typeof(p_row.why) = 'array' and p_row.duration_ms >= 0;
end $$;

-- A later type comes with a migration.
create function private.fits(p_row public.agent_run_events)
returns boolean language plpgsql immutable parallel safe security invoker set search_path = '' as $$
begin
  return p_row.seq > 0 and isfinite(p_row.at)
    and p_row.type in ('session', 'analysis', 'plan_created', 'step_start', 'executor_spawned', 'tool_call',
      'tool_result', 'executor_result', 'step_complete', 'text', 'text_withdrawn', 'approval_required', 'run_paused',
      'approval_decided', 'taken_over', 'done', 'error') and char_length(p_row.type) <= 100
    and octet_length(p_row.data::text) <= 8000000 and octet_length(p_row.agent::text) <= 10000;
end $$;

-- The bound keeps NaN out, too, which is larger than every number.
create function private.fits(p_row public.usage_reservations)
returns boolean language plpgsql immutable parallel safe security invoker set search_path = '' as $$
begin
  return p_row.seal ~ '^[0-9a-f]{64}$' and p_row.input_tokens >= 0 and p_row.output_tokens >= 0
    and p_row.cost_usd between 0 and 1000000 and p_row.tool_calls >= 0 and p_row.attempt > 0
    and char_length(p_row.broken_budget) <= 100;
end $$;

create function private.fits(p_row public.usage_settlements)
returns boolean language plpgsql immutable parallel safe security invoker set search_path = '' as $$
begin
  return char_length(p_row.secret) <= 200 and p_row.model_calls >= 0 and p_row.tool_calls >= 0
    and p_row.input_tokens >= 0 and p_row.output_tokens >= 0 and p_row.cached_tokens >= 0
    and p_row.cost_usd between 0 and 1000000
    and char_length(p_row.model_asked) <= 1000 and char_length(p_row.model_answered) <= 1000
    and jsonb_typeof(p_row.parameters) = 'object' and octet_length(p_row.parameters::text) <= 40000
    and jsonb_typeof(p_row.cuts) = 'array' and octet_length(p_row.cuts::text) <= 1000000
    and p_row.first_token_ms >= 0 and p_row.duration_ms >= 0 and p_row.message_seq > 0
    and (p_row.end_reason is null or p_row.failure is null)
    and char_length(p_row.end_reason) <= 100 and char_length(p_row.failure) <= 100;
end $$;

alter table public.agent_runs add constraint agent_runs_fit check (private.fits(agent_runs));
alter table public.agents add constraint agents_fit check (private.fits(agents));
alter table public.agent_plans add constraint agent_plans_fit check (private.fits(agent_plans));
alter table public.agent_chat_sessions add constraint agent_chat_sessions_fit check (private.fits(agent_chat_sessions));
alter table public.agent_executions add constraint agent_executions_fit check (private.fits(agent_executions));
alter table public.agent_chat_messages add constraint agent_chat_messages_fit check (private.fits(agent_chat_messages));
alter table public.agent_tool_calls add constraint agent_tool_calls_fit check (private.fits(agent_tool_calls));
alter table public.agent_run_events add constraint agent_run_events_fit check (private.fits(agent_run_events));
alter table public.usage_reservations add constraint usage_reservations_fit check (private.fits(usage_reservations));
alter table public.usage_settlements add constraint usage_settlements_fit check (private.fits(usage_settlements));

revoke all on function
  private.fits(public.agent_runs),
  private.fits(public.agents),
  private.fits(public.agent_plans),
  private.fits(public.agent_chat_sessions),
  private.fits(public.agent_executions),
  private.fits(public.agent_chat_messages),
  private.fits(public.agent_tool_calls),
  private.fits(public.agent_run_events),
  private.fits(public.usage_reservations),
  private.fits(public.usage_settlements)
  from public, anon, authenticated, service_role;
grant execute on function
  private.fits(public.agent_runs),
  private.fits(public.agents),
  private.fits(public.agent_plans),
  private.fits(public.agent_chat_sessions),
  private.fits(public.agent_executions),
  private.fits(public.agent_chat_messages),
  private.fits(public.agent_tool_calls),
  private.fits(public.agent_run_events),
  private.fits(public.usage_reservations),
  private.fits(public.usage_settlements)
  to authenticated;
