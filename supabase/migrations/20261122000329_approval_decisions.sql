-- What a person decides on a call that waits for them: one row for each call, never changed and never taken back. The
-- row is all there is to deciding: whoever adds it, by decide_tool_calls or by hand, is held to the same, and the call
-- moves with it, in the same transaction. So a call's status is the one thing that anybody has to look at.
--
--   private.refuse_decision  refuses a decision that does not count
--   private.check_decision   locks the run, and asks that
--   private.settle_decision  moves the call, and remembers it as a rule where that is wanted
--
-- Who decides is told by the policy: no agent does. That it is decided once is told by the primary key.

create type public.approval_scope as enum ('once', 'session', 'always');

create table public.approval_decisions (
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  call_id uuid not null,
  approved boolean not null,
  shown_sha256 text not null check (char_length(shown_sha256) <= 100),
  edited jsonb check (octet_length(edited::text) <= 2000000),
  effects jsonb check (octet_length(effects::text) <= 4000000),
  reason text check (char_length(reason) <= 2000),
  scope public.approval_scope not null default 'once',
  decided_at timestamptz not null default clock_timestamp(),
  decided_session text default (auth.jwt() ->> 'session_id'),
  primary key (user_id, call_id),
  constraint approval_decisions_edits_approve check (approved or edited is null),
  constraint approval_decisions_scope_approves check (approved or scope = 'once'),
  constraint approval_decisions_call_fkey
    foreign key (user_id, call_id) references public.agent_tool_calls (user_id, id) on delete cascade
);

comment on table public.approval_decisions is
  'What a person decided on a tool call that waited for them. Insert-only, one for each call; no agent adds one.';
comment on column public.approval_decisions.shown_sha256 is
  'The hash of the arguments that the person was shown: those of the call, or the decision is refused.';
comment on column public.approval_decisions.edited is 'The arguments to use instead; null where none were changed.';
comment on column public.approval_decisions.effects is
  'What the person was shown that the call would change, of edited arguments what those would; null where nothing was.';
comment on column public.approval_decisions.reason is 'In the person''s words; the model is told.';
comment on column public.approval_decisions.scope is 'How long the approval holds for calls like this one.';
comment on column public.approval_decisions.decided_session is
  'The auth session of the token by which it was decided; null where the token names none.';

-- Refuses a decision that does not count, by what there is now.
create function private.refuse_decision(
  p_decision public.approval_decisions, p_call public.agent_tool_calls, p_run public.agent_runs
) returns void
language plpgsql volatile security invoker set search_path = ''
as $$
declare
  v_detail constant text := jsonb_build_object('tool_call_id', p_call.id);
begin
  if p_run.status not in ('running', 'awaiting_approval') then
    raise sqlstate 'PT409' using message = 'run_not_running', detail = v_detail;
  elsif p_run.cancel_requested_at is not null then
    raise sqlstate 'PT409' using message = 'cancel_requested', detail = v_detail;
  elsif exists (select from public.approval_decisions d where d.user_id = p_call.user_id and d.call_id = p_call.id) then
    raise sqlstate 'PT409' using message = 'decided_already', detail = v_detail;
  elsif p_call.status <> 'awaiting_approval' then
    raise sqlstate 'PT409' using message = 'call_not_open', detail = v_detail;
  elsif p_call.expires_at <= clock_timestamp() then
    raise sqlstate 'PT409' using message = 'approval_expired', detail = v_detail;
  elsif p_decision.approved and p_call.access = 'write' and p_call.effects is null and p_call.problem is null then
    raise sqlstate 'PT409' using message = 'not_shown_yet', detail = v_detail;
  elsif p_call.arguments_sha256 is distinct from p_decision.shown_sha256 then
    raise sqlstate 'PT409' using message = 'other_arguments', detail = v_detail;
  elsif p_decision.approved and coalesce(p_decision.edited, p_call.arguments) = p_call.arguments
    and p_decision.effects is distinct from p_call.effects
    -- An edit is bound as what it was made of is.
    or p_decision.approved and p_decision.effects is null and p_call.effects is not null then
    raise sqlstate 'PT409' using message = 'other_effects', detail = v_detail;
  elsif p_decision.approved then
    p_call.arguments := coalesce(p_decision.edited, p_call.arguments);
    perform private.check_approval(p_call);
  end if;
end
$$;

-- The run is locked first: whoever ends it, claims it or decides at the same time has done so, or waits. What counts is
-- asked after that, by a statement of its own, because the policy sees what stood before this one waited. Of what is
-- not the caller's own, the policy tells.
create function private.check_decision() returns trigger
language plpgsql security invoker set search_path = ''
as $$
declare
  v_run public.agent_runs;
  v_call public.agent_tool_calls;
begin
  select r.* into v_run from public.agent_runs r where r.user_id = new.user_id and r.id = (
      select c.run_id from public.agent_tool_calls c where c.user_id = new.user_id and c.id = new.call_id)
    for update;
  if found then
    select c.* into v_call from public.agent_tool_calls c where c.user_id = new.user_id and c.id = new.call_id;
    perform private.refuse_decision(new, v_call, v_run);
  end if;
  return new;
end
$$;
create trigger check_decision before insert on public.approval_decisions
  for each row execute function private.check_decision();

-- With its owner's rights, because arguments are nobody's to change. What was proposed stays beside what was approved.
create function private.settle_decision() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  update public.agent_tool_calls c set status = 'approved',
      arguments = coalesce(new.edited, c.arguments),
      proposed_arguments = case when new.edited <> c.arguments then c.arguments end,
      effects = case when new.edited <> c.arguments then new.effects else c.effects end,
      problem = case when new.edited <> c.arguments then null else c.problem end
    where c.user_id = new.user_id and c.id = new.call_id and c.status = 'awaiting_approval' and new.approved;
  update public.agent_tool_calls c set status = 'rejected', error = 'declined', duration_ms = 0, finished_at = now(),
      result = jsonb_build_object('ok', false, 'error', 'rejected', 'message',
        'The user declined this. It was not done.' || coalesce(' Their reason: ' || nullif(btrim(new.reason), ''), ''))
    where c.user_id = new.user_id and c.id = new.call_id and c.status = 'awaiting_approval' and not new.approved;
  perform private.remember_call(c, new.scope::text) from public.agent_tool_calls c
    where c.user_id = new.user_id and c.id = new.call_id;
  return null;
end
$$;
create trigger settle_decision after insert on public.approval_decisions
  for each row execute function private.settle_decision();

-- By the time of the transaction's beginning: whether it is still in time is asked once, by the trigger.
alter table public.approval_decisions enable row level security;
create policy "own rows: select" on public.approval_decisions for select to authenticated
  using ((select auth.uid()) = user_id);
create policy "own rows: insert" on public.approval_decisions for insert to authenticated
  with check ((select auth.uid()) = user_id and not (select private.is_agent()) and exists (
    select from public.agent_tool_calls c
    join public.agent_runs r on r.user_id = c.user_id and r.id = c.run_id
    where c.user_id = (select auth.uid()) and c.id = call_id and c.status = 'awaiting_approval'
      and c.expires_at > now() and c.arguments_sha256 = shown_sha256
      and (not approved or edited is not null
        or coalesce(approval_decisions.effects, 'null') = coalesce(c.effects, 'null'))
      and r.status in ('running', 'awaiting_approval') and r.cancel_requested_at is null));

revoke all on public.approval_decisions from public, anon, authenticated, service_role;
grant select on public.approval_decisions to authenticated, service_role;
-- When it was decided, and by which session, is nobody's to say.
grant insert (call_id, approved, shown_sha256, edited, effects, reason, scope)
  on public.approval_decisions to authenticated;

-- A person is asked for what is open, of one run and of all of theirs.
create index agent_tool_calls_open on public.agent_tool_calls (user_id, run_id) where status = 'awaiting_approval';

revoke all on function
  private.refuse_decision(public.approval_decisions, public.agent_tool_calls, public.agent_runs),
  private.check_decision(),
  private.settle_decision()
  from public, anon, authenticated, service_role;
grant execute on function
  private.refuse_decision(public.approval_decisions, public.agent_tool_calls, public.agent_runs)
  to authenticated;
