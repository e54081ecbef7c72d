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
  ProposedCall,
  ThreadRow,
} from "../../../shared/agents/store/rows.ts";
import type { Json } from "../../../shared/contracts/text.ts";
import type { ToolResult } from "../../../shared/contracts/tool_result.ts";
import type { StepResult } from "../../../shared/contracts/plan.ts";
import type { Usage } from "../../../shared/contracts/usage.ts";
import type { Asked } from "./memory_calls.ts";

export interface Run extends Pick<RunOutcome, "strategy" | "finished_reason" | "error"> {
  id: string;
  session_id: string;
  agent_id: string;
  thread_id: string;
  status: "running" | "awaiting_approval" | RunOutcome["status"];
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

/** `proposed` until its outcome is known: it may be made, unless a person is asked about it who has not decided. */
export interface CallRow extends Omit<ProposedCall, "status" | "result"> {
  run_id: string;
  status: "proposed" | "succeeded" | "failed" | "rejected";
  result: Json;
  /** The result of one that the database rejected. */
  told?: ToolResult;
  error?: string;
  duration_ms?: number;
  finished_at?: string;
  asked?: Asked;
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
  tool_calls: CallRow[];
  /** The tools that a person is asked about. */
  asking: Set<string>;
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
    asking: new Set(["cancel_loan", "get_borrower"]),
    events: [],
    summaries: [],
    reservations: [],
    settlements: [],
  };
}
