// The events of AG-UI 1.0 that are sent here. An optional field without a value is left out: null ends the stream.
import type { Json } from "../../contracts/text.ts";
import type { ShownPlan, ShownStep } from "../shown_plan.ts";

export const AG_UI_VERSION = "1.0";

/** A call that waits for a person. */
export interface Interrupt {
  id: string;
  reason: "tool_call";
  toolCallId: string;
  message: string;
  responseSchema: { [key: string]: Json };
  expiresAt: string;
  metadata?: { preview: object };
}

export type AgUiOutcome =
  | { type: "success" | "cancelled" }
  | { type: "interrupt"; interrupts: Interrupt[] };

export interface TokenUsage {
  inputTokens: number;
  outputTokens: number;
  totalTokens: number;
  reasoningTokens: number;
  cachedInputTokens: number;
}

interface PlanActivity {
  messageId: string;
  activityType: "PLAN";
}

/** The executor whose doing it is. */
interface Attributed {
  subagentRunId?: string;
}

export type AgUiBody =
  | { type: "RUN_STARTED"; threadId: string; runId: string; protocolVersion: typeof AG_UI_VERSION }
  | {
    type: "RUN_FINISHED";
    threadId: string;
    runId: string;
    outcome: AgUiOutcome;
    result?: { run_id: string; message_id?: string; finished_reason: string };
    usage?: TokenUsage[];
  }
  | { type: "RUN_ERROR"; message: string; code: string }
  | { type: "CUSTOM"; name: `agent.${string}`; value: object }
  | { type: "ACTIVITY_SNAPSHOT"; content: ShownPlan; replace: true } & PlanActivity
  | {
    type: "ACTIVITY_DELTA";
    patch: { op: "replace"; path: string; value: ShownStep }[];
  } & PlanActivity
  | { type: "SUBAGENT_STARTED"; subagentRunId: string; name: string }
  | {
    type: "SUBAGENT_FINISHED";
    subagentRunId: string;
    result?: { status: string; summary: string };
    outcome: { type: "success" | "suspended" };
  }
  | { type: "SUBAGENT_ERROR"; subagentRunId: string; message: string }
  | { type: "TOOL_CALL_START"; toolCallId: string; toolCallName: string } & Attributed
  | { type: "TOOL_CALL_ARGS"; toolCallId: string; delta: string } & Attributed
  | { type: "TOOL_CALL_END"; toolCallId: string } & Attributed
  | {
    type: "TOOL_CALL_RESULT";
    messageId: string;
    toolCallId: string;
    role: "tool";
    content: string;
  } & Attributed
  | { type: "TEXT_MESSAGE_START"; messageId: string; role: "assistant" }
  | { type: "TEXT_MESSAGE_CONTENT"; messageId: string; delta: string }
  | { type: "TEXT_MESSAGE_END"; messageId: string };
