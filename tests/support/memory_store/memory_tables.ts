// The tables of the store in memory: the columns that the core's rules are about, as in supabase/migrations.
import type {
  ExecutionStatus,
  Reservation,
  RunOutcome,
  Settlement,
  Summary,
} from "../../../shared/agents/store/records.ts";
import type { StartRequest } from "../../../shared/agents/store/records.ts";
import type {
  EventRow,
  ExecutionRow,
  MessageRow,
  PlanRow,
  ThreadRow,
  ToolCallRow,
} from "../../../shared/agents/store/rows.ts";
import type { StepResult } from "../../../shared/contracts/plan.ts";
import type { Usage } from "../../../shared/contracts/usage.ts";

export interface Run extends Pick<RunOutcome, "strategy" | "finished_reason" | "error"> {
  id: string;
  session_id: string;
  agent_id: string;
  thread_id: string;
  status: "running" | RunOutcome["status"];
  request: StartRequest["request"];
  usage: Usage | null;
  lease_generation: number;
  owner_reservation_id: string;
  lease_seconds: number;
  /** Milliseconds since the epoch. */
  lease_expires_at: number;
  /** Milliseconds since the epoch. */
  leased_at: number;
  worked_ms: number;
  /** A reader was given its end. */
  delivered: boolean;
  released: boolean;
  takeovers: number;
  cancel_requested_at: string | null;
  created_at: string;
  finished_at: string | null;
}

export interface Execution extends Omit<ExecutionRow, "attempt" | "status" | "error"> {
  attempt: number;
  run_id: string;
  session_id: string;
  worker: "planner" | "executor" | null;
  executor_agent_id: string | null;
  agent_session_id: string | null;
  status: ExecutionStatus;
  result: StepResult | null;
  error: string | null;
  usage: Usage | null;
  tool_calls_made: number;
  duration_ms: number | null;
  lease_generation: number;
  owner_reservation_id: string | null;
  lease_seconds: number;
  lease_expires_at: number;
  released: boolean;
  created_at: string;
  finished_at: string | null;
}

interface Ended {
  run_id: string;
  created_at: string;
  status: string;
  finished_at: string | null;
}

export interface Tables {
  runs: Run[];
  chat_messages: {
    id: string;
    run_id: string;
    session_id: string;
    role: "user" | "assistant";
    content: string;
  }[];
  agents: (Ended & { id: string; type: "planner" | "executor" })[];
  plans: (PlanRow & Ended)[];
  threads: (ThreadRow & Ended)[];
  executions: Execution[];
  messages: (MessageRow & { run_id: string })[];
  tool_calls: (ToolCallRow & { run_id: string })[];
  events: (EventRow & { run_id: string })[];
  summaries: (Summary & { session_id: string })[];
  reservations: (Reservation & { run_id: string })[];
  settlements: Settlement[];
}

export function emptyTables(): Tables {
  return {
    runs: [],
    chat_messages: [],
    agents: [],
    plans: [],
    threads: [],
    executions: [],
    messages: [],
    tool_calls: [],
    events: [],
    summaries: [],
    reservations: [],
    settlements: [],
  };
}
