// What the projection for AG-UI remembers between two events.
import type { RunState } from "../../contracts/run_state.ts";
import type { AgUiBody } from "./ag_ui_event.ts";

export interface AgUiState {
  run: RunState;
  /** The part of the text that is open. */
  open_part: number | null;
  /** The executors of this segment: none of them may be started twice, and none may be open at its end. */
  subagents: readonly Subagent[];
  /** The calls that were told of, and whose they are. */
  calls: readonly { tool_call_id: string; subagent: string | undefined }[];
  /** This segment has shown the plan whole. */
  plan_shown: boolean;
  /** The log's last event was a pause: the next one begins a segment. */
  paused: boolean;
}

interface Subagent {
  id: string;
  step_number: number;
  open: boolean;
}

export type AgUiStep = [AgUiState, AgUiBody[]];
