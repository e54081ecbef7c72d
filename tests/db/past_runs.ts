// An account's runs of long ago, as rows: real turns would take hours.
import type { Sql } from "postgres";
import type { User } from "./agents_calls.ts";
import { inThePast } from "./agents_rows.ts";

export interface Past {
  runs: number;
  /** Of them, those of the one session that goes on. */
  turns: number;
  /** What each turn said. */
  said?: { user: string; assistant: string };
  /** Of each run's log. */
  events_each?: number;
}

const SAID = { user: "Some words.", assistant: "Some words." };

/** Runs as they stand once they have ended, an hour each, the last one a day ago; gives the session. */
export async function pastRuns(
  sql: Sql,
  user: Pick<User, "id">,
  { runs, turns, said = SAID, events_each = 3 }: Past,
): Promise<string> {
  const session_id = crypto.randomUUID();
  await inThePast(sql, async (past) => {
    await past`create temporary table lived on commit drop as
      select n, gen_random_uuid() as run_id, gen_random_uuid() as agent_id, gen_random_uuid() as thread_id,
        case when n <= ${turns}::int then ${session_id}::uuid else gen_random_uuid() end as session_id,
        case when n <= ${turns}::int then n else 1 end as turn,
        now() - interval '1 day' - (${runs}::int - n) * interval '1 hour' as at
      from generate_series(1, ${runs}::int) n`;
    await past`insert into chat_sessions (id, user_id, title, created_at, updated_at)
      select session_id, ${user.id}, 'A talk', min(at), max(at) from lived group by session_id`;
    await past`insert into agent_runs (id, user_id, session_id, request, status, lease_expires_at, created_at, finished_at)
      select run_id, ${user.id}, session_id, '{"message": "Hello"}', 'completed', at, at, at from lived`;
    await past`insert into chat_messages (user_id, session_id, role, content, run_id, seq, created_at)
      select ${user.id}, session_id, role::chat_role, content, run_id, 2 * turn - 2 + k, at
      from lived, (values (1, 'user', ${said.user}), (2, 'assistant', ${said.assistant})) told (k, role, content) order by n, k`;
    await past`insert into agents (id, user_id, type, name, model_preference, available_tools, permissions,
        system_prompt, run_id, created_for_session, status)
      select agent_id, ${user.id}, 'planner', 'Planner', '{}', '[]', 'read_write', 'Plan.', run_id, session_id,
        'completed' from lived`;
    await past`insert into agent_chat_sessions (id, user_id, session_type, parent_session_id, run_id,
        planner_agent_id, initial_context, status)
      select thread_id, ${user.id}, 'planner_thinking', session_id, run_id, agent_id, '{}', 'completed' from lived`;
    await past`insert into agent_chat_messages (user_id, run_id, agent_session_id, parent_user_session_id, seq, kind,
        sender_type, role, content)
      select ${user.id}, run_id, thread_id, session_id, k, kind::message_kind, 'system', role::message_role, 'Words.'
      from lived, (values (1, 'prompt', 'system'), (2, 'task', 'user'), (3, 'turn', 'assistant')) m (k, kind, role)`;
    await past`insert into agent_tool_calls (id, user_id, run_id, agent_id, agent_session_id, tool_call_id, tool_name,
        access, arguments, status, result)
      select gen_random_uuid(), ${user.id}, run_id, agent_id, thread_id, 'c', 'list_books', 'read', '{}', 'succeeded',
        '{"ok": true}' from lived`;
    await past`insert into agent_run_events (user_id, run_id, seq, type, at, data)
      select ${user.id}, run_id, k, case k when 1 then 'session' when ${events_each}::int then 'done' else 'text' end,
        at, '{"part": 1}' from lived, generate_series(1, ${events_each}::int) k order by n, k`;
    await past`insert into usage_reservations (id, user_id, run_id, seal, input_tokens, output_tokens, reserved_at)
      select run_id, ${user.id}, run_id, repeat('a', 64), 10, 10, at from lived`;
  });
  return session_id;
}
