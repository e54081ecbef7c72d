// What a run of the store in memory begins with: its user's message, its planner, that one's thread, the first event.
import type { Ids } from "../../../shared/agents/ports.ts";
import type { Run, Tables } from "./memory_tables.ts";

export function insertRun(tables: Tables, ids: Ids, run: Run): void {
  const { id: run_id, session_id, agent_id, thread_id, created_at, request } = run;
  const user_message_id = ids.random();
  const open = { run_id, created_at, status: "active", finished_at: null };
  tables.runs.push(run);
  tables.chat_messages.push({
    id: user_message_id,
    run_id,
    session_id,
    role: "user",
    content: request.message,
  });
  tables.agents.push({ ...open, id: agent_id, type: "planner" });
  const session_type = "planner_thinking";
  tables.threads.push({
    ...open,
    id: thread_id,
    session_type,
    planner_agent_id: agent_id,
    initial_context: { message: request.message, context: { type: request.context_type ?? "general" } },
  });
  const agent = { id: agent_id, type: "planner" as const };
  const data = { session_id, user_message_id };
  tables.events.push({ run_id, seq: 1, type: "session", at: created_at, agent, data });
}
