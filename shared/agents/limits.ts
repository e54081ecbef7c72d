// How much an agent may do before it has to answer with what it has.
import type { ModelProfile } from "../contracts/model.ts";
import { OPENING_TOKENS, type PromptWindows } from "../contracts/prompt_windows.ts";

export interface LoopLimits {
  /** Model calls, the last one not counted. */
  turns: number;
  tool_calls: number;
  /** Milliseconds of work up to the last turn. */
  wall_ms: number;
  /** Milliseconds that the last turn may take. */
  last_turn_ms: number;
}

/** How long a run may take is in the budget. */
export const PLANNER_LIMITS: Omit<LoopLimits, "wall_ms"> = {
  turns: 12,
  tool_calls: 40,
  last_turn_ms: 30_000,
};
export const STEP_LIMITS: LoopLimits = { turns: 10, tool_calls: 20, wall_ms: 60_000, last_turn_ms: 15_000 };

export const MAX_OUTPUT_TOKENS = { planner: 4_096, executor: 2_048, summary: 2_000 } as const;

/** Tool calls that are reserved with a model call: a turn that asks for more waits for more. */
export const CALLS_PER_TURN = 5;

/** Steps of one plan that run at the same time. */
export const MAX_PARALLEL_STEPS = 4;

/** How often a plan whose steps failed may be changed. */
export const MAX_REPLANS = 2;

/** Tokens of the prompt that opens a thread, by agent, and of one that asks for a summary. */
export const PROMPT_BUDGET = { ...OPENING_TOKENS, summary: 6_000 } as const;

/** How a model is called for one kind of work. */
export interface ModelCall {
  profile: ModelProfile;
  /** Tokens of the prompt that opens the thread; a user's long message may exceed it. */
  opening: number;
  /** Tokens of any prompt, with what tools have brought. */
  window: number;
  max_output_tokens: number;
  /** Tool calls that may come of one call without asking for more. */
  tool_calls: number;
}

export type ModelCalls = Record<"planner" | "own_step" | "executor" | "question" | "summary", ModelCall>;

/** How each kind of work calls its model, with windows of these sizes. */
export function modelCalls(windows: PromptWindows): ModelCalls {
  const planner = { profile: "balanced", opening: PROMPT_BUDGET.planner, window: windows.planner } as const;
  const executor = { opening: PROMPT_BUDGET.executor, window: windows.executor } as const;
  const summary = { opening: PROMPT_BUDGET.summary, window: PROMPT_BUDGET.summary } as const;
  const output = MAX_OUTPUT_TOKENS;
  return {
    planner: { ...planner, max_output_tokens: output.planner, tool_calls: CALLS_PER_TURN },
    /** A step that is the planner's own. */
    own_step: { ...planner, max_output_tokens: output.executor, tool_calls: CALLS_PER_TURN },
    executor: {
      ...executor,
      profile: "speed",
      max_output_tokens: output.executor,
      tool_calls: CALLS_PER_TURN,
    },
    /** The answer to an executor's question. */
    question: { ...executor, profile: "balanced", max_output_tokens: output.executor, tool_calls: 0 },
    summary: { ...summary, profile: "speed", max_output_tokens: output.summary, tool_calls: 0 },
  };
}

/** What a run's first call reserves. */
export const FIRST_CALL_TOKENS = PROMPT_BUDGET.planner + MAX_OUTPUT_TOKENS.planner;

/** Tokens of the conversation that the overview of the user's data makes room for: tools can't bring them back. */
export const ROOM_FOR_HISTORY = 500;

/**
 * A conversation is summarised when its history needs more than `due` of the room that it has. Turns that need
 * `kept` of it stay as they are, so that those that follow find room.
 */
export const SUMMARY_SHARES = { due: 2 / 3, kept: 1 / 3 } as const;

/** Characters of a summary, as its model is asked for, and tokens of one that is taken. */
export const SUMMARY_LENGTH = { asked_characters: 2_400, taken_tokens: 1_200 } as const;

/** How long the model may take for a summary. */
export const SUMMARY_MS = 60_000;
