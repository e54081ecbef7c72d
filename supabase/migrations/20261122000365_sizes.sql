-- How large one value of a run may be, so that nobody fills the database with a few rows. Each bound is beyond what the
-- functions write themselves: a message has at most 16,000 characters, a turn of a model a million (two of reasoning,
-- half of one of what its host wants back), the arguments of a call 256,000, and a tool's result and a prompt's parts
-- are cut long before these.

alter table public.chat_sessions
  add constraint chat_sessions_sizes check (octet_length(preferences::text) <= 100000);
alter table public.chat_messages
  add constraint chat_messages_sizes check (char_length(content) <= 2000000);

alter table public.agent_runs
  add constraint agent_runs_sizes check (octet_length(request::text) <= 1000000 and char_length(request_key) <= 200
    and char_length(time_zone) <= 100 and octet_length(limits::text) <= 10000),
  add constraint agent_runs_end_sizes check (octet_length(usage::text) <= 10000
    and char_length(finished_reason) <= 100 and octet_length(error::text) <= 100000);
alter table public.agents
  add constraint agents_sizes check (char_length(name) <= 300 and octet_length(model_preference::text) <= 20000
    and octet_length(available_tools::text) <= 100000 and char_length(system_prompt) <= 200000);
alter table public.agent_plans
  add constraint agent_plans_sizes check (octet_length(steps::text) <= 1000000);

alter table public.agent_chat_sessions
  add constraint agent_chat_sessions_sizes check (octet_length(initial_context::text) <= 4000000);
alter table public.agent_executions
  add constraint agent_executions_sizes check (octet_length(task::text) <= 100000
    and octet_length(tools_available::text) <= 100000),
  add constraint agent_executions_end_sizes check (octet_length(result::text) <= 2000000
    and char_length(error) <= 100000 and octet_length(usage::text) <= 10000);
alter table public.agent_chat_messages
  add constraint agent_chat_messages_sizes check (char_length(content) <= 4000000
    and octet_length(tool_calls::text) <= 40000000 and char_length(reasoning) <= 2000000
    and octet_length(echo::text) <= 40000000),
  add constraint agent_chat_messages_name_sizes check (octet_length(detail::text) <= 10000
    and octet_length(cut::text) <= 1000000 and octet_length(shown_rows::text) <= 1000000
    and char_length(tool_call_id) <= 1000 and char_length(model_used) <= 1000);
alter table public.agent_tool_calls
  add constraint agent_tool_calls_sizes check (octet_length(arguments::text) <= 2000000
    and octet_length(effects::text) <= 4000000 and octet_length(result::text) <= 4000000
    and char_length(problem) <= 100000 and char_length(error) <= 100000),
  add constraint agent_tool_calls_name_sizes check (char_length(tool_call_id) <= 1000
    and char_length(tool_name) <= 300);
alter table public.agent_run_events
  add constraint agent_run_events_sizes check (octet_length(data::text) <= 8000000
    and octet_length(agent::text) <= 10000 and char_length(type) <= 100);

alter table public.tool_receipts
  add constraint tool_receipts_sizes check (char_length(relation) <= 200 and octet_length(row_key::text) <= 20000);
alter table public.usage_reservations
  add constraint usage_reservations_sizes check (char_length(broken_budget) <= 100);
alter table public.usage_settlements
  add constraint usage_settlements_sizes check (char_length(secret) <= 200
    and octet_length(parameters::text) <= 40000 and octet_length(cuts::text) <= 1000000),
  add constraint usage_settlements_name_sizes check (char_length(model_asked) <= 1000
    and char_length(model_answered) <= 1000 and char_length(end_reason) <= 100 and char_length(failure) <= 100);
