-- Who may do what with the rows of threads: each user with their own.

alter table public.agent_chat_sessions enable row level security;
create policy "own rows: select" on public.agent_chat_sessions for select to authenticated
  using ((select auth.uid()) = user_id);
create policy "own rows: insert" on public.agent_chat_sessions for insert to authenticated
  with check ((select auth.uid()) = user_id);
create policy "own rows: update" on public.agent_chat_sessions for update to authenticated
  using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);

alter table public.agent_executions enable row level security;
create policy "own rows: select" on public.agent_executions for select to authenticated
  using ((select auth.uid()) = user_id);
create policy "own rows: insert" on public.agent_executions for insert to authenticated
  with check ((select auth.uid()) = user_id);
create policy "own rows: update" on public.agent_executions for update to authenticated
  using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);

alter table public.agent_chat_messages enable row level security;
create policy "own rows: select" on public.agent_chat_messages for select to authenticated
  using ((select auth.uid()) = user_id);
create policy "own rows: insert" on public.agent_chat_messages for insert to authenticated
  with check ((select auth.uid()) = user_id);

alter table public.agent_tool_calls enable row level security;
create policy "own rows: select" on public.agent_tool_calls for select to authenticated
  using ((select auth.uid()) = user_id);
create policy "own rows: insert" on public.agent_tool_calls for insert to authenticated
  with check ((select auth.uid()) = user_id);

create policy "own rows: update" on public.agent_tool_calls for update to authenticated
  using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);

alter table public.agent_run_events enable row level security;
create policy "own rows: select" on public.agent_run_events for select to authenticated
  using ((select auth.uid()) = user_id);
create policy "own rows: insert" on public.agent_run_events for insert to authenticated
  with check ((select auth.uid()) = user_id);

revoke all on public.agent_chat_sessions, public.agent_executions, public.agent_chat_messages,
  public.agent_tool_calls, public.agent_run_events from public, anon, authenticated, service_role;
grant select on public.agent_chat_sessions, public.agent_executions, public.agent_chat_messages,
  public.agent_tool_calls, public.agent_run_events to authenticated;
grant insert on public.agent_chat_messages to authenticated;
grant insert (user_id, run_id, seq, type, at, agent, data) on public.agent_run_events to authenticated;
grant insert (id, user_id, run_id, agent_id, agent_session_id, tool_call_id, tool_name, access, arguments, status,
  result, error, duration_ms, created_at, finished_at) on public.agent_tool_calls to authenticated;
grant insert (id, user_id, session_type, parent_session_id, run_id, plan_id, step_number, planner_agent_id,
  executor_agent_id, initial_context, created_at) on public.agent_chat_sessions to authenticated;
grant insert (id, user_id, run_id, plan_id, step_number, attempt, worker, executor_agent_id, agent_session_id,
  session_id, task, tools_available, status, error, owner_reservation_id, lease_seconds, lease_expires_at, finished_at)
  on public.agent_executions to authenticated;
grant select on public.agent_chat_sessions, public.agent_executions, public.agent_chat_messages,
  public.agent_tool_calls, public.agent_run_events to service_role;
grant update (initial_context, status, message_count, finished_at) on public.agent_chat_sessions to authenticated;
grant update (status, result, error, usage, tokens_used, duration_ms, tool_calls_made, message_count,
  lease_generation, owner_reservation_id, lease_expires_at, released, finished_at)
  on public.agent_executions to authenticated;
grant update (status, effects, problem, result, error, duration_ms, finished_at)
  on public.agent_tool_calls to authenticated;
