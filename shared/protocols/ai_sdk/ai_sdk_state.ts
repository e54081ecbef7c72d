// What the projection for the AI SDK remembers between two events.
import type { RunState } from "../../contracts/run_state.ts";
import type { AgentData, AiSdkChunk, RunData } from "./ai_sdk_chunk.ts";

export interface AiSdkState {
  run: RunState;
  /** The part of the text that is open. */
  open_part: number | null;
  /** By step and attempt, in the order in which they began. */
  agents: readonly AgentData[];
  /** The calls that the message has as tool parts. */
  tool_parts: readonly ToolPart[];
  /** The log's last event was a pause: the next one begins a segment. */
  paused: boolean;
}

export interface ToolPart {
  tool_call_id: string;
  /** It has its output, an error, or was refused: the client waits for nothing more. */
  answered: boolean;
}

export type AiSdkStep = [AiSdkState, AiSdkChunk[]];

/** How the run stands, with what an event adds to that. */
export function runChunk({ run }: AiSdkState, id: string, more: Partial<RunData> = {}): AiSdkChunk {
  const { status, strategy, tainted } = run;
  return { type: "data-run", id, data: { status, strategy, ...(tainted && { tainted }), ...more } };
}
