// Where a step stands when its worker gets it, worked out once from its rows. One that nobody has worked on has the
// same point, with nothing in it.
import { SUBMIT_RESULT_NAME } from "../../contracts/built_in_tools.ts";
import { NO_USAGE, type Usage } from "../../contracts/usage.ts";
import type { ClaimedStep } from "../store/records.ts";
import { type ThreadPoint, threadPoint } from "./thread_point.ts";

export interface StepResumePoint extends ThreadPoint {
  /** The thread has its task. */
  opened: boolean;
  /** A question of this step was answered: it may ask once. */
  answered: boolean;
  /** What this attempt has cost. */
  usage: Usage;
  /** The calls of catalogue tools that are recorded: the planner's log may not hold them. */
  told_again: ClaimedStep["tool_calls"];
}

/** The point from which the worker of a step resumes it. */
export function stepResumePoint({ messages, usage, tool_calls }: ClaimedStep): StepResumePoint {
  return {
    ...threadPoint(messages),
    opened: messages.length > 0,
    answered: messages.some(({ kind }) => kind === "answer"),
    usage: usage ?? NO_USAGE,
    told_again: tool_calls.filter(({ tool_name }) => tool_name !== SUBMIT_RESULT_NAME),
  };
}
