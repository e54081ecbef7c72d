// How much an agent may do before it has to answer with what it has.

export interface Limits {
  /** Model calls, the last one not counted. */
  turns: number;
  tool_calls: number;
  /** Milliseconds from the start of the loop to its last turn. */
  wall_ms: number;
  /** Milliseconds that the last turn may take. */
  last_turn_ms: number;
}

/** How long a run may take is in the budget. */
export const PLANNER_LIMITS: Omit<Limits, "wall_ms"> = { turns: 12, tool_calls: 40, last_turn_ms: 30_000 };
export const STEP_LIMITS: Limits = { turns: 10, tool_calls: 20, wall_ms: 60_000, last_turn_ms: 15_000 };

export const MAX_OUTPUT_TOKENS = { planner: 4_096, executor: 2_048 } as const;

/** Steps of one plan that run at the same time. */
export const MAX_PARALLEL_STEPS = 4;

/** How often a plan whose steps failed may be changed. */
export const MAX_REPLANS = 2;

/** Tokens of a whole prompt, by agent. */
export const PROMPT_BUDGET = { planner: 5_000, executor: 1_500 } as const;

/** Tokens that a first prompt leaves free for the results of tools. */
export const ROOM_FOR_RESULTS = { planner: 1_000, executor: 300 } as const;
