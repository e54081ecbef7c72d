// What this backend sends besides text and tools, as the AI SDK wants it told.
import type { DynamicToolUIPart, UIMessage } from "ai";
import type { Effect } from "./parts/change.tsx";

export interface PlanStep {
  step_number: number;
  title: string;
  state: "pending" | "running" | "completed" | "partial" | "failed" | "skipped" | "cancelled";
  summary: string | null;
  error: string | null;
}

export interface Plan {
  goal: string;
  steps: PlanStep[];
}

/** An executor at work on a step of the plan. */
export interface Executor {
  step_number: number;
  attempt: number;
  status: string;
  calls: { tool_call_id: string; name: string; ok?: boolean; result?: string }[];
}

/** What a call that waits for its user would do, and why it waits. */
export interface Approval {
  tool_call_id: string;
  name: string;
  arguments: unknown;
  arguments_sha256: string;
  why: { text: string }[];
  effects: Effect[] | null;
  problem?: string;
  /** What was decided; null while it waits. */
  decision: { approved: boolean } | null;
}

export type ChatMessage = UIMessage<
  { run_id?: string; status?: string },
  { plan: Plan; agent: Executor; approval: Approval; run: { status: string } }
>;

/** A tool call: all tools are the backend's, so none has a type here. */
export type ToolPart = DynamicToolUIPart;
