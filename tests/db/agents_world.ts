// One user's row in every table of the conversation and of the agents, and what a further row of each needs.
import type { Sql, TransactionSql } from "postgres";
import { ENGINE_SCHEMA } from "../../shared/db/schema.ts";
import { UPDATABLE_COLUMNS } from "./schema_expected.ts";

/** The ids of one user's rows, by table. */
export interface World {
  user_id: string;
  chat_sessions: string;
  /** A second conversation, where a run may begin. */
  quiet_session: string;
  chat_messages: string;
  agent_runs: string;
  agents: string;
  agent_plans: string;
  agent_chat_sessions: string;
  agent_executions: string;
  agent_chat_messages: string;
  agent_tool_calls: string;
}

export type Row = Record<string, unknown>;

export interface TableSpec {
  name: string;
  /** A further row of this user that every constraint accepts. */
  row(world: World): Row;
  /** How many a user has of them; one unless told otherwise. */
  rows?: number;
  /** The columns that name another row, and its table. */
  parents: Record<string, Exclude<keyof World, "user_id" | "quiet_session">>;
  /** The column that attempts to change rows change, where that is not the status. */
  changes?: string;
}

const AT = "2026-11-22T12:00:00Z";

/** In the order in which rows can be inserted. */
export const TABLES: readonly TableSpec[] = [
  {
    name: "chat_sessions",
    row: ({ user_id }) => ({ user_id, title: "A talk" }),
    rows: 2,
    parents: {},
  },
  {
    name: "agent_runs",
    row: (w) => ({
      user_id: w.user_id,
      session_id: w.quiet_session,
      request: {},
      lease_expires_at: AT,
    }),
    parents: { session_id: "chat_sessions" },
  },
  {
    name: "chat_messages",
    row: (w) => ({
      user_id: w.user_id,
      session_id: w.chat_sessions,
      run_id: w.agent_runs,
      role: "user",
      content: "Hello",
      seq: 2,
    }),
    parents: { session_id: "chat_sessions", run_id: "agent_runs" },
  },
  {
    name: "chat_session_summaries",
    row: (w) => ({
      user_id: w.user_id,
      session_id: w.chat_sessions,
      number: 2,
      content: "They talked",
      upto_seq: 1,
      model_used: "m",
      input_tokens: 1,
      output_tokens: 1,
    }),
    parents: { session_id: "chat_sessions" },
  },
  {
    name: "agents",
    row: (w) => ({
      user_id: w.user_id,
      type: "planner",
      name: "Planner",
      model_preference: { profile: "balanced", models: ["m"] },
      available_tools: [],
      permissions: "read_write",
      system_prompt: "Work.",
      run_id: w.agent_runs,
      created_for_session: w.chat_sessions,
      created_for_plan: w.agent_plans,
    }),
    parents: { run_id: "agent_runs", created_for_session: "chat_sessions", created_for_plan: "agent_plans" },
  },
  {
    name: "agent_plans",
    row: (w) => ({
      user_id: w.user_id,
      session_id: w.chat_sessions,
      run_id: w.agent_runs,
      planner_agent_id: w.agents,
      user_message: "Do it",
      goal: "It is done",
      steps: [{ step_number: 1 }],
      revision: 2,
      supersedes: w.agent_plans,
    }),
    parents: {
      session_id: "chat_sessions",
      run_id: "agent_runs",
      planner_agent_id: "agents",
      supersedes: "agent_plans",
    },
  },
  {
    name: "agent_chat_sessions",
    row: (w) => ({
      user_id: w.user_id,
      session_type: "planner_executor",
      parent_session_id: w.chat_sessions,
      run_id: w.agent_runs,
      plan_id: w.agent_plans,
      step_number: 1,
      initial_context: { task: "Look" },
      planner_agent_id: w.agents,
      executor_agent_id: w.agents,
    }),
    parents: {
      parent_session_id: "chat_sessions",
      run_id: "agent_runs",
      plan_id: "agent_plans",
      planner_agent_id: "agents",
      executor_agent_id: "agents",
    },
  },
  {
    name: "agent_executions",
    row: (w) => ({
      user_id: w.user_id,
      run_id: w.agent_runs,
      plan_id: w.agent_plans,
      step_number: 1,
      attempt: 2,
      worker: "executor",
      executor_agent_id: w.agents,
      agent_session_id: w.agent_chat_sessions,
      session_id: w.chat_sessions,
      task: { description: "Look" },
    }),
    parents: {
      run_id: "agent_runs",
      plan_id: "agent_plans",
      executor_agent_id: "agents",
      agent_session_id: "agent_chat_sessions",
      session_id: "chat_sessions",
    },
  },
  {
    name: "agent_chat_messages",
    row: (w) => ({
      user_id: w.user_id,
      run_id: w.agent_runs,
      agent_session_id: w.agent_chat_sessions,
      parent_user_session_id: w.chat_sessions,
      seq: 2,
      kind: "turn",
      sender_type: "executor",
      sender_agent_id: w.agents,
      role: "assistant",
      content: "Done",
    }),
    parents: {
      run_id: "agent_runs",
      agent_session_id: "agent_chat_sessions",
      parent_user_session_id: "chat_sessions",
      sender_agent_id: "agents",
    },
  },
  {
    name: "agent_tool_calls",
    row: (w) => ({
      id: crypto.randomUUID(),
      user_id: w.user_id,
      run_id: w.agent_runs,
      agent_id: w.agents,
      agent_session_id: w.agent_chat_sessions,
      tool_call_id: "call_1",
      tool_name: "create_book",
      access: "write",
      status: "proposed",
    }),
    parents: { run_id: "agent_runs", agent_id: "agents", agent_session_id: "agent_chat_sessions" },
    changes: "error",
  },
  {
    name: "agent_run_events",
    row: (w) => ({ run_id: w.agent_runs, seq: 2, user_id: w.user_id, type: "text", at: AT, data: {} }),
    parents: { run_id: "agent_runs" },
  },
];

/** The columns that the user may change; none means append-only. */
export function updatable({ name }: TableSpec): readonly string[] {
  return UPDATABLE_COLUMNS[name] ?? [];
}

/** An insert of one row given as JSON; columns that are not in it keep their defaults. */
export function insertRow(sql: Sql | TransactionSql, table: string, row: Row) {
  const columns = Object.keys(row).map((name) => `"${name}"`).join(", ");
  return sql.unsafe(
    `insert into ${ENGINE_SCHEMA}."${table}" (${columns})
      select ${columns} from jsonb_populate_record(null::${ENGINE_SCHEMA}."${table}", $1::text::jsonb)`,
    [JSON.stringify(row)],
  );
}

/** A new user with one row in each table. */
export async function insertWorld(sql: Sql): Promise<World> {
  const user_id = crypto.randomUUID();
  await sql`insert into auth.users (id, email) values (${user_id}, ${`${user_id}@example.com`})`;
  return await addWorld(sql, user_id);
}

/** One row in each table for a user who has none; the run is under way. */
export async function addWorld(sql: Sql, user_id: string): Promise<World> {
  const id = () => crypto.randomUUID();
  const world: World = {
    ...{ user_id, chat_sessions: id(), chat_messages: id(), agent_runs: id(), agents: id() },
    ...{
      quiet_session: id(),
      agent_plans: id(),
      agent_chat_sessions: id(),
      agent_executions: id(),
      agent_chat_messages: id(),
    },
    agent_tool_calls: id(),
  };
  const ids = new Map(Object.entries(world));
  await insertRow(sql, "chat_sessions", { user_id: world.user_id, id: world.quiet_session, title: "Quiet" });
  for (const { name, row } of TABLES) {
    const first: Row = { ...row(world), ...(ids.has(name) && { id: ids.get(name) }) };
    for (const column of ["seq", "revision", "attempt", "number"]) if (column in first) first[column] = 1;
    // An agent comes before its plan, and the first plan supersedes none.
    if (name === "agents") delete first.created_for_plan;
    if (name === "agent_runs") first.session_id = world.chat_sessions;
    if (name === "agent_plans") delete first.supersedes;
    await insertRow(sql, name, first);
  }
  return world;
}
