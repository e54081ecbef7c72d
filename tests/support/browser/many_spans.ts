// A run with as many rows as it takes to be slow.
import type { Sql } from "postgres";

/** Adds tool calls to a run's own thread, spread over its time, by the database's own hand. */
export async function manySpans(sql: Sql, run_id: string, count: number): Promise<void> {
  await sql.begin(async (sql) => {
    // A finished run is locked for everybody else.
    await sql`set local session_replication_role = replica`;
    await sql`
      insert into public.agent_tool_calls
        (id, user_id, run_id, agent_id, agent_session_id, tool_call_id, tool_name, access, arguments, status,
          duration_ms, created_at, finished_at)
      select gen_random_uuid(), t.user_id, t.run_id, t.planner_agent_id, t.id, 'spare_' || n, 'spare_tool_' || n,
        'read', '{}', 'succeeded', 1, r.created_at + (r.finished_at - r.created_at) * n / ${
      count + 1
    }::float8,
        r.created_at + (r.finished_at - r.created_at) * (n + 0.5) / ${count + 1}::float8
      from public.agent_chat_sessions t
      join public.agent_runs r on r.user_id = t.user_id and r.id = t.run_id
      cross join generate_series(1, ${count}::integer) n
      where t.run_id = ${run_id} and t.session_type = 'planner_thinking' and t.step_number is null`;
  });
}
