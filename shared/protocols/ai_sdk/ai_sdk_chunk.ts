// The chunks of an AI SDK UI message stream that are sent here. Its clients end a stream at a type that they don't
// know, and pass over fields that they don't; so each set has only types that its version knows.
import type { ApprovalState, RunState } from "../../contracts/run_state.ts";
import type { StepResult } from "../../contracts/plan.ts";
import type { Json } from "../../contracts/text.ts";
import type { Usage } from "../../contracts/usage.ts";
import type { ShownPlan } from "../shown_plan.ts";
import { z } from "zod";

/** `?set=`: 5 is safe for every version, 6 adds approvals, 7 takes withdrawn text away. */
export const ChunkSet = z.enum(["5", "6", "7"], { error: "must be 5, 6 or 7" });
export type ChunkSet = z.infer<typeof ChunkSet>;

/** What the run is about and how it stands. */
export interface RunData {
  status: RunState["status"];
  strategy: RunState["strategy"];
  /** It has read text from outside, which may speak through it. */
  tainted?: true;
  open?: string[];
  expires_at?: string;
  finished_reason?: string;
  usage?: Usage;
  error?: { kind: string; message: string; retryable: boolean };
}

/** An executor's work on a step, in one attempt. */
export interface AgentData {
  agent_id: string;
  step_number: number;
  attempt: number;
  status: "running" | StepResult["status"];
  calls: AgentCall[];
  summary?: string;
  usage?: Usage;
  duration_ms?: number;
}

export interface AgentCall {
  tool_call_id: string;
  name: string;
  ok?: boolean;
  result?: string;
  duration_ms?: number;
}

/** What a person is asked, with what the call does and to what, in words. */
export interface ApprovalData extends ApprovalState {
  title: string;
}

/** What the message says of itself; later metadata is put over earlier. */
export interface MessageMetadata {
  run_id?: string;
  session_id?: string;
  user_message_id?: string;
  created_at?: string;
  message_id?: string;
  status?: string;
  usage?: Usage;
}

/** The sentence that a tool said, and what came with it. */
export interface ToolOutput {
  message: string;
  data?: Json;
  cut?: true;
  undoable?: true;
}

/** The tools are not known to the client's types, and are none of the client's work. */
export const OUR_TOOL = { dynamic: true, providerExecuted: true } as const;
type OurTool = typeof OUR_TOOL;

export type DataChunk =
  | { type: "data-run"; id: string; data: RunData }
  | { type: "data-plan"; id: string; data: ShownPlan }
  | { type: "data-agent"; id: string; data: AgentData }
  | { type: "data-approval"; id: string; data: ApprovalData }
  | { type: "data-text-withdrawn"; id: string; data: { part: number } };

export type AiSdkChunk =
  | { type: "start"; messageId: string; messageMetadata?: MessageMetadata }
  | { type: "start-step" | "finish-step" | "reset-step" }
  | { type: "text-start"; id: string }
  | { type: "text-delta"; id: string; delta: string }
  | { type: "text-end"; id: string; providerMetadata?: { agent: { withdrawn: true } } }
  | { type: "tool-input-available"; toolCallId: string; toolName: string; input: Json } & OurTool
  | { type: "tool-output-available"; toolCallId: string; output: ToolOutput } & OurTool
  | { type: "tool-output-error"; toolCallId: string; errorText: string } & OurTool
  | { type: "tool-output-denied"; toolCallId: string }
  | { type: "tool-approval-request"; approvalId: string; toolCallId: string }
  | DataChunk
  | { type: "message-metadata"; messageMetadata: MessageMetadata }
  | { type: "error"; errorText: string }
  | {
    type: "finish";
    finishReason: "stop" | "length" | "tool-calls" | "other";
    messageMetadata?: MessageMetadata;
  };
