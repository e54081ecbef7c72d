// What a message of an agent's thread is there for. A takeover reads the state of a thread from here, never from
// what a message says, so that prompts may be reworded while runs are under way.
import { z } from "zod";

/**
 * `prompt`: the system prompt. `task`: what the thread is to
 * deal with, that is a user's message, a step, or an executor's question. `turn`: what the model said. `result`: of
 * a tool call. `answer`: the planner's, to an executor's question. `nudge`: an agent that answered in text is told
 * to hand its result in. `limit`: an agent is told of the limit it met.
 */
export const MessageKind = z.enum([
  "prompt",
  "task",
  "turn",
  "result",
  "answer",
  "nudge",
  "limit",
]);
export type MessageKind = z.infer<typeof MessageKind>;

/** The limit that made an agent take its last turn. */
export const MetLimit = z.object({
  /** `limit`: of turns or calls. `budget`: of time, or of the run or its user. */
  reason: z.enum(["limit", "budget"]),
  /** Such as "10 model turns". */
  name: z.string(),
});
export type MetLimit = z.infer<typeof MetLimit>;
